/* path.c - joins and takes apart names of files. */
#include "base/path.h"

#include <stdlib.h>
#include <string.h>

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

char *pkr_path_folder(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
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
