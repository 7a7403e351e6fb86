/* verify_stores.c - the order in which the stores of a place are verified, each once in a run. */
#include "verify_stores.h"

#include "metrics.h"
#include "progress.h"
#include "verify_doubts.h"
#include "verify_folder.h"
#include "verify_midx.h"
#include "verify_pack.h"

static const char seen_pack[] = "pack";

/* How much there is to do, for progress. */
static uint64_t count_packs(struct verification *verification, const packread_snapshot *snapshot)
{
    uint64_t objects = 0;

    for (size_t i = 0; i < packread_snapshot_packs(snapshot); i++) {
        packread_pack_info pack = {.struct_size = sizeof pack};

        if (packread_snapshot_pack(snapshot, i, &pack) != 0 ||
            verify_seen_has(&verification->seen, pack.path, seen_pack))
            continue;
        objects += pack.objects;
        verification->stores_left++;
    }
    return objects;
}

static enum status verify_packs(struct verification *verification, packread_snapshot *snapshot)
{
    const size_t packs = packread_snapshot_packs(snapshot);
    enum status status = STATUS_OK;

    for (size_t i = 0; i < packs; i++) {
        packread_pack_info pack = {.struct_size = sizeof pack};

        if (packread_snapshot_pack(snapshot, i, &pack) == 0 &&
            verify_seen_add(&verification->seen, pack.path, seen_pack))
            status = status_worse(status, verify_pack(verification, snapshot, i));
    }
    return status;
}

enum status verify_stores(struct verification *verification, packread_snapshot *snapshot)
{
    enum status status;
    uint64_t total;

    verification->done = 0;
    verification->stores_left = 0;
    total = count_packs(verification, snapshot) + verify_count_midxes(verification, snapshot);
    progress_begin(verification->common, "verifying", total, false);
    progress_add(verify_count_folders(verification, snapshot, progress_is_wanted()));
    status = verify_packs(verification, snapshot);
    verification->is_any_pack_damaged = verification->is_any_pack_damaged || status != STATUS_OK;
    status = status_worse(status, verify_midxes(verification, snapshot));
    status = status_worse(status, verify_folders(verification, snapshot));
    progress_end();
    return status;
}

void verify_stores_end(struct verification *verification, packread_snapshot *snapshot)
{
    metrics_add(snapshot);
    packread_snapshot_free(snapshot); /* its memory is needed */
    verify_settle_doubts(verification);
}
