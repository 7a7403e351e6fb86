/* fake_system.c - knows how to let the N-th call of a kind fail and passes on all others. */
#include "fake_system.h"

#include "pattern.h"

#include <errno.h>
#include <stdatomic.h>
#include <string.h>

/* Atomic because threads share them. */
static struct {
    _Atomic uint64_t calls;
    _Atomic uint64_t fail_at; /* 0: never */
    _Atomic bool forever;
    _Atomic int system_errno;
} plans[FAKE_CALLS];

static _Atomic uint64_t failures, open_now, mapped_now, allocated_now, read_piece, read_left;

void fake_reset(void)
{
    int call;

    for (call = 0; call < FAKE_CALLS; call++) {
        plans[call].calls = 0;
        plans[call].fail_at = 0;
    }
    failures = 0;
    read_piece = 0;
    read_left = UINT64_MAX;
}

void fake_fail(enum fake_call call, uint64_t nth, bool forever, int system_errno)
{
    plans[call].fail_at = plans[call].calls + nth;
    plans[call].forever = forever;
    plans[call].system_errno = system_errno;
}

uint64_t fake_calls(enum fake_call call)
{
    return plans[call].calls;
}

uint64_t fake_failures(void)
{
    return failures;
}

void fake_read_at_most(uint64_t piece, uint64_t total)
{
    read_piece = piece;
    read_left = total;
}

uint64_t fake_open_now(void)
{
    return open_now;
}

uint64_t fake_mapped_now(void)
{
    return mapped_now;
}

uint64_t fake_allocated_now(void)
{
    return allocated_now;
}

/* Counts the call; the errno it has to fail with, or 0. */
static int fails(enum fake_call call)
{
    uint64_t number = atomic_fetch_add(&plans[call].calls, 1) + 1;
    uint64_t fail_at = plans[call].fail_at;

    if (!fail_at || (plans[call].forever ? number < fail_at : number != fail_at))
        return 0;
    atomic_fetch_add(&failures, 1);
    return plans[call].system_errno;
}

static int fake_open(const char *path, int flags, int *fd)
{
    int failed = fails(FAKE_OPEN);

    if (!failed)
        failed = smm_real_system.open(path, flags, fd);
    if (!failed)
        atomic_fetch_add(&open_now, 1);
    return failed;
}

static int fake_close(int fd)
{
    atomic_fetch_sub(&open_now, 1);
    return smm_real_system.close(fd);
}

static int fake_identify(const char *path, int fd, struct smm_identity *identity)
{
    int failed = fails(FAKE_IDENTIFY);
    return failed ? failed : smm_real_system.identify(path, fd, identity);
}

static int fake_map(int fd, uint64_t offset, size_t size, void **address)
{
    int failed = fails(FAKE_MAP);

    if (!failed)
        failed = smm_real_system.map(fd, offset, size, address);
    if (!failed)
        atomic_fetch_add(&mapped_now, size);
    return failed;
}

static int fake_remap(int fd, uint64_t offset, size_t size, void *address, bool *gone)
{
    int failed = fails(FAKE_REMAP);

    *gone = false;
    if (failed == FAKE_GONE) {
        smm_real_system.unmap(address, size);
        *gone = true;
        failed = ENOMEM;
    } else if (!failed) {
        failed = smm_real_system.remap(fd, offset, size, address, gone);
    }
    if (*gone)
        atomic_fetch_sub(&mapped_now, size);
    return failed;
}

static int fake_unmap(void *address, size_t size)
{
    int failed = fails(FAKE_UNMAP);

    if (!failed)
        failed = smm_real_system.unmap(address, size);
    if (!failed)
        atomic_fetch_sub(&mapped_now, size);
    return failed;
}

static int fake_read(int fd, uint64_t offset, void *memory, size_t size, size_t *got)
{
    int failed = fails(FAKE_READ);

    if (failed)
        return failed;
    if (read_piece && size > read_piece)
        size = (size_t)read_piece;
    if (size > read_left)
        size = (size_t)read_left;
    failed = smm_real_system.read(fd, offset, memory, size, got);
    if (!failed && read_left != UINT64_MAX)
        atomic_fetch_sub(&read_left, *got);
    return failed;
}

static void *fake_reallocate(void *memory, size_t size)
{
    void *got = fails(FAKE_ALLOCATE) ? NULL : smm_real_system.reallocate(memory, size);

    if (got && !memory)
        atomic_fetch_add(&allocated_now, 1);
    return got;
}

static void *fake_allocate(size_t size)
{
    return fake_reallocate(NULL, size);
}

static void fake_release(void *memory)
{
    if (memory)
        atomic_fetch_sub(&allocated_now, 1);
    smm_real_system.release(memory);
}

static bool fake_catch_faults(uintptr_t (*find)(uintptr_t address))
{
    return !fails(FAKE_CATCH) && smm_real_system.catch_faults(find);
}

const struct smm_system fake_system = {
    fake_open, fake_close,    fake_identify,   fake_map,     fake_remap,        fake_unmap,
    fake_read, fake_allocate, fake_reallocate, fake_release, fake_catch_faults,
};

smmap_manager *new_fake_manager(const smmap_options *options)
{
    smmap_options chosen = *options;
    smmap_manager *manager = NULL;

    if (one_page_mode())
        chosen.flags |= SMMAP_DEBUG_ONE_PAGE;
    ck_assert_int_eq(smm_manager_new_with_system(&chosen, &fake_system, &manager), SMMAP_OK);
    return manager;
}
