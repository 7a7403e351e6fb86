/* made_reftable.c - blocks of records, the blocks of an index over them, header and footer. */
#include "made_reftable.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct text {
    unsigned char *bytes;
    size_t size;
    size_t room;
};

static void add(struct text *text, const void *bytes, size_t size)
{
    if (text->size + size > text->room) {
        text->room = 2 * (text->size + size) + 64;
        text->bytes = realloc(text->bytes, text->room);
        if (!text->bytes)
            abort();
    }
    if (size > 0)
        memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
}

static void add_big_endian(struct text *text, uint64_t value, size_t size)
{
    while (size-- > 0) {
        unsigned char byte = (unsigned char)(value >> 8 * size);

        add(text, &byte, 1);
    }
}

static void add_number(struct text *text, uint64_t value)
{
    unsigned char bytes[10];
    size_t at = sizeof bytes;

    bytes[--at] = value & 0x7f;
    while (value >>= 7)
        bytes[--at] = (unsigned char)(0x80 | (--value & 0x7f));
    add(text, bytes + at, sizeof bytes - at);
}

/* ---- Blocks ---------------------------------------------------------------------------------- */

/* What an index has of a block. */
struct entry {
    char *last;
    size_t position;
};

struct level {
    struct entry *entries;
    size_t count;
};

struct writer {
    const struct made_reftable *layout;
    struct text file;
    struct text block; /* records only */
    struct text restarts;
    size_t count; /* of records in the block */
    unsigned char type;
    char last[4096];
    struct level level;
};

static size_t head(const struct writer *writer)
{
    return writer->file.size == (writer->layout->version == 2 ? 28u : 24u) ? writer->file.size : 0;
}

static void note(struct writer *writer, size_t position)
{
    struct level *level = &writer->level;

    level->entries = realloc(level->entries, (level->count + 1) * sizeof *level->entries);
    if (!level->entries)
        abort();
    level->entries[level->count++] = (struct entry){strdup(writer->last), position};
}

static void end_block(struct writer *writer)
{
    const size_t first = head(writer);
    const size_t begin = writer->file.size - first;
    size_t length;

    if (writer->count == 0)
        return;
    length = first + 4 + writer->block.size + writer->restarts.size + 2;
    note(writer, begin);
    add(&writer->file, &writer->type, 1);
    add_big_endian(&writer->file, length, 3);
    add(&writer->file, writer->block.bytes, writer->block.size);
    add(&writer->file, writer->restarts.bytes, writer->restarts.size);
    add_big_endian(&writer->file, writer->restarts.size / 3, 2);
    writer->block.size = writer->restarts.size = writer->count = 0;
}

/* Before another block. */
static void pad(struct writer *writer)
{
    static const unsigned char zeros[1 << 16];
    const size_t block = writer->layout->block_size;

    if (writer->layout->is_aligned && writer->file.size % block != 0)
        add(&writer->file, zeros, block - writer->file.size % block);
}

static size_t shared(const char *left, const char *right)
{
    size_t size = 0;

    while (left[size] && left[size] == right[size])
        size++;
    return size;
}

static void add_record(struct writer *writer, const char *name, unsigned bits,
                       const struct text *value)
{
    for (int again = 0; again < 2; again++) {
        const bool is_restart = writer->count % writer->layout->restart_each == 0;
        const size_t prefix = is_restart ? 0 : shared(writer->last, name);
        const size_t suffix = strlen(name) - prefix;
        const size_t before = writer->block.size;
        const size_t place = head(writer) + 4 + before;

        add_number(&writer->block, prefix);
        add_number(&writer->block, suffix << 3 | bits);
        add(&writer->block, name + prefix, suffix);
        add(&writer->block, value->bytes, value->size);
        if (head(writer) + 4 + writer->block.size + writer->restarts.size + 5 <=
                writer->layout->block_size ||
            writer->count == 0) {
            if (is_restart)
                add_big_endian(&writer->restarts, place, 3);
            writer->count++;
            strcpy(writer->last, name);
            return;
        }
        writer->block.size = before;
        end_block(writer);
        pad(writer);
    }
    abort();
}

