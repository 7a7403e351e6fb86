/* sigbus.h - mapped pages that cannot be read: a page of zeros and a count instead of SIGBUS. */
#ifndef SMM_SIGBUS_H
#define SMM_SIGBUS_H

#include "system.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One guarded mapping. Slots are never freed, since a handler may look at any of them any time. */
struct smm_guard;

/* From now on this process survives faults in armed mappings; any other goes the way it went
 * before. False if the system does not do it; the next call asks again. */
bool smm_guard_install(const struct smm_system *system);

/* A slot, not armed; NULL without memory. */
struct smm_guard *smm_guard_take(void);
/* NULL is fine. Disarms it. */
void smm_guard_give(struct smm_guard *guard);

/* Until it is disarmed or armed anew, a bad page of these bytes, and all that follow, become zeros
 * and `faults` grows. Nobody may touch the bytes meanwhile. */
void smm_guard_arm(struct smm_guard *guard, const void *address, size_t size,
                   _Atomic uint64_t *faults);
void smm_guard_disarm(struct smm_guard *guard);

/* Whether a page was bad since it was armed. */
bool smm_guard_tripped(const struct smm_guard *guard);

#endif
