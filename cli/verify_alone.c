/* verify_alone.c - opens a pack without its index, and says why. */
#include "verify_alone.h"

#include "ending.h"
#include "finding.h"
#include "message.h"
#include "output.h"
#include "verify_pack.h"
#include "verify_stores.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

bool verify_is_pack_alone(const packread_error *problem)
{
    return problem->code == PACKREAD_ERROR_NO_INDEX && !ends_with(problem->file, ".idx");
}

bool verify_is_index_useless(const packread_error *problem)
{
    if (problem->code == PACKREAD_ERROR_MISMATCH)
        return true;
    if (!ends_with(problem->file, ".idx"))
        return false;
    switch (problem->code) {
    case PACKREAD_ERROR_NOT_REGULAR:
        return true;
    case PACKREAD_ERROR_SYSTEM: /* where it is the file's, and not ours */
        return problem->system_errno != EMFILE && problem->system_errno != ENFILE &&
               problem->system_errno != ENOMEM;
    default:
        return verify_is_finding(problem) && problem->code != PACKREAD_ERROR_NO_INDEX;
    }
}

enum status verify_tell_unopened(const struct verification *verification, const char *where,
                                 const packread_error *error)
{
    const char *file = error->file[0] != '\0' ? error->file : where;
    enum status status = status_of_error(error->code);

    if (status == STATUS_DAMAGED)
        finding_print_error(verification->common, where, error);
    if (status != STATUS_USAGE)
        verify_tell_unverified(verification, file, NULL, status == STATUS_DAMAGED, error);
    output_flush();
    return status == STATUS_DAMAGED ? status : message_failure(where, error);
}

enum status verify_alone(struct verification *verification, const char *path)
{
    packread_options options = verification->common->library;
    packread_snapshot *snapshot;
    packread_error error = {0};
    enum status status;

    options.flags |= PACKREAD_WITHOUT_INDEX;
    if (packread_snapshot_open(path, &options, &snapshot, &error) != 0)
        return verify_tell_unopened(verification, path, &error);
    message_problems(path, snapshot, false);
    status = verify_stores(verification, snapshot);
    verify_stores_end(verification, snapshot);
    return status;
}

static void tell_useless_index(const struct verification *verification,
                               const packread_error *problem)
{
    char what[400];

    if (verify_is_finding(problem)) {
        finding_print_error(verification->common, "", problem);
        output_flush();
        return;
    }
    message_describe(problem, what, sizeof what);
    message_error("%s: %s; its pack is checked by itself", problem->file, what);
}

/* A pack and its index that are in a place of the other hash are good where they are by themselves;
 * NULL: they are not. */
static packread_snapshot *open_pair(const struct verification *verification, const char *pack)
{
    packread_options options = verification->common->library;
    packread_snapshot *snapshot = NULL;

    options.flags |= PACKREAD_INDEX_AS_IT_IS;
    if (packread_snapshot_open(pack, &options, &snapshot, NULL) == 0 &&
        packread_snapshot_problems(snapshot) > 0) {
        packread_snapshot_free(snapshot);
        snapshot = NULL;
    }
    return snapshot;
}

static enum status verify_pair_or_alone(struct verification *verification, const char *pack)
{
    packread_snapshot *pair = open_pair(verification, pack);
    enum status status;

    if (pair == NULL)
        return verify_alone(verification, pack);
    verification->is_pair_good = true;
    status = verify_stores(verification, pair);
    verification->is_pair_good = false;
    verify_stores_end(verification, pair);
    return status;
}

enum status verify_without_index(struct verification *verification, const packread_error *problem)
{
    char *pack = pack_of(problem->file);
    struct stat there;
    enum status status;

    if (pack == NULL ||
        (!verify_is_finding(problem) && (stat(pack, &there) != 0 || !S_ISREG(there.st_mode)))) {
        free(pack);
        return verify_tell_unopened(verification, "", problem);
    }
    tell_useless_index(verification, problem);
    verification->index_problem = problem;
    verification->sums_index = verify_is_finding(problem);
    status = verify_pair_or_alone(verification, pack);
    verification->sums_index = false;
    verification->index_problem = NULL;
    free(pack);
    return status_worse(status_of_error(problem->code), status);
}
