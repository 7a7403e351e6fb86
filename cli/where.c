/* where.c - opens WHERE as every command but verify does. */
#include "where.h"

#include "ending.h"
#include "message.h"
#include "metrics.h"
#include "midx_advice.h"
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Those that came since they were counted last. */
static void count_packs(struct where *opened)
{
    const size_t packs = packread_snapshot_packs(opened->snapshot);

    for (; opened->packs < packs; opened->packs++) {
        packread_pack_info info = {.struct_size = sizeof info};

        if (packread_snapshot_pack(opened->snapshot, opened->packs, &info) != 0)
            continue;
        opened->objects += info.objects;
        if (info.id_size > opened->id_size)
            opened->id_size = info.id_size;
    }
}

/* Harmless twice. */
static void end_progress(struct where *opened)
{
    if (opened->makes_index)
        progress_end();
    opened->makes_index = false;
}

/* A pack without an index of use: one is made. */
static int tell_progress(void *context, uint64_t done, uint64_t total)
{
    struct where *opened = context;

    if (!opened->makes_index) {
        if (progress_is_busy()) /* something else is told; this may be on any thread */
            return 0;
        progress_begin(opened->common, "making an index", total, false);
    }
    opened->makes_index = true;
    progress_update(done);
    if (done == total)
        end_progress(opened);
    return 0;
}

static enum status open_snapshot(struct where *opened, packread_error *error)
{
    packread_options options = opened->common->library;
    int failure;

    options.index_threads = opened->common->threads;
    options.progress = tell_progress;
    options.progress_context = opened;
    failure = packread_snapshot_open(opened->path, &options, &opened->snapshot, error);
    end_progress(opened);
    if (failure != 0)
        return status_of_error(failure);
    failure = packread_reader_new(opened->snapshot, &opened->reader, error);
    if (failure != 0) {
        packread_snapshot_free(opened->snapshot);
        return status_of_error(failure);
    }
    count_packs(opened);
    return STATUS_OK;
}

/* Where another look may help: what moved, or has an index that is damaged. */
static bool may_be_elsewhere(int failure)
{
    return failure == PACKREAD_ERROR_CORRUPT || failure == PACKREAD_ERROR_NOT_FOUND ||
           failure == PACKREAD_ERROR_CHANGED || failure == PACKREAD_ERROR_SYSTEM;
}

static bool may_have_moved(int failure)
{
    return failure == PACKREAD_ERROR_NOT_FOUND || failure == PACKREAD_ERROR_CHANGED ||
           failure == PACKREAD_ERROR_SYSTEM;
}

void where_stream_again(struct where *opened, const packread_id *id, const packread_sink *sink,
                        int *failure, packread_error *error)
{
    packread_error again = {0};
    int status;

    if (!may_be_elsewhere(*failure) ||
        (opened->inner == NULL && packread_reader_new(opened->snapshot, &opened->inner, NULL) != 0))
        return;
    status = packread_reader_stream(opened->inner, id, sink, &again);
    /* An index that is known to be damaged by now had it, and none else: that it led astray is what
     * is told, by the reader that was led. */
    if (*failure == PACKREAD_ERROR_CORRUPT && status == PACKREAD_ERROR_NOT_FOUND) {
        *failure = packread_reader_stream(opened->reader, id, sink, error);
        return;
    }
    if (status != 0 && !may_have_moved(status) && status != PACKREAD_ERROR_STOPPED)
        return; /* what the first time told is the cause */
    *failure = status;
    *error = again;
}

bool where_was_misled(const struct where *opened, const packread_info *info, packread_error *error)
{
    packread_pack_info pack = {.struct_size = sizeof pack};

    if (info->location.kind != PACKREAD_STORE_PACK ||
        packread_snapshot_pack(opened->snapshot, info->location.store, &pack) != 0)
        return false;
    for (size_t i = 0; i < packread_snapshot_problems(opened->snapshot); i++) {
        const packread_error *problem = packread_snapshot_problem(opened->snapshot, i);

        if (strcmp(problem->file, pack.index_path) != 0)
            continue;
        *error = *problem;
        error->id = info->id;
        snprintf(error->text, sizeof error->text,
                 "the index is damaged: what it leads to is not the object");
        return true;
    }
    return false;
}

