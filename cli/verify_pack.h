/* verify_pack.h - verifies one pack of a snapshot, and tells what came of it. */
#ifndef VERIFY_PACK_H
#define VERIFY_PACK_H

#include "verify_run.h"

enum status verify_pack(struct verification *verification, packread_snapshot *snapshot,
                        size_t number);
/* The line of a pack that was not verified to its end, for programs; `pack` is NULL where it could
 * not even be opened. */
void verify_tell_unverified(const struct verification *verification, const char *path,
                            const packread_pack_info *pack, uint64_t findings,
                            const packread_error *error);

#endif
