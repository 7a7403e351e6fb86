/* memory.c - malloc below a size, pages of the system from there on. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* mremap */
#endif
#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Below it a page more or less, and the calls themselves, would be felt. */
#define BY_PAGES ((size_t)256 << 10)

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
    return size >= BY_PAGES;
#endif
}

void *packread_memory_new(size_t size)
{
    void *memory;

    if (!is_by_pages(size))
        return malloc(size);
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

bool packread_memory_free(void *memory, size_t size)
{
    if (is_by_pages(size))
        return munmap(memory, size) == 0;
    free(memory);
    return true;
}

/* From what malloc gave into pages. */
static void *move(void *memory, size_t old, size_t size)
{
    void *moved = packread_memory_new(size);

    if (moved) {
        memcpy(moved, memory, old);
        free(memory);
    }
    return moved;
}

void *packread_memory_grow(void *memory, size_t old, size_t size)
{
    if (!is_by_pages(size))
        return realloc(memory, size);
    if (!is_by_pages(old))
        return move(memory, old, size);
#ifdef MREMAP_MAYMOVE
    memory = mremap(memory, old, size, MREMAP_MAYMOVE);
    return memory == MAP_FAILED ? NULL : memory;
#else
    return NULL;
#endif
}