static void add_ref(struct writer *writer, const struct made_ref *ref)
{
    unsigned char id[32];
    struct text value = {0};

    add_number(&value, 3);
    memset(id, ref->id, sizeof id);
    if (ref->kind == 1 || ref->kind == 2)
        add(&value, id, writer->layout->id_size);
    memset(id, ref->peeled, sizeof id);
    if (ref->kind == 2)
        add(&value, id, writer->layout->id_size);
    if (ref->kind == 3) {
        add_number(&value, strlen(ref->target));
        add(&value, ref->target, strlen(ref->target));
    }
    add_record(writer, ref->name, ref->kind, &value);
    free(value.bytes);
}

static void free_level(struct level *level)
{
    for (size_t i = 0; i < level->count; i++)
        free(level->entries[i].last);
    free(level->entries);
    *level = (struct level){0};
}

/* Level over level, until one block is enough; where that is. */
static size_t add_index(struct writer *writer, unsigned *levels)
{
    size_t position = 0;

    writer->type = 'i';
    do {
        struct level below = writer->level;

        writer->level = (struct level){0};
        pad(writer);
        position = writer->file.size;
        for (size_t i = 0; i < below.count; i++) {
            struct text value = {0};

            add_number(&value, below.entries[i].position);
            add_record(writer, below.entries[i].last, 0, &value);
            free(value.bytes);
        }
        end_block(writer);
        free_level(&below);
        ++*levels;
    } while (writer->level.count > 1 && *levels < 2);
    return position;
}

/* A block of objects; and of logs, which is deflated and has no padding. */
static void add_more(struct writer *writer)
{
    static const unsigned char objects[] = {'o', 0, 0, 14, 0, 17, 'a', 'b', 1, 0, 0, 4, 0, 1};
    static const unsigned char logs[] = {'g', 0, 0, 200, 0x78, 0x9c, 3, 0, 0, 0, 0, 1};

    pad(writer);
    add(&writer->file, objects, sizeof objects);
    add(&writer->file, logs, sizeof logs);
}

static void add_header(struct text *file, const struct made_reftable *layout)
{
    const unsigned char version = (unsigned char)layout->version;

    add(file, "REFT", 4);
    add(file, &version, 1);
    add_big_endian(file, layout->is_aligned ? layout->block_size : 0, 3);
    add_big_endian(file, 1, 8);
    add_big_endian(file, 9, 8);
    if (layout->version == 2)
        add(file, layout->id_size == 32 ? "s256" : "sha1", 4);
}

unsigned char *made_reftable_write(const struct made_reftable *layout, const struct made_ref *refs,
                                   size_t count, size_t *size, unsigned *levels)
{
    struct writer writer = {.layout = layout, .type = 'r'};
    unsigned depth = 0;
    size_t index = 0;

    add_header(&writer.file, layout);
    for (size_t i = 0; i < count; i++)
        add_ref(&writer, &refs[i]);
    end_block(&writer);
    if (layout->has_index && count > 0)
        index = add_index(&writer, &depth);
    if (layout->has_more)
        add_more(&writer);
    add_header(&writer.file, layout);
    add_big_endian(&writer.file, index, 8);
    for (int i = 0; i < 4; i++)
        add_big_endian(&writer.file, 0, 8);
    add_big_endian(&writer.file, 0, 4);
    made_reftable_seal(writer.file.bytes, writer.file.size);
    free_level(&writer.level);
    free(writer.block.bytes);
    free(writer.restarts.bytes);
    *size = writer.file.size;
    if (levels)
        *levels = depth;
    return writer.file.bytes;
}

bool made_reftable_seal(unsigned char *bytes, size_t size)
{
    const size_t footer = size > 4 && bytes[4] == 2 ? 72 : 68;
    uint32_t crc;

    if (size < footer)
        return false;
    crc = (uint32_t)crc32(0, bytes + size - footer, (uInt)(footer - 4));
    for (int i = 0; i < 4; i++)
        bytes[size - 4 + (size_t)i] = (unsigned char)(crc >> (24 - 8 * i));
    return true;
}
