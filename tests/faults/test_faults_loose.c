/* test_faults_loose.c - loose objects found, listed, read and streamed with any of their calls
 * failing: none is called damaged or missing because a call failed, and nothing is kept. */
#include "stage.h"

#include "made_loose.h"
#include "made_pack.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OBJECTS 5
#define LARGE 4 /* its number: streamed where the limit is small */

static packread_options options;
static packread_id ids[OBJECTS];
static char *where;
static char *objects;

static const struct variant {
    const char *name;
    packread_options options;
} variants[] = {
    {"default", {0}},
    {"little memory", {.io = PACKREAD_IO_PREAD, .memory_limit = 1 << 20}},
};
#define VARIANTS (int)(sizeof variants / sizeof *variants)

/* The second is in a pack too, where it is damaged; the third in one where it is right. */
static void put_objects(void)
{
    struct packwriter_bytes large = {0};
    struct packwriter_pack pack = {0};
    char *path;

    objects = made_loose_repository("loose", 20);
    suite_scratch_write("loose.git/objects/pack/.keep", "");
    where = suite_scratch_path("loose.git");
    for (size_t i = 0; i < LARGE; i++)
        ids[i] =
            made_loose_put(objects, 20, PACKREAD_BLOB, made_lines[i], strlen(made_lines[i]), 6);
    packwriter_bytes_add_noise(&large, 150000, 1);
    ids[LARGE] = made_loose_put(objects, 20, PACKREAD_BLOB, large.data, large.size, 1);
    packwriter_bytes_free(&large);
    made_pack_begin(&pack);
    made_pack_add_line(&pack, 1);
    made_pack_damage(&pack, 0);
    made_pack_add_line(&pack, 2);
    path = sample_save(&pack, "loose.git/objects/pack/pack-two", NULL);
    packwriter_pack_free(&pack);
    free(path);
}

static void *begin_reader(void)
{
    return stage_begin(sample_open(where, &options));
}

static int run_stream(void *context, struct trial *trial)
{
    stage_stream(context, trial, ids, OBJECTS);
    return 0;
}

static int run_read(void *context, struct trial *trial)
{
    struct stage *stage = context;

    for (size_t i = 0; i < LARGE; i++) {
        packread_object object;
        packread_location location;
        packread_error error = {0};
        int status = packread_reader_find(stage->reader, &ids[i], &location, &error);

        if (status == 0)
            status = packread_reader_read(stage->reader, &ids[i], &object, &error);
        if (status == 0) {
            ck_assert(sample_hashes_to(&ids[i], object.type, object.data, object.size));
            trial_answer(trial, ids[i].bytes, ids[i].size);
        } else {
            trial_tell(trial, status, &error);
        }
    }
    return 0;
}

/* By a location alone, which is given again at each run. */
static int run_place(void *context, struct trial *trial)
{
    struct stage *stage = context;
    packread_reader *other = NULL;
    packread_location location;
    packread_object object;
    packread_error error = {0};
    int status = packread_reader_find(stage->reader, &ids[3], &location, &error);

    if (status == 0)
        status = packread_reader_new(stage->snapshot, &other, &error);
    if (status == 0)
        status = packread_reader_read_at(other, &location, &object, &error);
    if (status == 0)
        trial_answer(trial, object.id.bytes, object.id.size);
    packread_reader_free(other);
    return status == 0 ? 0 : trial_fail(trial, status, &error);
}

static int visit(void *context, const packread_info *info, const packread_error *error)
{
    struct trial *trial = context;
    char text[80];

    if (error) {
        trial_tell(trial, error->code, error);
        return 0;
    }
    snprintf(text, sizeof text, "%02x%02x %d %llu", info->id.bytes[0], info->id.bytes[1],
             info->type, (unsigned long long)info->size);
    trial_answer(trial, text, strlen(text));
    return 0;
}

static int list(struct stage *stage, struct trial *trial, enum packread_order order)
{
    const packread_list_options wanted = {
        .want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE, .order = order, .once = true};
    packread_error error = {0};
    int status = packread_reader_list(stage->reader, &wanted, visit, trial, &error);

    /* One that names an object was told. */
    return status == 0 || error.id.size > 0 ? 0 : trial_fail(trial, status, &error);
}

static int run_list(void *context, struct trial *trial)
{
    return list(context, trial, PACKREAD_BY_ID);
}

static int run_list_by_offset(void *context, struct trial *trial)
{
    return list(context, trial, PACKREAD_BY_OFFSET);
}

static int run_prefix(void *context, struct trial *trial)
{
    struct stage *stage = context;

    for (size_t i = 0; i < OBJECTS; i++) {
        char hex[PACKREAD_HEX_MAX + 1];
        packread_error error = {0};
        packread_id found;
        int status;

        packread_id_format(&ids[i], hex);
        status = packread_reader_find_prefix(stage->reader, hex, 12, &found, &error);
        if (status == 0) {
            ck_assert_int_eq(packread_id_compare(&found, &ids[i]), 0);
            trial_answer(trial, found.bytes, found.size);
        } else {
            trial_tell(trial, status, &error);
        }
    }
    return 0;
}

static const struct operation operations[] = {
    {"read loose objects", begin_reader, run_read, stage_end},
    {"stream loose objects", begin_reader, run_stream, stage_end},
    {"read at a loose location", begin_reader, run_place, stage_end},
    {"list loose objects", begin_reader, run_list, stage_end},
    {"list loose objects by offset", begin_reader, run_list_by_offset, stage_end},
    {"find loose objects by prefix", begin_reader, run_prefix, stage_end},
};
#define OPERATIONS (int)(sizeof operations / sizeof *operations)

START_TEST(no_failure_of_the_system_is_taken_for_damage)
{
    const struct variant *variant = &variants[_i / OPERATIONS];

    put_objects();
    options = variant->options;
    printf("%s\n", variant->name);
    trial_run(&operations[_i % OPERATIONS], fault_step());
    free(where);
    free(objects);
}
END_TEST

int main(void)
{
    return suite_run_loop("faults: loose", no_failure_of_the_system_is_taken_for_damage,
                          VARIANTS * OPERATIONS);
}