/* ---- Problems -------------------------------------------------------------------------------- */

/* Whether there may be objects that are not seen for it. A pack that was opened has all that it
 * has, but where its index was made here and it is damaged. */
static bool hides_objects(const struct where *opened, const packread_error *problem)
{
    if (problem->code == PACKREAD_ERROR_UNSUPPORTED)
        return true;
    if (names_midx(problem->file)) /* the packs' own indexes are used */
        return false;
    for (size_t i = 0; i < opened->packs; i++) {
        packread_pack_info pack = {.struct_size = sizeof pack};

        if (packread_snapshot_pack(opened->snapshot, i, &pack) != 0)
            continue;
        if (strcmp(problem->file, pack.index_path) == 0)
            return false;
        if (strcmp(problem->file, pack.path) == 0)
            return pack.index_version == 0 && problem->code != PACKREAD_ERROR_MISMATCH;
    }
    return true;
}

/* The subject of advice about the problem; NULL where there is none. */
static char *advice_subject(const struct where *opened, size_t number)
{
    const packread_error *problem = packread_snapshot_problem(opened->snapshot, number);

    return midx_advice_fits(problem) ? midx_advice_subject(problem->file) : NULL;
}

static bool was_advised(const struct where *opened, const char *subject, size_t before)
{
    bool was = false;

    for (size_t i = 0; i < before && !was; i++) {
        char *other = advice_subject(opened, i);

        was = other != NULL && strcmp(other, subject) == 0;
        free(other);
    }
    return was;
}

/* What can be done about it: once for several layers of a chain. */
static void advise(const struct where *opened, size_t number)
{
    char *subject = advice_subject(opened, number);

    if (subject != NULL && !was_advised(opened, subject, number))
        midx_advice_tell(subject, INDEXES_UNKNOWN);
    free(subject);
}

/* Those that came since they were told last. */
static void tell_problems(struct where *opened)
{
    const size_t problems = packread_snapshot_problems(opened->snapshot);
    const size_t first = opened->problems;

    for (; opened->problems < problems; opened->problems++) {
        const packread_error *problem =
            packread_snapshot_problem(opened->snapshot, opened->problems);
        enum status status = message_failure(opened->path, problem);

        if (hides_objects(opened, problem))
            opened->unread = status_worse(opened->unread, status);
    }
    for (size_t i = first; i < problems; i++)
        advise(opened, i);
}

/* ---- Opening --------------------------------------------------------------------------------- */

static void tell_one_made(const char *path)
{
    if (ends_with(path, ".pack"))
        message_warning("%s: there is no .idx beside it; an index made from the pack is used: "
                        "packread index %s writes it",
                        path, path);
    else
        message_warning("%s: an index made from the pack is used", path);
}

/* A pack that was named and has no index: nothing is wrong, but it took time. A bundle never has
 * one. */
static void tell_made_index(const struct where *opened)
{
    packread_pack_info pack = {.struct_size = sizeof pack};

    if (opened->packs == 1 && opened->problems == 0 &&
        packread_snapshot_pack(opened->snapshot, 0, &pack) == 0 && pack.index_version == 0 &&
        pack.bundle_version == 0)
        tell_one_made(pack.path);
}

enum status where_open(struct where *opened, const char *where, const struct common_options *common)
{
    packread_error error = {0};

    *opened = (struct where){.path = where, .common = common};
    if (open_snapshot(opened, &error) != STATUS_OK)
        return message_failure(where, &error);
    tell_problems(opened);
    tell_made_index(opened);
    if (opened->packs == 0 && opened->problems == 0 &&
        packread_snapshot_folders(opened->snapshot) == 0)
        message_warning("%s: there are no packs here", where);
    return STATUS_OK;
}

void where_tell_news(struct where *opened)
{
    end_progress(opened);
    count_packs(opened);
    tell_problems(opened);
}

