/* reftable.c - header, footer, blocks, and the records in them. */
#include "format/reftable.h"

#include <string.h>

#include "base/bound.h"
#include "base/bytes.h"
#include "base/id.h"
#include "platform/inflate.h"

#define MAGIC "REFT"
#define FIELDS 44 /* of the footer, behind a copy of the header: five offsets and a CRC */
#define BLOCK_HEAD 4
#define COUNT_SIZE 2
#define RESTART_SIZE 3

static size_t u24(const unsigned char *bytes)
{
    return (size_t)bytes[0] << 16 | (size_t)bytes[1] << 8 | bytes[2];
}

/* ---- The file -------------------------------------------------------------------------------- */

static int refuse(int code, const char **text, const char *why)
{
    *text = why;
    return code;
}

static int check_hash(const unsigned char *bytes, size_t header, size_t id_size, const char **text)
{
    size_t size = 20;

    if (header == 28 && memcmp(bytes + 24, "s256", 4) == 0)
        size = 32;
    else if (header == 28 && memcmp(bytes + 24, "sha1", 4) != 0)
        return refuse(PACKREAD_ERROR_VERSION, text, "a table of refs with an unknown hash");
    return size == id_size ? 0
                           : refuse(PACKREAD_ERROR_UNSUPPORTED, text,
                                    "a table of refs with another hash than the repository's");
}

int pkr_reftable_begin(pkr_reftable *table, const unsigned char *bytes, size_t size, size_t id_size,
                       const char **text)
{
    const size_t header = size > 4 && bytes[4] == 2 ? 28 : 24;
    const unsigned char *footer;
    uint64_t index;
    int status;

    if (size < 5 || memcmp(bytes, MAGIC, 4) != 0)
        return refuse(PACKREAD_ERROR_CORRUPT, text, "does not begin as a table of refs does");
    if (bytes[4] != 1 && bytes[4] != 2)
        return refuse(PACKREAD_ERROR_VERSION, text, "a table of refs of an unknown version");
    if (size < 2 * header + FIELDS)
        return refuse(PACKREAD_ERROR_CORRUPT, text, "a table of refs that is cut short");
    footer = bytes + size - header - FIELDS;
    if (memcmp(bytes, footer, header) != 0)
        return refuse(PACKREAD_ERROR_CORRUPT, text, "header and footer of the table differ");
    if (pkr_inflate_crc(0, footer, header + FIELDS - 4) !=
        pkr_bytes_u32(footer + header + FIELDS - 4))
        return refuse(PACKREAD_ERROR_CORRUPT, text, "the table's footer does not give its CRC");
    status = check_hash(bytes, header, id_size, text);
    if (status != 0)
        return status;
    index = pkr_bytes_u64(footer + header);
    *table = (pkr_reftable){.bytes = bytes,
                            .end = (size_t)(footer - bytes),
                            .id_size = id_size,
                            .header = header,
                            .block_size = u24(bytes + 5),
                            .index = (size_t)index};
    if (index >= table->end)
        return refuse(PACKREAD_ERROR_CORRUPT, text, "the index of refs lies outside of the table");
    table->has_refs = table->end > header && bytes[header] == 'r';
    return 0;
}

/* ---- Blocks ---------------------------------------------------------------------------------- */

/* Bytes of padding are zeros; what follows without it is another block. */
static size_t whole_length(const pkr_reftable *table, size_t block, size_t length)
{
    if (length >= table->block_size)
        return length;
    return block + length < table->end && table->bytes[block + length] != 0 ? length
                                                                            : table->block_size;
}

static bool is_known(unsigned char type)
{
    return type == 'r' || type == 'i' || type == 'o' || type == 'g';
}

/* The cursor's next record is the first of the block. Returns 1; 0 where the table ends there, or
 * a part of another type begins; CORRUPT. */
