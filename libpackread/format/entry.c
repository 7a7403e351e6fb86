/* entry.c - parses the header of a pack entry; numbers that lose bits are errors. */
#include "format/entry.h"

#include <string.h>

static int corrupt(const char **text, const char *why)
{
    *text = why;
    return PACKREAD_ERROR_CORRUPT;
}

/* The size: 4 bits in the first byte, then 7 in each, the lowest first. Of 10 bytes the last may
 * hold one bit: 4 + 8 * 7 + 4. */
static int parse_size(const unsigned char *bytes, size_t length, size_t *used, uint64_t *size,
                      const char **text)
{
    uint64_t value = bytes[0] & 15;
    unsigned shift = 4;
    size_t at = 1;

    if (bytes[0] & 0x80) {
        unsigned char byte;

        do {
            if (at == length)
                return corrupt(text, "entry header runs past the end");
            byte = bytes[at++];
            if (shift >= 64 || (shift > 57 && (byte & 0x7f) >> (64 - shift) != 0))
                return corrupt(text, "entry size does not fit in 64 bits");
            value |= (uint64_t)(byte & 0x7f) << shift;
            shift += 7;
        } while (byte & 0x80);
    }
    *used = at;
    *size = value;
    return 0;
}

/* The distance to the base: 7 bits a byte, the highest first, one added for each byte that
 * continues. */
static int parse_distance(const unsigned char *bytes, size_t length, size_t *used,
                          uint64_t *distance, const char **text)
{
    uint64_t value = 0;
    size_t at = 0;
    unsigned char byte;

    do {
        if (at == length)
            return corrupt(text, "entry header runs past the end");
        if (at > 0)
            value++;
        byte = bytes[at++];
        if (value > UINT64_MAX >> 7 || (at > 1 && value == 0))
            return corrupt(text, "delta base offset does not fit in 64 bits");
        value = value << 7 | (byte & 0x7f);
    } while (byte & 0x80);
    if (value == 0)
        return corrupt(text, "delta is its own base");
    *used = at;
    *distance = value;
    return 0;
}

int pkr_entry_parse(const unsigned char *bytes, size_t length, size_t id_size, pkr_entry *entry,
                    const char **text)
{
    pkr_entry parsed;
    size_t used;
    int status;

    if (length == 0)
        return corrupt(text, "entry header runs past the end");
    memset(&parsed, 0, sizeof parsed);
    parsed.type = (enum packread_type)((bytes[0] >> 4) & 7);
    status = parse_size(bytes, length, &parsed.header_size, &parsed.size, text);
    if (status != 0)
        return status;
    parsed.size_bytes = parsed.header_size;

    switch (parsed.type) {
    case PACKREAD_COMMIT:
    case PACKREAD_TREE:
    case PACKREAD_BLOB:
    case PACKREAD_TAG:
        break;
    case PACKREAD_OFS_DELTA:
        status = parse_distance(bytes + parsed.header_size, length - parsed.header_size, &used,
                                &parsed.base_distance, text);
        if (status != 0)
            return status;
        parsed.header_size += used;
        break;
    case PACKREAD_REF_DELTA:
        if (length - parsed.header_size < id_size)
            return corrupt(text, "entry header runs past the end");
        memcpy(parsed.base_id, bytes + parsed.header_size, id_size);
        parsed.header_size += id_size;
        break;
    case PACKREAD_NONE:
    default:
        return corrupt(text, parsed.type == PACKREAD_NONE ? "entry of type 0" : "entry of type 5");
    }
    *entry = parsed;
    return 0;
}

/* As git 2.55 has it: patch_delta() and unpack_object_header_buffer(). Older ones have no bound on
 * the bytes of a size. */
#define GIT_DELTA_LEAST 4
#define GIT_SIZE_BYTES_MOST 9

const char *pkr_entry_refused(const pkr_entry *entry)
{
    if (entry->type > PACKREAD_TAG && entry->size < GIT_DELTA_LEAST)
        return "git cannot read a delta of fewer than 4 bytes";
    if (entry->size_bytes > GIT_SIZE_BYTES_MOST)
        return "git cannot read a header that takes more than 9 bytes for the size";
    return NULL;
}
