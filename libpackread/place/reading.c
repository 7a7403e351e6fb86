/* reading.c - finds the folders of a place, gives each its number, and reads their names. */
#include "place/reading.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "place/object_folder.h"
#include "place/presence.h"

void pkr_reading_free(pkr_reading *reading)
{
    for (size_t i = 0; i < reading->count; i++)
        pkr_pack_folder_free(&reading->parts[i].names);
    free(reading->parts);
    free(reading->part_of);
    pkr_folder_list_free(&reading->folders);
    *reading = (pkr_reading){0};
}

pkr_part *pkr_reading_part(const pkr_reading *reading, uint32_t number)
{
    const size_t index = number < reading->part_of_count ? reading->part_of[number] : 0;

    return index > 0 ? &reading->parts[index - 1] : NULL;
}

/* ---- Which folders -------------------------------------------------------------------------- */

/* The same path, which is as people see it, as a string that lasts, since the fault outlives the
 * list; where there is none, that of the first object folder. */
static const char *lasting_name(const pkr_folders *of, const char *path)
{
    for (uint32_t i = 0; i < pkr_shelf_count(&of->watched); i++) {
        const pkr_watched *watched = pkr_watched_get(&of->watched, i);

        if (watched->names && strcmp(pkr_path_shown(watched->names), path) == 0)
            return watched->names;
    }
    return of->objects;
}

static int list_folders(const pkr_folders *of, bool is_first, pkr_reading *reading,
                        pkr_fault *fault)
{
    const pkr_folder_roots roots = {
        .own = of->objects, .more = of->more, .here = of->here, .is_first = is_first};
    int status = pkr_folder_list_read(of->budget, &roots, &reading->folders, &reading->error);

    if (status == 0)
        return 0;
    pkr_fault_set(fault, status, lasting_name(of, reading->error.file),
                  packread_error_text(status));
    fault->system_errno = reading->error.system_errno;
    fault->needed = reading->error.needed;
    return status;
}

/* The number that the folder has, or gets; the first `known` ones were there before this reading.
 * Folders are mostly those of the reading before, in the same order. */
static int number_of(const pkr_folders *of, const pkr_listed *listed, size_t place, uint32_t known,
                     uint32_t *number)
{
    for (uint32_t i = 0; i <= known && known > 0; i++) {
        const uint32_t candidate = i == 0 ? (uint32_t)place : i - 1;
        const pkr_object_folder *folder = pkr_object_folder_get(of->numbered, candidate);

        if (folder && strcmp(folder->path, listed->path) == 0) {
            *number = candidate;
            return 0;
        }
    }
    *number = pkr_shelf_count(of->numbered);
    return pkr_object_folder_add(of->numbered, listed->path, listed->is_alternate);
}

/* Each object folder that has a number is watched under it. */
static int watch(pkr_folders *of)
{
    uint32_t count;

    while ((count = pkr_shelf_count(&of->watched)) < pkr_shelf_count(of->numbered)) {
        const pkr_object_folder *folder = pkr_object_folder_get(of->numbered, count);

        if (pkr_watched_add_objects(&of->watched, folder->path) != 0)
            return PACKREAD_ERROR_MEMORY;
    }
    return 0;
}

static int make_parts(pkr_reading *reading, size_t count, pkr_fault *fault)
{
    reading->parts = calloc(count, sizeof *reading->parts);
    if (!reading->parts)
        return pkr_fault_memory(fault);
    reading->count = count;
    return 0;
}

static int number_parts(pkr_folders *of, pkr_reading *reading, pkr_fault *fault)
{
    const size_t count = reading->folders.folders.count;
    const uint32_t known = pkr_shelf_count(of->numbered);
    int status = make_parts(reading, count, fault);

    for (size_t i = 0; status == 0 && i < count; i++) {
        const pkr_listed *listed = pkr_folder_list_get(&reading->folders, i);
        pkr_part *part = &reading->parts[i];

        part->names_stamp = listed->stamp;
        part->names_are_young = listed->is_young;
        if (number_of(of, listed, i, known, &part->number) != 0)
            return pkr_fault_memory(fault);
    }
    if (status == 0 && watch(of) != 0)
        return pkr_fault_memory(fault);
    return status;
}

static int find_parts(pkr_folders *of, bool is_first, pkr_reading *reading, pkr_fault *fault)
{
    int status;

    if (!of->objects)
        return make_parts(reading, 1, fault); /* it is watched since the beginning */
    status = list_folders(of, is_first, reading, fault);
    return status == 0 ? number_parts(of, reading, fault) : status;
}

static int index_parts(const pkr_folders *of, pkr_reading *reading, pkr_fault *fault)
{
    reading->part_of_count = pkr_shelf_count(&of->watched);
    reading->part_of = calloc(reading->part_of_count, sizeof *reading->part_of);
    if (!reading->part_of)
        return pkr_fault_memory(fault);
    for (size_t i = 0; i < reading->count; i++)
        reading->part_of[reading->parts[i].number] = i + 1;
    return 0;
}