static int enter(pkr_reftable_cursor *cursor, size_t block)
{
    const pkr_reftable *table = cursor->table;
    const size_t head = (block == 0 ? table->header : 0) + BLOCK_HEAD;
    const unsigned char *bytes = table->bytes + block;
    size_t length;
    size_t count;

    cursor->at = block;
    if (block >= table->end)
        return 0;
    if (table->end - block < head || !is_known(bytes[head - BLOCK_HEAD]))
        return PACKREAD_ERROR_CORRUPT;
    if (bytes[head - BLOCK_HEAD] != cursor->type)
        return 0;
    length = u24(bytes + head - 3);
    if (length < head + COUNT_SIZE || length > table->end - block)
        return PACKREAD_ERROR_CORRUPT;
    count = (size_t)bytes[length - 2] << 8 | bytes[length - 1];
    if (RESTART_SIZE * count > length - COUNT_SIZE - head)
        return PACKREAD_ERROR_CORRUPT;
    cursor->block = block;
    cursor->after = block + whole_length(table, block, length);
    cursor->count = count;
    cursor->restarts = block + length - COUNT_SIZE - RESTART_SIZE * count;
    cursor->at = block + head;
    cursor->length = 0;
    return 1;
}

/* ---- Records --------------------------------------------------------------------------------- */

/* As offsets of deltas are written: no number has two forms. */
static bool number(pkr_reftable_cursor *cursor, uint64_t *value)
{
    const unsigned char *bytes = cursor->table->bytes;
    uint64_t read;

    if (cursor->at >= cursor->restarts)
        return false;
    read = bytes[cursor->at] & 0x7f;
    while (bytes[cursor->at++] & 0x80) {
        if (cursor->at >= cursor->restarts || read >= UINT64_MAX >> 7)
            return false;
        read = (read + 1) << 7 | (bytes[cursor->at] & 0x7f);
    }
    *value = read;
    return true;
}

/* The name of the record at hand, and the three bits that come with it. */
static bool name(pkr_reftable_cursor *cursor, unsigned *bits)
{
    uint64_t prefix;
    uint64_t suffix;

    if (!number(cursor, &prefix) || !number(cursor, &suffix))
        return false;
    *bits = (unsigned)(suffix & 7);
    suffix >>= 3;
    if (prefix > cursor->length || suffix > cursor->restarts - cursor->at ||
        suffix > sizeof cursor->name - prefix || prefix + suffix == 0)
        return false;
    memcpy(cursor->name + prefix, cursor->table->bytes + cursor->at, (size_t)suffix);
    cursor->at += (size_t)suffix;
    cursor->length = (size_t)(prefix + suffix);
    return true;
}

static bool id(pkr_reftable_cursor *cursor, packread_id *value)
{
    const size_t size = cursor->table->id_size;

    if (cursor->restarts - cursor->at < size)
        return false;
    pkr_id_set(value, cursor->table->bytes + cursor->at, size);
    cursor->at += size;
    return true;
}

static bool target(pkr_reftable_cursor *cursor, pkr_reftable_record *record)
{
    uint64_t length;

    if (!number(cursor, &length) || length > cursor->restarts - cursor->at)
        return false;
    record->target = (const char *)cursor->table->bytes + cursor->at;
    record->target_length = (size_t)length;
    cursor->at += (size_t)length;
    return true;
}

static bool value(pkr_reftable_cursor *cursor, unsigned kind, pkr_reftable_record *record)
{
    uint64_t update;

    memset(record, 0, sizeof *record);
    record->kind = (enum pkr_reftable_kind)kind;
    if (!number(cursor, &update))
        return false;
    switch (kind) {
    case PKR_REFTABLE_DELETED:
        return true;
    case PKR_REFTABLE_ID:
        return id(cursor, &record->id);
    case PKR_REFTABLE_TAG:
        return id(cursor, &record->id) && id(cursor, &record->peeled);
    case PKR_REFTABLE_SYMBOLIC:
        return target(cursor, record);
    default:
        return false;
    }
}

/* The next record of the blocks of the cursor's type: of an index, `*position` is the block that it
 * leads to. Returns 1; 0 at the end; CORRUPT. */
static int next(pkr_reftable_cursor *cursor, pkr_reftable_record *record, uint64_t *position)
{
    unsigned bits;

    while (cursor->at >= cursor->restarts) {
        int status = enter(cursor, cursor->after);

        if (status != 1) {
            cursor->restarts = cursor->at;
            return status;
        }
    }
    if (!name(cursor, &bits))
        return PACKREAD_ERROR_CORRUPT;
    return (cursor->type == 'i' ? number(cursor, position) : value(cursor, bits, record))
               ? 1
               : PACKREAD_ERROR_CORRUPT;
}

