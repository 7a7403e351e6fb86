/* cmd_verify.c - packread verify: checks packs, and tells all that is wrong with them. */
#include "command.h"
#include "ending.h"
#include "finding.h"
#include "message.h"
#include "metrics.h"
#include "options.h"
#include "output.h"
#include "progress.h"
#include "verdict.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char help[] =
    "packread verify [OPTIONS] WHERE...\n"
    "\n"
    "Checks everything: sums of pack and index, order, fanout, offsets, CRCs, and every\n"
    "object against its id. Prints a line for each pack that is whole, and one for each\n"
    "thing that is wrong; goes on past it. A .pack without .idx, or with one that cannot\n"
    "be used, is checked from its bytes alone; so is any file that begins as a pack.\n"
    "Loose objects and alternates are not checked in this version: where a repository has\n"
    "any, that is said, and the exit status is 1.\n"
    "\n"
    "  --no-check                changes nothing here: all is checked\n"
    "  --json                    one JSON object a line\n"
    "  -q                        only what is wrong\n"
    "\n"
    "  packread verify .\n"
    "  packread verify --memory-limit=128M a.pack b.pack\n";

struct verification {
    const struct common_options *common;
    bool tells_good_ones;
    uint64_t objects_before;             /* of the packs that are done, for progress */
    uint64_t findings;                   /* of this pack */
    const packread_error *index_problem; /* why its index cannot be used, told before; or NULL */
    uint64_t shortages; /* those of them that are objects there was no room to check, */
    uint64_t unchecked; /* and these objects, with all that hangs on them */
    char **doubted;     /* packs whose damage may be that of an index which is not theirs */
    size_t doubted_count;
    pthread_mutex_t lock; /* findings and progress may come from different threads */
};

/* What there was no room for is not known to be damaged. */
static bool is_shortage(int code)
{
    return code == PACKREAD_ERROR_BUDGET || code == PACKREAD_ERROR_TEMPORARY;
}

static bool is_finding(const packread_error *error)
{
    return status_of_error(error->code) == STATUS_DAMAGED;
}

static unsigned index_findings(const struct verification *verification)
{
    return verification->index_problem != NULL && is_finding(verification->index_problem);
}

static int tell_finding(void *context, const packread_finding *finding)
{
    struct verification *verification = context;

    pthread_mutex_lock(&verification->lock);
    verification->findings++;
    if (is_shortage(finding->error->code)) {
        verification->shortages++;
        verification->unchecked += 1 + finding->dependents;
    }
    finding_print(verification->common, "", finding->error, finding->dependents);
    output_flush();
    pthread_mutex_unlock(&verification->lock);
    return 0;
}

static int tell_progress(void *context, uint64_t done, uint64_t total)
{
    struct verification *verification = context;

    (void)total;
    pthread_mutex_lock(&verification->lock);
    progress_update(verification->objects_before + done);
    pthread_mutex_unlock(&verification->lock);
    return 0;
}

/* ---- Results -------------------------------------------------------------------------------- */

static void print_verified(const struct verification *verification, const packread_pack_info *pack,
                           const packread_verify_summary *summary)
{
    const packread_error *problem = verification->index_problem;
    const struct verdict verdict = {
        .path = pack->path,
        .is_opened = true,
        .objects = pack->objects,
        .bytes = pack->size,
        .is_checked = true,
        .intact = summary->objects,
        .unchecked = verification->unchecked,
        .findings = index_findings(verification) + summary->findings - verification->shortages,
        .reason = problem != NULL && !is_finding(problem) ? problem : NULL,
    };

    if (verification->tells_good_ones)
        verdict_print(&verdict, verification->common->json);
}

/* Of a pack that could not be verified to its end; `pack` is NULL where it could not even be
 * opened. */
static void print_unverified(const struct verification *verification, const char *path,
                             const packread_pack_info *pack, uint64_t findings,
                             const packread_error *error)
{
    const struct verdict verdict = {
        .path = path,
        .is_opened = pack != NULL,
        .objects = pack != NULL ? pack->objects : 0,
        .bytes = pack != NULL ? pack->size : 0,
        .findings = index_findings(verification) + findings,
        .reason = error,
    };

    if (verification->tells_good_ones)
        verdict_print(&verdict, verification->common->json);
}

static void print_whole(const struct verification *verification, const packread_pack_info *pack,
                        const packread_verify_summary *summary)
{
    print_verified(verification, pack, summary);
    if (index_findings(verification) > 0) {
        output_flush();
        message_warning("%s: the pack is whole; packread index %s writes its index anew",
                        pack->path, pack->path);
    }
}

/* ---- Packs whose index may be another's ----------------------------------------------------- */

