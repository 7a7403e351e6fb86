/* verify_midx.c - one multi-pack-index: its findings as they come, then its verdict. */
#include "verify_midx.h"

#include "message.h"
#include "output.h"
#include "verdict.h"

static const char seen_midx[] = "multi-pack-index";

static enum status verify_midx(struct verification *verification, packread_snapshot *snapshot,
                               size_t number, const packread_midx_info *midx)
{
    const packread_verify_options options = verify_options(verification);
    packread_verify_summary summary = {.struct_size = sizeof summary};
    struct verdict verdict = {
        .path = midx->path, .is_opened = true, .objects = midx->objects, .bytes = midx->size};
    packread_error error = {0};
    int failure;

    verify_store_begin(verification);
    failure = packread_verify_midx(snapshot, number, &options, &summary, &error);
    verify_store_end(verification, midx->objects);
    verdict.is_checked = failure == 0 || verify_is_finding(&error);
    verdict.intact = summary.objects;
    verdict.findings = verification->findings;
    verdict.reason = verdict.is_checked ? NULL : &error;
    if (verification->tells_good_ones)
        verdict_print(&verdict, verification->common->json);
    output_flush();
    if (!verdict.is_checked)
        return message_failure(midx->path, &error);
    return failure == 0 ? STATUS_OK : STATUS_DAMAGED;
}

enum status verify_midxes(struct verification *verification, packread_snapshot *snapshot)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < packread_snapshot_midxes(snapshot); i++) {
        packread_midx_info midx = {.struct_size = sizeof midx};

        if (packread_snapshot_midx(snapshot, i, &midx) == 0 && midx.is_used &&
            verify_seen_add(&verification->seen, midx.path, seen_midx))
            status = status_worse(status, verify_midx(verification, snapshot, i, &midx));
    }
    return status;
}

uint64_t verify_count_midxes(struct verification *verification, packread_snapshot *snapshot)
{
    uint64_t rows = 0;

    for (size_t i = 0; i < packread_snapshot_midxes(snapshot); i++) {
        packread_midx_info midx = {.struct_size = sizeof midx};

        if (packread_snapshot_midx(snapshot, i, &midx) != 0 || !midx.is_used ||
            verify_seen_has(&verification->seen, midx.path, seen_midx))
            continue;
        rows += midx.objects;
        verification->stores_left++;
    }
    return rows;
}
