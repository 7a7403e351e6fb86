/* buffer.c - knows how bytes of many windows look like one array. */
#include "error.h"
#include "hold.h"

#include <string.h>

struct smmap_buffer {
    smmap_cursor *cursor; /* NULL until one is given */
    const struct smm_system *system;
    uint64_t offset;
    uint64_t size; /* 0: not in access */
    int flags;
    unsigned char *memory; /* of the last slice that no window held */
    size_t capacity;
};

static int refuse(const smmap_buffer *buffer, smmap_error *error, int code, uint64_t offset,
                  uint64_t size)
{
    struct smm_subject subject = {NULL, -1, offset, size};
    const char *path = NULL;

    if (buffer && buffer->cursor) {
        if (!smmap_cursor_path(buffer->cursor, &path))
            subject.path = path;
        else
            smmap_cursor_fd(buffer->cursor, &subject.fd);
    }
    return smm_fail_plain(error, code, &subject);
}

int smmap_buffer_new(const smmap_cursor *cursor, uint64_t offset, uint64_t size, int flags,
                     smmap_buffer **buffer, smmap_error *error)
{
    const struct smm_system *system = cursor ? cursor->system : &smm_real_system;
    smmap_buffer *made;
    int code;

    if (!buffer)
        return refuse(NULL, error, SMMAP_ERROR_ARGUMENT, offset, size);
    made = system->allocate(sizeof *made);
    if (!made)
        return refuse(NULL, error, SMMAP_ERROR_MEMORY, offset, size);
    memset(made, 0, sizeof *made);
    made->system = system;
    if (cursor) {
        code = smmap_buffer_begin(made, cursor, offset, size, flags, error);
        if (code) {
            smmap_buffer_free(made);
            return code;
        }
    }
    *buffer = made;
    return SMMAP_OK;
}

void smmap_buffer_free(smmap_buffer *buffer)
{
    if (!buffer)
        return;
    smmap_cursor_close(buffer->cursor);
    buffer->system->release(buffer->memory);
    buffer->system->release(buffer);
}

static int take_cursor(smmap_buffer *buffer, const smmap_cursor *cursor)
{
    if (!cursor || cursor == buffer->cursor)
        return SMMAP_OK;
    if (buffer->cursor)
        return smmap_cursor_assign(buffer->cursor, cursor);
    return smmap_cursor_copy(cursor, &buffer->cursor);
}

int smmap_buffer_begin(smmap_buffer *buffer, const smmap_cursor *cursor, uint64_t offset,
                       uint64_t size, int flags, smmap_error *error)
{
    uint64_t file_size;
    int code;

    if (!buffer)
        return refuse(NULL, error, SMMAP_ERROR_ARGUMENT, offset, size);
    smmap_buffer_end(buffer);
    code = take_cursor(buffer, cursor);
    if (code)
        return refuse(buffer, error, code, offset, size);
    if (!smmap_cursor_is_associated(buffer->cursor))
        return refuse(buffer, error, SMMAP_ERROR_NOT_ASSOCIATED, offset, size);
    file_size = smmap_cursor_file_size(buffer->cursor);
    if (offset >= file_size || !size) {
        smmap_cursor_unuse(buffer->cursor);
        return refuse(buffer, error, size ? SMMAP_ERROR_RANGE : SMMAP_ERROR_ARGUMENT, offset, size);
    }
    if (size > file_size - offset)
        size = file_size - offset;
    code = smmap_cursor_use(buffer->cursor, offset, size, flags, error);
    if (code)
        return code;
    buffer->offset = offset;
    buffer->size = size;
    buffer->flags = flags;
    return SMMAP_OK;
}

void smmap_buffer_end(smmap_buffer *buffer)
{
    if (!buffer)
        return;
    buffer->size = 0;
    smmap_cursor_unuse(buffer->cursor);
}

const smmap_cursor *smmap_buffer_cursor(const smmap_buffer *buffer)
{
    return buffer ? buffer->cursor : NULL;
}

uint64_t smmap_buffer_length(const smmap_buffer *buffer)
{
    return buffer ? buffer->size : 0;
}

/* How far before the end a negative index points. */
static uint64_t from_end(int64_t index)
{
    return (uint64_t)0 - (uint64_t)index;
}

