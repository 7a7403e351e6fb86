/* detours.c - goes along a path name by name, as the system would, and back where it goes up. */
#include "place/detours.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "platform/host.h"

typedef struct route {
    char *path; /* room for all that may come */
    size_t length;
    size_t root; /* what comes before is not gone through: the root, or where the process was */
} route;

static bool is_name(const char *name, size_t length, const char *other)
{
    return length == strlen(other) && memcmp(name, other, length) == 0;
}

static size_t without_slashes(const route *on, size_t length)
{
    while (length > on->root && on->path[length - 1] == '/')
        length--;
    return length;
}

static size_t begin_of_last(const route *on)
{
    size_t begin = on->length;

    while (begin > on->root && on->path[begin - 1] != '/')
        begin--;
    return begin;
}

/* Whether the last name can be left out together with the ".." that follows. */
static bool go_back(route *on)
{
    for (;;) {
        size_t begin;

        on->length = without_slashes(on, on->length);
        on->path[on->length] = '\0';
        begin = begin_of_last(on);
        if (begin == on->length)
            return on->root > 0 && pkr_path_shown(on->path) == on->path; /* above / is / */
        if (is_name(on->path + begin, on->length - begin, ".."))
            return false;
        if (!is_name(on->path + begin, on->length - begin, ".")) {
            if (!pkr_host_is_folder(on->path))
                return false;
            on->length = without_slashes(on, begin);
            return true;
        }
        on->length = begin;
    }
}

static void go_on(route *on, const char *name, size_t length)
{
    if (on->length > on->root && on->path[on->length - 1] != '/')
        on->path[on->length++] = '/';
    memcpy(on->path + on->length, name, length);
    on->length += length;
}

static void go(route *on, const char *name)
{
    size_t length;

    for (name += strspn(name, "/"); *name; name += length + strspn(name + length, "/")) {
        length = strcspn(name, "/");
        if (!is_name(name, length, ".") && !(is_name(name, length, "..") && go_back(on)))
            go_on(on, name, length);
    }
}

char *pkr_detours_cut(const char *folder, const char *name)
{
    const char *start = name[0] == '/' ? "/" : folder;
    route on = {.path = malloc(strlen(start) + strlen(name) + 3), .length = strlen(start)};

    if (!on.path)
        return NULL;
    memcpy(on.path, start, on.length + 1);
    on.root = start[0] != '/' ? 0 : (size_t)(pkr_path_shown(on.path) - on.path);
    if (start[0] == '/' && on.root == 0)
        on.root = 1;
    go(&on, name);
    if (on.length == 0 || (on.root > 1 && on.length == on.root))
        on.path[on.length++] = '.';
    on.path[on.length] = '\0';
    return on.path;
}
