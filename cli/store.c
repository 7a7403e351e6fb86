/* store.c - opens WHERE as every command but verify does. */
#include "store.h"

#include "message.h"
#include "metrics.h"

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
