/* inflate.c - libdeflate for whole buffers where it was found at build time, zlib for the rest. */
#include "platform/inflate.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#ifdef HAVE_LIBDEFLATE
#include <libdeflate.h>
#endif

struct pkr_inflater {
    z_stream stream;
    bool started; /* the stream holds zlib's state, to be reset and ended */
#ifdef HAVE_LIBDEFLATE
    struct libdeflate_decompressor *whole;
#endif
};

pkr_inflater *pkr_inflater_new(void)
{
    pkr_inflater *inflater = calloc(1, sizeof *inflater);

    if (!inflater)
        return NULL;
#ifdef HAVE_LIBDEFLATE
    inflater->whole = libdeflate_alloc_decompressor();
    if (!inflater->whole) {
        free(inflater);
        return NULL;
    }
#endif
    return inflater;
}

void pkr_inflater_free(pkr_inflater *inflater)
{
    if (!inflater)
        return;
    if (inflater->started)
        inflateEnd(&inflater->stream);
#ifdef HAVE_LIBDEFLATE
    libdeflate_free_decompressor(inflater->whole);
#endif
    free(inflater);
}

bool pkr_inflate_whole(pkr_inflater *inflater, const unsigned char *in, size_t in_size,
                       unsigned char *out, size_t out_size, size_t *consumed)
{
#ifdef HAVE_LIBDEFLATE
    return libdeflate_zlib_decompress_ex(inflater->whole, in, in_size, out, out_size, consumed,
                                         NULL) == LIBDEFLATE_SUCCESS;
#else
    (void)inflater, (void)in, (void)in_size, (void)out, (void)out_size, (void)consumed;
    return false;
#endif
}

int pkr_inflate_begin(pkr_inflater *inflater)
{
    int status;

    inflater->stream.next_in = NULL;
    inflater->stream.avail_in = 0;
    status = inflater->started ? inflateReset(&inflater->stream) : inflateInit(&inflater->stream);
    if (status != Z_OK)
        return PACKREAD_ERROR_MEMORY;
    inflater->started = true;
    return 0;
}

int pkr_inflate_step(pkr_inflater *inflater, const unsigned char **in, size_t *in_left,
                     unsigned char **out, size_t *out_left, bool *ended, const char **text)
{
    z_stream *stream = &inflater->stream;
    uInt in_now = *in_left < UINT_MAX ? (uInt)*in_left : UINT_MAX;
    uInt out_now = *out_left < UINT_MAX ? (uInt)*out_left : UINT_MAX;
    int status;

    /* zlib's interface lacks a const that it keeps to; the integer carries the pointer across. */
    stream->next_in = (Bytef *)(uintptr_t)*in;
    stream->avail_in = in_now;
    stream->next_out = *out;
    stream->avail_out = out_now;
    status = inflate(stream, Z_NO_FLUSH);
    *in += in_now - stream->avail_in;
    *in_left -= in_now - stream->avail_in;
    *out += out_now - stream->avail_out;
    *out_left -= out_now - stream->avail_out;
    *ended = status == Z_STREAM_END;
    switch (status) {
    case Z_OK:
    case Z_STREAM_END:
    case Z_BUF_ERROR: /* no room or no bytes: the caller sees that */
        return 0;
    case Z_MEM_ERROR:
        return PACKREAD_ERROR_MEMORY;
    case Z_NEED_DICT:
        *text = "deflated data wants a preset dictionary";
        return PACKREAD_ERROR_CORRUPT;
    default:
        *text = "deflated data is damaged";
        return PACKREAD_ERROR_CORRUPT;
    }
}

uint32_t pkr_inflate_crc(uint32_t crc, const void *bytes, size_t size)
{
#ifdef HAVE_LIBDEFLATE
    return libdeflate_crc32(crc, bytes, size);
#else
    const unsigned char *at = bytes;

    while (size > 0) {
        uInt now = size < UINT_MAX ? (uInt)size : UINT_MAX;

        crc = (uint32_t)crc32(crc, at, now);
        at += now;
        size -= now;
    }
    return crc;
#endif
}
