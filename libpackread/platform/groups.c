/* groups.c - knows where Linux tells of control groups. */
#include "platform/groups.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "platform/host.h"

#define LIST_SIZE 8192
#define PATH_SIZE 4096

uint64_t pkr_groups_number(const char *group, const char *file, unsigned field)
{
    char path[PATH_SIZE];
    char text[64];
    size_t length = sizeof text - 1;
    uint64_t number = 0;
    const char *at = text;

    if ((size_t)snprintf(path, sizeof path, "%s/%s", group, file) >= sizeof path ||
        pkr_host_read_head(path, text, &length) != 0)
        return UINT64_MAX;
    text[length] = '\0';
    for (; field > 0; field--) {
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    if (*at < '0' || *at > '9')
        return UINT64_MAX;
    for (; *at >= '0' && *at <= '9'; at++) {
        if (number > UINT64_MAX / 10 - 1)
            return UINT64_MAX;
        number = 10 * number + (uint64_t)(*at - '0');
    }
    return number;
}

/* The least of a group and of those that it is in: a bound holds for all below it. Where the
 * group's own folder is not in sight, as from inside of a container, the root's is its own. */
static uint64_t up_to_root(const char *root, const char *name, const char *group,
                           uint64_t (*bound)(const char *group))
{
    uint64_t least = UINT64_MAX;
    size_t length = strlen(group);
    char path[PATH_SIZE];

    while (length > 0) {
        uint64_t found = UINT64_MAX;

        while (length > 0 && group[length - 1] == '/')
            length--;
        if ((size_t)snprintf(path, sizeof path, "%s/%s%.*s", root, name, (int)length, group) <
            sizeof path)
            found = bound(path);
        if (found < least)
            least = found;
        while (length > 0 && group[length - 1] != '/')
            length--;
    }
    return least;
}

/* Whether a list of words with commas between them has this one. */
static bool has_word(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (strncmp(at, word, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    return false;
}

static bool is_there(const char *root, const char *name)
{
    char path[PATH_SIZE];

    return (size_t)snprintf(path, sizeof path, "%s/%s", root, name) < sizeof path &&
           pkr_host_is_there(path);
}

/* "0::/path" is version 2, "7:cpu,memory:/path" version 1: a controller is in one of them only. */
uint64_t pkr_groups_least(const char *list, const char *root, const pkr_controller *controller)
{
    char text[LIST_SIZE];
    size_t length = sizeof text - 1;
    const char *second = NULL;

    if (pkr_host_read_head(list, text, &length) != 0)
        return UINT64_MAX;
    text[length] = '\0';
    for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        char *names;
        char *group;

        *end = '\0';
        names = strchr(line, ':');
        group = names ? strchr(names + 1, ':') : NULL;
        if (!group || group[1] != '/')
            continue;
        *names++ = '\0';
        *group++ = '\0';
        if (*names == '\0')
            second = group;
        else if (has_word(names, controller->name))
            return up_to_root(root, is_there(root, controller->name) ? controller->name : names,
                              group, controller->bound_1);
    }
    /* Beside version 1 it has a folder of its own. */
    return second ? up_to_root(root, is_there(root, "unified") ? "unified" : ".", second,
                               controller->bound_2)
                  : UINT64_MAX;
}
