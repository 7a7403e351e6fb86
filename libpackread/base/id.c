/* id.c - object ids as bytes and as hex digits, and the names of object types. */
#include "base/id.h"

#include <string.h>

/* The value of a hex digit of either case, or -1. */
static int value_of(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

int packread_id_parse(const char *hex, size_t length, packread_id *id)
{
    pkr_prefix prefix;

    if (!hex || !id || (length != 40 && length != 64))
        return PACKREAD_ERROR_ARGUMENT;
    if (pkr_prefix_parse(hex, length, length / 2, &prefix) != 0)
        return PACKREAD_ERROR_ARGUMENT;
    *id = prefix.low;
    return 0;
}

void packread_id_format(const packread_id *id, char hex[PACKREAD_HEX_MAX + 1])
{
    static const char digits[] = "0123456789abcdef";
    size_t size = id->size <= PACKREAD_ID_MAX ? id->size : PACKREAD_ID_MAX;

    for (size_t i = 0; i < size; i++) {
        hex[2 * i] = digits[id->bytes[i] >> 4];
        hex[2 * i + 1] = digits[id->bytes[i] & 15];
    }
    hex[2 * size] = '\0';
}

int packread_id_compare(const packread_id *left, const packread_id *right)
{
    int order = memcmp(left->bytes, right->bytes, PACKREAD_ID_MAX);

    return order != 0 ? order : (int)left->size - (int)right->size;
}

bool pkr_id_is_whole(const packread_id *id)
{
    if (id->size != 20 && id->size != 32)
        return false;
    for (size_t i = id->size; i < PACKREAD_ID_MAX; i++)
        if (id->bytes[i] != 0)
            return false;
    return true;
}

void pkr_id_set(packread_id *id, const unsigned char *bytes, size_t size)
{
    memset(id, 0, sizeof *id);
    memcpy(id->bytes, bytes, size);
    id->size = (unsigned char)size;
}

void pkr_id_loose_name(const packread_id *id, char name[PKR_LOOSE_NAME_MAX])
{
    char hex[PACKREAD_HEX_MAX + 1];

    packread_id_format(id, hex);
    name[0] = name[3] = '/';
    memcpy(name + 1, hex, 2);
    memcpy(name + 4, hex + 2, strlen(hex + 2) + 1);
}

int pkr_prefix_parse(const char *hex, size_t length, size_t id_size, pkr_prefix *prefix)
{
    pkr_prefix parsed;

    if (!hex || length < PACKREAD_PREFIX_MIN || length > 2 * id_size)
        return PACKREAD_ERROR_ARGUMENT;
    memset(&parsed, 0, sizeof parsed);
    parsed.digits = length;
    parsed.low.size = (unsigned char)id_size;
    for (size_t i = 0; i < length; i++) {
        int digit = value_of(hex[i]);

        if (digit < 0)
            return PACKREAD_ERROR_ARGUMENT;
        parsed.low.bytes[i / 2] |= (unsigned char)(i % 2 ? digit : digit << 4);
    }
    *prefix = parsed;
    return 0;
}

packread_id pkr_prefix_high(const pkr_prefix *prefix)
{
    packread_id id = prefix->low;

    for (size_t digit = prefix->digits; digit < 2 * PACKREAD_ID_MAX; digit++)
        id.bytes[digit / 2] |= digit % 2 ? 0x0f : 0xf0;
    return id;
}

const char *packread_type_name(enum packread_type type)
{
    switch (type) {
    case PACKREAD_COMMIT:
        return "commit";
    case PACKREAD_TREE:
        return "tree";
    case PACKREAD_BLOB:
        return "blob";
    case PACKREAD_TAG:
        return "tag";
    case PACKREAD_OFS_DELTA:
        return "ofs-delta";
    case PACKREAD_REF_DELTA:
        return "ref-delta";
    case PACKREAD_NONE:
        break;
    }
    return "none";
}

enum packread_type packread_type_parse(const char *name, size_t length)
{
    for (int type = PACKREAD_COMMIT; type <= PACKREAD_TAG; type++) {
        const char *known = packread_type_name((enum packread_type)type);

        if (name && strlen(known) == length && memcmp(known, name, length) == 0)
            return (enum packread_type)type;
    }
    return PACKREAD_NONE;
}
