/* test_repository_format.c - which repositories may be read: each extension in both versions, what
 * is not known by its name, and what values say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/repository_format.h"
#include "packread.h"
#include "suite.h"

static pkr_repository_format format;
static char why[PKR_REFUSAL_SIZE];
static char kept[4096]; /* what the format points into */

static int read_text(const char *text)
{
    memset(why, 0, sizeof why);
    snprintf(kept, sizeof kept, "%s", text);
    return pkr_repository_format_read(kept, strlen(kept), &format, why);
}

static int read_extension(int version, const char *line)
{
    char text[512];

    snprintf(text, sizeof text, "[core]\n\trepositoryformatversion = %d\n[extensions]\n\t%s\n",
             version, line);
    return read_text(text);
}

static void says(const char *part)
{
    if (!strstr(why, part))
        ck_abort_msg("'%s' is not in '%s'", part, why);
}

static void is(pkr_words words, const char *text)
{
    if (!text) {
        ck_assert_ptr_null(words.bytes);
        return;
    }
    ck_assert_ptr_nonnull(words.bytes);
    ck_assert_uint_eq(words.size, strlen(text));
    ck_assert_int_eq(memcmp(words.bytes, text, words.size), 0);
}

START_TEST(versions_0_and_1_are_read_and_others_refused)
{
    ck_assert_int_eq(read_text("[core]\nrepositoryformatversion = 0\n"), 0);
    ck_assert(format.is_told);
    ck_assert_uint_eq(format.id_size, 20);
    ck_assert_int_eq(read_text("[core]\nrepositoryFormatVersion = 1\n"), 0);
    ck_assert_int_eq(read_text("[core]\nrepositoryformatversion = 2\n"),
                     PACKREAD_ERROR_UNSUPPORTED);
    says("version 2");
    ck_assert_int_eq(read_text("[core]\nrepositoryformatversion = 2147483647\n"),
                     PACKREAD_ERROR_UNSUPPORTED);
    ck_assert_int_eq(read_text("[core]\nrepositoryformatversion = one\n"), PACKREAD_ERROR_CORRUPT);
    says("line 2");
    /* The last one counts. */
    ck_assert_int_eq(
        read_text("[core]\nrepositoryformatversion = 2\nrepositoryformatversion = 1\n"), 0);
}
END_TEST

START_TEST(without_a_version_extensions_count_for_nothing)
{
    ck_assert_int_eq(read_text(""), 0);
    ck_assert(!format.is_told);
    ck_assert_int_eq(
        read_text("[extensions]\nobjectformat = sha256\nunheard = of\npartialclone = p\n"
                  "[remote \"o\"]\npromisor\n[core]\nworktree = /w\nbare\nusereplacerefs = no\n"
                  "disambiguate = tree\n"),
        0);
    ck_assert_uint_eq(format.id_size, 20);
    is(format.partial_clone, NULL);
    is(format.first_promisor, "o");
    is(format.work_tree, NULL);
    ck_assert(!format.is_bare_told);
    /* What is not of the format does. */
    ck_assert(format.ignores_replacements);
    ck_assert_int_eq(format.meant, PKR_MEANT_TREE);
    /* But what is no value of theirs is none without a version either. */
    ck_assert_int_eq(read_text("[extensions]\nobjectformat = sha3\n"), PACKREAD_ERROR_UNSUPPORTED);
    says("line 2");
}
END_TEST

static const struct {
    const char *line;
    const char *name;
    bool is_newer; /* of version 1 only */
} known[] = {
    {"noop = 1", "noop", false},
    {"preciousObjects = true", "preciousobjects", false},
    {"partialClone = origin", "partialclone", false},
    {"worktreeConfig = true", "worktreeconfig", false},
    {"noop-v1 = 1", "noop-v1", true},
    {"objectFormat = sha1", "objectformat", true},
    {"objectFormat = sha256", "objectformat", true},
    {"compatObjectFormat = sha256", "compatobjectformat", true},
    {"refStorage = files", "refstorage", true},
    {"refStorage = reftable", "refstorage", true},
    {"refStorage = reftable:///elsewhere", "refstorage", true},
    {"relativeWorktrees = true", "relativeworktrees", true},
    {"submodulePathConfig = true", "submodulepathconfig", true},
};
#define KNOWN ((int)(sizeof known / sizeof *known))

