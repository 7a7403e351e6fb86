/* batch_mailmap.c - where a .mailmap is, and how it is read. */
#include "batch_mailmap.h"

#include "io.h"
#include "message.h"
#include "name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BYTES_MOST ((size_t)64 << 20)
#define FILE_LINE_MOST 1023 /* git reads no more of a line of a file at a time */

static enum status take(batch_mailmap *used, const char *path, char *bytes, size_t size,
                        size_t line_most)
{
    used->bytes = bytes;
    if (mailmap_add(&used->map, bytes, size, line_most))
        return STATUS_OK;
    return message_system(path, "cannot be read", ENOMEM);
}

/* ---- A file ---------------------------------------------------------------------------------- */

/* All of it; 0 or an errno. What is cut or grows meanwhile is as it is read. */
static int read_all(int file, char **bytes, size_t *size)
{
    struct stat info;
    size_t done = 0;
    ssize_t got = 1;

    if (fstat(file, &info) != 0)
        return errno;
    if (!S_ISREG(info.st_mode))
        return EINVAL;
    if ((uintmax_t)info.st_size > BYTES_MOST)
        return EFBIG;
    *bytes = malloc((size_t)info.st_size + 1);
    if (*bytes == NULL)
        return ENOMEM;
    while (done < (size_t)info.st_size && got > 0) {
        got = io_read(file, *bytes + done, (size_t)info.st_size - done);
        if (got > 0)
            done += (size_t)got;
    }
    *size = done;
    if (got >= 0)
        return 0;
    free(*bytes);
    return errno;
}

static enum status read_file(batch_mailmap *used, const char *path)
{
    int file = io_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    char *bytes = NULL;
    size_t size = 0;
    int failure;

    if (file < 0 && errno == ENOENT)
        return STATUS_OK;
    failure = file < 0 ? errno : read_all(file, &bytes, &size);
    if (file >= 0)
        close(file);
    if (failure != 0)
        return message_system(path, "cannot be read", failure);
    return take(used, path, bytes, size, FILE_LINE_MOST);
}

static enum status read_work_tree(batch_mailmap *used, const char *work_tree)
{
    static const char name[] = "/.mailmap";
    char *path = malloc(strlen(work_tree) + sizeof name);
    enum status status;

    if (path == NULL)
        return message_system(work_tree, "its .mailmap cannot be read", ENOMEM);
    sprintf(path, "%s%s", work_tree, name);
    status = read_file(used, path);
    free(path);
    return status;
}

/* ---- An object ------------------------------------------------------------------------------- */

static enum status read_object(batch_mailmap *used, struct where *source, const char *name)
{
    packread_object object;
    packread_error error = {0};
    packread_id id;
    char *bytes;

    if (name_find_id(source, name, strlen(name), &id, &error) != 0)
        return STATUS_OK;
    if (packread_reader_read(source->reader, &id, &object, &error) != 0)
        return message_object_failure(source->path, &id, &error);
    if (object.type != PACKREAD_BLOB) {
        message_error("%s: %s: mailmap is not a blob", source->path, name);
        return STATUS_DAMAGED;
    }
    bytes = malloc(object.size + 1);
    if (bytes == NULL)
        return message_system(name, "cannot be read", ENOMEM);
    memcpy(bytes, object.data, object.size);
    return take(used, name, bytes, object.size, SIZE_MAX);
}

enum status batch_mailmap_use(batch_mailmap *used, struct where *source)
{
    packread_repository_info repository = {.struct_size = sizeof repository};

    used->is_used = true;
    if (used->is_read)
        return STATUS_OK;
    used->is_read = true;
    if (packread_snapshot_repository(source->snapshot, &repository) != 0)
        return STATUS_OK;
    if (repository.work_tree != NULL)
        return read_work_tree(used, repository.work_tree);
    return read_object(used, source, "HEAD:.mailmap");
}

void batch_mailmap_free(batch_mailmap *used)
{
    mailmap_free(&used->map);
    free(used->bytes);
    *used = (batch_mailmap){.is_used = false};
}

bool batch_mailmap_concerns(const batch_mailmap *used, enum packread_type type)
{
    return used->is_used && used->map.count > 0 &&
           (type == PACKREAD_COMMIT || type == PACKREAD_TAG);
}