int smmap_buffer_byte(smmap_buffer *buffer, int64_t index, unsigned char *byte, smmap_error *error)
{
    uint64_t place = (uint64_t)index;
    int code;

    if (!buffer || !byte)
        return refuse(buffer, error, SMMAP_ERROR_ARGUMENT, 0, 1);
    if (!buffer->size)
        return refuse(buffer, error, SMMAP_ERROR_NOT_VALID, 0, 1);
    if (index < 0) {
        if (from_end(index) > buffer->size)
            return refuse(buffer, error, SMMAP_ERROR_RANGE, buffer->offset, 1);
        place = buffer->size - from_end(index);
    }
    if (place >= buffer->size)
        return refuse(buffer, error, SMMAP_ERROR_RANGE, buffer->offset, 1);
    code = smmap_cursor_use(buffer->cursor, buffer->offset + place, 1, buffer->flags, error);
    if (!code)
        *byte = *smmap_cursor_data(buffer->cursor);
    return code;
}

/* Where a bound of a slice lies, as Python reckons it. */
static uint64_t clamp(const smmap_buffer *buffer, int64_t bound)
{
    if (bound < 0)
        return from_end(bound) > buffer->size ? 0 : buffer->size - from_end(bound);
    return (uint64_t)bound > buffer->size ? buffer->size : (uint64_t)bound;
}

/* `begin` and `size` of the slice in the file. */
static void locate(const smmap_buffer *buffer, int64_t from, int64_t to, uint64_t *begin,
                   uint64_t *size)
{
    uint64_t first = clamp(buffer, from);
    uint64_t last = clamp(buffer, to);

    *begin = buffer->offset + first;
    *size = last > first ? last - first : 0;
}

/* From as many windows as it takes. */
static int gather(smmap_buffer *buffer, uint64_t begin, size_t size, unsigned char *memory,
                  smmap_error *error)
{
    size_t done = 0;

    while (done < size) {
        int code =
            smmap_cursor_use(buffer->cursor, begin + done, size - done, buffer->flags, error);
        size_t got;

        if (code)
            return code;
        got = smmap_cursor_size(buffer->cursor);
        memcpy(memory + done, smmap_cursor_data(buffer->cursor), got);
        done += got;
    }
    return SMMAP_OK;
}

static bool reserve(smmap_buffer *buffer, uint64_t size)
{
    unsigned char *memory;

    if (size <= buffer->capacity)
        return true;
    if (size > SIZE_MAX)
        return false;
    memory = buffer->system->allocate((size_t)size);
    if (!memory)
        return false;
    buffer->system->release(buffer->memory);
    buffer->memory = memory;
    buffer->capacity = (size_t)size;
    return true;
}

int smmap_buffer_slice(smmap_buffer *buffer, int64_t from, int64_t to, const unsigned char **data,
                       size_t *size, smmap_error *error)
{
    static const unsigned char nothing[1] = {0};
    uint64_t begin;
    uint64_t length;
    int code;

    if (!buffer || !data || !size)
        return refuse(buffer, error, SMMAP_ERROR_ARGUMENT, 0, 0);
    if (!buffer->size)
        return refuse(buffer, error, SMMAP_ERROR_NOT_VALID, 0, 0);
    locate(buffer, from, to, &begin, &length);
    if (!length) {
        *data = nothing;
        *size = 0;
        return SMMAP_OK;
    }
    code = smmap_cursor_use(buffer->cursor, begin, length, buffer->flags, error);
    if (code)
        return code;
    if (smmap_cursor_size(buffer->cursor) == length) {
        *data = smmap_cursor_data(buffer->cursor);
        *size = (size_t)length;
        return SMMAP_OK;
    }
    if (!reserve(buffer, length))
        return refuse(buffer, error, SMMAP_ERROR_MEMORY, begin, length);
    code = gather(buffer, begin, (size_t)length, buffer->memory, error);
    if (code)
        return code;
    *data = buffer->memory;
    *size = (size_t)length;
    return SMMAP_OK;
}

int smmap_buffer_read(smmap_buffer *buffer, int64_t from, int64_t to, void *memory, size_t capacity,
                      size_t *copied, smmap_error *error)
{
    uint64_t begin;
    uint64_t length;
    int code;

    if (!buffer || !copied || (!memory && capacity))
        return refuse(buffer, error, SMMAP_ERROR_ARGUMENT, 0, 0);
    if (!buffer->size)
        return refuse(buffer, error, SMMAP_ERROR_NOT_VALID, 0, 0);
    locate(buffer, from, to, &begin, &length);
    if (length > capacity)
        length = capacity;
    code = gather(buffer, begin, (size_t)length, memory, error);
    if (!code)
        *copied = (size_t)length;
    return code;
}