/* The cursor stands before the first block: what comes next is in that. */
static void begin(pkr_reftable_cursor *cursor, const pkr_reftable *table, unsigned char type,
                  size_t block)
{
    cursor->table = table;
    cursor->type = type;
    cursor->block = cursor->after = cursor->at = cursor->restarts = block;
    cursor->count = cursor->length = 0;
}

void pkr_reftable_first(pkr_reftable_cursor *cursor, const pkr_reftable *table)
{
    begin(cursor, table, 'r', table->has_refs ? 0 : table->end);
}

int pkr_reftable_next(pkr_reftable_cursor *cursor, pkr_reftable_record *record)
{
    return next(cursor, record, NULL);
}

/* ---- One name -------------------------------------------------------------------------------- */

static int compare(const pkr_reftable_cursor *cursor, const char *wanted, size_t length)
{
    int order = memcmp(cursor->name, wanted, length < cursor->length ? length : cursor->length);

    if (order != 0)
        return order;
    return cursor->length < length ? -1 : cursor->length > length;
}

typedef struct search {
    pkr_reftable_cursor *cursor;
    const char *wanted;
    size_t length;
} search;

/* Whether the record of that restart is below the name: 1 or 0, or CORRUPT. */
static int is_below(void *context, uint32_t restart)
{
    const search *of = context;
    pkr_reftable_cursor *cursor = of->cursor;
    const unsigned char *entry = cursor->table->bytes + cursor->restarts + RESTART_SIZE * restart;
    const size_t first = cursor->block + (cursor->block == 0 ? cursor->table->header : 0);
    unsigned bits;

    cursor->at = cursor->block + u24(entry);
    cursor->length = 0;
    if (cursor->at < first + BLOCK_HEAD || cursor->at >= cursor->restarts || !name(cursor, &bits))
        return PACKREAD_ERROR_CORRUPT;
    return compare(cursor, of->wanted, of->length) < 0;
}

/* Within a block that was entered: the next record is at or after the last restart that is below
 * the name. */
static int skip(pkr_reftable_cursor *cursor, const char *wanted, size_t length)
{
    const size_t first = cursor->at;
    const unsigned char *restarts = cursor->table->bytes + cursor->restarts;
    search of = {cursor, wanted, length};
    uint32_t bound;
    int status = pkr_bound(0, (uint32_t)cursor->count, is_below, &of, &bound);

    if (status != 0)
        return status;
    cursor->at =
        bound > 0 ? cursor->block + u24(restarts + RESTART_SIZE * ((size_t)bound - 1)) : first;
    cursor->length = 0;
    return 1;
}

/* The first record from that block on that is not below the name. Returns 1, 0 or CORRUPT. */
static int seek(pkr_reftable_cursor *cursor, size_t block, const char *wanted, size_t length,
                pkr_reftable_record *record, uint64_t *position)
{
    int status = enter(cursor, block);

    while (status == 1) {
        status = skip(cursor, wanted, length);
        while (status == 1 && cursor->at < cursor->restarts) {
            status = next(cursor, record, position);
            if (status == 1 && compare(cursor, wanted, length) >= 0)
                return 1;
        }
        if (status == 1)
            status = enter(cursor, cursor->after);
    }
    return status;
}

int pkr_reftable_find(pkr_reftable_cursor *cursor, const pkr_reftable *table, const char *wanted,
                      size_t length, pkr_reftable_record *record)
{
    size_t block = table->index;
    uint64_t position = 0;
    int status = 1;

    if (!table->has_refs)
        return 0;
    begin(cursor, table, block ? 'i' : 'r', block);
    /* An index stands behind what it leads to: so this ends. */
    while (status == 1 && cursor->type == 'i') {
        status = seek(cursor, block, wanted, length, NULL, &position);
        if (status != 1)
            break;
        if (position >= cursor->block)
            return PACKREAD_ERROR_CORRUPT;
        block = (size_t)position;
        if (table->bytes[block + (block == 0 ? table->header : 0)] != 'i')
            cursor->type = 'r';
    }
    if (status == 1)
        status = seek(cursor, block, wanted, length, record, NULL);
    return status == 1 ? compare(cursor, wanted, length) == 0 : status;
}
