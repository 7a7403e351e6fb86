/* verify_place.c - opens a place, tells what is wrong with it as a whole, and has all that opened
 * verified. */
#include "verify_place.h"

#include "ending.h"
#include "message.h"
#include "midx_advice.h"
#include "verify_alone.h"
#include "verify_folder.h"
#include "verify_lacking.h"
#include "verify_midx.h"
#include "verify_stores.h"

#include <string.h>
#include <sys/stat.h>

/* Whether verifying the packs that did open tells this again. */
static bool is_told_by_pack(const packread_snapshot *snapshot, const packread_error *problem)
{
    for (size_t i = 0; i < packread_snapshot_packs(snapshot); i++) {
        packread_pack_info pack = {.struct_size = sizeof pack};

        if (packread_snapshot_pack(snapshot, i, &pack) == 0 &&
            (strcmp(pack.path, problem->file) == 0 || strcmp(pack.index_path, problem->file) == 0))
            return true;
    }
    return false;
}

/* Two lists may name one object folder that cannot be read: it is told with the first. */
static bool is_new(struct verification *verification, const packread_error *problem)
{
    char about[sizeof problem->text];
    const size_t length = strcspn(problem->text, "(");

    memcpy(about, problem->text, length);
    about[length] = '\0';
    return verify_seen_add(&verification->seen, problem->file, about);
}

static enum status tell_unopened(struct verification *verification, const char *where,
                                 const packread_error *problem)
{
    enum status status = verify_tell_unopened(verification, where, problem);

    if (midx_advice_fits(problem))
        verify_midx_advise(verification, problem->file);
    return status;
}

static enum status tell_problem(struct verification *verification,
                                const packread_snapshot *snapshot, const char *where,
                                const packread_error *problem)
{
    if (verify_is_finding(problem) && is_told_by_pack(snapshot, problem))
        return STATUS_DAMAGED;
    if (verify_is_pack_alone(problem)) /* its index may come yet */
        return STATUS_OK;
    if (!is_new(verification, problem))
        return status_of_error(problem->code);
    /* The packs can be whole all the same: the place as a whole was not verified. */
    if (problem->code == PACKREAD_ERROR_UNSUPPORTED)
        return message_failure(where, problem);
    if (!names_midx(problem->file) && verify_is_index_useless(problem)) {
        verification->is_any_pack_damaged = true;
        return verify_without_index(verification, problem);
    }
    return tell_unopened(verification, where, problem);
}

/* Tells the packs of a folder that did not open, or checks them without their indexes; but for
 * those that have none. The first `*told` problems are known. */
static enum status tell_problems(struct verification *verification,
                                 const packread_snapshot *snapshot, const char *where, size_t *told)
{
    enum status status = STATUS_OK;

    for (; *told < packread_snapshot_problems(snapshot); ++*told)
        status = status_worse(status, tell_problem(verification, snapshot, where,
                                                   packread_snapshot_problem(snapshot, *told)));
    return status;
}

#define ROUNDS_MOST 20

/* Objects may move meanwhile, as git packs them: what they moved to is looked at again, until
 * nothing came. */
static enum status verify_rounds(struct verification *verification, packread_snapshot *snapshot,
                                 const char *where)
{
    enum status status = STATUS_OK;
    packread_error error = {0};
    size_t told = 0;

    for (unsigned round = 0; round < ROUNDS_MOST; round++) {
        bool changed = false;

        status = status_worse(status, tell_problems(verification, snapshot, where, &told));
        status = status_worse(status, verify_stores(verification, snapshot));
        if (packread_snapshot_refresh(snapshot, &changed, &error) != 0)
            return status_worse(status, message_failure(where, &error));
        if (!changed && !verify_lacking_changes(verification, snapshot)) {
            status = status_worse(status, verify_lacking(verification, snapshot));
            if (status == STATUS_OK)
                verify_tell_empty(verification, snapshot, where);
            return status;
        }
    }
    message_error("%s: its packs change faster than they can be verified", where);
    return STATUS_SYSTEM;
}

static bool is_folder(const char *path)
{
    struct stat there;

    return stat(path, &there) == 0 && S_ISDIR(there.st_mode);
}

enum status verify_place(struct verification *verification, const char *where)
{
    packread_options options = verification->common->library;
    packread_snapshot *snapshot;
    packread_error error = {0};
    enum status status;

    /* An index of no use is a finding; the pack is checked by its own bytes then. */
    options.flags |= PACKREAD_INDEX_AS_IT_IS;
    if (packread_snapshot_open(where, &options, &snapshot, &error) != 0) {
        if (error.file[0] != '\0' && !verify_seen_add(&verification->seen, error.file, error.text))
            return status_of_error(error.code);
        if (verify_is_pack_alone(&error))
            return verify_alone(verification, where);
        if (verify_is_index_useless(&error))
            return verify_without_index(verification, &error);
        return verify_tell_unopened(verification, where, &error);
    }
    verification->packs_may_go = is_folder(where) || packread_snapshot_folders(snapshot) > 0;
    verification->is_any_pack_damaged = false;
    verification->is_any_pack_gone = false;
    status = verify_rounds(verification, snapshot, where);
    verify_midx_tell_advice(verification);
    verification->packs_may_go = false;
    verify_stores_end(verification, snapshot);
    return status;
}