/* Whether pack and index do not name each other. */
static bool is_mismatch(const packread_snapshot *snapshot, const packread_pack_info *pack)
{
    for (size_t i = 0; i < packread_snapshot_problems(snapshot); i++) {
        const packread_error *problem = packread_snapshot_problem(snapshot, i);

        if (problem->code == PACKREAD_ERROR_MISMATCH &&
            (strcmp(problem->file, pack->path) == 0 ||
             strcmp(problem->file, pack->index_path) == 0))
            return true;
    }
    return false;
}

/* Without memory for its name nothing more is said of it. */
static void doubt(struct verification *verification, const char *path)
{
    char **grown = realloc(verification->doubted,
                           (verification->doubted_count + 1) * sizeof *verification->doubted);
    char *copy = strdup(path);

    if (grown != NULL)
        verification->doubted = grown;
    if (grown != NULL && copy != NULL)
        grown[verification->doubted_count++] = copy;
    else
        free(copy);
}

/* What is told of a pack through an index that is another's is of that index. */
static void tell_if_whole(const struct verification *verification, const char *path)
{
    const packread_verify_options quietly = {.threads = verification->common->threads};
    packread_options options = verification->common->library;
    packread_snapshot *snapshot;

    options.flags |= PACKREAD_WITHOUT_INDEX;
    if (packread_snapshot_open(path, &options, &snapshot, NULL) != 0)
        return;
    if (packread_verify(snapshot, 0, &quietly, NULL, NULL) == 0)
        message_warning("%s: the pack itself is whole, its index is damaged or another pack's; "
                        "packread index %s writes it anew",
                        path, path);
    metrics_add(snapshot);
    packread_snapshot_free(snapshot);
}

static void settle_doubts(struct verification *verification)
{
    for (size_t i = 0; i < verification->doubted_count; i++) {
        tell_if_whole(verification, verification->doubted[i]);
        free(verification->doubted[i]);
    }
    free(verification->doubted);
    verification->doubted = NULL;
    verification->doubted_count = 0;
}

static enum status verify_pack(struct verification *verification, packread_snapshot *snapshot,
                               size_t number)
{
    const packread_verify_options options = {
        .threads = verification->common->threads,
        .finding = tell_finding,
        .progress = tell_progress,
        .context = verification,
    };
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_error error = {0};
    packread_pack_info pack = {.struct_size = sizeof pack};
    int failure;

    if (packread_snapshot_pack(snapshot, number, &pack) != 0)
        return STATUS_SYSTEM;
    verification->findings = verification->shortages = verification->unchecked = 0;
    failure = packread_verify(snapshot, number, &options, &summary, &error);
    verification->objects_before += pack.objects;
    progress_update(verification->objects_before);
    /* The line that says 100% comes before the last result, not behind it. */
    if (number + 1 == packread_snapshot_packs(snapshot))
        progress_end();
    if (failure == 0) {
        print_whole(verification, &pack, &summary);
    } else if (is_finding(&error) && verification->findings > 0) {
        print_verified(verification, &pack, &summary);
        if (verification->tells_good_ones && summary.objects < pack.objects &&
            is_mismatch(snapshot, &pack))
            doubt(verification, pack.path);
    } else if (verification->findings == 0 && is_finding(&error)) {
        finding_print(verification->common, pack.path, &error, 0);
        print_unverified(verification, pack.path, &pack, 1, &error);
    } else {
        if (is_shortage(failure) && verification->findings > 0)
            print_verified(verification, &pack, &summary);
        else
            print_unverified(verification, pack.path, &pack, verification->findings, &error);
        output_flush();
        return message_failure(pack.path, &error);
    }
    output_flush();
    return failure == 0 ? STATUS_OK : STATUS_DAMAGED;
}

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

/* A pack without an index, or the reverse: the former can be checked all the same. */
static bool is_pack_alone(const packread_error *problem)
{
    return problem->code == PACKREAD_ERROR_NO_INDEX && !ends_with(problem->file, ".idx");
}

static enum status verify_snapshot(struct verification *verification, packread_snapshot *snapshot)
{
    enum status status = STATUS_OK;
    size_t packs = packread_snapshot_packs(snapshot);
    uint64_t total = 0;

    for (size_t i = 0; i < packs; i++) {
        packread_pack_info pack = {.struct_size = sizeof pack};

        if (packread_snapshot_pack(snapshot, i, &pack) == 0)
            total += pack.objects;
    }
    verification->objects_before = 0;
    progress_begin(verification->common, "verifying", total, false);
    for (size_t i = 0; i < packs; i++)
        status = status_worse(status, verify_pack(verification, snapshot, i));
    progress_end();
    metrics_add(snapshot);
    packread_snapshot_free(snapshot); /* its memory is needed */
    settle_doubts(verification);
    return status;
}

/* Tells that nothing could be opened. A finding is a result, anything else a message; wrong usage
 * has no results. */
static enum status tell_unopened(const struct verification *verification, const char *where,
                                 const packread_error *error)
{
    const char *file = error->file[0] != '\0' ? error->file : where;
    enum status status = status_of_error(error->code);

    if (status == STATUS_DAMAGED)
        finding_print(verification->common, where, error, 0);
    if (status != STATUS_USAGE)
        print_unverified(verification, file, NULL, status == STATUS_DAMAGED, error);
    output_flush();
    return status == STATUS_DAMAGED ? status : message_failure(where, error);
}