START_TEST(each_extension_is_known_in_its_versions)
{
    ck_assert_int_eq(read_extension(1, known[_i].line), 0);
    ck_assert_int_eq(read_extension(0, known[_i].line),
                     known[_i].is_newer ? PACKREAD_ERROR_UNSUPPORTED : 0);
    if (known[_i].is_newer) {
        says(known[_i].name);
        says("needs core.repositoryformatversion 1");
    }
}
END_TEST

START_TEST(an_extension_that_is_not_known_is_refused_by_its_name)
{
    ck_assert_int_eq(read_extension(1, "sparseWhatever"), PACKREAD_ERROR_UNSUPPORTED);
    says("'sparsewhatever'");
    ck_assert_int_eq(read_extension(0, "sparseWhatever"), 0);
    ck_assert_int_eq(read_extension(1, "\n[extensions \"Sub\"]\nnoop"), PACKREAD_ERROR_UNSUPPORTED);
    says("'Sub.noop'");
    ck_assert_int_eq(read_extension(1, "\n[extensions \"\x1b[31m\xc3\xa4\"]\nnoop"),
                     PACKREAD_ERROR_UNSUPPORTED);
    says("'?[31m??.noop'");
    /* Of any length. */
    ck_assert_int_eq(
        read_extension(1, "a23456789-123456789-123456789-123456789-123456789-123456789-123456789"
                          "-123456789-123456789-123456789-123456789-123456789-123456789-123456789"),
        PACKREAD_ERROR_UNSUPPORTED);
    says("'a23456789-");
}
END_TEST

START_TEST(bad_values_are_refused_in_every_version)
{
    static const struct {
        const char *line;
        int code;
    } bad[] = {{"objectformat = md5", PACKREAD_ERROR_UNSUPPORTED},
               {"objectformat = SHA256", PACKREAD_ERROR_UNSUPPORTED},
               {"objectformat", PACKREAD_ERROR_CORRUPT},
               {"compatobjectformat = md5", PACKREAD_ERROR_UNSUPPORTED},
               {"compatobjectformat", PACKREAD_ERROR_CORRUPT},
               {"compatobjectformat = sha1\ncompatobjectformat = sha1", PACKREAD_ERROR_CORRUPT},
               {"refstorage = packed", PACKREAD_ERROR_UNSUPPORTED},
               {"refstorage = ://", PACKREAD_ERROR_UNSUPPORTED},
               {"refstorage", PACKREAD_ERROR_CORRUPT},
               {"partialclone", PACKREAD_ERROR_CORRUPT},
               {"preciousobjects = perhaps", PACKREAD_ERROR_CORRUPT},
               {"worktreeconfig = perhaps", PACKREAD_ERROR_CORRUPT},
               {"relativeworktrees = perhaps", PACKREAD_ERROR_CORRUPT},
               {"submodulepathconfig = perhaps", PACKREAD_ERROR_CORRUPT},
               {"noop\n[core]\nbare = perhaps", PACKREAD_ERROR_CORRUPT},
               {"noop\n[core]\nworktree", PACKREAD_ERROR_CORRUPT},
               {"noop\n[core]\ndisambiguate", PACKREAD_ERROR_CORRUPT},
               {"noop\n[core]\ndisambiguate =", PACKREAD_ERROR_UNSUPPORTED},
               {"noop\n[core]\ndisambiguate = tag", PACKREAD_ERROR_UNSUPPORTED},
               {"noop\n[core]\ndisambiguate = commi", PACKREAD_ERROR_UNSUPPORTED},
               {"noop\n[remote \"o\"]\npromisor = perhaps", PACKREAD_ERROR_CORRUPT},
               {"noop\n[broken", PACKREAD_ERROR_CORRUPT}};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        for (int version = 0; version < 2; version++) {
            ck_assert_int_eq(read_extension(version, bad[i].line), bad[i].code);
            says("config line ");
        }
}
END_TEST

START_TEST(what_the_configuration_says_is_taken)
{
    ck_assert_int_eq(read_text("[core]\nrepositoryformatversion=1\nbare=true\nworktree = \"/w t\"\n"
                               "[extensions]\nobjectformat=sha256\nrefstorage = reftable://../r\n"
                               "worktreeconfig\npartialclone=best\n"
                               "[remote \"a\"]\npromisor=false\n[remote \"B.c\"]\npromisor=true\n"
                               "[remote \"d\"]\npromisor=true\n"),
                     0);
    ck_assert_uint_eq(format.id_size, 32);
    ck_assert(format.has_reftables);
    ck_assert(format.has_worktree_config);
    ck_assert(format.is_bare_told && format.is_bare);
    is(format.refs_folder, "../r");
    is(format.work_tree, "/w t");
    is(format.partial_clone, "best");
    is(format.first_promisor, "B.c");
}
END_TEST

