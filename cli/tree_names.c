/* tree_names.c - the spellings under which file systems find .git: by case, as a short name or
 * stream of NTFS, and by the code points that HFS+ leaves out of a name. */
#include "tree_names.h"

#include "escape.h"

#include <stdint.h>
#include <string.h>

/* The byte at `at`, 0 past the end: names hold no NUL. */
static unsigned char byte_at(const unsigned char *name, size_t size, size_t at)
{
    return at < size ? name[at] : '\0';
}

static unsigned char lower(unsigned char byte)
{
    return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte - 'A' + 'a') : byte;
}

/* Whether the name begins with `word`, which is in lower case, whatever the case. */
static bool begins(const unsigned char *name, size_t size, const char *word, size_t length)
{
    if (size < length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (lower(name[i]) != (unsigned char)word[i])
            return false;
    return true;
}

/* ---- NTFS ----------------------------------------------------------------------------------- */

/* It drops dots and blanks at the end; a colon begins the name of a stream of the file before it.
 */
static bool ends_on_ntfs(const unsigned char *name, size_t size, size_t at, bool may_go_on)
{
    while (byte_at(name, size, at) == '.' || byte_at(name, size, at) == ' ')
        at++;
    return at >= size || name[at] == ':' || (may_go_on && name[at] == '\\');
}

static bool is_git_on_ntfs(const unsigned char *name, size_t size)
{
    if (begins(name, size, ".git", 4))
        return ends_on_ntfs(name, size, 4, true);
    return begins(name, size, "git~1", 5) && ends_on_ntfs(name, size, 5, true);
}

/* A short name made from a hash of the long one: up to six bytes of "gi7eba", ~, and digits to make
 * eight. */
static bool is_hashed_modules(const unsigned char *name, size_t size)
{
    static const char hashed[] = "gi7eba";
    size_t at = 0;

    while (at < 6 && lower(byte_at(name, size, at)) == (unsigned char)hashed[at])
        at++;
    if (byte_at(name, size, at++) != '~' || byte_at(name, size, at) == '0')
        return false;
    for (; at < 8; at++)
        if (byte_at(name, size, at) < '0' || byte_at(name, size, at) > '9')
            return false;
    return true;
}

static bool is_modules_on_ntfs(const unsigned char *name, size_t size)
{
    if (begins(name, size, ".gitmodules", 11))
        return ends_on_ntfs(name, size, 11, false);
    if ((begins(name, size, "gitmod~", 7) && byte_at(name, size, 7) >= '1' &&
         byte_at(name, size, 7) <= '4') ||
        is_hashed_modules(name, size))
        return ends_on_ntfs(name, size, 8, false);
    return false;
}

/* ---- HFS+ ----------------------------------------------------------------------------------- */

#define NO_CHARACTER UINT32_MAX /* what follows is not UTF-8 */

static uint32_t decode(const unsigned char *text, size_t length)
{
    static const unsigned char first_bits[5] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    uint32_t point = text[0] & first_bits[length];

    for (size_t i = 1; i < length; i++)
        point = point << 6 | (text[i] & 0x3fu);
    return point;
}

static bool is_left_out(uint32_t point)
{
    return (point >= 0x200c && point <= 0x200f) || (point >= 0x202a && point <= 0x202e) ||
           (point >= 0x206a && point <= 0x206f) || point == 0xfeff;
}

/* The next character that HFS+ looks at; 0 at the end. */
static uint32_t next_character(const unsigned char *name, size_t size, size_t *at)
{
    while (*at < size) {
        size_t length = escape_utf8_length((const char *)name + *at, size - *at);
        uint32_t point;

        if (length == 0)
            return NO_CHARACTER;
        point = decode(name + *at, length);
        if (point == 0xfffe || point == 0xffff)
            return NO_CHARACTER;
        *at += length;
        if (!is_left_out(point))
            return point;
    }
    return 0;
}

/* git counts bytes that are not UTF-8 as the end. */
static bool is_on_hfs(const unsigned char *name, size_t size, const char *word)
{
    size_t at = 0;
    uint32_t point;

    for (; *word != '\0'; word++) {
        point = next_character(name, size, &at);
        if (point >= 0x80 || lower((unsigned char)point) != (unsigned char)*word)
            return false;
    }
    point = next_character(name, size, &at);
    return point == 0 || point == NO_CHARACTER;
}

/* --------------------------------------------------------------------------------------------- */

/* Elsewhere a backslash ends a folder's name. */
static bool any_part(const unsigned char *name, size_t size,
                     bool (*is_it)(const unsigned char *name, size_t size))
{
    while (!is_it(name, size)) {
        const unsigned char *backslash = size > 0 ? memchr(name, '\\', size) : NULL;

        if (backslash == NULL)
            return false;
        size -= (size_t)(backslash - name) + 1;
        name = backslash + 1;
    }
    return true;
}

const char *tree_name_refused(const unsigned char *name, size_t size, bool is_link)
{
    if (size == 0)
        return "an empty name";
    if (memchr(name, '/', size) != NULL)
        return "a name with a slash in it";
    if (name[0] == '.' && size == 1)
        return "the name of the folder itself";
    if (name[0] == '.' && name[1] == '.' && size == 2)
        return "the name of the folder above";
    if (any_part(name, size, is_git_on_ntfs) || is_on_hfs(name, size, ".git"))
        return "a name that some file systems take for .git";
    if (is_link &&
        (any_part(name, size, is_modules_on_ntfs) || is_on_hfs(name, size, ".gitmodules")))
        return "a symbolic link that some file systems take for .gitmodules";
    return NULL;
}
