/* test_faults_misled.c - a prefix, and what is known of an object, where the index of a pack is
 * damaged, with any call failing while that is found out and another index is made: the answer is
 * the right one, or the index was used as it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "midxwriter.h"
#include "stage.h"
#include "suite.h"

#define OBJECTS 8
#define IDS (8 + 1024) /* where the ids of an index begin */
#define OFFSETS (IDS + 24 * OBJECTS)
#define SHARED "in both packs\n"

static const packread_options options = {
    .io = PACKREAD_IO_PREAD, .window_size = 4096, .memory_limit = 1 << 20, .index_threads = 1};

static packread_id asked;
static uint64_t size; /* of that object */

static void add_text(struct packwriter_pack *pack, const char *text)
{
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, text, strlen(text), 1);
}

/* Of OBJECTS blobs, each longer than the one before, and the shared one the first. */
static void make_pack(struct packwriter_pack *pack, const char *name)
{
    made_pack_begin(pack);
    add_text(pack, SHARED);
    for (int i = 1; i < OBJECTS; i++) {
        char text[60];

        snprintf(text, sizeof text, "object %d of %s%*d\n", i, name, 10 + i, i);
        add_text(pack, text);
    }
    free(sample_save(pack, name, NULL));
}

/* An index as the pack has it, but for some bytes. */
static void damage(const struct packwriter_pack *pack, const char *name, size_t at,
                   const void *bytes, size_t count)
{
    struct packwriter_bytes index = {0};
    char *path = suite_scratch_path(name);

    packwriter_index_write_pack(&index, pack, NULL);
    memcpy(index.data + at, bytes, count);
    suite_write_file(path, index.data, index.size);
    packwriter_bytes_free(&index);
    free(path);
}

/* The row of an entry in the index. */
static size_t row_of(const struct packwriter_pack *pack, size_t entry)
{
    size_t row = 0;

    for (size_t i = 0; i < OBJECTS; i++)
        row += memcmp(pack->entries[i].id, pack->entries[entry].id, 20) < 0;
    return row;
}

/* Two packs have the object; in the index of one of them the last byte of its id is wrong. */
static void make_packs(void)
{
    struct packwriter_pack packs[2] = {{0}, {0}};
    unsigned char last;

    make_pack(&packs[0], "pack-0");
    make_pack(&packs[1], "pack-1");
    asked = made_pack_id(&packs[1], 0);
    last = asked.bytes[19] ^ 1;
    damage(&packs[1], "pack-1.idx", IDS + 20 * row_of(&packs[1], 0) + 19, &last, 1);
    packwriter_pack_free(&packs[0]);
    packwriter_pack_free(&packs[1]);
}

/* One pack, which a multi-pack-index names; in its index the object is where another one is. */
static void make_one_pack(void)
{
    const struct midxwriter_options how = {.version = 1};
    struct packwriter_pack pack = {0};
    struct midxwriter_pack named = {.name = "pack-0.idx", .pack = &pack};
    struct packwriter_bytes bytes = {0};
    char *path = suite_scratch_path("multi-pack-index");
    unsigned char offset[4] = {0};

    make_pack(&pack, "pack-0");
    asked = made_pack_id(&pack, 2);
    size = pack.entries[2].size;
    midxwriter_write(&bytes, PACKWRITER_SHA1, &named, 1, &how);
    suite_write_file(path, bytes.data, bytes.size);
    offset[2] = (unsigned char)(pack.entries[5].offset >> 8);
    offset[3] = (unsigned char)pack.entries[5].offset;
    damage(&pack, "pack-0.idx", OFFSETS + 4 * row_of(&pack, 2), offset, sizeof offset);
    packwriter_bytes_free(&bytes);
    packwriter_pack_free(&pack);
    free(path);
}

/* ---- Operations ------------------------------------------------------------------------------ */

static void *begin_nothing(void)
{
    return stage_begin(NULL);
}

/* Each run has a snapshot of its own: an index that could not be made is not asked for again. All
 * that is in the folder is needed. */
static int open_anew(struct stage *made, struct trial *trial)
{
    packread_error error = {0};
    char *path = suite_scratch_path("");
    int status;

    packread_reader_free(made->reader);
    packread_snapshot_free(made->snapshot);
    made->reader = NULL;
    made->snapshot = NULL;
    status = packread_snapshot_open(path, &options, &made->snapshot, &error);
    free(path);
    if (status == 0 && packread_snapshot_problems(made->snapshot) > 0) {
        error = *packread_snapshot_problem(made->snapshot, 0);
        status = error.code;
    }
    if (status == 0)
        status = packread_reader_new(made->snapshot, &made->reader, &error);
    return status == 0 ? 0 : trial_fail(trial, status, &error);
}

/* The index was used as it is, for a call that failed: the answer is that of the damaged row. */
static int as_it_is(struct trial *trial)
{
    return trial_fail_plain(trial, PACKREAD_ERROR_MEMORY);
}

static int run_prefix(void *context, struct trial *trial)
{
    struct stage *made = context;
    char hex[PACKREAD_HEX_MAX + 1];
    packread_error error = {0};
    packread_id found;
    int status = open_anew(made, trial);

    if (status != 0)
        return status;
    packread_id_format(&asked, hex);
    status = packread_reader_find_prefix(made->reader, hex, 8, &found, &error);
    if (status == PACKREAD_ERROR_AMBIGUOUS)
        return as_it_is(trial);
    if (status != 0)
        return trial_fail(trial, status, &error);
    trial_answer(trial, &found, sizeof found);
    return 0;
}

static int run_facts(void *context, struct trial *trial)
{
    struct stage *made = context;
    packread_info info = {.struct_size = sizeof info};
    packread_error error = {0};
    int status = open_anew(made, trial);

    if (status != 0)
        return status;
    status = packread_reader_describe(made->reader, &asked, PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE,
                                      &info, &error);
    if (status != 0)
        return trial_fail(trial, status, &error);
    if (info.size != size)
        return as_it_is(trial);
    trial_answer_number(trial, info.size);
    return 0;
}

START_TEST(prefixes_survive_every_failure)
{
    static const struct operation operation = {"a prefix beside a damaged index", begin_nothing,
                                               run_prefix, stage_end};

    make_packs();
    trial_run(&operation, fault_step());
}
END_TEST

START_TEST(facts_survive_every_failure)
{
    static const struct operation operation = {"facts beside a damaged index", begin_nothing,
                                               run_facts, stage_end};

    make_one_pack();
    trial_run(&operation, fault_step());
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: damaged indexes that are replaced");
    TCase *cases = tcase_create("misled");

    tcase_add_test(cases, prefixes_survive_every_failure);
    tcase_add_test(cases, facts_survive_every_failure);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