void where_close(struct where *opened)
{
    where_tell_news(opened);
    packread_reader_free(opened->inner);
    packread_reader_free(opened->reader);
    metrics_add(opened->snapshot);
    packread_snapshot_free(opened->snapshot);
}

enum status where_news_status(struct where *opened)
{
    where_tell_news(opened);
    return where_problems_status(opened);
}

enum status where_problems_status(const struct where *opened)
{
    enum status status = STATUS_OK;

    for (size_t i = 0; i < opened->problems; i++) {
        const packread_error *problem = packread_snapshot_problem(opened->snapshot, i);

        status = status_worse(status, status_of_error(problem->code));
    }
    return status;
}

/* ---- What could not be read ----------------------------------------------------------------- */

enum problem_kind { PROBLEM_PACK, PROBLEM_ALTERNATES, PROBLEM_OTHER, PROBLEM_KINDS };

static bool is_in_object_folder(const struct where *opened, const char *path)
{
    packread_folder_info folder = {.struct_size = sizeof folder};

    for (size_t i = 0; packread_snapshot_folder(opened->snapshot, i, &folder) == 0; i++) {
        const size_t length = strlen(folder.path);

        if (strncmp(path, folder.path, length) == 0 && (path[length] == '/' || path[length] == 0))
            return true;
    }
    return false;
}

/* The library names the pack or index, what is in an objects folder, the list of other objects
 * folders, or one of these that it could not read. */
static enum problem_kind kind_of(const struct where *opened, const packread_error *problem)
{
    packread_pack_info pack = {.struct_size = sizeof pack};

    if (ends_with(problem->file, ".pack") || ends_with(problem->file, ".idx"))
        return PROBLEM_PACK;
    /* A bundle has any name. */
    for (size_t i = 0; packread_snapshot_pack(opened->snapshot, i, &pack) == 0; i++)
        if (strcmp(problem->file, pack.path) == 0)
            return PROBLEM_PACK;
    if (ends_with(problem->file, "/info/alternates") || !is_in_object_folder(opened, problem->file))
        return PROBLEM_ALTERNATES;
    return PROBLEM_OTHER;
}

void where_describe_unread(const struct where *opened, char *text, size_t size)
{
    static const char *const before[PROBLEM_KINDS] = {
        [PROBLEM_PACK] = "not all packs could be read whole (first: ",
        [PROBLEM_ALTERNATES] = "other object folders were not read (",
        [PROBLEM_OTHER] = "not everything could be read (first: ",
    };
    bool is_told[PROBLEM_KINDS] = {false};

    text[0] = '\0';
    for (size_t i = 0; i < opened->problems; i++) {
        const packread_error *problem = packread_snapshot_problem(opened->snapshot, i);
        enum problem_kind kind = kind_of(opened, problem);
        size_t length = strlen(text);

        if (is_told[kind] || !hides_objects(opened, problem))
            continue;
        snprintf(text + length, size - length, "%s%s%s)", length > 0 ? ", and " : "", before[kind],
                 problem->file);
        is_told[kind] = true;
    }
}

void where_describe_elsewhere(const struct where *opened, char *text, size_t size)
{
    packread_repository_info repository = {.struct_size = sizeof repository};
    packread_pack_info pack = {.struct_size = sizeof pack};

    text[0] = '\0';
    if (packread_snapshot_repository(opened->snapshot, &repository) == 0) {
        if (repository.promisor != NULL)
            snprintf(text, size,
                     "; the repository is a partial clone: '%s' promised what is not there, and "
                     "nothing is fetched",
                     repository.promisor);
        return;
    }
    if (opened->packs != 1 || packread_snapshot_pack(opened->snapshot, 0, &pack) != 0)
        return;
    if (pack.prerequisites > 0)
        snprintf(text, size, "; the bundle has %" PRIu64 " %s, whose objects are not in it",
                 pack.prerequisites, pack.prerequisites == 1 ? "prerequisite" : "prerequisites");
    else if (pack.is_filtered)
        snprintf(text, size, "; the bundle is filtered: objects were left out of it");
}
