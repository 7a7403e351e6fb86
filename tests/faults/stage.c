/* stage.c - opens and frees what operations work on, and streams from it. */
#include "stage.h"

#include "invariants.h"
#include "packwriter.h"
#include "samples.h"
#include "store/snapshot.h"
#include "suite.h"

#include <stdlib.h>

struct stage *stage_begin(packread_snapshot *snapshot)
{
    struct stage *made = calloc(1, sizeof *made);

    ck_assert_ptr_nonnull(made);
    made->snapshot = snapshot;
    if (snapshot)
        made->reader = sample_reader(snapshot);
    return made;
}

void stage_end(void *context)
{
    struct stage *made = context;

    packread_reader_free(made->reader);
    if (made->snapshot) {
        ck_assert_ptr_null(smm_manager_check(made->snapshot->manager));
        trial_free_snapshot(made->snapshot);
    }
    free(made);
}

static int take(void *context, const void *bytes, size_t size)
{
    packwriter_bytes_add(context, bytes, size);
    return 0;
}

void stage_stream(const struct stage *stage, struct trial *trial, const packread_id *ids,
                  size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct packwriter_bytes taken = {0};
        const packread_sink sink = {.context = &taken, .data = take};
        packread_error error = {0};
        int status = packread_reader_stream(stage->reader, &ids[i], &sink, &error);

        if (status == 0) {
            ck_assert(sample_hashes_to(&ids[i], PACKREAD_BLOB, taken.data, taken.size));
            trial_answer(trial, ids[i].bytes, ids[i].size);
        } else {
            trial_tell(trial, status, &error);
        }
        packwriter_bytes_free(&taken);
    }
}
