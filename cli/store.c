/* store.c - opens WHERE as every command but verify does. */
#include "store.h"

#include "message.h"
#include "metrics.h"

#include <stdio.h>
#include <string.h>

enum status store_open(store *opened, const char *where, const struct common_options *common)
{
    packread_error error = {0};

    *opened = (store){.where = where};
    if (packread_snapshot_open(where, &common->library, &opened->snapshot, &error) != 0)
        return message_failure(where, &error);
    if (packread_reader_new(opened->snapshot, &opened->reader, &error) != 0) {
        enum status status = message_failure(where, &error);

        packread_snapshot_free(opened->snapshot);
        return status;
    }
    opened->packs = packread_snapshot_packs(opened->snapshot);
    opened->problems = packread_snapshot_problems(opened->snapshot);
    for (size_t i = 0; i < opened->packs; i++) {
        packread_pack_info info;

        if (packread_snapshot_pack(opened->snapshot, i, &info) != 0)
            continue;
        opened->objects += info.objects;
        if (info.id_size > opened->id_size)
            opened->id_size = info.id_size;
    }
    for (size_t i = 0; i < opened->problems; i++)
        message_failure(where, packread_snapshot_problem(opened->snapshot, i));
    if (opened->packs == 0 && opened->problems == 0)
        message_warning("%s: there are no packs here", where);
    return STATUS_OK;
}

void store_close(store *opened)
{
    packread_reader_free(opened->reader);
    metrics_add(opened->snapshot);
    packread_snapshot_free(opened->snapshot);
}

enum status store_problems_status(const store *opened)
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

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text);
    size_t tail = strlen(ending);

    return length >= tail && strcmp(text + length - tail, ending) == 0;
}

/* The library names the pack or index, the objects folder for what is loose in it, or the list of
 * other objects folders. */
static enum problem_kind kind_of(const packread_error *problem)
{
    if (ends_with(problem->file, "/info/alternates"))
        return PROBLEM_ALTERNATES;
    return ends_with(problem->file, ".pack") || ends_with(problem->file, ".idx") ? PROBLEM_PACK
                                                                                 : PROBLEM_LOOSE;
}

void store_describe_problems(const store *opened, char *text, size_t size)
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
