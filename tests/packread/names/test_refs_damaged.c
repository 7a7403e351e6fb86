/* test_refs_damaged.c - a packed-refs with bad lines: all others are found and listed, and each bad
 * line is told once, at the place where it begins. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "naming.h"
#include "packread.h"
#include "suite.h"

#define ID(DIGIT) DIGIT DIGIT DIGIT DIGIT DIGIT DIGIT DIGIT DIGIT
#define A ID("aaaaa")
#define B ID("bbbbb")
#define C ID("ccccc")
#define NONE ID("ggggg")
#define HEADER "# pack-refs with: peeled fully-peeled sorted \n" /* 46 bytes */
#define NO_REF "a line is no ref"
#define CUT "the last line is cut short"

static packread_snapshot *open_with(const char *packed)
{
    suite_scratch_write("r/objects/info/keep", "");
    suite_scratch_write("r/refs/heads/.keep", "");
    suite_scratch_write("r/HEAD", "ref: refs/heads/main\n");
    suite_scratch_write("r/config", "");
    suite_scratch_write("r/packed-refs", packed);
    return naming_open("r");
}

static void leads(packread_snapshot *snapshot, const char *name, const char *hex)
{
    char its[PACKREAD_HEX_MAX + 1];
    packread_error error;
    packread_name found;

    if (naming_resolve(snapshot, name, &found, &error) != 0)
        ck_abort_msg("%s: %s: %s", name, error.file, error.text);
    packread_id_format(&found.id, its);
    ck_assert_str_eq(its, hex);
}

static void is_packed_refs(const packread_error *error)
{
    const char *slash = strrchr(error->file, '/');

    ck_assert_ptr_nonnull(slash);
    ck_assert_str_eq(slash, "/packed-refs");
    ck_assert(error->has_offset);
}

/* It may be in the bad line that begins there. */
static void misses(packread_snapshot *snapshot, const char *name, uint64_t offset, const char *text)
{
    packread_error error;
    packread_name found;

    ck_assert_int_eq(naming_resolve(snapshot, name, &found, &error), PACKREAD_ERROR_CORRUPT);
    is_packed_refs(&error);
    ck_assert_uint_eq(error.offset, offset);
    ck_assert_str_eq(error.text, text);
}

static void is_not_there(packread_snapshot *snapshot, const char *name, const char *text)
{
    packread_error error;
    packread_name found;

    ck_assert_int_eq(naming_resolve(snapshot, name, &found, &error), PACKREAD_ERROR_NOT_FOUND);
    ck_assert_str_eq(error.text, text);
}

struct told {
    char text[4096];
    size_t used;
};

static int tell(void *context, const packread_ref *ref, const packread_error *error)
{
    struct told *told = context;
    char hex[PACKREAD_HEX_MAX + 1] = "-";
    char *end = told->text + told->used;
    const size_t room = sizeof told->text - told->used;

    if (ref->id.size > 0)
        packread_id_format(&ref->id, hex);
    if (!error)
        told->used += (size_t)snprintf(end, room, "%s %c\n", ref->name, hex[0]);
    else if (error->has_offset)
        told->used += (size_t)snprintf(end, room, "%s ! %u: %s\n", ref->name,
                                       (unsigned)error->offset, error->text);
    else
        told->used += (size_t)snprintf(end, room, "%s ! %s\n", ref->name, error->text);
    ck_assert_uint_lt(told->used, sizeof told->text);
    if (error && error->has_offset)
        is_packed_refs(error);
    return 0;
}

static void lists(packread_snapshot *snapshot, int status, const char *wanted)
{
    struct told told = {.used = 0};
    packread_error error = {0};

    ck_assert_int_eq(packread_snapshot_refs(snapshot, tell, &told, &error), status);
    ck_assert_int_eq(error.code, status);
    ck_assert_str_eq(told.text, wanted);
}

