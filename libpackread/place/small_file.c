/* small_file.c - reads small files whole, however odd what has their name is. */
#include "place/small_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "place/detours.h"
#include "platform/host.h"

/* No path that the system takes is longer. */
#define LINE_MOST 4096
#define TRIES_MOST 8

static int unreadable(packread_error *error, const char *path, int failure)
{
    return pkr_error_system(error, path, failure, "cannot be read");
}

/* Its stamp; of kind NONE where it is not there. */
static int look(const char *path, pkr_stamp *stamp, packread_error *error)
{
    const int failure = pkr_host_look(path, stamp);

    if (failure != 0)
        return pkr_host_is_absence(failure) ? 0 : unreadable(error, path, failure);
    if (stamp->kind != PKR_KIND_FILE)
        return pkr_error_set(error, PACKREAD_ERROR_NOT_REGULAR, path, "not a regular file");
    return 0;
}

/* As many bytes as it had; `*grew` if there are more by now. */
static int read_as_it_was(pkr_budget *budget, const char *path, uint64_t size, pkr_small_file *file,
                          bool *grew, packread_error *error)
{
    const pkr_need need = {path, "the memory limit has no room for this file"};
    pkr_fault fault;
    size_t length = (size_t)size + 1;
    void *bytes;
    int failure;

    if (pkr_memory_new(budget, length, &need, &bytes, &fault) != 0)
        return pkr_fault_publish(&fault, error);
    *file = (pkr_small_file){.bytes = bytes, .charged = length};
    failure = pkr_host_read_head(path, bytes, &length);
    *grew = failure == 0 && length > size;
    file->size = *grew ? 0 : length;
    file->bytes[file->size] = '\0';
    if (failure == 0 && !*grew)
        return 0;
    pkr_small_file_free(budget, file);
    if (failure == 0 || pkr_host_is_absence(failure))
        return 0;
    return unreadable(error, path, failure);
}

int pkr_small_file_read(pkr_budget *budget, const char *path, uint64_t most, pkr_small_file *file,
                        packread_error *error)
{
    bool grew = true;

    *file = (pkr_small_file){0};
    for (int i = 0; grew && i < TRIES_MOST; i++) {
        pkr_stamp stamp;
        int status = look(path, &stamp, error);

        if (status != 0 || stamp.kind == PKR_KIND_NONE)
            return status;
        if (stamp.size > most)
            return pkr_error_set(error, PACKREAD_ERROR_UNSUPPORTED, path,
                                 "larger than such a file may be");
        status = read_as_it_was(budget, path, stamp.size, file, &grew, error);
        if (status != 0)
            return status;
    }
    if (grew)
        return pkr_error_set(error, PACKREAD_ERROR_CHANGED, path, "grows while it is read");
    return 0;
}

void pkr_small_file_free(pkr_budget *budget, pkr_small_file *file)
{
    pkr_memory_free(budget, file->bytes, file->charged);
    *file = (pkr_small_file){0};
}

int pkr_small_file_follow(const char *file, const char *key, const char *folder, char **path,
                          bool *is_there, packread_error *error)
{
    char line[LINE_MOST + 1];
    size_t length = LINE_MOST;
    pkr_stamp stamp;
    int failure;
    int status = look(file, &stamp, error);

    *path = NULL;
    *is_there = status == 0 && stamp.kind != PKR_KIND_NONE;
    if (!*is_there)
        return status;
    failure = pkr_host_read_head(file, line, &length);
    if (failure != 0)
        return unreadable(error, file, failure);
    if (length == LINE_MOST)
        return 0;
    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r'))
        length--;
    line[length] = '\0';
    if (length <= strlen(key) || strlen(line) < length || strncmp(line, key, strlen(key)) != 0)
        return 0;
    *path = pkr_detours_cut(folder, line + strlen(key));
    return *path ? 0 : pkr_error_memory(error);
}
