/* where.c - opens WHERE as every command but verify does. */
#include "where.h"

#include "ending.h"
#include "message.h"
#include "metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Of the times of files where they are coarsest. */
#define TICK_SECONDS 2

static enum status open_snapshot(struct where *opened, packread_error *error)
{
    int failure =
        packread_snapshot_open(opened->path, &opened->common->library, &opened->snapshot, error);

    if (failure != 0)
        return status_of_error(failure);
    failure = packread_reader_new(opened->snapshot, &opened->reader, error);
    if (failure != 0) {
        packread_snapshot_free(opened->snapshot);
        return status_of_error(failure);
    }
    opened->packs = packread_snapshot_packs(opened->snapshot);
    opened->problems = packread_snapshot_problems(opened->snapshot);
    for (size_t i = 0; i < opened->packs; i++) {
        packread_pack_info info = {.struct_size = sizeof info};

        if (packread_snapshot_pack(opened->snapshot, i, &info) != 0)
            continue;
        opened->objects += info.objects;
        if (info.id_size > opened->id_size)
            opened->id_size = info.id_size;
    }
    return STATUS_OK;
}

/* ---- The folder, and whether it has changed ------------------------------------------------- */

static char *folder_of_packs(const struct where *opened)
{
    packread_pack_info info = {.struct_size = sizeof info};
    const char *slash;

    if (packread_snapshot_pack(opened->snapshot, 0, &info) != 0)
        return NULL;
    slash = strrchr(info.path, '/');
    return slash != NULL ? strndup(info.path, (size_t)(slash - info.path) + 1) : strdup(".");
}

static struct where_mark mark_of(const char *folder)
{
    struct where_mark mark = {.is_known = false};
    struct stat there;

    if (stat(folder, &there) == 0) {
        mark.is_known = true;
        mark.device = there.st_dev;
        mark.inode = there.st_ino;
        mark.changed = there.st_mtim;
    }
    return mark;
}

static bool same_mark(const struct where_mark *left, const struct where_mark *right)
{
    return left->is_known == right->is_known && left->device == right->device &&
           left->inode == right->inode && left->changed.tv_sec == right->changed.tv_sec &&
           left->changed.tv_nsec == right->changed.tv_nsec;
}

/* Whether the folder changed after `begun`, or so short before that a later change may not show. */
static bool is_just_made(const struct where_mark *mark, time_t begun)
{
    return mark->changed.tv_sec > begun || begun - mark->changed.tv_sec <= TICK_SECONDS;
}

/* ---- Opening --------------------------------------------------------------------------------- */

enum status where_open(struct where *opened, const char *where, const struct common_options *common)
{
    packread_error error = {0};
    const time_t begun = time(NULL);

    *opened = (struct where){.path = where, .common = common};
    if (open_snapshot(opened, &error) != STATUS_OK)
        return message_failure(where, &error);
    opened->folder = folder_of_packs(opened);
    if (opened->folder != NULL) {
        opened->mark = mark_of(opened->folder);
        opened->is_fresh = is_just_made(&opened->mark, begun);
    }
    for (size_t i = 0; i < opened->problems; i++)
        message_failure(where, packread_snapshot_problem(opened->snapshot, i));
    if (opened->packs == 0 && opened->problems == 0)
        message_warning("%s: there are no packs here", where);
    return STATUS_OK;
}

static void close_snapshot(const struct where *opened)
{
    packread_reader_free(opened->reader);
    metrics_add(opened->snapshot);
    packread_snapshot_free(opened->snapshot);
}

void where_close(struct where *opened)
{
    close_snapshot(opened);
    free(opened->folder);
}

static bool has_problem(const struct where *opened, const packread_error *problem)
{
    for (size_t i = 0; i < opened->problems; i++) {
        const packread_error *known = packread_snapshot_problem(opened->snapshot, i);

        if (known->code == problem->code && strcmp(known->file, problem->file) == 0)
            return true;
    }
    return false;
}

static void tell_new_problems(const struct where *opened, const struct where *old)
{
    for (size_t i = 0; i < opened->problems; i++) {
        const packread_error *problem = packread_snapshot_problem(opened->snapshot, i);

        if (!has_problem(old, problem))
            message_failure(opened->path, problem);
    }
}

/* False where that would be no gain: what is open of packs that are all gone is better than none.
 */
static bool open_anew(struct where *next, const struct where *old)
{
    packread_error error = {0};

    if (open_snapshot(next, &error) != STATUS_OK)
        return false;
    if (next->packs == 0 && old->packs > 0) {
        close_snapshot(next);
        return false;
    }
    return true;
}

bool where_renew(struct where *opened, bool is_gone)
{
    struct where_mark now;
    const time_t begun = time(NULL);
    struct where next = {.path = opened->path, .common = opened->common, .folder = opened->folder};

    if (opened->folder == NULL)
        return false;
    now = mark_of(opened->folder);
    next.is_renewed = same_mark(&now, &opened->mark);
    if (next.is_renewed && (opened->is_renewed || !(is_gone || opened->is_fresh)))
        return false;
    next.mark = now;
    next.is_fresh = is_just_made(&now, begun);
    /* Both are open for a moment, within the memory of one. */
    packread_snapshot_collect(opened->snapshot);
    if (!open_anew(&next, opened)) {
        opened->mark = next.mark;
        opened->is_fresh = next.is_fresh;
        opened->is_renewed = next.is_renewed;
        return false;
    }
    tell_new_problems(&next, opened);
    close_snapshot(opened);
    *opened = next;
    return true;
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

enum problem_kind { PROBLEM_PACK, PROBLEM_LOOSE, PROBLEM_ALTERNATES, PROBLEM_KINDS };

/* The library names the pack or index, the objects folder for what is loose in it, or the list of
 * other objects folders. */
static enum problem_kind kind_of(const packread_error *problem)
{
    if (ends_with(problem->file, "/info/alternates"))
        return PROBLEM_ALTERNATES;
    return ends_with(problem->file, ".pack") || ends_with(problem->file, ".idx") ? PROBLEM_PACK
                                                                                 : PROBLEM_LOOSE;
}

void where_describe_problems(const struct where *opened, char *text, size_t size)
{
    static const char *const before[PROBLEM_KINDS] = {
        [PROBLEM_PACK] = "not all packs could be read (first: ",
        [PROBLEM_LOOSE] = "loose objects were not read (",
        [PROBLEM_ALTERNATES] = "other object folders were not read (",
    };
    bool is_told[PROBLEM_KINDS] = {false};

    text[0] = '\0';
    for (size_t i = 0; i < opened->problems; i++) {
        const packread_error *problem = packread_snapshot_problem(opened->snapshot, i);
        enum problem_kind kind = kind_of(problem);
        size_t length = strlen(text);

        if (!is_told[kind])
            snprintf(text + length, size - length, "%s%s%s)", length > 0 ? ", and " : "",
                     before[kind], problem->file);
        is_told[kind] = true;
    }
}
