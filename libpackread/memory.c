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
#ifdef __SANITIZE_ADDRESS__
#define MALLOC_ALONE 1
#endif

static int is_by_pages(size_t size)
{
#ifdef MALLOC_ALONE
    (void)size;
    return 0;
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

void packread_memory_free(void *memory, size_t size)
{
    if (memory && is_by_pages(size))
        munmap(memory, size);
    else
        free(memory);
}

static void *move(void *memory, size_t old, size_t size)
{
    void *moved = packread_memory_new(size);

    if (moved) {
        memcpy(moved, memory, old < size ? old : size);
        packread_memory_free(memory, old);
    }
    return moved;
}

void *packread_memory_resize(void *memory, size_t old, size_t size)
{
    if (!is_by_pages(old) && !is_by_pages(size))
        return realloc(memory, size);
#ifdef MREMAP_MAYMOVE
    if (is_by_pages(old) && is_by_pages(size)) {
        void *moved = mremap(memory, old, size, MREMAP_MAYMOVE);

        return moved == MAP_FAILED ? NULL : moved;
    }
#endif
    return move(memory, old, size);
}
