/* sigbus.c - knows which mappings are guarded, in a table that a signal handler may read any time.
 *
 * The one state of the process that libsmmap has: SIGBUS belongs to the process, so its handler
 * has to find any manager's mapping by address alone. */
#include "sigbus.h"

#include <pthread.h>

/* `version` is odd while the others change. Who faults holds the mapping, so the slot that a
 * handler looks for stands still; those that move are others. */
struct smm_guard {
    _Atomic uint64_t version;
    _Atomic uintptr_t begin;
    _Atomic uintptr_t end; /* 0: not armed */
    _Atomic(_Atomic uint64_t *) faults;
    _Atomic bool tripped;
    struct smm_guard *next; /* among the free ones */
};

#define CHUNK_SLOTS 128

struct chunk {
    struct chunk *next; /* does not change once others can see it */
    struct smm_guard slots[CHUNK_SLOTS];
};

static struct chunk first_chunk;
static _Atomic(struct chunk *) chunks; /* the newest; only ever grows */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for the two below, and to install */
static struct smm_guard *free_slots;
static bool begun;

/* With the lock. */
static void add_chunk(struct chunk *chunk)
{
    size_t at;

    for (at = 0; at < CHUNK_SLOTS; at++) {
        chunk->slots[at].next = free_slots;
        free_slots = &chunk->slots[at];
    }
    chunk->next = atomic_load_explicit(&chunks, memory_order_relaxed);
    atomic_store_explicit(&chunks, chunk, memory_order_release);
}

/* With the lock. */
static bool grow(void)
{
    struct chunk *chunk = &first_chunk;
    size_t at;

    if (begun) {
        chunk = smm_real_system.allocate(sizeof *chunk);
        if (!chunk)
            return false;
        for (at = 0; at < CHUNK_SLOTS; at++)
            chunk->slots[at] = (struct smm_guard){.next = NULL};
    }
    begun = true;
    add_chunk(chunk);
    return true;
}

struct smm_guard *smm_guard_take(void)
{
    struct smm_guard *guard = NULL;

    pthread_mutex_lock(&lock);
    if (free_slots || grow()) {
        guard = free_slots;
        free_slots = guard->next;
    }
    pthread_mutex_unlock(&lock);
    return guard;
}

void smm_guard_give(struct smm_guard *guard)
{
    if (!guard)
        return;
    smm_guard_disarm(guard);
    pthread_mutex_lock(&lock);
    guard->next = free_slots;
    free_slots = guard;
    pthread_mutex_unlock(&lock);
}

static void set(struct smm_guard *guard, uintptr_t begin, uintptr_t end, _Atomic uint64_t *faults)
{
    atomic_fetch_add(&guard->version, 1);
    atomic_store(&guard->begin, begin);
    atomic_store(&guard->end, end);
    atomic_store(&guard->faults, faults);
    atomic_store(&guard->tripped, false);
    atomic_fetch_add(&guard->version, 1);
}

void smm_guard_arm(struct smm_guard *guard, const void *address, size_t size,
                   _Atomic uint64_t *faults)
{
    set(guard, (uintptr_t)address, (uintptr_t)address + size, faults);
}

void smm_guard_disarm(struct smm_guard *guard)
{
    set(guard, 0, 0, NULL);
}

bool smm_guard_tripped(const struct smm_guard *guard)
{
    return atomic_load(&guard->tripped);
}

/* In a signal handler. Counts a fault at `address`; how far the mapping goes, 0 if it is none of
 * ours. */
static uintptr_t trip(struct smm_guard *guard, uintptr_t address)
{
    uint64_t version = atomic_load(&guard->version);
    uintptr_t begin = atomic_load(&guard->begin);
    uintptr_t end = atomic_load(&guard->end);
    _Atomic uint64_t *faults = atomic_load(&guard->faults);

    if (address < begin || address >= end || version % 2 || version != atomic_load(&guard->version))
        return 0;
    atomic_store(&guard->tripped, true);
    atomic_fetch_add(faults, 1);
    return end;
}

static uintptr_t find(uintptr_t address)
{
    struct chunk *chunk = atomic_load_explicit(&chunks, memory_order_acquire);
    uintptr_t end = 0;
    size_t at;

    for (; chunk && !end; chunk = chunk->next)
        for (at = 0; at < CHUNK_SLOTS && !end; at++)
            end = trip(&chunk->slots[at], address);
    return end;
}

bool smm_guard_install(const struct smm_system *system)
{
    static bool installed;
    bool now;

    pthread_mutex_lock(&lock);
    installed = installed || system->catch_faults(find);
    now = installed;
    pthread_mutex_unlock(&lock);
    return now;
}
