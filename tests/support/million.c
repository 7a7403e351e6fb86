/* million.c - writes blobs of two numbers, each a delta on an earlier one or whole. */
#include "million.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packwriter.h"
#include "peak.h"
#include "suite.h"

#define GROUP 100
#define TEXT_SIZE 57 /* of all objects */
#define KEPT 20      /* first bytes, the same in all: what a delta copies */
#define BLOCK 65535

typedef struct writing {
    const char *stem;
    size_t count;
    enum million_shape shape;
} writing;

static void write_text(char text[TEXT_SIZE + 1], size_t number, uint64_t *state)
{
    snprintf(text, TEXT_SIZE + 1, "one of very many: a %016zx %016" PRIx64 " end", number,
             suite_random(state));
}

static void add_whole(struct packwriter_pack *pack, const char *text)
{
    packwriter_pack_begin_entry(pack);
    packwriter_bytes_add_entry_header(&pack->bytes, PACKWRITER_BLOB, TEXT_SIZE);
    packwriter_bytes_add_stored(&pack->bytes, text, TEXT_SIZE, BLOCK, 0);
    packwriter_pack_end_entry(pack, PACKWRITER_BLOB, text, TEXT_SIZE);
}

static void add_delta(struct packwriter_pack *pack, size_t base, bool by_id, const char *text,
                      struct packwriter_bytes *delta)
{
    const struct packwriter_entry *from = &pack->entries[base];

    packwriter_delta_begin(delta, TEXT_SIZE, TEXT_SIZE);
    packwriter_delta_copy(delta, 0, KEPT);
    packwriter_delta_insert(delta, text + KEPT, TEXT_SIZE - KEPT);
    packwriter_pack_begin_entry(pack);
    packwriter_bytes_add_entry_header(
        &pack->bytes, by_id ? PACKWRITER_REF_DELTA : PACKWRITER_OFS_DELTA, delta->size);
    if (by_id)
        packwriter_bytes_add(&pack->bytes, from->id, PACKWRITER_SHA1);
    else
        packwriter_bytes_add_distance(&pack->bytes, pack->open_position - from->offset);
    packwriter_bytes_add_stored(&pack->bytes, delta->data, delta->size, BLOCK, 0);
    packwriter_pack_end_entry(pack, PACKWRITER_BLOB, text, TEXT_SIZE);
}

static void write_all(void *context)
{
    const writing *job = context;
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    struct packwriter_bytes index = {0};
    uint64_t state = 1000000;
    char path[4096];

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, (uint32_t)job->count);
    for (size_t i = 0; i < job->count; i++) {
        size_t place = job->shape == MILLION_CHAIN ? i : i % GROUP;
        char text[TEXT_SIZE + 1];

        write_text(text, i, &state);
        if (place == 0)
            add_whole(&pack, text);
        else if (job->shape == MILLION_CHAIN)
            add_delta(&pack, i - 1, false, text, &delta);
        else
            add_delta(&pack, i - 1 - suite_random_below(&state, place), i % 7 == 0, text, &delta);
    }
    packwriter_pack_finish(&pack, NULL);
    packwriter_index_write_pack(&index, &pack, NULL);
    snprintf(path, sizeof path, "%s.idx", job->stem);
    if (packwriter_bytes_save(&index, path) != 0)
        exit(EXIT_FAILURE);
    snprintf(path, sizeof path, "%s.pack", job->stem);
    if (packwriter_pack_save(&pack, path) != 0)
        exit(EXIT_FAILURE);
    packwriter_bytes_free(&index);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&pack);
}

char *million_make(const char *name, size_t count, enum million_shape shape)
{
    char *stem = suite_scratch_path(name);
    char *path = malloc(strlen(stem) + 6);
    writing job = {stem, count, shape};

    ck_assert_ptr_nonnull(path);
    sprintf(path, "%s.pack", stem);
    peak_apart(write_all, &job);
    free(stem);
    return path;
}
