/* verify_doubts.h - packs that were found damaged through an index which may be another pack's. */
#ifndef VERIFY_DOUBTS_H
#define VERIFY_DOUBTS_H

#include "verify_run.h"

/* Notes the pack for later, if it and its index do not name each other. */
void verify_doubt(struct verification *verification, const packread_snapshot *snapshot,
                  const packread_pack_info *pack);
/* Verifies those that were noted without their indexes, and says which are whole. When the
 * snapshot that they were verified in is gone: its memory is needed. */
void verify_settle_doubts(struct verification *verification);

#endif
