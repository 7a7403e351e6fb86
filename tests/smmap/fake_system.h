/* fake_system.h - a system that fails on command and counts what was taken and given back. */
#ifndef FAKE_SYSTEM_H
#define FAKE_SYSTEM_H

#include "manager.h"
#include "system.h"

enum fake_call {
    FAKE_OPEN,
    FAKE_IDENTIFY,
    FAKE_MAP,
    FAKE_REMAP,
    FAKE_UNMAP,
    FAKE_READ,
    FAKE_ALLOCATE, /* reallocate too */
    FAKE_CATCH,    /* with any errno: there is no guard */
    FAKE_CALLS
};

/* An errno for FAKE_REMAP: ENOMEM, and the old pages are gone. */
#define FAKE_GONE (-1)

extern const struct smm_system fake_system;

/* No failures from now on, and all counts 0. */
void fake_reset(void);

/* The `nth` call from now (1: the next) fails with this errno; `forever`: and all after it. */
void fake_fail(enum fake_call call, uint64_t nth, bool forever, int system_errno);

/* How often the call was made, and how many of them failed, since fake_reset. */
uint64_t fake_calls(enum fake_call call);
uint64_t fake_failures(void);

/* At most so many bytes per read, 0 for no bound; at this many in all the file ends. */
void fake_read_at_most(uint64_t piece, uint64_t total);

/* What is open, mapped and allocated now. */
uint64_t fake_open_now(void);
uint64_t fake_mapped_now(void);
uint64_t fake_allocated_now(void);

/* A manager on this system. */
smmap_manager *new_fake_manager(const smmap_options *options);

#endif
