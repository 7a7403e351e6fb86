/* path.c - joins and takes apart names of files. */
#include "base/path.h"

#include <stdlib.h>
#include <string.h>

/* Between the folder where the process was and a relative path: to the system no more than a
 * slash. No path from elsewhere has it: where one may, it is taken out. */
#define MARK "/.//./"

char *pkr_path_copy(const char *text, size_t length)
{
    char *copy = malloc(length + 1);

    if (copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

char *pkr_path_join(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    char *path = malloc(length + strlen(name) + 2);

    if (!path)
        return NULL;
    memcpy(path, folder, length);
    if (length > 0 && folder[length - 1] != '/')
        path[length++] = '/';
    strcpy(path + length, name);
    return path;
}

char *pkr_path_resolve(const char *folder, const char *name)
{
    return name[0] == '/' ? strdup(name) : pkr_path_join(folder, name);
}

char *pkr_path_resolve_real(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    char *cut;
    char *path;

    if (name[0] == '/')
        return strdup(name);
    while (name[0] == '.' && (name[1] == '/' || (name[1] == '.' && name[2] == '/'))) {
        for (; name[1] == '.' && length > 1 && folder[length - 1] != '/'; length--)
            continue;
        for (; name[1] == '.' && length > 1 && folder[length - 1] == '/'; length--)
            continue;
        name += strcspn(name, "/");
        name += strspn(name, "/");
    }
    cut = strndup(folder, length);
    path = cut ? pkr_path_join(cut, name) : NULL;
    free(cut);
    return path;
}

/* No mark is without two slashes in a row, nor what becomes one with the slash of a join. */
void pkr_path_unmark(char *path)
{
    char *to = path;

    if (!strstr(path, "/.//."))
        return;
    for (const char *from = path; *from; from++)
        if (from[0] != '/' || from[1] != '/')
            *to++ = *from;
    *to = '\0';
}

char *pkr_path_fix(const char *here, const char *path)
{
    char *fixed;
    size_t before;

    if (here && path[0] && path[0] != '/') {
        before = strcmp(here, "/") == 0 ? 0 : strlen(here);
        fixed = malloc(before + strlen(MARK) + strlen(path) + 1);
        if (fixed) {
            memcpy(fixed, here, before);
            strcpy(fixed + before, MARK);
            strcpy(fixed + before + strlen(MARK), path);
        }
        return fixed;
    }
    fixed = strdup(path);
    if (fixed)
        pkr_path_unmark(fixed);
    return fixed;
}

const char *pkr_path_shown(const char *path)
{
    const char *mark = strstr(path, MARK);

    return mark ? mark + strlen(MARK) : path;
}

char *pkr_path_folder(const char *path)
{
    const char *shown = pkr_path_shown(path);
    const char *slash = strrchr(shown, '/');
    const size_t length = (size_t)((slash ? slash + 1 : shown) - path);
    char *folder = malloc(length + 2);

    if (folder) {
        memcpy(folder, path, length);
        strcpy(folder + length, slash ? "" : ".");
    }
    return folder;
}

char *pkr_path_with_ending(const char *path, const char *ending)
{
    const char *slash = strrchr(path, '/');
    const char *dot = strrchr(slash ? slash : path, '.');
    size_t stem = dot ? (size_t)(dot - path) : strlen(path);
    char *other = malloc(stem + strlen(ending) + 1);

    if (other) {
        memcpy(other, path, stem);
        strcpy(other + stem, ending);
    }
    return other;
}

bool pkr_path_ends_with(const char *path, const char *ending)
{
    size_t length = strlen(path);
    size_t tail = strlen(ending);

    return length > tail && strcmp(path + length - tail, ending) == 0;
}

void pkr_path_put(char *text, size_t size, const char *before, const char *path, const char *after)
{
    const char *shown = pkr_path_shown(path);
    const size_t first = strlen(before);
    const size_t room = size - 1 - first - strlen(after);
    size_t length = strlen(shown);

    if (length > room)
        shown += length - room;
    memcpy(text, before, first + 1);
    for (size_t i = first; shown[i - first]; i++) {
        const unsigned char byte = (unsigned char)shown[i - first];

        text[i] = byte >= 0x20 && byte < 0x7f ? (char)byte : '?';
    }
    if (length > room) {
        memcpy(text + first, "...", 3);
        length = room;
    }
    strcpy(text + first + length, after);
}