static enum status verify_alone(struct verification *verification, const char *path)
{
    packread_options options = verification->common->library;
    packread_snapshot *snapshot;
    packread_error error = {0};

    options.flags |= PACKREAD_WITHOUT_INDEX;
    if (packread_snapshot_open(path, &options, &snapshot, &error) == 0) {
        message_problems(path, snapshot);
        return verify_snapshot(verification, snapshot);
    }
    return tell_unopened(verification, path, &error);
}

/* An index that is there and cannot be used, since it is damaged, another pack's, or cannot be
 * read: its pack may be damaged too. */
static bool is_index_useless(const packread_error *problem)
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
        return is_finding(problem) && problem->code != PACKREAD_ERROR_NO_INDEX;
    }
}

static void tell_useless_index(const struct verification *verification,
                               const packread_error *problem)
{
    char what[400];

    if (is_finding(problem)) {
        finding_print(verification->common, "", problem, 0);
        output_flush();
        return;
    }
    message_describe(problem, what, sizeof what);
    message_error("%s: %s; its pack is checked by itself", problem->file, what);
}

static enum status verify_without_index(struct verification *verification,
                                        const packread_error *problem)
{
    char *pack = pack_of(problem->file);
    struct stat there;
    enum status status;

    if (pack == NULL ||
        (!is_finding(problem) && (stat(pack, &there) != 0 || !S_ISREG(there.st_mode)))) {
        free(pack);
        return tell_unopened(verification, "", problem);
    }
    tell_useless_index(verification, problem);
    verification->index_problem = problem;
    status = verify_alone(verification, pack);
    verification->index_problem = NULL;
    free(pack);
    return status_worse(status_of_error(problem->code), status);
}

/* Tells the packs of a folder that did not open, or checks them without their indexes. */
static enum status tell_problems(struct verification *verification,
                                 const packread_snapshot *snapshot, const char *where)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < packread_snapshot_problems(snapshot); i++) {
        const packread_error *problem = packread_snapshot_problem(snapshot, i);

        if (problem->code == PACKREAD_ERROR_UNSUPPORTED) {
            /* The packs can be whole all the same: the place as a whole was not verified. */
            status = status_worse(status, message_failure(where, problem));
            continue;
        }
        if (is_pack_alone(problem)) {
            message_warning("%s: %s: checked by itself", problem->file, problem->text);
            status = status_worse(status, verify_alone(verification, problem->file));
            continue;
        }
        if (is_finding(problem) && is_told_by_pack(snapshot, problem))
            status = status_worse(status, STATUS_DAMAGED);
        else if (is_index_useless(problem))
            status = status_worse(status, verify_without_index(verification, problem));
        else
            status = status_worse(status, tell_unopened(verification, where, problem));
    }
    return status;
}

static enum status verify_where(struct verification *verification, const char *where)
{
    packread_options options = verification->common->library;
    packread_snapshot *snapshot;
    packread_error error = {0};
    enum status status;

    /* An index of no use is a finding; the pack is checked by its own bytes then. */
    options.flags |= PACKREAD_INDEX_AS_IT_IS;
    if (packread_snapshot_open(where, &options, &snapshot, &error) != 0) {
        if (is_pack_alone(&error))
            return verify_alone(verification, where);
        if (is_index_useless(&error))
            return verify_without_index(verification, &error);
        return tell_unopened(verification, where, &error);
    }
    if (packread_snapshot_packs(snapshot) == 0 && packread_snapshot_problems(snapshot) == 0)
        message_warning("%s: there are no packs here", where);
    status = tell_problems(verification, snapshot, where);
    return status_worse(status, verify_snapshot(verification, snapshot));
}

static enum status run(const struct command *command, char **arguments, size_t count)
{
    const struct option_rule rules[] = {
        {.name = "from", .letter = '0', .takes = OPTION_LATER},
        {.name = "shard", .takes = OPTION_LATER},
        {.name = NULL},
    };
    struct common_options common;
    struct verification verification = {.common = &common, .lock = PTHREAD_MUTEX_INITIALIZER};
    enum status status;

    if (!options_parse(command, rules, &common, arguments, count, &count, &status))
        return status;
    status = options_check_count(command, count, 1, SIZE_MAX);
    if (status != STATUS_OK)
        return status;
    common.library.flags &= ~(unsigned)PACKREAD_NO_CHECK;
    verification.tells_good_ones = !common.quiet;
    for (size_t i = 0; i < count; i++)
        status = status_worse(status, verify_where(&verification, arguments[i]));
    return status;
}

const struct command command_verify = {
    .name = "verify",
    .summary = "check everything, and tell all that is wrong",
    .help = help,
    .takes_json = true,
    .run = run,
};
