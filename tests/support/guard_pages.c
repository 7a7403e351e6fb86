/* guard_pages.c - knows how memory is made whose neighbours cannot be read. */
#include "guard_pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void refuse(const char *why)
{
    perror(why);
    abort();
}

void guard_open(struct guard *guard, size_t capacity)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t room = (capacity / page + 1) * page;
    unsigned char *map =
        mmap(NULL, room + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (map == MAP_FAILED)
        refuse("guard: mmap");
    if (mprotect(map, page, PROT_NONE) != 0 || mprotect(map + page + room, page, PROT_NONE) != 0)
        refuse("guard: mprotect");
    guard->map = map;
    guard->room = room;
    guard->page = page;
}

void guard_close(struct guard *guard)
{
    if (guard->map)
        munmap(guard->map, guard->room + 2 * guard->page);
    memset(guard, 0, sizeof *guard);
}

static unsigned char *place(struct guard *guard, size_t at, const void *bytes, size_t size)
{
    unsigned char *start = guard->map + guard->page + at;

    if (bytes && size)
        memcpy(start, bytes, size);
    else if (size)
        memset(start, 0xa5, size);
    return start;
}

unsigned char *guard_at_end(struct guard *guard, const void *bytes, size_t size)
{
    if (size > guard->room)
        refuse("guard: too many bytes");
    return place(guard, guard->room - size, bytes, size);
}

unsigned char *guard_at_start(struct guard *guard, const void *bytes, size_t size)
{
    if (size > guard->room)
        refuse("guard: too many bytes");
    return place(guard, 0, bytes, size);
}
