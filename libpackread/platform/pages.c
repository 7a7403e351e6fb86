/* pages.c - malloc below a size, pages of the system from there on. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* mremap */
#endif
#include "platform/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* AddressSanitizer can watch the ends of what malloc gave only. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MALLOC_ALONE 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || !defined(MREMAP_MAYMOVE) /* or nothing to grow pages with */
#define MALLOC_ALONE 1
#endif

static bool is_by_pages(size_t size)
{
#ifdef MALLOC_ALONE
    (void)size;
    return false;
#else
    return size >= PKR_PAGES_LARGE;
#endif
}

static void *new_memory(size_t size)
{
    void *memory;

    if (!is_by_pages(size))
        return malloc(size);
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

bool pkr_pages_free(void *memory, size_t size)
{
    if (is_by_pages(size))
        return munmap(memory, size) == 0;
    free(memory);
    return true;
}

void *pkr_pages_reserve(size_t size)
{
    return is_by_pages(size) ? new_memory(size) : NULL;
}

bool pkr_pages_empty(void *memory, size_t size)
{
    return madvise(memory, size, MADV_DONTNEED) == 0;
}

size_t pkr_pages_unit(void)
{
    const long size = sysconf(_SC_PAGESIZE);

    return size > 0 ? (size_t)size : 0;
}

/* The one step from malloc to pages. */
static void *move_to_pages(void *memory, size_t old, size_t size)
{
    void *moved = new_memory(size);

    if (moved) {
        memcpy(moved, memory, old);
        free(memory);
    }
    return moved;
}

void *pkr_pages_grow(void *memory, size_t old, size_t size)
{
    if (!memory)
        return new_memory(size);
    if (!is_by_pages(size))
        return realloc(memory, size);
    if (!is_by_pages(old))
        return move_to_pages(memory, old, size);
#ifdef MALLOC_ALONE
    return NULL; /* not reached */
#else
    memory = mremap(memory, old, size, MREMAP_MAYMOVE);
    return memory == MAP_FAILED ? NULL : memory;
#endif
}
