/* sigbus.h - mapped pages that cannot be read: a page of zeros and a count instead of SIGBUS. */
#ifndef SMMAP_SIGBUS_H
#define SMMAP_SIGBUS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One guarded mapping. Slots are never freed, since a handler may look at any of them any time. */
struct smmap_guard;

/* From now on this process survives faults in armed mappings; any other goes the way it went
 * before. False if the system has no such thing. */
bool smmap_guard_install(void);

/* A slot, not armed; NULL without memory. */
struct smmap_guard *smmap_guard_take(void);
/* NULL is fine. Disarms it. */
void smmap_guard_give(struct smmap_guard *guard);

/* Until it is disarmed or armed anew, a bad page of these bytes, and all that follow, become zeros
 * and `faults` grows. Nobody may touch the bytes meanwhile. */
void smmap_guard_arm(struct smmap_guard *guard, const void *address, size_t size,
                     _Atomic uint64_t *faults);
void smmap_guard_disarm(struct smmap_guard *guard);

/* Whether a page was bad since it was armed. */
bool smmap_guard_tripped(const struct smmap_guard *guard);

#endif
