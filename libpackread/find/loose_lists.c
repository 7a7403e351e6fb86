/* loose_lists.c - reads object folders until no pack came between. */
#include "find/loose_lists.h"

#include <stdlib.h>
#include <string.h>

#include "platform/host.h"

/* So often the folders are read. A repack takes longer than to read them; that its many steps fall
 * between again and again is a folder that is never at rest. */
#define READINGS_MOST 100
#define NAP_MOST 32 /* milliseconds */

static int read_all(packread_reader *reader, const pkr_prefix *prefix, pkr_loose_lists *lists,
                    pkr_fault *fault)
{
    const packread_snapshot *snapshot = reader->snapshot;
    const unsigned id_size = pkr_snapshot_id_size(snapshot);
    int status = 0;

    for (uint32_t i = 0; status == 0 && i < lists->count; i++) {
        const pkr_object_folder *folder = pkr_object_folder_get(&snapshot->folders, i);

        pkr_loose_ids_free(&lists->lists[i], reader->budget);
        if (!pkr_object_folder_is_there(folder))
            continue;
        status = prefix
                     ? pkr_loose_ids_read_prefix(folder, id_size, prefix, reader->budget,
                                                 &lists->lists[i], fault)
                     : pkr_loose_ids_read(folder, id_size, reader->budget, &lists->lists[i], fault);
    }
    return status;
}

static int read_in_a_moment(packread_reader *reader, const pkr_prefix *prefix,
                            pkr_loose_lists *lists, pkr_fault *fault)
{
    unsigned milliseconds = 1;

    for (int reading = 0; reading < READINGS_MOST; reading++) {
        bool moved;
        int status = read_all(reader, prefix, lists, fault);

        if (status == 0)
            status = pkr_reader_moved(reader, &moved, fault);
        if (status != 0 || !moved)
            return status;
        if (reading >= 4) {
            pkr_host_nap(milliseconds);
            if (milliseconds < NAP_MOST)
                milliseconds *= 2;
        }
    }
    return pkr_fault_set(fault, PACKREAD_ERROR_CHANGED, reader->snapshot->paths.where,
                         "its packs change faster than its loose objects can be read");
}

int pkr_loose_lists_take(packread_reader *reader, const pkr_prefix *prefix, pkr_loose_lists *lists,
                         pkr_fault *fault)
{
    int status;

    *lists = (pkr_loose_lists){.count = pkr_shelf_count(&reader->snapshot->folders)};
    if (lists->count == 0)
        return 0;
    lists->lists = calloc(lists->count, sizeof *lists->lists);
    if (!lists->lists)
        return pkr_fault_memory(fault);
    status = read_in_a_moment(reader, prefix, lists, fault);
    if (status != 0)
        pkr_loose_lists_drop(lists, reader->budget);
    return status;
}

void pkr_loose_lists_drop(pkr_loose_lists *lists, pkr_budget *budget)
{
    for (uint32_t i = 0; lists->lists && i < lists->count; i++)
        pkr_loose_ids_free(&lists->lists[i], budget);
    free(lists->lists);
    memset(lists, 0, sizeof *lists);
}

bool pkr_loose_lists_have(const pkr_loose_lists *lists, uint32_t count, const packread_id *id)
{
    for (uint32_t i = 0; i < count && i < lists->count; i++)
        if (pkr_loose_ids_have(&lists->lists[i], id))
            return true;
    return false;
}
