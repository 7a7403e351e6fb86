/* kept_file.c - reads files whole, and looks whether they are what they were. */
#include "names/kept_file.h"

#include <stdlib.h>

#define TRIES_MOST 32

static int unreadable(const char *path, int failure, packread_error *error)
{
    return pkr_error_system(error, path, failure, "cannot be read");
}

/* Its stamp; all zeros where it is not there. */
static int look(const char *path, pkr_stamp *stamp, packread_error *error)
{
    int failure = pkr_host_look(path, stamp);

    if (failure != 0 && !pkr_host_is_absence(failure))
        return unreadable(path, failure, error);
    if (stamp->kind != PKR_KIND_NONE && stamp->kind != PKR_KIND_FILE)
        return pkr_error_set(error, PACKREAD_ERROR_NOT_REGULAR, path, "not a regular file");
    return 0;
}

int pkr_kept_file_read(pkr_budget *budget, const char *path, const pkr_stamp *stamp, void **bytes,
                       size_t *size, uint64_t *room, packread_error *error)
{
    const pkr_need need = {path, "the memory limit has no room for this file"};
    size_t length;
    pkr_fault fault;
    int failure;

    *bytes = NULL;
    *size = 0;
    *room = 0;
    if (stamp->size >= SIZE_MAX)
        return pkr_fault_publish(
            (pkr_budget_short(budget, stamp->size, path, need.text, &fault), &fault), error);
    length = (size_t)stamp->size + 1; /* to see that it has more by now */
    if (pkr_memory_new(budget, length, &need, bytes, &fault) != 0)
        return pkr_fault_publish(&fault, error);
    *room = length;
    failure = pkr_host_read_head(path, *bytes, &length);
    if (failure == 0 && length == stamp->size) {
        *size = length;
        return 0;
    }
    pkr_memory_free(budget, *bytes, *room);
    *bytes = NULL;
    *room = 0;
    if (failure != 0 && !pkr_host_is_absence(failure))
        return unreadable(path, failure, error);
    return pkr_error_set(error, PACKREAD_ERROR_CHANGED, path, "keeps changing while it is read");
}

static void drop(pkr_kept_file *file)
{
    pkr_memory_free(file->budget, file->bytes, file->room);
    file->bytes = NULL;
    file->size = 0;
    file->room = 0;
    file->is_read = false;
}

int pkr_kept_file_look(pkr_kept_file *file, packread_error *error)
{
    int status = PACKREAD_ERROR_CHANGED;

    for (int i = 0; status == PACKREAD_ERROR_CHANGED && i < TRIES_MOST; i++) {
        pkr_stamp stamp;

        status = look(file->path, &stamp, error);
        if (status == 0 && file->is_read && !file->is_young && pkr_stamp_same(&stamp, &file->stamp))
            return 0;
        drop(file);
        if (status != 0)
            return status;
        file->stamp = stamp;
        file->is_young = pkr_stamp_is_young(&stamp);
        if (stamp.size > 0)
            status = pkr_kept_file_read(file->budget, file->path, &stamp, &file->bytes, &file->size,
                                        &file->room, error);
        file->is_read = status == 0;
    }
    file->changes++;
    /* What came right at another try is no error. */
    if (status == 0 && error)
        error->code = 0;
    return status;
}

void pkr_kept_file_doubt(pkr_kept_file *file)
{
    file->is_young = true;
}

void pkr_kept_file_free(pkr_kept_file *file)
{
    if (file->budget)
        drop(file);
    free(file->path);
    file->path = NULL;
}
