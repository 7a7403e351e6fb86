/* made_pack.c - knows how small packs are put together, right ones and those that lie. */
#include "made_pack.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

const char *const made_lines[MADE_LINES] = {
    "one line, and a second that changes: first\n",  "one line, and a second that changes: 2nd\n",
    "one line, and a second that changes: third\n",  "one line, and a second that changes: 4th\n",
    "one line, and a second that changes: fifth\n",  "a blob that stands alone\n",
    "one line, and a second that changes: seventh\n"};

void made_pack_begin(struct packwriter_pack *pack)
{
    packwriter_pack_begin(pack, PACKWRITER_SHA1, 2, 0);
}

void made_pack_add_line(struct packwriter_pack *pack, size_t number)
{
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, made_lines[number],
                               strlen(made_lines[number]), 6);
}

void made_pack_add_delta(struct packwriter_pack *pack, size_t base, size_t number)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_make(&delta, made_lines[base], strlen(made_lines[base]), made_lines[number],
                          strlen(made_lines[number]));
    packwriter_pack_add_ofs_delta(pack, base, &delta, made_lines[number],
                                  strlen(made_lines[number]), 6);
    packwriter_bytes_free(&delta);
}

void made_pack_begin_tree(struct packwriter_pack *pack)
{
    made_pack_begin(pack);
    made_pack_add_line(pack, 0);
    made_pack_add_delta(pack, 0, 1);
    made_pack_add_delta(pack, 1, 2);
    made_pack_add_delta(pack, 1, 3);
    made_pack_add_delta(pack, 0, 4);
    made_pack_add_line(pack, 5);
}

void made_pack_add_false(struct packwriter_pack *pack, const void *stored, size_t stored_size,
                         const void *contents, size_t size)
{
    packwriter_pack_begin_entry(pack);
    packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_BLOB, stored_size);
    packwriter_bytes_add_deflated(&pack->bytes, stored, stored_size, 1);
    packwriter_pack_end_entry(pack, PACKWRITER_BLOB, contents, size);
}

void made_pack_damage(struct packwriter_pack *pack, size_t entry)
{
    const struct packwriter_entry *of = &pack->entries[entry];

    pack->bytes.data[of->offset + of->disk_size - 1] ^= 0x10;
}

packread_id made_pack_id(const struct packwriter_pack *pack, size_t entry)
{
    packread_id id;

    memset(&id, 0, sizeof id);
    memcpy(id.bytes, pack->entries[entry].id, pack->hash_length);
    id.size = (unsigned char)pack->hash_length;
    return id;
}

sample_place made_pack_open(struct packwriter_pack *pack, const char *name)
{
    return sample_place_at(sample_save(pack, name, NULL), NULL);
}

struct packwriter_index_row made_pack_row(const struct packwriter_pack *pack, size_t entry)
{
    struct packwriter_index_row row = {.offset = pack->entries[entry].offset,
                                       .crc32 = pack->entries[entry].crc32};

    memcpy(row.id, pack->entries[entry].id, pack->hash_length);
    return row;
}

static char *save(const char *name, const char *ending, const struct packwriter_bytes *bytes)
{
    size_t size = strlen(name) + strlen(ending) + 1;
    char *whole = malloc(size);
    char *path;

    ck_assert_ptr_nonnull(whole);
    snprintf(whole, size, "%s%s", name, ending);
    path = suite_scratch_path(whole);
    ck_assert_msg(packwriter_bytes_save(bytes, path) == 0, "%s: %s", path, strerror(errno));
    free(whole);
    return path;
}

char *made_pack_save_rows(struct packwriter_pack *pack, const char *name,
                          const struct packwriter_index_row *rows, size_t count,
                          const struct packwriter_index_options *options)
{
    struct packwriter_index_options choices = {0};
    struct packwriter_bytes index = {0};

    if (options)
        choices = *options;
    for (unsigned i = 0; i < 4; i++)
        pack->bytes.data[8 + i] = (unsigned char)(count >> (24 - 8 * i));
    packwriter_pack_finish(pack, NULL);
    choices.pack_sum = pack->sum;
    packwriter_index_write(&index, pack->hash_length, rows, count, &choices);
    free(save(name, ".idx", &index));
    packwriter_bytes_free(&index);
    return save(name, ".pack", &pack->bytes);
}

packread_id made_pack_text_id(const char *text)
{
    packread_id id = {{0}, 20};

    packwriter_hash_id(20, PACKWRITER_BLOB, text, strlen(text), id.bytes);
    return id;
}

void made_pack_add_on(struct packwriter_pack *pack, const char *base, const char *text,
                      const char *result)
{
    struct packwriter_bytes delta = {0};

    packwriter_delta_make(&delta, base, strlen(base), result, strlen(result));
    packwriter_pack_add_ref_delta(pack, made_pack_text_id(base).bytes, PACKWRITER_BLOB, &delta,
                                  text, strlen(text), 6);
    packwriter_bytes_free(&delta);
}

void made_pack_put(struct packwriter_pack *pack, const char *name)
{
    free(sample_save(pack, name, NULL));
    packwriter_pack_free(pack);
}
