/* verify_pack.c - one pack: its findings as they come, then its verdict. */
#include "verify_pack.h"

#include "finding.h"
#include "message.h"
#include "output.h"
#include "verdict.h"
#include "verify_doubts.h"

#include <errno.h>
#include <sys/stat.h>

static unsigned index_findings(const struct verification *verification)
{
    return verification->index_problem != NULL && verify_is_finding(verification->index_problem);
}

static void tell_verified(const struct verification *verification, const packread_pack_info *pack,
                          const packread_verify_summary *summary)
{
    const packread_error *problem = verification->index_problem;
    const struct verdict verdict = {
        .path = pack->path,
        .is_opened = true,
        .objects = pack->objects,
        .bytes = pack->size,
        .bundle = pack->bundle_version != 0 ? pack : NULL,
        .is_checked = true,
        .intact = summary->objects,
        .unchecked = verification->unchecked,
        .findings = index_findings(verification) + summary->findings - verification->unreadable,
        .reason = problem != NULL && !verify_is_finding(problem) ? problem : NULL,
    };

    if (verification->tells_good_ones)
        verdict_print(&verdict, verification->common->json);
}

void verify_tell_unverified(const struct verification *verification, const char *path,
                            const packread_pack_info *pack, uint64_t findings,
                            const packread_error *error)
{
    const struct verdict verdict = {
        .path = path,
        .is_opened = pack != NULL,
        .objects = pack != NULL ? pack->objects : 0,
        .bytes = pack != NULL ? pack->size : 0,
        .bundle = pack != NULL && pack->bundle_version != 0 ? pack : NULL,
        .findings = index_findings(verification) + findings,
        .reason = error,
    };

    if (verification->tells_good_ones)
        verdict_print(&verdict, verification->common->json);
}

/* Whether it is the index that is damaged, and nothing else. */
static bool is_index_alone(const struct verification *verification, const packread_pack_info *pack,
                           const packread_verify_summary *summary)
{
    return index_findings(verification) + verification->of_index > verification->twins &&
           verification->findings == verification->of_index && summary->objects == pack->objects &&
           !verification->is_pair_good &&
           (verification->index_problem == NULL ||
            verification->index_problem->code != PACKREAD_ERROR_NO_INDEX);
}

static void tell_checked(const struct verification *verification, const packread_pack_info *pack,
                         const packread_verify_summary *summary)
{
    tell_verified(verification, pack, summary);
    if (is_index_alone(verification, pack, summary)) {
        output_flush();
        message_warning("%s: the pack is whole; packread index %s writes its index anew",
                        pack->path, pack->path);
    }
}

/* Git has put its objects elsewhere before it was looked at. */
static bool is_gone(const struct verification *verification, int failure, const char *path)
{
    struct stat there;

    return failure == PACKREAD_ERROR_CHANGED && verification->packs_may_go &&
           verification->findings == 0 && stat(path, &there) != 0 && errno == ENOENT;
}

enum status verify_pack(struct verification *verification, packread_snapshot *snapshot,
                        size_t number)
{
    const packread_verify_options options = verify_options(verification);
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_error error = {0};
    packread_pack_info pack = {.struct_size = sizeof pack};
    int failure;

    if (packread_snapshot_pack(snapshot, number, &pack) != 0)
        return STATUS_SYSTEM;
    verify_store_begin(verification);
    failure = packread_verify(snapshot, number, &options, &summary, &error);
    verify_store_end(verification, pack.objects);
    if (is_gone(verification, failure, pack.path))
        return STATUS_OK;
    if (failure == 0) {
        tell_checked(verification, &pack, &summary);
    } else if (verify_is_finding(&error) && verification->findings > 0) {
        tell_checked(verification, &pack, &summary);
        if (verification->tells_good_ones && summary.objects < pack.objects)
            verify_doubt(verification, snapshot, &pack);
    } else if (verification->findings == 0 && verify_is_finding(&error)) {
        finding_print_error(verification->common, pack.path, &error);
        verify_tell_unverified(verification, pack.path, &pack, 1, &error);
    } else {
        if (verify_is_shortage(failure) && verification->findings > 0)
            tell_verified(verification, &pack, &summary);
        else
            verify_tell_unverified(verification, pack.path, &pack, verification->findings, &error);
        output_flush();
        return message_failure(pack.path, &error);
    }
    output_flush();
    return failure == 0 ? STATUS_OK : STATUS_DAMAGED;
}
