/* test_faults_mend.c - reading objects that are damaged in one pack and made from what others have,
 * with any of its calls failing: none is called damaged because a call failed. */
#include "stage.h"

#include "made_pack.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OBJECTS 48
#define RING 40 /* of them the last ones: lost */

static packread_options options;

static const struct variant {
    const char *name;
    packread_options options;
} variants[] = {
    {"default", {0}},
    {"pread", {.io = PACKREAD_IO_PREAD, .memory_limit = 2 << 20}},
    {"guarded", {.flags = PACKREAD_GUARD, .window_size = 64 << 10}},
};
#define VARIANTS (int)(sizeof variants / sizeof *variants)

static void text_of(char *text, size_t size, size_t number)
{
    snprintf(text, size, "the object of number %02zu, of one length with all others", number);
}

static packread_id id_of(size_t number)
{
    char text[80];

    text_of(text, sizeof text, number);
    return made_pack_text_id(text);
}

static void add_whole(struct packwriter_pack *pack, size_t number)
{
    char text[80];

    text_of(text, sizeof text, number);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, text, strlen(text), 6);
}

static void add_on(struct packwriter_pack *pack, size_t base, size_t number)
{
    char below[80];
    char text[80];

    text_of(below, sizeof below, base);
    text_of(text, sizeof text, number);
    made_pack_add_on(pack, below, text, text);
}

/* By the offset of the entry before. */
static void add_on_last(struct packwriter_pack *pack, size_t base, size_t number)
{
    struct packwriter_bytes delta = {0};
    char below[80];
    char text[80];

    text_of(below, sizeof below, base);
    text_of(text, sizeof text, number);
    packwriter_delta_make(&delta, below, strlen(below), text, strlen(text));
    packwriter_pack_add_ofs_delta(pack, pack->entry_count - 1, &delta, text, strlen(text), 6);
    packwriter_bytes_free(&delta);
}

/* 0 <- 1 <- 2 <- 3, of which the first has 0 damaged and 2, and the second 1; the second has 2 on 4
 * and 0 on 5, which are in the third. 6 is damaged in two packs, 7 is nowhere damaged. */
static void put_packs(void)
{
    struct packwriter_pack pack = {0};

    made_pack_begin(&pack);
    add_whole(&pack, 0);
    made_pack_damage(&pack, 0);
    add_on_last(&pack, 0, 1);
    add_on_last(&pack, 1, 2);
    made_pack_damage(&pack, 2);
    add_on_last(&pack, 2, 3);
    add_whole(&pack, 6);
    made_pack_damage(&pack, 4);
    add_whole(&pack, 7);
    made_pack_put(&pack, "pack-a");
    made_pack_begin(&pack);
    add_whole(&pack, 1);
    made_pack_damage(&pack, 0);
    add_on(&pack, 4, 2);
    add_on(&pack, 5, 0);
    add_whole(&pack, 6);
    made_pack_damage(&pack, 3);
    made_pack_put(&pack, "pack-b");
    made_pack_begin(&pack);
    add_whole(&pack, 4);
    add_whole(&pack, 5);
    for (size_t i = OBJECTS - RING; i < OBJECTS; i++)
        add_on(&pack, i + 1 < OBJECTS ? i + 1 : OBJECTS - RING, i);
    made_pack_put(&pack, "pack-c");
}

static void *begin_reader(void)
{
    char *folder = suite_scratch_path("");
    struct stage *made = stage_begin(sample_open(folder, &options));

    free(folder);
    return made;
}

static int run_read(void *context, struct trial *trial)
{
    struct stage *stage = context;

    for (size_t i = OBJECTS - RING + 2; i-- > 0;) {
        const packread_id id = id_of(i);
        packread_object object;
        packread_error error = {0};
        int status = packread_reader_read(stage->reader, &id, &object, &error);

        if (status != 0) {
            ck_assert_int_eq(packread_id_compare(&error.id, &id), 0);
            trial_tell(trial, status, &error);
            continue;
        }
        ck_assert(sample_hashes_to(&id, object.type, object.data, object.size));
        trial_answer(trial, id.bytes, id.size);
    }
    return 0;
}

static int run_stream(void *context, struct trial *trial)
{
    packread_id ids[OBJECTS - RING];

    for (size_t i = 0; i < OBJECTS - RING; i++)
        ids[i] = id_of(i);
    stage_stream(context, trial, ids, OBJECTS - RING);
    return 0;
}

static const struct operation operations[] = {
    {"read what is mended", begin_reader, run_read, stage_end},
    {"stream what is mended", begin_reader, run_stream, stage_end},
};
#define OPERATIONS (int)(sizeof operations / sizeof *operations)

START_TEST(no_failure_of_the_system_is_taken_for_damage)
{
    const struct variant *variant = &variants[_i / OPERATIONS];

    put_packs();
    options = variant->options;
    printf("%s\n", variant->name);
    trial_run(&operations[_i % OPERATIONS], fault_step());
}
END_TEST

int main(void)
{
    return suite_run_loop("faults: mend", no_failure_of_the_system_is_taken_for_damage,
                          VARIANTS * OPERATIONS);
}
