/* loose_header.c - parses the header of a loose object as strictly as git does. */
#include "format/loose_header.h"

#include <string.h>

#define ZLIB_METHOD_DEFLATE 8
#define ZLIB_WINDOW_MOST 7 /* 32 KiB */
#define ZLIB_DICTIONARY 0x20

static int fail(const char **text, const char *why)
{
    *text = why;
    return PACKREAD_ERROR_CORRUPT;
}

/* All of `length` digits; false where that is no number, or more than 64 bits hold. */
static bool parse_size(const unsigned char *digits, size_t length, uint64_t *size)
{
    uint64_t value = 0;

    if (length == 0 || (length > 1 && digits[0] == '0'))
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned digit = digits[i] - (unsigned)'0';

        if (digit > 9 || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *size = value;
    return true;
}

int pkr_loose_header_parse(const unsigned char *bytes, size_t size, pkr_loose_header *header,
                           const char **text)
{
    size_t most = size < PKR_LOOSE_HEADER_MAX ? size : PKR_LOOSE_HEADER_MAX;
    const unsigned char *end = most > 0 ? memchr(bytes, '\0', most) : NULL;
    const unsigned char *blank;
    pkr_loose_header parsed;

    if (!end)
        return fail(text, size < PKR_LOOSE_HEADER_MAX ? "its header ends too early"
                                                      : "its header is too long");
    blank = memchr(bytes, ' ', (size_t)(end - bytes));
    if (!blank)
        return fail(text, "its header has no size");
    parsed.type = packread_type_parse((const char *)bytes, (size_t)(blank - bytes));
    if (parsed.type == PACKREAD_NONE)
        return fail(text, "its header names no known type");
    if (!parse_size(blank + 1, (size_t)(end - blank) - 1, &parsed.size))
        return fail(text, "its header gives no valid size");
    parsed.length = (size_t)(end - bytes) + 1;
    *header = parsed;
    return 0;
}

int pkr_loose_stream_check(const unsigned char *bytes, size_t size, const char **text)
{
    if (size == 0)
        return fail(text, "the file is empty");
    if ((bytes[0] & 15) != ZLIB_METHOD_DEFLATE || bytes[0] >> 4 > ZLIB_WINDOW_MOST)
        return fail(text, "the file is not zlib data");
    if (size > 1 && ((bytes[0] << 8 | bytes[1]) % 31 != 0 || bytes[1] & ZLIB_DICTIONARY))
        return fail(text, "the file is not zlib data");
    return 0;
}
