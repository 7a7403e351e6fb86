/* idx.c - lays an index out: the fanout must rise, and the tables must fill the file exactly. */
#include "format/idx.h"

#include <string.h>

#include "base/bytes.h"

static int fail(const char **text, int code, const char *why)
{
    *text = why;
    return code;
}

static int parse_fanout(const unsigned char *bytes, pkr_idx *idx, const char **text)
{
    uint32_t previous = 0;

    for (size_t i = 0; i < 256; i++) {
        uint32_t total = pkr_bytes_u32(bytes + 4 * i);

        if (total < previous)
            return fail(text, PACKREAD_ERROR_CORRUPT, "index fanout does not rise");
        idx->fanout[i] = total;
        previous = total;
    }
    idx->count = previous;
    return 0;
}

/* Row sizes are below 2^6 and counts below 2^32: the sums of the layouts stay far below 2^64. */
static int lay_out_v1(pkr_idx *idx, const char **text)
{
    uint64_t row = 4 + idx->id_size;

    idx->offsets = 256 * 4;
    idx->offset_stride = (size_t)row;
    idx->ids = idx->offsets + 4;
    idx->id_stride = (size_t)row;
    idx->pack_sum = idx->offsets + row * idx->count;
    if (idx->size != idx->pack_sum + 2 * idx->id_size)
        return fail(text, PACKREAD_ERROR_CORRUPT, "index size does not fit its object count");
    return 0;
}

static int lay_out_v2(pkr_idx *idx, const char **text)
{
    uint64_t count = idx->count;
    uint64_t fixed;
    uint64_t rest;

    idx->ids = PKR_IDX_HEAD;
    idx->id_stride = idx->id_size;
    idx->crcs = idx->ids + count * idx->id_size;
    idx->offsets = idx->crcs + count * 4;
    idx->offset_stride = 4;
    idx->wide = idx->offsets + count * 4;
    fixed = idx->wide + 2 * idx->id_size;
    if (idx->size < fixed)
        return fail(text, PACKREAD_ERROR_CORRUPT, "index size does not fit its object count");
    rest = idx->size - fixed;
    if (rest % 8 != 0 || rest / 8 > idx->count)
        return fail(text, PACKREAD_ERROR_CORRUPT, "index size does not fit its object count");
    idx->wide_count = rest / 8;
    idx->pack_sum = idx->wide + rest;
    return 0;
}

static const unsigned char magic[4] = {0xff, 't', 'O', 'c'};

int pkr_idx_parse(const unsigned char *head, size_t length, uint64_t file_size, size_t id_size,
                  pkr_idx *idx, const char **text)
{
    pkr_idx parsed;
    int status;

    memset(&parsed, 0, sizeof parsed);
    parsed.size = file_size;
    parsed.id_size = id_size;
    if (length < 8)
        return fail(text, PACKREAD_ERROR_NOT_AN_INDEX, "too short for an index");
    if (memcmp(head, magic, sizeof magic) == 0) {
        if (pkr_bytes_u32(head + 4) != 2)
            return fail(text, PACKREAD_ERROR_VERSION, "index version is neither 1 nor 2");
        if (length < PKR_IDX_HEAD)
            return fail(text, PACKREAD_ERROR_CORRUPT, "index is cut off in its fanout");
        parsed.version = 2;
        status = parse_fanout(head + 8, &parsed, text);
        if (status == 0)
            status = lay_out_v2(&parsed, text);
    } else {
        /* Version 1 has no magic: what its numbers say decides whether it is an index. */
        if (length < 256 * 4)
            return fail(text, PACKREAD_ERROR_NOT_AN_INDEX, "too short for an index");
        parsed.version = 1;
        status = parse_fanout(head, &parsed, text);
        if (status == 0)
            status = lay_out_v1(&parsed, text);
        if (status != 0)
            return fail(text, PACKREAD_ERROR_NOT_AN_INDEX,
                        "neither a version 2 nor a version 1 index");
    }
    if (status == 0)
        *idx = parsed;
    return status;
}
