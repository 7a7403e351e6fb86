/* test_config.c - a configuration is read entry by entry as git reads it, and what git dies of is
 * refused with its line. Everything is also compared with the naive reader, between guard pages. */
#include <stdlib.h>
#include <string.h>

#include "format/config.h"
#include "naive_lists.h"
#include "packread.h"
#include "suite.h"

/* Both readers, which must agree. */
static char *read_both(const char *text, size_t size, uint64_t *bad_line)
{
    size_t length;
    size_t expected_length;
    uint64_t expected_bad;
    char *expected =
        naive_config((const unsigned char *)text, size, &expected_length, &expected_bad);
    char *got = naive_config_of_library((const unsigned char *)text, size, &length, bad_line);

    ck_assert_uint_eq(*bad_line, expected_bad);
    ck_assert_uint_eq(length, expected_length);
    ck_assert(length == 0 || memcmp(got, expected, length) == 0);
    free(expected);
    got = realloc(got, length + 1);
    ck_assert_ptr_nonnull(got);
    got[length] = '\0';
    return got;
}

/* The entries, one a line, values in hex. */
static void gives(const char *text, size_t size, const char *entries)
{
    uint64_t bad_line;
    char *got = read_both(text, size, &bad_line);

    ck_assert_uint_eq(bad_line, 0);
    ck_assert_str_eq(got, entries);
    free(got);
}
#define GIVES(text, entries) gives(text, sizeof text - 1, entries)

static void refuses(const char *text, uint64_t line)
{
    uint64_t bad_line;

    free(read_both(text, strlen(text), &bad_line));
    ck_assert_uint_eq(bad_line, line);
}

START_TEST(sections_and_keys_have_no_case_and_quoted_subsections_have)
{
    GIVES("[CORE]\nBare = x\n", "core.bare =78\n");
    GIVES("[Remote \"Origin\"]\nURL=y\n", "remote.Origin.url =79\n");
    GIVES("[Remote.Origin]\nurl\n", "remote.origin.url\n");
    GIVES("[a \t \"b\\\"c\\\\d\\e\"] k\n", "a.b\"c\\de.k\n");
    GIVES("[a \"\"]\nk\n", "a..k\n");
    GIVES("[a.b \"c.D\"]\nk\n", "a.b.c.D.k\n");
    GIVES("k = 1\n[a] l\n[b] m", "k =31\na.l\nb.m\n");
}
END_TEST

START_TEST(values_lose_blanks_quotes_escapes_and_comments)
{
    GIVES("[a]\nk = b  c \t\n", "a.k =622020"
                                "63\n");
    GIVES("[a]\nk = \" b \" c # d\n", "a.k =20622020"
                                      "63\n");
    GIVES("[a]\nk = b;c\nl = \"b;c#\"\n", "a.k =62\na.l =623b6323\n");
    GIVES("[a]\nk = \\n\\t\\b\\\\\\\"\n", "a.k =0a09085c22\n");
    GIVES("[a]\nk = b\\\n  c\n", "a.k =6220"
                                 "2063\n");
    GIVES("[a]\nk=\nl\nm = \"\"\n", "a.k =\na.l\na.m =\n");
    GIVES("[a]\nk = b\0c\n", "a.k =62\n");
    GIVES("[a]\nk = b", "a.k =62\n");
    GIVES("[a]\nk = b \\", "a.k =6220\n");
}
END_TEST

START_TEST(windows_files_are_read)
{
    GIVES("\xef\xbb\xbf[a]\r\nk = b\r\nl\r\n", "a.k =62\na.l\n");
    GIVES("[a]\nk = b\rc\n", "a.k =620d63\n");
    GIVES("[a]\nk = b\\\r\nc\n", "a.k =6263\n");
}
END_TEST

START_TEST(a_bad_line_is_told_by_its_number)
{
    refuses("[a]\nk = 1\n2k = 3\n", 3);
    refuses("[a\n", 1);
    refuses("[a", 1);
    refuses("[]\n", 1);
    refuses("\n[a \"b\n", 2);
    refuses("[a \"b\"c]\n", 1);
    refuses("[a b]\n", 1);
    refuses("[a_b]\n", 1);
    refuses("[a]\nk = \"b\n", 2);
    refuses("[a]\nk = b\\\n\"c\n", 3);
    refuses("[a]\nk = \\x\n", 2);
    refuses("[a]\nk_l = b\n", 2);
    refuses("[a]\nk : b\n", 2);
    refuses("\xef\xbb[a]\n", 1);
    refuses("=\n", 1);
    refuses("[a] k [b] l\n", 1);
}
END_TEST

static pkr_config_entry entry_with(const char *value)
{
    return (pkr_config_entry){.value = value, .value_size = value ? strlen(value) : 0};
}

