/* highwater.c - counts what is allocated; any thread. */
#include "highwater.h"

#include "sanitized.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);

/* Memory that the C library allocated and the program frees makes it a little less than nothing. */
static _Atomic long long held;
static _Atomic long long most;
static long long at_begin;
static long resident_at_begin;

static void count(long long more)
{
    long long now = atomic_fetch_add(&held, more) + more;
    long long known = atomic_load(&most);

    while (now > known && !atomic_compare_exchange_weak(&most, &known, now))
        ;
}

static long long size_of(void *memory)
{
    return memory ? (long long)malloc_usable_size(memory) : 0;
}

void *__wrap_malloc(size_t size)
{
    void *memory = __real_malloc(size);

    count(size_of(memory));
    return memory;
}

void *__wrap_calloc(size_t number, size_t size)
{
    void *memory = __real_calloc(number, size);

    count(size_of(memory));
    return memory;
}

void *__wrap_realloc(void *old, size_t size)
{
    long long before = size_of(old);
    void *memory = __real_realloc(old, size);

    if (memory)
        count(size_of(memory) - before);
    return memory;
}

void __wrap_free(void *old)
{
    count(-size_of(old));
    __real_free(old);
}

static long peak(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}

void highwater_begin(void)
{
    at_begin = atomic_load(&held);
    atomic_store(&most, at_begin);
    resident_at_begin = peak();
}

size_t highwater_allocated(void)
{
    return (size_t)(atomic_load(&most) - at_begin);
}

size_t highwater_resident(void)
{
    if (SANITIZED)
        return 0;
    return (size_t)(peak() - resident_at_begin) << 10;
}
