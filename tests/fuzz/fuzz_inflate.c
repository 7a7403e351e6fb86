/* fuzz_inflate.c - any bytes as a zlib stream: whole and piece by piece, compared with zlib itself.
 *
 * Input: two bytes of output size, one of how small the pieces are, one of flags, then the stream.
 * Flag 1: the rest of the input is not a stream but what one is made of, so that most are right. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "guard_pages.h"
#include "platform/inflate.h"
#include "platform/inflate_head.h"

#define DEFLATE_FIRST 1
#define MOST 65536
#define HEAD_MOST 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct guard of_in;
static struct guard of_out;

/* What zlib makes of the stream: its whole output if that is at most MOST bytes. */
struct control {
    bool right;
    size_t size;
    size_t consumed;
    unsigned char bytes[MOST + 1];
};

static void ask_zlib(const unsigned char *in, size_t size, struct control *control)
{
    z_stream stream;

    memset(&stream, 0, sizeof stream);
    if (inflateInit(&stream) != Z_OK)
        abort();
    stream.next_in = (Bytef *)(uintptr_t)in;
    stream.avail_in = (uInt)size;
    stream.next_out = control->bytes;
    stream.avail_out = sizeof control->bytes;
    control->right = inflate(&stream, Z_FINISH) == Z_STREAM_END;
    control->size = stream.total_out;
    control->consumed = stream.total_in;
    inflateEnd(&stream);
}

/* Pieces of in and out of 1 to `piece` bytes; true if the stream ended after just `size` bytes. */
static bool step_through(pkr_inflater *inflater, const unsigned char *in, size_t in_size,
                         unsigned char *out, size_t size, unsigned piece, size_t *consumed)
{
    const unsigned char *next = in;
    unsigned char *to = out;
    size_t in_left = in_size;
    size_t out_left = size;
    bool ended = false;

    if (pkr_inflate_begin(inflater) != 0)
        abort();
    while (!ended) {
        size_t in_now = in_left < piece ? in_left : piece;
        size_t out_now = out_left < piece ? out_left : piece;
        size_t in_before = in_now;
        size_t out_before = out_now;
        const char *text = NULL;
        int status = pkr_inflate_step(inflater, &next, &in_now, &to, &out_now, &ended, &text);

        if (status != 0) {
            if (status != PACKREAD_ERROR_CORRUPT || !text)
                abort();
            return false;
        }
        if (in_now > in_before || out_now > out_before)
            abort();
        in_left -= in_before - in_now;
        out_left -= out_before - out_now;
        if (in_before == in_now && out_before == out_now && !ended)
            return false; /* it wants more of what there is no more of */
    }
    *consumed = in_size - in_left;
    return out_left == 0;
}

/* Its first bytes: those that zlib gives, before it finds anything wrong. */
static void check_head(const unsigned char *in, size_t in_size, size_t size)
{
    unsigned char control[HEAD_MOST];
    unsigned char *out = guard_at_end(&of_out, NULL, size);
    z_stream stream;
    size_t used;

    if (!pkr_inflate_head(in, in_size, out, size, &used))
        return;
    memset(&stream, 0, sizeof stream);
    if (inflateInit(&stream) != Z_OK)
        abort();
    stream.next_in = (Bytef *)(uintptr_t)in;
    stream.avail_in = (uInt)in_size;
    stream.next_out = control;
    stream.avail_out = (uInt)size;
    inflate(&stream, Z_NO_FLUSH); /* it looks a symbol further, and may find that wrong */
    if (stream.total_out != size || used > in_size || memcmp(out, control, size) != 0)
        abort();
    inflateEnd(&stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static pkr_inflater *inflater; /* one for all: a stream must not show in the next */
    static struct control control;
    static unsigned char deflated[2 * MOST];
    const unsigned char *in;
    unsigned char *out;
    size_t out_size;
    size_t consumed = 0;
    unsigned piece;
    bool right;
    size_t head;

    if (!inflater) {
        inflater = pkr_inflater_new();
        if (!inflater)
            abort();
        guard_open(&of_in, 2 * MOST);
        guard_open(&of_out, MOST);
    }
    if (size < 4 || size > MOST)
        return 0;
    out_size = (size_t)data[0] | (size_t)data[1] << 8;
    piece = data[2] + 1u;
    head = 1 + data[2] % HEAD_MOST;
    if (data[3] & DEFLATE_FIRST) {
        uLongf length = sizeof deflated;

        if (compress2(deflated, &length, data + 4, (uLong)(size - 4), data[3] >> 4 & 7) != Z_OK)
            abort();
        in = guard_at_end(&of_in, deflated, length);
        out_size = size - 4;
        size = length;
    } else {
        in = guard_at_end(&of_in, data + 4, size - 4);
        size -= 4;
    }
    ask_zlib(in, size, &control);
    if (control.right && data[2] & 1)
        out_size = control.size;
    right = control.right && control.size == out_size;
    if (out_size > MOST)
        return 0;

    out = guard_at_end(&of_out, NULL, out_size);
    if (step_through(inflater, in, size, out, out_size, piece, &consumed) != right)
        abort();
    if (right && (consumed != control.consumed || memcmp(out, control.bytes, out_size) != 0))
        abort();

    out = guard_at_end(&of_out, NULL, out_size);
    if (pkr_inflate_whole(inflater, in, size, out, out_size, &consumed)) {
        /* Other libraries take a few streams that zlib refuses; never other bytes. */
        if (control.right &&
            (!right || consumed != control.consumed || memcmp(out, control.bytes, out_size) != 0))
            abort();
        if (consumed > size)
            abort();
    }
#ifdef HAVE_LIBDEFLATE
    else if (right) {
        abort();
    }
#endif
    check_head(in, size, head);
    if (pkr_inflate_crc(0, in, size) != crc32(0, in, (uInt)size))
        abort();
    return 0;
}