START_TEST(garbage_in_a_line_hides_no_other_one)
{
    packread_snapshot *snapshot = open_with(HEADER "garbage\n" A " refs/heads/main\n" B
                                                   " refs/heads/side\n" C " refs/tags/t\n^" B "\n");

    leads(snapshot, "main", A);
    leads(snapshot, "HEAD", A);
    leads(snapshot, "side", B);
    leads(snapshot, "t", C);
    misses(snapshot, "feature", 46, NO_REF);
    lists(snapshot, PACKREAD_ERROR_CORRUPT,
          " ! 46: " NO_REF "\nHEAD a\nrefs/heads/main a\nrefs/heads/side b\nrefs/tags/t c\n");
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(a_bad_id_is_told_at_the_same_place_by_both)
{
    packread_snapshot *snapshot =
        open_with(HEADER NONE " refs/heads/feature\n" A " refs/heads/main\n");

    leads(snapshot, "main", A);
    misses(snapshot, "feature", 46, NO_REF);
    lists(snapshot, PACKREAD_ERROR_CORRUPT,
          "HEAD a\nrefs/heads/feature ! 46: " NO_REF "\nrefs/heads/main a\n");
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(a_file_that_was_cut_short_has_its_other_lines)
{
    packread_snapshot *snapshot =
        open_with(HEADER A " refs/heads/main\n" B " refs/heads/side\n" C " refs/ta");

    leads(snapshot, "main", A);
    leads(snapshot, "side", B);
    misses(snapshot, "t", 46 + 57 + 57, CUT);
    lists(snapshot, PACKREAD_ERROR_CORRUPT,
          " ! 160: " CUT "\nHEAD a\nrefs/heads/main a\nrefs/heads/side b\n");
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(each_bad_line_is_told_once)
{
    packread_snapshot *snapshot =
        open_with("#\nx\n" B " refs/heads/a..b\ny\n" A " refs/heads/main\n" NONE " refs/heads/q\n");

    leads(snapshot, "main", A);
    misses(snapshot, "refs/heads/q", 120, NO_REF);
    lists(snapshot, PACKREAD_ERROR_CORRUPT,
          " ! 0: the first line is no header of packed refs\n ! 2: " NO_REF "\n ! 61: " NO_REF
          "\nHEAD a\nrefs/heads/a..b ! 4: not a valid name of a ref\n"
          "refs/heads/main a\n"
          "refs/heads/q ! 120: " NO_REF "\n");
    packread_snapshot_free(snapshot);
}
END_TEST

/* What the line says of that ref does not count. */
START_TEST(a_ref_with_a_file_needs_no_line)
{
    packread_snapshot *snapshot = open_with(HEADER NONE " refs/heads/main\n" B " refs/heads/z\n");

    suite_scratch_write("r/refs/heads/main", A "\n");
    leads(snapshot, "HEAD", A);
    lists(snapshot, 0, "HEAD a\nrefs/heads/main a\nrefs/heads/z b\n");
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(replacements_are_found_beside_bad_lines)
{
    packread_snapshot *snapshot = open_with(HEADER "x\n" A " refs/replace/" B "\n");
    packread_error error;
    packread_name found;
    char hex[PACKREAD_HEX_MAX + 1];

    ck_assert_int_eq(naming_resolve(snapshot, B, &found, &error), 0);
    packread_id_format(&found.contents, hex);
    ck_assert_str_eq(hex, A);
    packread_snapshot_free(snapshot);
}
END_TEST

static void replaced_by_damage(packread_snapshot *snapshot, const char *name, const char *id,
                               const char *file)
{
    packread_error error;
    packread_name found;
    char hex[PACKREAD_HEX_MAX + 1];

    ck_assert_int_eq(naming_resolve(snapshot, name, &found, &error), PACKREAD_ERROR_CORRUPT);
    ck_assert_str_eq(error.text,
                     "is replaced, but the ref that says by what is damaged or leads nowhere");
    packread_id_format(&error.id, hex);
    ck_assert_str_eq(hex, id);
    ck_assert(strlen(error.file) > strlen(file));
    ck_assert_str_eq(error.file + strlen(error.file) - strlen(file), file);
}

static void replaced_by(packread_snapshot *snapshot, const char *name, const char *id)
{
    packread_error error;
    packread_name found;
    char hex[PACKREAD_HEX_MAX + 1];

    ck_assert_int_eq(naming_resolve(snapshot, name, &found, &error), 0);
    packread_id_format(&found.contents, hex);
    ck_assert_str_eq(hex, id);
}

/* Nor is any other one taken for it; what mends it, in its place too, is seen by the next name. */
START_TEST(what_a_damaged_replacement_replaces_is_not_given)
{
    static const char *const damaged[] = {
        "", "zzzz\n", "aaaaaaaaaaaaaaa", "ref: a..b\n", "ref: ", "ref: refs/heads/nosuch\n"};
    static const char packed[] =
        HEADER A " refs/heads/main\n" B " refs/heads/side\n" C " refs/replace/" A "\n";
    packread_snapshot *snapshot;

    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        suite_scratch_write("r/refs/replace/" A, damaged[i]);
        snapshot = open_with(packed);
        replaced_by_damage(snapshot, "main", A, "r/refs/replace/" A);
        replaced_by(snapshot, "side", B);
        suite_scratch_write("r/refs/replace/" A, B "\n");
        replaced_by(snapshot, "main", B);
        packread_snapshot_free(snapshot);
    }
    suite_scratch_write("r/refs/replace/deep/" B, "x");
    snapshot = open_with(packed);
    replaced_by_damage(snapshot, "main", A, "r/refs/replace/deep/" B);
    replaced_by_damage(snapshot, "side", B, "r/refs/replace/deep/" B);
    packread_snapshot_free(snapshot);
}
END_TEST

/* git passes such links over, and gives what is replaced: that is not done without a word, and what
 * is not replaced is given. */
START_TEST(a_link_that_leads_nowhere_costs_what_it_replaces)
{
    static const char packed[] = HEADER A " refs/heads/main\n" B " refs/heads/side\n";
    static const char *const targets[] = {"nowhere", A, "nowhere/else", "refs/heads/none"};
    char *path;
    packread_snapshot *snapshot;
    packread_error error;
    packread_name found;

    suite_scratch_write("r/refs/replace/" C, B "\n");
    path = suite_scratch_path("r/refs/replace/" A);
    ck_assert_int_eq(symlink(targets[_i], path), 0);
    free(path);
    path = suite_scratch_path("r/refs/replace/other");
    ck_assert_int_eq(symlink(_i == 1 ? "other" : targets[_i], path), 0);
    free(path);
    snapshot = open_with(packed);
    replaced_by(snapshot, "side", B);
    replaced_by(snapshot, C, B);
    if (_i == 1) {
        ck_assert_int_eq(naming_resolve(snapshot, "main", &found, &error), PACKREAD_ERROR_SYSTEM);
        ck_assert_int_eq(error.system_errno, ELOOP);
        ck_assert_str_eq(error.text, "is replaced, but the ref that says by what cannot be read");
        ck_assert_ptr_nonnull(strstr(error.file, "r/refs/replace/" A));
    } else {
        replaced_by_damage(snapshot, "main", A, "r/refs/replace/" A);
    }
    packread_snapshot_free(snapshot);
}
END_TEST

/* It is as if the link were not there. */
START_TEST(what_packed_refs_has_counts_beside_a_link_that_leads_nowhere)
{
    packread_snapshot *snapshot;
    char *path;

    suite_scratch_write("r/refs/replace/" C, B "\n");
    path = suite_scratch_path("r/refs/replace/" A);
    ck_assert_int_eq(symlink("nowhere", path), 0);
    free(path);
    snapshot = open_with(HEADER A " refs/heads/main\n" B " refs/replace/" A "\n");
    replaced_by(snapshot, "main", B);
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(a_bad_line_that_names_a_replacement_is_its)
{
    packread_snapshot *snapshot =
        open_with(HEADER A " refs/heads/main\n" B " refs/heads/side\n" NONE " refs/replace/" A
                           "\nx\n" B " refs/replace/" C "\n");
    packread_error error;
    packread_name found;

    replaced_by_damage(snapshot, "main", A, "r/packed-refs");
    ck_assert_int_eq(naming_resolve(snapshot, "main", &found, &error), PACKREAD_ERROR_CORRUPT);
    is_packed_refs(&error);
    ck_assert_uint_eq(error.offset, 46 + 57 + 57);
    replaced_by(snapshot, "side", B);
    replaced_by(snapshot, C, B);
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(a_symbolic_ref_that_leads_nowhere_says_where)
{
    packread_snapshot *snapshot = open_with(HEADER A " refs/tags/both\n");
    char text[2000] = "ref: refs/heads/";

    suite_scratch_write("r/refs/heads/sym", "ref: refs/heads/x\n");
    suite_scratch_write("r/refs/heads/two", "ref: refs/heads/sym\n");
    suite_scratch_write("r/refs/both", "ref: refs/heads/x\n");
    memset(text + strlen(text), 'y', 200);
    strcat(text, "\n");
    suite_scratch_write("r/refs/heads/long", text);
    is_not_there(snapshot, "HEAD", "stands for refs/heads/main, which is not there");
    is_not_there(snapshot, "@~3", "stands for refs/heads/main, which is not there");
    is_not_there(snapshot, "sym", "stands for refs/heads/x, which is not there");
    is_not_there(snapshot, "two", "stands for refs/heads/x, which is not there");
    is_not_there(snapshot, "nosuch", "not found");
    leads(snapshot, "both", A);
    snprintf(
        text, sizeof text, "stands for refs/heads/%.*s..., which is not there", 113,
        "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy"
        "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy");
    is_not_there(snapshot, "long", text);
    lists(snapshot, 0,
          "HEAD -\nrefs/both -\nrefs/heads/long -\nrefs/heads/sym -\nrefs/heads/two -\n"
          "refs/tags/both a\n");
    packread_snapshot_free(snapshot);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: refs that are damaged");
    TCase *cases = tcase_create("damaged");

    tcase_add_test(cases, garbage_in_a_line_hides_no_other_one);
    tcase_add_test(cases, a_bad_id_is_told_at_the_same_place_by_both);
    tcase_add_test(cases, a_file_that_was_cut_short_has_its_other_lines);
    tcase_add_test(cases, each_bad_line_is_told_once);
    tcase_add_test(cases, a_ref_with_a_file_needs_no_line);
    tcase_add_test(cases, replacements_are_found_beside_bad_lines);
    tcase_add_test(cases, what_a_damaged_replacement_replaces_is_not_given);
    tcase_add_loop_test(cases, a_link_that_leads_nowhere_costs_what_it_replaces, 0, 4);
    tcase_add_test(cases, what_packed_refs_has_counts_beside_a_link_that_leads_nowhere);
    tcase_add_test(cases, a_bad_line_that_names_a_replacement_is_its);
    tcase_add_test(cases, a_symbolic_ref_that_leads_nowhere_says_where);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
