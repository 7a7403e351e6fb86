/* test_refs.c - refs of repositories made by hand: loose, packed, in tables, of linked work trees;
 * each is found, all are listed, and what changes is seen. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "made_reftable.h"
#include "naming.h"
#include "packread.h"
#include "suite.h"

/* An id of one digit, as often as it takes. */
static const char *hex_of(char digit, size_t digits)
{
    static char hexes[4][PACKREAD_HEX_MAX + 1];
    static unsigned next;
    char *hex = hexes[next++ % 4];

    memset(hex, digit, digits);
    hex[digits] = '\0';
    return hex;
}

__attribute__((format(printf, 2, 3))) static void write_text(const char *name, const char *format,
                                                             ...)
{
    char text[4096];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    suite_scratch_write(name, text);
}

/* A loose ref. */
static void write_ref(const char *name, char digit)
{
    write_text(name, "%s\n", hex_of(digit, 40));
}

static void make_repository(const char *config)
{
    suite_scratch_write("r/objects/info/keep", "");
    suite_scratch_write("r/refs/heads/.keep", "");
    suite_scratch_write("r/HEAD", "ref: refs/heads/main\n");
    suite_scratch_write("r/config", config);
}

/* ---- Finding --------------------------------------------------------------------------------- */

/* `digit` 0: it is not found. */
static void leads(packread_snapshot *snapshot, const char *name, char digit)
{
    packread_name found;
    packread_error error = {0};
    char hex[PACKREAD_HEX_MAX + 1];
    int status = naming_resolve(snapshot, name, &found, &error);

    if (digit == 0) {
        if (status != PACKREAD_ERROR_NOT_FOUND)
            ck_abort_msg("%s: %d", name, status);
        return;
    }
    if (status != 0)
        ck_abort_msg("%s: %s: %s", name, error.file, error.text);
    packread_id_format(&found.id, hex);
    if (hex[0] != digit || hex[2 * found.id.size - 1] != digit)
        ck_abort_msg("%s: %s, not of %c", name, hex, digit);
    ck_assert_int_eq(packread_id_compare(&found.id, &found.contents), 0);
}

static void fails(packread_snapshot *snapshot, const char *name, int code, const char *file,
                  const char *text)
{
    packread_name found;
    packread_error error = {0};

    ck_assert_int_eq(naming_resolve(snapshot, name, &found, &error), code);
    ck_assert_int_eq(error.code, code);
    ck_assert_str_eq(error.text, text);
    ck_assert_ptr_nonnull(strstr(error.file, file));
}

/* ---- Listing --------------------------------------------------------------------------------- */

struct told {
    char text[8192];
    size_t used;
};

static int tell(void *context, const packread_ref *ref, const packread_error *error)
{
    struct told *told = context;
    char hex[PACKREAD_HEX_MAX + 1] = "-";
    char peeled[PACKREAD_HEX_MAX + 1] = "";

    ck_assert_uint_eq(ref->name_size, strlen(ref->name));
    if (ref->id.size > 0)
        packread_id_format(&ref->id, hex);
    if (ref->peeled.size > 0)
        packread_id_format(&ref->peeled, peeled);
    told->used += (size_t)snprintf(
        told->text + told->used, sizeof told->text - told->used, "%s %c%s%s%s%c%s%s\n", ref->name,
        hex[0], ref->target ? " > " : "", ref->target ? ref->target : "",
        ref->knows_peeled ? " ^" : "", ref->knows_peeled ? (peeled[0] ? peeled[0] : '-') : ' ',
        error ? " ! " : "", error ? error->text : "");
    ck_assert_uint_lt(told->used, sizeof told->text);
    return 0;
}

static void lists(packread_snapshot *snapshot, int status, const char *wanted)
{
    static struct told told;
    packread_error error = {0};

    told.used = 0;
    told.text[0] = '\0';
    ck_assert_int_eq(packread_snapshot_refs(snapshot, tell, &told, &error), status);
    ck_assert_int_eq(error.code, status);
    ck_assert_str_eq(told.text, wanted);
}

/* ---- Files ----------------------------------------------------------------------------------- */

