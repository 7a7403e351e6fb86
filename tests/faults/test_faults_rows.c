/* test_faults_rows.c - indexes of many windows, read row by row, with any call failing in the
 * middle: lists of several packs, look-ups, prefixes and verify; and an index whose rows are out of
 * order. (The packs of test_faults_packs fit one window: there an index is read as a whole, or
 * not.) */
#include "stage.h"

#include "made_pack.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ROWS 300 /* of 28 bytes, with windows of 4096 */
#define SHARED 20

static char *folder;     /* two packs in order; the first objects of both are the same */
static char *disordered; /* one pack, its index upside down */
static packread_id ids[2 * ROWS];
static size_t id_count;

static void add_blob(struct packwriter_pack *pack, const char *name, int number)
{
    char text[60];
    int size = snprintf(text, sizeof text, "blob %d of %s\n", number, number < SHARED ? "" : name);

    packwriter_pack_add_object(pack, PACKWRITER_BLOB, text, (size_t)size, 1);
    if (number >= SHARED)
        ids[id_count++] = made_pack_id(pack, pack->entry_count - 1);
}

static int downwards(const void *left, const void *right)
{
    const struct packwriter_index_row *a = left;
    const struct packwriter_index_row *b = right;

    return memcmp(b->id, a->id, sizeof a->id);
}

static void make_packs(void)
{
    const struct packwriter_index_options unsorted = {.unsorted = true};
    struct packwriter_index_row rows[ROWS];
    struct packwriter_pack first = {0};
    struct packwriter_pack second = {0};
    char *apart;

    made_pack_begin(&first);
    made_pack_begin(&second);
    for (int i = 0; i < ROWS; i++) {
        add_blob(&first, "one", i);
        add_blob(&second, "two", i);
    }
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = made_pack_row(&first, i);
    qsort(rows, ROWS, sizeof *rows, downwards);
    free(sample_save(&first, "pack-one", NULL));
    free(sample_save(&second, "pack-two", NULL));
    folder = suite_scratch_path("");
    apart = suite_scratch_path("apart");
    ck_assert_int_eq(mkdir(apart, 0755), 0);
    free(apart);
    first.bytes.size -= PACKWRITER_SHA1; /* the trailer is made anew */
    disordered = made_pack_save_rows(&first, "apart/pack-upside-down", rows, ROWS, &unsorted);
    packwriter_pack_free(&first);
    packwriter_pack_free(&second);
}

static void *begin_at(const char *where)
{
    const packread_options options = {
        .io = PACKREAD_IO_PREAD, .window_size = 4096, .memory_limit = 1 << 20};

    return stage_begin(sample_open(where, &options));
}

static void *begin_folder(void)
{
    return begin_at(folder);
}

static void *begin_disordered(void)
{
    return begin_at(disordered);
}

/* ---- Operations --------------------------------------------------------------------------------
 */

/* What an index out of order is said to be is an answer; what the system refused is a failure. */
static int finish(struct trial *trial, int status, const packread_error *error)
{
    if (status != PACKREAD_ERROR_CORRUPT)
        return status == 0 ? 0 : trial_fail(trial, status, error);
    trial_tell(trial, status, error);
    return 0;
}

static int take_object(void *context, const packread_info *info, const packread_error *error)
{
    char line[80];

    if (error) {
        trial_tell(context, error->code, error);
        return 0;
    }
    snprintf(line, sizeof line, "%02x%02x%02x %d %llu %u", info->id.bytes[0], info->id.bytes[1],
             info->id.bytes[2], (int)info->type, (unsigned long long)info->size_on_disk,
             info->crc32);
    trial_answer(context, line, strlen(line));
    return 0;
}

static int run_list(void *context, struct trial *trial)
{
    const packread_list_options options = {.want = PACKREAD_WANT_TYPE | PACKREAD_WANT_DISK |
                                                   PACKREAD_WANT_CRC};
    packread_error error = {0};

    return finish(trial,
                  packread_reader_list(((struct stage *)context)->reader, &options, take_object,
                                       trial, &error),
                  &error);
}

static int run_find(void *context, struct trial *trial)
{
    for (size_t i = 0; i < id_count; i += 7) {
        packread_location location;
        packread_error error = {0};
        int status =
            packread_reader_find(((struct stage *)context)->reader, &ids[i], &location, &error);

        if (status == PACKREAD_ERROR_NOT_FOUND ||
            status == PACKREAD_ERROR_DOUBTFUL) { /* of the other pack */
            trial_answer(trial, "nothing", 7);
            continue;
        }
        if (status != 0)
            return finish(trial, status, &error);
        trial_answer_number(trial, location.offset);
    }
    return 0;
}

static int take_id(void *context, const packread_id *id)
{
    trial_answer(context, id->bytes, id->size);
    return 0;
}

static int run_prefix(void *context, struct trial *trial)
{
    for (size_t i = 0; i < id_count; i += 17) {
        packread_error error = {0};
        char hex[PACKREAD_HEX_MAX + 1];
        int status;

        packread_id_format(&ids[i], hex);
        status = packread_reader_each_prefix(((struct stage *)context)->reader, hex, 4, take_id,
                                             trial, &error);
        if (status != 0)
            return finish(trial, status, &error);
    }
    return 0;
}

static int take_finding(void *context, const packread_finding *finding)
{
    trial_tell(context, finding->error->code, finding->error);
    return 0;
}

static int run_verify(void *context, struct trial *trial)
{
    const packread_verify_options options = {
        .threads = 1, .finding = take_finding, .context = trial};
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_error error = {0};
    int status =
        packread_verify(((struct stage *)context)->snapshot, 0, &options, &summary, &error);

    if (status == 0)
        trial_answer(trial, &summary, sizeof summary);
    return finish(trial, status, &error);
}

static const struct operation operations[] = {
    {"list two packs by id", begin_folder, run_list, stage_end},
    {"find in two packs", begin_folder, run_find, stage_end},
    {"prefixes in two packs", begin_folder, run_prefix, stage_end},
    {"verify", begin_folder, run_verify, stage_end},
    {"list an index out of order", begin_disordered, run_list, stage_end},
    {"find in an index out of order", begin_disordered, run_find, stage_end},
    {"verify an index out of order", begin_disordered, run_verify, stage_end},
};
#define OPERATIONS (int)(sizeof operations / sizeof *operations)

START_TEST(rows_survive_every_failure)
{
    if (!folder)
        make_packs();
    trial_run(&operations[_i], fault_step());
}
END_TEST

int main(void)
{
    return suite_run_loop("faults: rows", rows_survive_every_failure, OPERATIONS);
}
