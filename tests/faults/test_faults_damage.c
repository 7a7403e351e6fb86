/* test_faults_damage.c - a pack that is cut short, one with a hole, and one whose index is damaged,
 * with any call failing while they are opened and verified: what is said of them is the same, or
 * that something failed. */
#include "stage.h"

#include "made_pack.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OBJECTS 40

static char *cut;   /* these are paths of packs */
static char *hole;  /* some entries in the middle are zeros */
static char *wrong; /* bits of its index are: an id, a CRC, and an offset */

/* An index that the system refuses is a failure here, and none is made in its stead. */
static const packread_options options = {.flags = PACKREAD_INDEX_AS_IT_IS,
                                         .io = PACKREAD_IO_PREAD,
                                         .window_size = 4096,
                                         .memory_limit = 1 << 20};

/* Its path, and where two of its entries are. */
static char *save(const char *name, uint64_t *tenth, uint64_t *twentieth)
{
    struct packwriter_pack pack = {0};
    char *path;

    made_pack_begin(&pack);
    for (int i = 0; i < OBJECTS; i++) {
        char text[60];
        int size = snprintf(text, sizeof text, "blob number %d\n", i);

        packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, (size_t)size, 1);
    }
    *tenth = made_pack_row(&pack, 10).offset;
    *twentieth = made_pack_row(&pack, 20).offset;
    path = sample_save(&pack, name, NULL);
    packwriter_pack_free(&pack);
    return path;
}

static void change(const char *path, const char *ending, long at, const unsigned char *bytes,
                   size_t size)
{
    char *name = malloc(strlen(path) + 8);
    FILE *file;

    ck_assert_ptr_nonnull(name);
    snprintf(name, strlen(path) + 8, "%.*s%s", (int)(strlen(path) - strlen(".pack")), path, ending);
    file = fopen(name, "r+b");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fseek(file, at, SEEK_SET), 0);
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_int_eq(fclose(file), 0);
    free(name);
}

static void make_packs(void)
{
    static const unsigned char zeros[4096];
    uint64_t from;
    uint64_t to;

    cut = save("pack-cut", &from, &to);
    hole = save("pack-hole", &from, &to);
    wrong = save("pack-wrong", &from, &to);
    ck_assert_uint_lt(to - from, sizeof zeros);
    ck_assert_int_eq(truncate(cut, (off_t)(to + 5)), 0);
    change(hole, ".pack", (long)from, zeros, (size_t)(to - from));
    change(wrong, ".idx", 1032 + 20 * 5 + 19, (const unsigned char *)"\252", 1);
    change(wrong, ".idx", 1032 + 20 * OBJECTS + 4 * 9, (const unsigned char *)"\252", 1);
    change(wrong, ".idx", 1032 + 24 * OBJECTS + 4 * 11 + 1, (const unsigned char *)"\252", 1);
}

/* ---- Operations ------------------------------------------------------------------------------ */

static void *begin_nothing(void)
{
    return stage_begin(NULL);
}

static int take_finding(void *context, const packread_finding *finding)
{
    trial_tell(context, finding->error->code, finding->error);
    return 0;
}

static int verify(packread_snapshot *snapshot, struct trial *trial)
{
    const packread_verify_options how = {.threads = 1, .finding = take_finding, .context = trial};
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_error error = {0};
    int status = packread_verify(snapshot, 0, &how, &summary, &error);

    if (status != 0 && status != PACKREAD_ERROR_CORRUPT)
        return trial_fail(trial, status, &error);
    trial_answer_number(trial, summary.objects);
    trial_answer_number(trial, summary.findings);
    return 0;
}

static int run(void *context, struct trial *trial, const char *path)
{
    struct stage *made = context;
    packread_error error = {0};
    int status;

    packread_snapshot_free(made->snapshot);
    made->snapshot = NULL;
    status = packread_snapshot_open(path, &options, &made->snapshot, &error);
    if (status != 0)
        return trial_fail(trial, status, &error);
    for (size_t i = 0; i < packread_snapshot_problems(made->snapshot); i++) {
        const packread_error *problem = packread_snapshot_problem(made->snapshot, i);

        trial_tell(trial, problem->code, problem);
    }
    return verify(made->snapshot, trial);
}

static int run_cut(void *context, struct trial *trial)
{
    return run(context, trial, cut);
}

static int run_hole(void *context, struct trial *trial)
{
    return run(context, trial, hole);
}

static int run_wrong(void *context, struct trial *trial)
{
    return run(context, trial, wrong);
}

static const struct operation operations[] = {
    {"verify a pack that is cut short", begin_nothing, run_cut, stage_end},
    {"verify a pack with a hole", begin_nothing, run_hole, stage_end},
    {"verify a pack by a damaged index", begin_nothing, run_wrong, stage_end},
};
#define OPERATIONS (int)(sizeof operations / sizeof *operations)

START_TEST(damage_is_told_or_a_failure_is)
{
    make_packs();
    trial_run(&operations[_i], fault_step());
    free(cut);
    free(hole);
    free(wrong);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: damage");
    TCase *cases = tcase_create("damage");

    tcase_add_loop_test(cases, damage_is_told_or_a_failure_is, 0, OPERATIONS);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