START_TEST(loose_refs_hide_packed_ones)
{
    packread_snapshot *snapshot;

    make_repository("");
    write_ref("r/refs/heads/main", '1');
    write_ref("r/refs/tags/a", '2');
    write_ref("r/ORIG_HEAD", '3');
    write_text(
        "r/packed-refs",
        "# pack-refs with: peeled fully-peeled sorted \n%s refs/heads/main\n%s refs/heads/side\n",
        hex_of('4', 40), hex_of('5', 40));
    snapshot = naming_open("r");
    leads(snapshot, "HEAD", '1');
    leads(snapshot, "@", '1');
    leads(snapshot, "side", '5');
    leads(snapshot, "a", '2');
    leads(snapshot, "ORIG_HEAD", '3');
    leads(snapshot, "b", 0);
    lists(snapshot, 0,
          "HEAD 1 > refs/heads/main \n"
          "ORIG_HEAD 3 \n"
          "refs/heads/main 1 \n"
          "refs/heads/side 5 ^-\n"
          "refs/tags/a 2 \n");
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(what_changes_is_seen)
{
    char *packed = suite_scratch_path("r/packed-refs");
    char *other = suite_scratch_path("r/packed-refs.new");
    char *loose = suite_scratch_path("r/refs/heads/main");
    packread_snapshot *snapshot;

    make_repository("");
    write_ref("r/refs/heads/main", '1');
    snapshot = naming_open("r");
    leads(snapshot, "main", '1');
    write_ref("r/refs/heads/main", '2');
    leads(snapshot, "main", '2');
    for (char digit = '3'; digit <= '9'; digit++) {
        write_text("r/packed-refs.new", "%s refs/heads/main\n", hex_of(digit, 40));
        ck_assert_int_eq(rename(other, packed), 0);
        if (digit == '3')
            ck_assert_int_eq(unlink(loose), 0);
        leads(snapshot, "main", digit);
        /* In place, of the same length, at once. */
        write_text("r/packed-refs", "%s refs/heads/main\n", hex_of('a', 40));
        leads(snapshot, "main", 'a');
    }
    ck_assert_int_eq(unlink(packed), 0);
    leads(snapshot, "main", 0);
    write_ref("r/refs/heads/main", 'b');
    leads(snapshot, "main", 'b');
    packread_snapshot_free(snapshot);
    free(packed);
    free(other);
    free(loose);
}
END_TEST

START_TEST(what_is_no_ref_is_told_by_its_file)
{
    packread_snapshot *snapshot;

    make_repository("");
    suite_scratch_write("r/refs/heads/main", "nonsense");
    suite_scratch_write("r/refs/heads/empty", "");
    suite_scratch_write("r/refs/heads/away", "ref: refs/../../x\n");
    suite_scratch_write("r/refs/heads/round", "ref: refs/heads/round\n");
    suite_scratch_write("r/refs/heads/gone", "ref: refs/heads/nosuch\n");
    suite_scratch_write("r/refs/heads/x.lock", "");
    suite_scratch_write("r/refs/heads/bad~name", "");
    write_ref("r/refs/heads/good", '1');
    snapshot = naming_open("r");
    fails(snapshot, "main", PACKREAD_ERROR_CORRUPT, "/refs/heads/main",
          "neither an id nor the name of a ref");
    fails(snapshot, "HEAD", PACKREAD_ERROR_CORRUPT, "/refs/heads/main",
          "neither an id nor the name of a ref");
    fails(snapshot, "empty", PACKREAD_ERROR_CORRUPT, "/refs/heads/empty",
          "neither an id nor the name of a ref");
    fails(snapshot, "away", PACKREAD_ERROR_CORRUPT, "/refs/heads/away",
          "stands for what is no valid name of a ref");
    fails(snapshot, "round", PACKREAD_ERROR_CORRUPT, "/refs/heads/round",
          "a symbolic ref that leads from one to the next");
    leads(snapshot, "gone", 0);
    leads(snapshot, "good", '1');
    lists(snapshot, PACKREAD_ERROR_CORRUPT,
          "HEAD - > refs/heads/main  ! leads to what is no ref, or cannot be read\n"
          "refs/heads/away -  ! neither an id nor the name of a ref\n"
          "refs/heads/bad~name -  ! neither an id nor the name of a ref\n"
          "refs/heads/empty -  ! neither an id nor the name of a ref\n"
          "refs/heads/gone - > refs/heads/nosuch \n"
          "refs/heads/good 1 \n"
          "refs/heads/main -  ! neither an id nor the name of a ref\n"
          "refs/heads/round - > refs/heads/round  ! leads to what is no ref, or cannot be read\n");
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(a_damaged_packed_refs_hides_no_loose_ref)
{
    packread_snapshot *snapshot;

    make_repository("");
    write_ref("r/refs/heads/main", '1');
    write_text("r/packed-refs", "%s refs/heads/side", hex_of('2', 40));
    snapshot = naming_open("r");
    leads(snapshot, "main", '1');
    leads(snapshot, "HEAD", '1');
    leads(snapshot, hex_of('7', 40), '7');
    fails(snapshot, "side", PACKREAD_ERROR_CORRUPT, "/packed-refs", "the last line is cut short");
    fails(snapshot, "side", PACKREAD_ERROR_CORRUPT, "/packed-refs", "the last line is cut short");
    write_text("r/packed-refs", "%s refs/heads/side\n", hex_of('2', 40));
    leads(snapshot, "side", '2');
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(a_linked_work_tree_has_refs_of_its_own)
{
    packread_snapshot *snapshot;

    make_repository("");
    write_ref("r/refs/heads/main", '1');
    write_ref("r/refs/bisect/bad", '2');
    write_ref("r/refs/worktree/here", '3');
    suite_scratch_write("r/worktrees/w/commondir", "../..\n");
    suite_scratch_write("r/worktrees/w/HEAD", "ref: refs/heads/side\n");
    write_ref("r/worktrees/w/refs/bisect/bad", '4');
    write_ref("r/worktrees/w/refs/rewritten/x", '5');
    write_ref("r/refs/heads/side", '6');
    snapshot = naming_open("r/worktrees/w");
    leads(snapshot, "HEAD", '6');
    leads(snapshot, "main-worktree/HEAD", '1');
    leads(snapshot, "worktrees/w/HEAD", '6');
    leads(snapshot, "refs/bisect/bad", '4');
    leads(snapshot, "bisect/bad", '4');
    leads(snapshot, "main-worktree/refs/bisect/bad", '2');
    leads(snapshot, "refs/worktree/here", 0);
    leads(snapshot, "main-worktree/refs/worktree/here", '3');
    leads(snapshot, "main", '1');
    lists(snapshot, 0,
          "HEAD 6 > refs/heads/side \n"
          "refs/bisect/bad 4 \n"
          "refs/heads/main 1 \n"
          "refs/heads/side 6 \n"
          "refs/rewritten/x 5 \n");
    packread_snapshot_free(snapshot);
    snapshot = naming_open("r");
    leads(snapshot, "HEAD", '1');
    leads(snapshot, "worktrees/w/HEAD", '6');
    leads(snapshot, "worktrees/w/refs/bisect/bad", '4');
    leads(snapshot, "refs/bisect/bad", '2');
    lists(snapshot, 0,
          "HEAD 1 > refs/heads/main \n"
          "refs/bisect/bad 2 \n"
          "refs/heads/main 1 \n"
          "refs/heads/side 6 \n"
          "refs/worktree/here 3 \n");
    packread_snapshot_free(snapshot);
}
END_TEST

/* ---- Tables ---------------------------------------------------------------------------------- */

#define TABLES "[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefstorage = reftable\n"
#define WIDE TABLES "\tobjectformat = sha256\n"

static void write_table(const char *name, size_t id_size, const struct made_ref *refs, size_t count)
{
    const struct made_reftable layout = {.version = id_size == 32 ? 2 : 1,
                                         .id_size = id_size,
                                         .block_size = 256,
                                         .is_aligned = true,
                                         .restart_each = 2,
                                         .has_index = count > 6,
                                         .has_more = true};
    char *path = suite_scratch_path(name);
    size_t size;
    unsigned char *bytes = made_reftable_write(&layout, refs, count, &size, NULL);

    suite_write_file(path, bytes, size);
    free(bytes);
    free(path);
}

static const struct made_ref old_refs[] = {
    {.name = "HEAD", .kind = 3, .target = "refs/heads/main"},
    {.name = "refs/heads/a", .kind = 1, .id = 0x11},
    {.name = "refs/heads/b", .kind = 1, .id = 0x22},
    {.name = "refs/heads/main", .kind = 1, .id = 0x33},
    {.name = "refs/heads/sym", .kind = 3, .target = "refs/heads/b"},
    {.name = "refs/tags/v", .kind = 2, .id = 0x44, .peeled = 0x55},
    {.name = "refs/tags/w", .kind = 1, .id = 0x66},
    {.name = "refs/tags/x", .kind = 1, .id = 0x77},
};
static const struct made_ref new_refs[] = {
    {.name = "refs/heads/a", .kind = 0},
    {.name = "refs/heads/main", .kind = 1, .id = 0x88},
    {.name = "refs/heads/new", .kind = 1, .id = 0x99},
};
static const struct made_ref newest[] = {
    {.name = "refs/heads/a", .kind = 1, .id = 0xaa},
    {.name = "refs/tags/x", .kind = 0},
};

static void tables_are_read(const char *config, size_t id_size)
{
    packread_snapshot *snapshot;

    make_repository(config);
    suite_scratch_write("r/HEAD", "ref: refs/heads/.invalid\n");
    suite_scratch_write("r/reftable/tables.list", "1.ref\n2.ref\n");
    write_table("r/reftable/1.ref", id_size, old_refs, 8);
    write_table("r/reftable/2.ref", id_size, new_refs, 3);
    snapshot = naming_open("r");
    leads(snapshot, "HEAD", '8');
    leads(snapshot, "a", 0);
    leads(snapshot, "b", '2');
    leads(snapshot, "sym", '2');
    leads(snapshot, "new", '9');
    leads(snapshot, "v", '4');
    leads(snapshot, "x", '7');
    leads(snapshot, "nosuch", 0);
    lists(snapshot, 0,
          "HEAD 8 > refs/heads/main \n"
          "refs/heads/b 2 ^-\n"
          "refs/heads/main 8 ^-\n"
          "refs/heads/new 9 ^-\n"
          "refs/heads/sym 2 > refs/heads/b \n"
          "refs/tags/v 4 ^5\n"
          "refs/tags/w 6 ^-\n"
          "refs/tags/x 7 ^-\n");
    write_table("r/reftable/3.ref", id_size, newest, 2);
    suite_scratch_write("r/reftable/tables.list", "1.ref\n2.ref\n3.ref\n");
    leads(snapshot, "a", 'a');
    leads(snapshot, "x", 0);
    leads(snapshot, "main", '8');
    suite_scratch_write("r/reftable/tables.list", "");
    leads(snapshot, "main", 0);
    lists(snapshot, 0, "");
    packread_snapshot_free(snapshot);
}

START_TEST(the_newest_table_counts)
{
    tables_are_read(TABLES, 20);
}
END_TEST

START_TEST(tables_of_the_longer_hash_are_read)
{
    tables_are_read(WIDE, 32);
}
END_TEST

START_TEST(a_table_that_cannot_be_read_is_told)
{
    packread_snapshot *snapshot;

    make_repository(TABLES);
    suite_scratch_write("r/reftable/tables.list", "1.ref\n");
    write_table("r/reftable/1.ref", 32, old_refs, 8);
    snapshot = naming_open("r");
    fails(snapshot, "main", PACKREAD_ERROR_UNSUPPORTED, "/reftable/1.ref",
          "a table of refs with another hash than the repository's");
    suite_scratch_write("r/reftable/1.ref", "REFT");
    fails(snapshot, "main", PACKREAD_ERROR_CORRUPT, "/reftable/1.ref",
          "does not begin as a table of refs does");
    suite_scratch_write("r/reftable/tables.list", "../1.ref\n");
    fails(snapshot, "main", PACKREAD_ERROR_CORRUPT, "/tables.list", "a line is no name of a table");
    suite_scratch_write("r/reftable/tables.list", "2.ref\n");
    fails(snapshot, "main", PACKREAD_ERROR_CORRUPT, "/reftable/2.ref",
          "is gone, though tables.list names it");
    suite_scratch_write("r/reftable/tables.list", "1.ref\n");
    write_table("r/reftable/1.ref", 20, old_refs, 8);
    leads(snapshot, "main", '3');
    packread_snapshot_free(snapshot);
}
END_TEST

/* What a table's sum holds, and the header that has to be its footer's. */
START_TEST(no_byte_of_header_and_footer_can_be_another)
{
    char *path = suite_scratch_path("r/reftable/1.ref");
    const struct made_reftable layout = {
        .version = 1, .id_size = 20, .block_size = 256, .restart_each = 2, .has_index = true};
    size_t size;
    unsigned char *bytes = made_reftable_write(&layout, old_refs, 8, &size, NULL);

    make_repository(TABLES);
    suite_scratch_write("r/reftable/tables.list", "1.ref\n");
    for (size_t at = 0; at < size; at++) {
        packread_snapshot *snapshot;
        packread_name found;
        packread_error error = {0};
        int status;

        if (at == 24)
            at = size - 68;
        bytes[at] ^= 0x11;
        suite_write_file(path, bytes, size);
        snapshot = naming_open("r");
        status = naming_resolve(snapshot, "refs/heads/a", &found, &error);
        if (status != PACKREAD_ERROR_CORRUPT && status != PACKREAD_ERROR_VERSION)
            ck_abort_msg("byte %zu: %d", at, status);
        ck_assert_ptr_nonnull(strstr(error.file, "/reftable/1.ref"));
        packread_snapshot_free(snapshot);
        bytes[at] ^= 0x11;
    }
    free(bytes);
    free(path);
}
END_TEST

START_TEST(linked_work_trees_have_tables_of_their_own)
{
    static const struct made_ref own[] = {
        {.name = "HEAD", .kind = 3, .target = "refs/heads/b"},
        {.name = "refs/bisect/bad", .kind = 1, .id = 0xcc},
    };
    packread_snapshot *snapshot;

    make_repository(TABLES);
    suite_scratch_write("r/reftable/tables.list", "1.ref\n");
    write_table("r/reftable/1.ref", 20, old_refs, 8);
    suite_scratch_write("r/worktrees/w/commondir", "../..\n");
    suite_scratch_write("r/worktrees/w/HEAD", "ref: refs/heads/.invalid\n");
    suite_scratch_write("r/worktrees/w/reftable/tables.list", "1.ref\n");
    write_table("r/worktrees/w/reftable/1.ref", 20, own, 2);
    snapshot = naming_open("r/worktrees/w");
    leads(snapshot, "HEAD", '2');
    leads(snapshot, "main-worktree/HEAD", '3');
    leads(snapshot, "worktrees/w/HEAD", '2');
    leads(snapshot, "worktrees/v/HEAD", 0);
    leads(snapshot, "refs/bisect/bad", 'c');
    lists(snapshot, 0,
          "HEAD 2 > refs/heads/b \n"
          "refs/bisect/bad c ^-\n"
          "refs/heads/a 1 ^-\n"
          "refs/heads/b 2 ^-\n"
          "refs/heads/main 3 ^-\n"
          "refs/heads/sym 2 > refs/heads/b \n"
          "refs/tags/v 4 ^5\n"
          "refs/tags/w 6 ^-\n"
          "refs/tags/x 7 ^-\n");
    packread_snapshot_free(snapshot);
    snapshot = naming_open("r");
    leads(snapshot, "HEAD", '3');
    leads(snapshot, "worktrees/w/refs/bisect/bad", 'c');
    leads(snapshot, "refs/bisect/bad", 0);
    packread_snapshot_free(snapshot);
}
END_TEST

static int end_it(void *context, const packread_ref *ref, const packread_error *error)
{
    ck_assert(ref && !error);
    return ++*(int *)context;
}

START_TEST(a_listing_can_be_ended)
{
    packread_snapshot *snapshot;
    int told = 0;
    packread_error error = {0};

    make_repository("");
    write_ref("r/refs/heads/main", '1');
    snapshot = naming_open("r");
    ck_assert_int_eq(packread_snapshot_refs(snapshot, end_it, &told, &error),
                     PACKREAD_ERROR_STOPPED);
    ck_assert_int_eq(error.code, PACKREAD_ERROR_STOPPED);
    ck_assert_int_eq(told, 1);
    packread_snapshot_free(snapshot);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: refs");
    TCase *cases = tcase_create("refs");

    tcase_add_test(cases, loose_refs_hide_packed_ones);
    tcase_add_test(cases, what_changes_is_seen);
    tcase_add_test(cases, what_is_no_ref_is_told_by_its_file);
    tcase_add_test(cases, a_damaged_packed_refs_hides_no_loose_ref);
    tcase_add_test(cases, a_linked_work_tree_has_refs_of_its_own);
    tcase_add_test(cases, the_newest_table_counts);
    tcase_add_test(cases, tables_of_the_longer_hash_are_read);
    tcase_add_test(cases, a_table_that_cannot_be_read_is_told);
    tcase_add_test(cases, no_byte_of_header_and_footer_can_be_another);
    tcase_add_test(cases, linked_work_trees_have_tables_of_their_own);
    tcase_add_test(cases, a_listing_can_be_ended);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
