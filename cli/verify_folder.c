/* verify_folder.c - the loose objects of one folder: findings as they come, then the verdict. */
#include "verify_folder.h"

#include "message.h"
#include "output.h"
#include "verdict.h"

static const char seen_folder[] = "loose objects";

static void print_verdict(const struct verification *verification, const char *path,
                          const packread_verify_summary *summary, const packread_error *reason)
{
    const struct verdict verdict = {
        .path = path,
        .is_opened = true,
        .objects = summary->stored,
        .bytes = summary->size_on_disk,
        .is_checked = true,
        .intact = summary->objects,
        .unchecked = verification->unchecked,
        .findings = summary->findings - verification->unreadable,
        .reason = reason,
    };

    if (verification->tells_good_ones)
        verdict_print(&verdict, verification->common->json);
    output_flush();
}

/* Of a folder without any nothing is said, as nothing is of a pack that is not there. */
static void tell_verdict(const struct verification *verification, const char *path,
                         const packread_verify_summary *summary, const packread_error *reason)
{
    if (summary->stored > 0 || reason != NULL)
        print_verdict(verification, path, summary, reason);
    else
        output_flush();
}

static enum status tell_unverified(const struct verification *verification, const char *path,
                                   const packread_error *error)
{
    const struct verdict verdict = {
        .path = path, .findings = verification->findings, .reason = error};

    if (verification->tells_good_ones)
        verdict_print(&verdict, verification->common->json);
    output_flush();
    return message_failure(path, error);
}

static enum status verify_folder(struct verification *verification, packread_snapshot *snapshot,
                                 size_t number, const char *path)
{
    const packread_verify_options options = verify_options(verification);
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_error error = {0};
    int failure;

    verify_store_begin(verification);
    failure = packread_verify_loose(snapshot, number, &options, &summary, &error);
    if (summary.stored > 0)
        verify_store_end(verification, summary.stored);
    /* Whatever kept single objects from being read is among the findings. */
    if (failure != 0 && summary.findings == 0)
        return tell_unverified(verification, path, &error);
    tell_verdict(verification, path, &summary,
                 failure != 0 && !verify_is_finding(&error) ? &error : NULL);
    if (verify_is_shortage(failure))
        return message_failure(path, &error);
    return status_of_error(failure);
}

/* Where there is nothing at all, that is the answer. */
void verify_tell_empty(struct verification *verification, packread_snapshot *snapshot,
                       const char *where)
{
    packread_folder_info own = {.struct_size = sizeof own, .path = where};
    const packread_verify_summary nothing = {.struct_size = sizeof nothing};
    uint64_t objects = 0;

    if (packread_snapshot_packs(snapshot) + packread_snapshot_midxes(snapshot) +
            packread_snapshot_problems(snapshot) >
        0)
        return;
    (void)packread_snapshot_folder(snapshot, 0, &own); /* a folder of packs has none */
    for (size_t i = 0; objects == 0 && i < packread_snapshot_folders(snapshot); i++)
        if (packread_snapshot_loose(snapshot, i, &objects, NULL) != 0)
            return;
    if (objects == 0 && verify_seen_add(&verification->seen, own.path, "nothing"))
        print_verdict(verification, own.path, &nothing, NULL);
}

enum status verify_folders(struct verification *verification, packread_snapshot *snapshot)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < packread_snapshot_folders(snapshot); i++) {
        packread_folder_info folder = {.struct_size = sizeof folder};

        if (packread_snapshot_folder(snapshot, i, &folder) == 0 &&
            verify_seen_add(&verification->seen, folder.path, seen_folder))
            status = status_worse(status, verify_folder(verification, snapshot, i, folder.path));
    }
    return status;
}

uint64_t verify_count_folders(struct verification *verification, packread_snapshot *snapshot,
                              bool counts)
{
    uint64_t total = 0;

    for (size_t i = 0; i < packread_snapshot_folders(snapshot); i++) {
        packread_folder_info folder = {.struct_size = sizeof folder};
        uint64_t objects = 0;

        if (packread_snapshot_folder(snapshot, i, &folder) != 0 ||
            verify_seen_has(&verification->seen, folder.path, seen_folder))
            continue;
        if (counts)
            (void)packread_snapshot_loose(snapshot, i, &objects, NULL);
        total += objects;
        verification->stores_left += objects > 0;
    }
    return total;
}
