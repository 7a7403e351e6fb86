/* extract_loose.c - the format of a loose object: zlib over "TYPE SIZE", a NUL and the contents. */
#include "extract_loose.h"

#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define NAME_MAX_BYTES (PACKREAD_HEX_MAX + 2) /* ab/cdef... and a NUL */
#define MODE 0444                             /* nobody writes to an object */
#define PIECE_MOST ((size_t)1 << 30)          /* zlib counts in unsigned int */

static void name_of(const packread_id *id, char name[NAME_MAX_BYTES])
{
    char hex[PACKREAD_HEX_MAX + 1];

    packread_id_format(id, hex);
    snprintf(name, NAME_MAX_BYTES, "%.2s/%s", hex, hex + 2);
}

bool loose_is_there(const struct loose_writer *writer, const packread_id *id)
{
    char name[NAME_MAX_BYTES];
    struct stat there;

    name_of(id, name);
    return fstatat(writer->folder, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(there.st_mode);
}

static int make_folder(struct loose_writer *writer, const packread_id *id)
{
    char name[3];

    if (writer->has_folder[id->bytes[0]])
        return 0;
    snprintf(name, sizeof name, "%02x", id->bytes[0]);
    if (mkdirat(writer->folder, name, 0777) != 0 && errno != EEXIST)
        return errno;
    writer->has_folder[id->bytes[0]] = true;
    return 0;
}

/* Compresses what the stream's input holds; with Z_FINISH to the end of the stream. What comes out
 * is written when the buffer is full, so that a small object is one write. */
static int compress_input(struct loose_writer *writer, int flush)
{
    z_stream *stream = &writer->stream;
    int state;

    do {
        if (stream->avail_out == 0) {
            int failure = io_write_all(writer->file.file, writer->out, sizeof writer->out);

            if (failure != 0)
                return failure;
            stream->next_out = writer->out;
            stream->avail_out = (uInt)sizeof writer->out;
        }
        state = deflate(stream, flush);
        if (state == Z_STREAM_ERROR)
            return EINVAL;
    } while (flush == Z_FINISH ? state != Z_STREAM_END : stream->avail_in > 0);
    return 0;
}

static int begin_stream(struct loose_writer *writer)
{
    int state;

    /* As git does unless it is told otherwise: the files are to be packed some day. */
    if (writer->is_ready)
        state = deflateReset(&writer->stream);
    else
        state = deflateInit(&writer->stream, Z_BEST_SPEED);
    if (state != Z_OK)
        return ENOMEM;
    writer->is_ready = true;
    writer->stream.next_out = writer->out;
    writer->stream.avail_out = (uInt)sizeof writer->out;
    return 0;
}

int loose_begin(struct loose_writer *writer, enum packread_type type, uint64_t size)
{
    char header[40];
    int length = snprintf(header, sizeof header, "%s %" PRIu64, packread_type_name(type), size);
    int failure = begin_stream(writer);

    if (failure == 0)
        failure = replace_begin(&writer->file, writer->folder, MODE);
    return failure == 0 ? loose_write(writer, header, (size_t)length + 1) : failure;
}

int loose_write(struct loose_writer *writer, const void *bytes, size_t size)
{
    /* zlib does not write to its input, but has it not const. */
    unsigned char *at = (unsigned char *)(uintptr_t)bytes;
    int failure = 0;

    while (size > 0 && failure == 0) {
        size_t piece = size < PIECE_MOST ? size : PIECE_MOST;

        writer->stream.next_in = at;
        writer->stream.avail_in = (uInt)piece;
        failure = compress_input(writer, Z_NO_FLUSH);
        at += piece;
        size -= piece;
    }
    return failure;
}

int loose_finish(struct loose_writer *writer, const packread_id *id)
{
    char name[NAME_MAX_BYTES];
    int failure = compress_input(writer, Z_FINISH);

    if (failure == 0)
        failure = io_write_all(writer->file.file, writer->out,
                               sizeof writer->out - writer->stream.avail_out);
    if (failure == 0)
        failure = make_folder(writer, id);
    if (failure != 0) {
        loose_abort(writer);
        return failure;
    }
    name_of(id, name);
    return replace_commit(&writer->file, name);
}

void loose_abort(struct loose_writer *writer)
{
    replace_abort(&writer->file);
}

void loose_end(struct loose_writer *writer)
{
    if (writer->is_ready)
        deflateEnd(&writer->stream);
    writer->is_ready = false;
}
