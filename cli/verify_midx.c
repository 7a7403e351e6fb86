/* verify_midx.c - one multi-pack-index: its findings as they come, then its verdict. */
#include "verify_midx.h"

#include "message.h"
#include "midx_advice.h"
#include "output.h"
#include "verdict.h"

#include <stdlib.h>

static const char seen_midx[] = "multi-pack-index";
static const char seen_advice[] = "advice";

/* Without memory nothing is said of it. */
void verify_midx_advise(struct verification *verification, const char *path)
{
    char *subject = midx_advice_subject(path);
    char **grown = NULL;

    if (subject != NULL && verify_seen_add(&verification->seen, subject, seen_advice))
        grown = realloc(verification->advised,
                        (verification->advised_count + 1) * sizeof *verification->advised);
    if (grown == NULL) {
        free(subject);
        return;
    }
    verification->advised = grown;
    grown[verification->advised_count++] = subject;
}

void verify_midx_tell_advice(struct verification *verification)
{
    const enum packs_indexes indexes = verification->is_any_pack_gone      ? PACKS_GONE
                                       : verification->is_any_pack_damaged ? INDEXES_DAMAGED
                                                                           : INDEXES_WHOLE;

    for (size_t i = 0; i < verification->advised_count; i++) {
        midx_advice_tell(verification->advised[i], indexes);
        free(verification->advised[i]);
    }
    free(verification->advised);
    verification->advised = NULL;
    verification->advised_count = 0;
}

/* What a check to its end came to; a layer may be blocked by one that cannot be read. */
static enum status tell_checked(struct verification *verification, const packread_midx_info *midx,
                                const packread_verify_summary *summary, const packread_error *error)
{
    const struct verdict verdict = {
        .path = midx->path,
        .is_opened = true,
        .objects = midx->objects,
        .bytes = midx->size,
        .is_checked = true,
        .intact = summary->objects,
        .findings = verification->findings - verification->unreadable,
        .reason = verification->unreadable > 0 ? error : NULL,
    };

    if (verification->tells_good_ones)
        verdict_print(&verdict, verification->common->json);
    output_flush();
    if (verdict.findings > 0)
        verify_midx_advise(verification, midx->path);
    return status_of_error(error->code);
}

static enum status tell_unchecked(const struct verification *verification,
                                  const packread_midx_info *midx, const packread_error *error)
{
    const struct verdict verdict = {.path = midx->path,
                                    .is_opened = true,
                                    .objects = midx->objects,
                                    .bytes = midx->size,
                                    .findings = verification->findings - verification->unreadable,
                                    .reason = error};

    if (verification->tells_good_ones)
        verdict_print(&verdict, verification->common->json);
    output_flush();
    return message_failure(midx->path, error);
}

static enum status verify_midx(struct verification *verification, packread_snapshot *snapshot,
                               size_t number, const packread_midx_info *midx)
{
    const packread_verify_options options = verify_options(verification);
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_error error = {0};
    int failure;

    verify_store_begin(verification);
    failure = packread_verify_midx(snapshot, number, &options, &summary, &error);
    verify_store_end(verification, midx->objects);
    return failure == 0 || summary.findings > 0 ? tell_checked(verification, midx, &summary, &error)
                                                : tell_unchecked(verification, midx, &error);
}

static bool is_there(const packread_midx_info *midx)
{
    return midx->is_used || midx->blocked_by > 0;
}

enum status verify_midxes(struct verification *verification, packread_snapshot *snapshot)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < packread_snapshot_midxes(snapshot); i++) {
        packread_midx_info midx = {.struct_size = sizeof midx};

        if (packread_snapshot_midx(snapshot, i, &midx) == 0 && is_there(&midx) &&
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

        if (packread_snapshot_midx(snapshot, i, &midx) != 0 || !is_there(&midx) ||
            verify_seen_has(&verification->seen, midx.path, seen_midx))
            continue;
        rows += midx.objects;
        verification->stores_left++;
    }
    return rows;
}