START_TEST(which_objects_are_meant_is_said_in_any_case)
{
    static const struct {
        const char *line;
        enum pkr_meant meant;
    } said[] = {{"", PKR_MEANT_ANY},
                {"disambiguate = none", PKR_MEANT_ANY},
                {"disambiguate = commit", PKR_MEANT_COMMIT},
                {"Disambiguate = CommitTish", PKR_MEANT_COMMITTISH},
                {"disambiguate = TREE", PKR_MEANT_TREE},
                {"disambiguate = treeish", PKR_MEANT_TREEISH},
                {"disambiguate = blob", PKR_MEANT_BLOB},
                {"disambiguate = blob\ndisambiguate = commit", PKR_MEANT_COMMIT},
                {"disambiguate = blob\ndisambiguate = none", PKR_MEANT_ANY}};

    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        char text[128];

        snprintf(text, sizeof text, "[core]\nrepositoryformatversion = 0\n%s\n", said[i].line);
        ck_assert_int_eq(read_text(text), 0);
        ck_assert_int_eq(format.meant, said[i].meant);
    }
}
END_TEST

START_TEST(where_refs_are_can_be_said_otherwise)
{
    static const struct {
        const char *said;
        bool has_reftables;
        const char *folder;
    } good[] = {{"files", false, NULL},
                {"reftable", true, NULL},
                {"files://", false, ""},
                {"files:///a b", false, "/a b"},
                {"reftable://../a://b", true, "../a://b"}};
    static const char *const bad[] = {"",     "file",       "files:", "files:/", "Files",
                                      "://a", "filesfiles", ":",      "://",     "reftable:/a"};

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_int_eq(read_extension(1, "refstorage = reftable://there"), 0);
        ck_assert(pkr_repository_format_take_refs(&format,
                                                  (pkr_words){good[i].said, strlen(good[i].said)}));
        ck_assert_int_eq(format.has_reftables, good[i].has_reftables);
        is(format.refs_folder, good[i].folder);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_int_eq(read_extension(1, "refstorage = reftable://there"), 0);
        ck_assert(!pkr_repository_format_take_refs(&format, (pkr_words){bad[i], strlen(bad[i])}));
        ck_assert(format.has_reftables);
        is(format.refs_folder, "there");
    }
}
END_TEST

START_TEST(a_work_tree_s_own_configuration_says_where_it_is_and_no_more)
{
    char own[] = "[core]\nbare = false\nworktree = /mine\nrepositoryformatversion = 7\n"
                 "disambiguate = blob\n"
                 "[extensions]\nunheard = of\n";
    char newer[] = "[core]disambiguate = newest\n";
    char bad[] = "[core\n";

    ck_assert_int_eq(read_text("[core]\nrepositoryformatversion=0\nbare=true\n"), 0);
    ck_assert_int_eq(pkr_repository_format_add(own, strlen(own), &format, why), 0);
    ck_assert(!format.is_bare);
    is(format.work_tree, "/mine");
    ck_assert_int_eq(format.meant, PKR_MEANT_BLOB);
    ck_assert_int_eq(pkr_repository_format_add(newer, strlen(newer), &format, why),
                     PACKREAD_ERROR_UNSUPPORTED);
    says("config line 1: core.disambiguate");
    ck_assert_int_eq(pkr_repository_format_add(bad, strlen(bad), &format, why),
                     PACKREAD_ERROR_CORRUPT);
    says("bad config line 1");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("repository format");
    TCase *formats = tcase_create("format");

    tcase_add_test(formats, versions_0_and_1_are_read_and_others_refused);
    tcase_add_test(formats, without_a_version_extensions_count_for_nothing);
    tcase_add_loop_test(formats, each_extension_is_known_in_its_versions, 0, KNOWN);
    tcase_add_test(formats, an_extension_that_is_not_known_is_refused_by_its_name);
    tcase_add_test(formats, bad_values_are_refused_in_every_version);
    tcase_add_test(formats, what_the_configuration_says_is_taken);
    tcase_add_test(formats, which_objects_are_meant_is_said_in_any_case);
    tcase_add_test(formats, where_refs_are_can_be_said_otherwise);
    tcase_add_test(formats, a_work_tree_s_own_configuration_says_where_it_is_and_no_more);
    suite_add_tcase(suite, formats);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
