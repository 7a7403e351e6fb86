/* fuzz_loose.c - any bytes as what a loose object begins with, inflated and not, compared with the
 * naive reader and with zlib. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "format/loose_header.h"
#include "guard_pages.h"
#include "naive_loose.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What zlib says to the two bytes that a stream begins with. */
static bool zlib_takes(const unsigned char *bytes)
{
    unsigned char out[1];
    unsigned char in[2];
    z_stream stream = {0};
    int status;

    memcpy(in, bytes, sizeof in);
    if (inflateInit(&stream) != Z_OK)
        abort();
    stream.next_in = in;
    stream.avail_in = sizeof in;
    stream.next_out = out;
    stream.avail_out = sizeof out;
    status = inflate(&stream, Z_NO_FLUSH);
    inflateEnd(&stream);
    return status == Z_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct guard guard;
    pkr_loose_header header;
    struct naive_loose expected;
    const unsigned char *bytes;
    const char *text = NULL;
    int status;

    if (!guard.map)
        guard_open(&guard, 4096);
    if (size > 4096)
        return 0;
    bytes = guard_at_end(&guard, data, size);
    status = pkr_loose_header_parse(bytes, size, &header, &text);
    if ((status == 0) != naive_loose_read(bytes, size, &expected))
        abort();
    if (status != 0 && (status != PACKREAD_ERROR_CORRUPT || !text))
        abort();
    if (status == 0 && ((unsigned)header.type != expected.type || header.size != expected.size ||
                        header.length != expected.length || header.length > size))
        abort();
    text = NULL;
    status = pkr_loose_stream_check(bytes, size, &text);
    if (status != 0 && (status != PACKREAD_ERROR_CORRUPT || !text))
        abort();
    /* That it wants a dictionary zlib says later. */
    if (size >= 2 && !(bytes[1] & 32) && (status == 0) != zlib_takes(bytes))
        abort();
    return 0;
}
