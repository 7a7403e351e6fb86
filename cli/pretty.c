/* pretty.c - what git shows of an entry of a tree. */
#include "pretty.h"

#include "output.h"

#include <string.h>

#define MODE_TYPE 0170000
#define MODE_FOLDER 0040000
#define MODE_FILE 0100000
#define MODE_LINK 0120000
#define MODE_COMMIT 0160000

/* The modes that git knows: old repositories have others, which it shows as these. */
static unsigned canonical_mode(unsigned mode)
{
    switch (mode & MODE_TYPE) {
    case MODE_FILE:
        return MODE_FILE | ((mode & 0100) != 0 ? 0755u : 0644u);
    case MODE_LINK:
        return MODE_LINK;
    case MODE_FOLDER:
        return MODE_FOLDER;
    default:
        return MODE_COMMIT;
    }
}

static void print_mode(unsigned mode)
{
    char *text = output_reserve(6);

    for (int i = 5; i >= 0; i--) {
        text[i] = (char)('0' + (mode & 7));
        mode >>= 3;
    }
    output_advance(6);
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

/* A name as it is, or quoted as C quotes strings where it holds a byte that needs it. */
static void print_name(const unsigned char *name, size_t length)
{
    static const char special[] = "\a\b\t\n\v\f\r\"\\";
    static const char letters[] = "abtnvfr\"\\";
    size_t plain = 0;

    while (plain < length && is_plain(name[plain]))
        plain++;
    if (plain == length) {
        output_bytes(name, length);
        return;
    }
    output_byte('"');
    for (size_t i = 0; i < length; i++) {
        const char *found = name[i] < 0x80 ? strchr(special, name[i]) : NULL;
        char *text = output_reserve(4);

        if (is_plain(name[i])) {
            text[0] = (char)name[i];
            output_advance(1);
            continue;
        }
        text[0] = '\\';
        if (found != NULL) {
            text[1] = letters[found - special];
            output_advance(2);
            continue;
        }
        text[1] = (char)('0' + (name[i] >> 6));
        text[2] = (char)('0' + (name[i] >> 3 & 7));
        text[3] = (char)('0' + (name[i] & 7));
        output_advance(4);
    }
    output_byte('"');
}

static const char *kind_of(unsigned mode)
{
    switch (mode & MODE_TYPE) {
    case MODE_FOLDER:
        return "tree";
    case MODE_COMMIT:
        return "commit";
    default:
        return "blob";
    }
}

bool pretty_print_tree(const unsigned char *data, size_t size, size_t id_size,
                       packread_error *error)
{
    packread_tree_entry entry;

    for (size_t at = 0; at < size; at += entry.length) {
        unsigned mode;

        if (packread_tree_entry_parse(data + at, size - at, id_size, &entry, error) != 0)
            return false;
        mode = canonical_mode(entry.mode);
        print_mode(mode);
        output_byte(' ');
        output_text(kind_of(mode));
        output_byte(' ');
        output_id(&entry.id);
        output_byte('\t');
        print_name(entry.name, entry.name_size);
        output_byte('\n');
    }
    return true;
}
