/* extract_loose.c - the format of a loose object: zlib over "TYPE SIZE", a NUL and the contents. */
#include "extract_loose.h"

#include "folder_below.h"
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODE 0444                    /* nobody writes to an object */
#define PIECE_MOST ((size_t)1 << 30) /* zlib counts in unsigned int */

/* Leaves the folder; one that was made for nothing goes. */
static void leave(struct loose_writer *writer, bool is_used)
{
    if (writer->is_below)
        close(writer->below);
    if (writer->is_made && !is_used)
        unlinkat(writer->folder, writer->below_name, AT_REMOVEDIR);
    writer->is_below = false;
    writer->is_made = false;
}

static int enter(struct loose_writer *writer)
{
    writer->below = folder_below_open(writer->folder, writer->below_name);
    writer->is_below = writer->below >= 0;
    return writer->is_below ? 0 : errno;
}

static int make_and_enter(struct loose_writer *writer)
{
    int failure = folder_below_make(writer->folder, writer->below_name, &writer->is_made);

    return failure == 0 ? enter(writer) : failure;
}

int loose_look(struct loose_writer *writer, const packread_id *id, bool *is_there)
{
    char hex[PACKREAD_HEX_MAX + 1];
    struct stat there;
    int failure;

    packread_id_format(id, hex);
    snprintf(writer->below_name, sizeof writer->below_name, "%.2s", hex);
    snprintf(writer->name, sizeof writer->name, "%s", hex + 2);
    *is_there = false;
    failure = enter(writer);
    if (failure == ENOENT)
        return 0;
    if (failure != 0)
        return failure;
    *is_there = fstatat(writer->below, writer->name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
                S_ISREG(there.st_mode);
    if (*is_there)
        leave(writer, true);
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

    if (failure == 0 && !writer->is_below)
        failure = make_and_enter(writer);
    if (failure == 0)
        failure = replace_begin(&writer->file, writer->below, MODE);
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

int loose_finish(struct loose_writer *writer)
{
    int failure = compress_input(writer, Z_FINISH);

    if (failure == 0)
        failure = io_write_all(writer->file.file, writer->out,
                               sizeof writer->out - writer->stream.avail_out);
    if (failure != 0) {
        loose_abort(writer);
        return failure;
    }
    failure = replace_commit(&writer->file, writer->name);
    leave(writer, failure == 0);
    return failure;
}

void loose_abort(struct loose_writer *writer)
{
    replace_abort(&writer->file);
    leave(writer, false);
}

void loose_end(struct loose_writer *writer)
{
    if (writer->is_ready)
        deflateEnd(&writer->stream);
    writer->is_ready = false;
}
