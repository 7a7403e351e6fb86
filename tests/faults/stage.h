/* stage.h - what most operations of a trial work on: a snapshot and a reader, opened without
 * faults. */
#ifndef STAGE_H
#define STAGE_H

#include "trial.h"

struct stage {
    packread_snapshot *snapshot;
    packread_reader *reader;
};

/* Takes the snapshot over; NULL: there is neither. */
struct stage *stage_begin(packread_snapshot *snapshot);
/* Frees both, and holds that nothing of them stays. `context` is a stage. */
void stage_end(void *context);

/* Streams these blobs, hashes each against its id, and answers with the id. */
void stage_stream(const struct stage *stage, struct trial *trial, const packread_id *ids,
                  size_t count);

#endif