START_TEST(booleans_are_those_of_git)
{
    static const struct {
        const char *value;
        int is; /* -1: neither */
    } cases[] = {{NULL, 1},    {"", 0},    {"true", 1}, {"YES", 1},    {"On", 1},
                 {"false", 0}, {"no", 0},  {"OFF", 0},  {"1", 1},      {"0", 0},
                 {"-1", 1},    {"2k", 1},  {"0x0", 0},  {"00", 0},     {"truer", -1},
                 {"tru", -1},  {"1x", -1}, {" ", -1},   {"true ", -1}, {"08", -1}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const pkr_config_entry entry = entry_with(cases[i].value);
        bool value = !cases[i].is;

        ck_assert_int_eq(pkr_config_bool(&entry, &value),
                         cases[i].is < 0 ? PACKREAD_ERROR_CORRUPT : 0);
        ck_assert(cases[i].is < 0 || value == (cases[i].is == 1));
    }
}
END_TEST

START_TEST(numbers_are_those_of_git)
{
    static const struct {
        const char *value;
        int64_t is; /* past 32 bits: none */
    } cases[] = {{"0", 0},
                 {"1", 1},
                 {"-1", -1},
                 {"+7", 7},
                 {" \v7", 7},
                 {"0x1F", 31},
                 {"017", 15},
                 {"2k", 2048},
                 {"1M", 1048576},
                 {"1g", 1073741824},
                 {"2147483647", INT32_MAX},
                 {"2147483648", INT64_MAX},
                 {"2g", INT64_MAX},
                 {"99999999999999999999999999", INT64_MAX},
                 {"", INT64_MAX},
                 {"-", INT64_MAX},
                 {"0x", INT64_MAX},
                 {"x", INT64_MAX},
                 {"1kk", INT64_MAX},
                 {"1 ", INT64_MAX},
                 {NULL, INT64_MAX}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const pkr_config_entry entry = entry_with(cases[i].value);
        int32_t value = 0;
        int status = pkr_config_number(&entry, &value);

        ck_assert_int_eq(status, cases[i].is == INT64_MAX ? PACKREAD_ERROR_CORRUPT : 0);
        ck_assert(status != 0 || value == cases[i].is);
    }
}
END_TEST

START_TEST(names_are_compared_whole)
{
    static char text[] = "[core]\nbare\n[core \"\"]\nbare\n[core \"bare\"]\nbare\n";
    pkr_config config;
    pkr_config_entry entry;

    pkr_config_begin(&config, text, strlen(text));
    ck_assert_int_eq(pkr_config_next(&config, &entry), 1);
    ck_assert(pkr_config_is(&entry, "core", "bare"));
    ck_assert(!pkr_config_is(&entry, "core", "bar"));
    ck_assert(!pkr_config_is(&entry, "cor", "bare"));
    ck_assert(!pkr_config_value_is(&entry, ""));
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(pkr_config_next(&config, &entry), 1);
        ck_assert(!pkr_config_is(&entry, "core", "bare"));
    }
    ck_assert_int_eq(pkr_config_next(&config, &entry), 0);
}
END_TEST

/* Pieces that mean something, in any order. */
START_TEST(random_files_are_read_as_the_naive_reader_does)
{
    static const char *const pieces[] = {
        "[",        "]",         "a",       "B",    "-",   "1", ".", "\"",  "\\", "\n",
        "\r\n",     "\r",        " ",       "\t",   "=",   "#", ";", "\\n", "_",  "\xef\xbb\xbf",
        "[core]\n", "[a \"b\"]", "k = v\n", "\\\n", "\xc3"};
    uint64_t state = suite_seed();

    for (int round = 0; round < 20000; round++) {
        char text[256] = "";
        uint64_t bad_line;

        for (uint64_t i = suite_random_below(&state, 24); i > 0; i--)
            strcat(text, pieces[suite_random_below(&state, sizeof pieces / sizeof *pieces)]);
        free(read_both(text, strlen(text), &bad_line));
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("config");
    TCase *config = tcase_create("config");

    tcase_add_test(config, sections_and_keys_have_no_case_and_quoted_subsections_have);
    tcase_add_test(config, values_lose_blanks_quotes_escapes_and_comments);
    tcase_add_test(config, windows_files_are_read);
    tcase_add_test(config, a_bad_line_is_told_by_its_number);
    tcase_add_test(config, booleans_are_those_of_git);
    tcase_add_test(config, numbers_are_those_of_git);
    tcase_add_test(config, names_are_compared_whole);
    tcase_add_test(config, random_files_are_read_as_the_naive_reader_does);
    suite_add_tcase(suite, config);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
