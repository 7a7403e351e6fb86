/* test_giants_damaged.c - objects larger than the memory limit in a damaged pack: what is made
 * through temporary files is checked before its first byte is given, and the rest is given. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "giant_family.h"
#include "samples.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)
#define PAGES ((size_t)(10 * MIB / GIANT_PAGE))

static const packread_options small = {.memory_limit = MIB};
static giant_family family;

static void make_family(void)
{
    giant_family_make(&family, "hurt", PAGES);
}

static void free_family(void)
{
    giant_family_free(&family);
}

/* One bit of the pack; done twice it is as before. */
static void flip(uint64_t offset)
{
    FILE *file = fopen(family.path, "r+b");
    int byte;

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, (long)offset, SEEK_SET), 0);
    byte = fgetc(file);
    ck_assert_int_ne(byte, EOF);
    ck_assert_int_eq(fseek(file, (long)offset, SEEK_SET), 0);
    ck_assert_int_ne(fputc(byte ^ 0x04, file), EOF);
    ck_assert_int_eq(fclose(file), 0);
}

/* Whether the member cannot be made without `of`. */
static bool hangs_on(int member, int of)
{
    static const int bases[GIANT_MEMBERS] = {
        [GIANT_ROOT] = -1,
        [GIANT_SHUFFLE] = GIANT_ROOT,
        [GIANT_MATE] = -1,
        [GIANT_ONWARD] = GIANT_SHUFFLE,
        [GIANT_MATE_TOO] = GIANT_MATE,
        [GIANT_INSERT] = GIANT_ONWARD,
        [GIANT_BROTHER] = GIANT_ROOT,
        [GIANT_DWARF] = GIANT_INSERT,
        [GIANT_DWARF_TOO] = GIANT_DWARF,
    };

    while (member >= 0 && member != of)
        member = bases[member];
    return member >= 0;
}

typedef struct received {
    giant_reader reader;
    int begins;
} received;

static int begin(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    (void)id, (void)type, (void)size;
    ((received *)context)->begins++;
    return 0;
}

static int data(void *context, const void *bytes, size_t size)
{
    return giant_take(&((received *)context)->reader, bytes, size);
}

static void expect(packread_reader *reader, int member, bool is_lost)
{
    const giant_member *of = &family.members[member];
    received all = {.reader = {.of = &of->holds}};
    packread_sink sink = {.begin = begin, .data = data, .context = &all};
    packread_error error;
    int status;

    memset(&error, 0, sizeof error);
    status = packread_reader_stream(reader, &of->id, &sink, &error);
    if (!is_lost) {
        sample_good(status, &error);
        ck_assert(!all.reader.wrong && all.reader.at == giant_size(&of->holds));
        return;
    }
    ck_assert_msg(status == PACKREAD_ERROR_CORRUPT, "member %d: %d: %s", member, status,
                  error.text);
    ck_assert_int_eq(error.code, status);
    ck_assert_int_eq(packread_id_compare(&error.id, &of->id), 0);
    ck_assert_int_eq(all.begins, 0);
    ck_assert_uint_eq(all.reader.at, 0);
}

/* Late in the member's deflated data, and in the last byte of its checksum. */
START_TEST(a_damaged_member_costs_what_hangs_on_it_and_no_more)
{
    const int hurt = _i / 2;
    const giant_member *of = &family.members[hurt];
    const uint64_t place = of->offset + (_i % 2 ? of->disk_size - 1 : of->disk_size * 7 / 8);
    packread_verify_options verify = {.threads = 2};
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_snapshot *snapshot;
    packread_reader *reader;
    uint64_t lost = 0;

    flip(place);
    snapshot = sample_open(family.path, &small);
    reader = sample_reader(snapshot);
    for (int member = 0; member < GIANT_MEMBERS; member++) {
        lost += hangs_on(member, hurt);
        expect(reader, member, hangs_on(member, hurt));
    }
    packread_reader_free(reader);
    ck_assert_int_eq(packread_verify(snapshot, 0, &verify, &summary, NULL), PACKREAD_ERROR_CORRUPT);
    ck_assert_uint_eq(summary.objects, GIANT_MEMBERS - lost);
    packread_snapshot_free(snapshot);
    flip(place);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("giants damaged");
    TCase *tests = tcase_create("giants damaged");

    tcase_add_unchecked_fixture(tests, make_family, free_family);
    tcase_add_loop_test(tests, a_damaged_member_costs_what_hangs_on_it_and_no_more, 0,
                        2 * GIANT_MEMBERS);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