/* ---- Which packs ---------------------------------------------------------------------------- */

static const char *path_of(const pkr_folders *of, const pkr_part *part)
{
    return pkr_watched_get(&of->watched, part->number)->packs;
}

/* By which folder it is; of several paths to one folder the first comes first. */
static int compare_folders(const void *left, const void *right)
{
    const pkr_part *a = *(pkr_part *const *)left;
    const pkr_part *b = *(pkr_part *const *)right;

    if (a->stamp.device != b->stamp.device)
        return a->stamp.device < b->stamp.device ? -1 : 1;
    if (a->stamp.file != b->stamp.file)
        return a->stamp.file < b->stamp.file ? -1 : 1;
    return a < b ? -1 : a > b;
}

static bool is_same_folder(const pkr_part *left, const pkr_part *right)
{
    return left->stamp.kind != PKR_KIND_NONE && left->stamp.kind == right->stamp.kind &&
           left->stamp.device == right->stamp.device && left->stamp.file == right->stamp.file;
}

/* Whether it is the folder itself that may not be read, and not the one that it is in. */
static bool is_refused(const char *path, int failure)
{
    bool is_there = false;

    return pkr_presence_is_refused(failure) && pkr_host_look_at_name(path, &is_there) == 0 &&
           is_there;
}

/* Whether to go on without the packs of an object folder. The own one is only left out where it may
 * not be read, and not once it was read: what is open of it is not given up. */
static bool may_leave_out(const pkr_folders *of, bool is_first, const pkr_part *part, int failure)
{
    if (!of->objects)
        return false;
    if (part->number > 0)
        return !pkr_presence_may_pass(failure, is_first);
    return (is_first || pkr_watched_get(&of->watched, 0)->is_refused) &&
           is_refused(path_of(of, part), failure);
}

/* A folder that is left out is told, and the rest is read. */
static int read_part(const pkr_folders *of, bool is_first, pkr_reading *reading, pkr_part *part,
                     pkr_fault *fault)
{
    int status = pkr_pack_folder_read(path_of(of, part), &part->names, fault);

    if (status == PACKREAD_ERROR_SYSTEM && may_leave_out(of, is_first, part, fault->system_errno)) {
        packread_error problem;

        part->is_refused = pkr_presence_is_refused(fault->system_errno);
        pkr_fault_publish(fault, &problem);
        return pkr_folder_list_note(&reading->folders, &problem, fault);
    }
    reading->names += part->names.count;
    return status;
}

/* A folder that two paths lead to is read once, for the first. */
static int read_parts(const pkr_folders *of, bool is_first, pkr_reading *reading, pkr_fault *fault)
{
    pkr_part **order = malloc(reading->count * sizeof *order);
    int status = order ? 0 : pkr_fault_memory(fault);

    for (size_t i = 0; order && i < reading->count; i++)
        order[i] = &reading->parts[i];
    if (order)
        qsort(order, reading->count, sizeof *order, compare_folders);
    for (size_t i = 0; status == 0 && i < reading->count; i++)
        if (i == 0 || !is_same_folder(order[i - 1], order[i]))
            status = read_part(of, is_first, reading, order[i], fault);
    free(order);
    return status;
}

/* ---- Both ----------------------------------------------------------------------------------- */

int pkr_reading_take(pkr_folders *of, bool is_first, pkr_reading *reading, pkr_fault *fault)
{
    int status;

    *reading = (pkr_reading){0};
    status = find_parts(of, is_first, reading, fault);
    if (status == 0)
        status = index_parts(of, reading, fault);
    for (size_t i = 0; status == 0 && i < reading->count; i++) {
        pkr_part *part = &reading->parts[i];

        pkr_host_look(path_of(of, part), &part->stamp);
        part->is_young = pkr_stamp_is_young(&part->stamp);
        part->is_recent = pkr_stamp_is_recent(&part->stamp);
    }
    return status == 0 ? read_parts(of, is_first, reading, fault) : status;
}

bool pkr_reading_stands(const pkr_reading *reading, const pkr_folders *of)
{
    for (size_t i = 0; i < reading->count; i++) {
        const pkr_part *part = &reading->parts[i];
        const pkr_watched *watched = pkr_watched_get(&of->watched, part->number);
        pkr_stamp now;

        pkr_host_look(watched->packs, &now);
        if (!pkr_stamp_same(&now, &part->stamp))
            return false;
        if (watched->names)
            pkr_host_look(watched->names, &now);
        if (watched->names && !pkr_stamp_same(&now, &part->names_stamp))
            return false;
    }
    return true;
}
