/* memory_left.c - knows where Linux tells the limits of control groups. */
#include "platform/memory_left.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "platform/host.h"

#define GROUPS_SIZE 4096
#define PATH_SIZE 4096

static uint64_t least(uint64_t left, uint64_t right)
{
    return left < right ? left : right;
}

/* The number in a file of one line; "max", and whatever is no number, is none. */
static uint64_t read_number(const char *path)
{
    char text[32];
    size_t length = sizeof text;
    size_t at = 0;
    uint64_t number = 0;

    if (pkr_host_read_head(path, text, &length) != 0)
        return UINT64_MAX;
    for (; at < length && text[at] >= '0' && text[at] <= '9'; at++) {
        if (number > UINT64_MAX / 10 - 1)
            return UINT64_MAX;
        number = 10 * number + (uint64_t)(text[at] - '0');
    }
    return at > 0 ? number : UINT64_MAX;
}

/* The least limit of a group and of those that it is in: a limit holds for all below it. Where the
 * group's own folder is not in sight, as from inside of a container, the root's is its own. */
static uint64_t of_group(const char *root, const char *name, const char *group, const char *file)
{
    uint64_t found = UINT64_MAX;
    size_t length = strlen(group);
    char path[PATH_SIZE];

    for (;;) {
        int size = snprintf(path, sizeof path, "%s%s%.*s/%s", root, name, (int)length, group, file);

        if (size > 0 && (size_t)size < sizeof path)
            found = least(found, read_number(path));
        if (length == 0)
            return found;
        do
            length--;
        while (length > 0 && group[length] != '/');
    }
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

/* "0::/path" is version 2, "7:cpu,memory:/path" version 1. */
static uint64_t of_line(const char *root, char *line)
{
    char *controllers = strchr(line, ':');
    char *group = controllers ? strchr(controllers + 1, ':') : NULL;

    if (!group || group[1] != '/')
        return UINT64_MAX;
    *controllers++ = '\0';
    *group++ = '\0';
    if (*controllers == '\0')
        return of_group(root, "", group, "memory.max");
    return has_word(controllers, "memory")
               ? of_group(root, "/memory", group, "memory.limit_in_bytes")
               : UINT64_MAX;
}

uint64_t pkr_memory_left_by_groups(const char *groups, const char *root)
{
    char text[GROUPS_SIZE];
    size_t length = sizeof text - 1;
    uint64_t found = UINT64_MAX;

    if (pkr_host_read_head(groups, text, &length) != 0)
        return found;
    text[length] = '\0';
    for (char *line = text; line && *line;) {
        char *end = strchr(line, '\n');

        if (!end) /* cut off */
            break;
        *end = '\0';
        found = least(found, of_line(root, line));
        line = end + 1;
    }
    return found;
}

uint64_t pkr_memory_left(void)
{
    uint64_t found = pkr_memory_left_by_groups("/proc/self/cgroup", "/sys/fs/cgroup");
    struct rlimit space;

    if (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY)
        found = least(found, space.rlim_cur);
    return found;
}
