/* ref_name.c - the rules of git check-ref-format, and which refs each work tree has for itself. */
#include "format/ref_name.h"

#include <string.h>

static bool begins_with(const char *name, size_t length, const char *text)
{
    return length >= strlen(text) && memcmp(name, text, strlen(text)) == 0;
}

static bool has_end(const char *name, size_t length, const char *text)
{
    return length >= strlen(text) && memcmp(name + length - strlen(text), text, strlen(text)) == 0;
}

static bool is_one_of(const char *name, size_t length, const char *const *words)
{
    for (; *words; words++)
        if (strlen(*words) == length && memcmp(name, *words, length) == 0)
            return true;
    return false;
}

static bool is_allowed(char byte, char last)
{
    if ((unsigned char)byte <= ' ' || byte == 0x7f || strchr("~^:?*[\\", byte))
        return false;
    return !(byte == '.' && last == '.') && !(byte == '{' && last == '@');
}

/* The length of what is between two slashes; 0 where it is not allowed. */
static size_t component(const char *name, size_t length)
{
    size_t size = 0;

    for (; size < length && name[size] != '/'; size++)
        if (!is_allowed(name[size], size > 0 ? name[size - 1] : '\0'))
            return 0;
    return size > 0 && name[0] != '.' && !has_end(name, size, ".lock") ? size : 0;
}

bool pkr_ref_name_is_valid(const char *name, size_t length)
{
    if (length == 0 || length > PKR_REF_NAME_MAX || (length == 1 && name[0] == '@') ||
        name[length - 1] == '.' || name[length - 1] == '/')
        return false;
    for (size_t at = 0; at < length;) {
        size_t size = component(name + at, length - at);

        if (size == 0)
            return false;
        at += size + 1;
    }
    return true;
}

/* Capitals, dashes and underscores. */
static bool is_root_syntax(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!(name[i] >= 'A' && name[i] <= 'Z') && name[i] != '-' && name[i] != '_')
            return false;
    return true;
}

bool pkr_ref_name_is_pseudo(const char *name, size_t length)
{
    static const char *const words[] = {"FETCH_HEAD", "MERGE_HEAD", NULL};

    return is_one_of(name, length, words);
}

bool pkr_ref_name_is_root(const char *name, size_t length)
{
    static const char *const words[] = {"HEAD",
                                        "AUTO_MERGE",
                                        "BISECT_EXPECTED_REV",
                                        "NOTES_MERGE_PARTIAL",
                                        "NOTES_MERGE_REF",
                                        "MERGE_AUTOSTASH",
                                        NULL};

    return is_root_syntax(name, length) && !pkr_ref_name_is_pseudo(name, length) &&
           (has_end(name, length, "_HEAD") || is_one_of(name, length, words));
}

static bool is_of_one_worktree(const char *name, size_t length)
{
    return is_root_syntax(name, length) || begins_with(name, length, "refs/worktree/") ||
           begins_with(name, length, "refs/bisect/") ||
           begins_with(name, length, "refs/rewritten/");
}

/* worktrees/WORKTREE/NAME */
static bool is_of_other(const char *name, size_t length, pkr_ref_place *place)
{
    const size_t begin = strlen("worktrees/");
    const char *slash;

    if (!begins_with(name, length, "worktrees/"))
        return false;
    slash = memchr(name + begin, '/', length - begin);
    if (!slash)
        return false;
    *place = (pkr_ref_place){.home = PKR_REF_WORKTREE,
                             .worktree = name + begin,
                             .worktree_length = (size_t)(slash - name) - begin,
                             .name = slash + 1,
                             .length = length - (size_t)(slash - name) - 1};
    return place->worktree_length > 0 && place->length > 0 &&
           is_of_one_worktree(place->name, place->length);
}

pkr_ref_place pkr_ref_name_place(const char *name, size_t length)
{
    const size_t main = strlen("main-worktree/");
    pkr_ref_place place;

    if (is_of_other(name, length, &place))
        return place;
    place = (pkr_ref_place){.home = PKR_REF_COMMON, .name = name, .length = length};
    if (begins_with(name, length, "main-worktree/") && length > main &&
        is_of_one_worktree(name + main, length - main)) {
        place.name += main;
        place.length -= main;
    } else if (is_of_one_worktree(name, length)) {
        place.home = PKR_REF_OWN;
    }
    return place;
}
