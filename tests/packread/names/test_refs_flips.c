/* test_refs_flips.c - each bit of a ref's file, of a HEAD and of a packed-refs flipped, and each
 * cut at every length: what is told without an error is what git tells. All variants of a file lie
 * in one repository, as branches and as work trees, so that one process of git answers for all.
 *
 * git gives a damaged packed-refs up as a whole, and has to be asked of one after the other: of a
 * packed-refs each line is looked for by a second reader, and every STRIDE-th variant beside git,
 * of a HEAD also each ending; all of them with CHECK_LARGE. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "naive_refs.h"
#include "naming.h"
#include "packread.h"
#include "suite.h"

#define ID(DIGIT) DIGIT DIGIT DIGIT DIGIT DIGIT DIGIT DIGIT DIGIT
#define A ID("a1b2c")
#define B ID("d3e4f")
#define C ID("56789")
#define STRIDE 23
#define MOST 3000
#define NO_MORE SIZE_MAX

/* ---- Variants ------------------------------------------------------------------------------- */

/* Number N of a text: each bit flipped, then each cut, then some endings; NO_MORE behind the last.
 */
static size_t variant(const char *text, size_t number, char *bytes)
{
    static const char *const endings[] = {"",    "\n",   " ", "\t",    "x",  " x",
                                          "\nx", "\r\n", "0", "\n\n#", "\v", "\001"};
    const size_t size = strlen(text);

    memcpy(bytes, text, size);
    if (number < 8 * size) {
        bytes[number / 8] = (char)(bytes[number / 8] ^ (1 << number % 8));
        return size;
    }
    number -= 8 * size;
    if (number < size)
        return number;
    number -= size;
    if (number >= sizeof endings / sizeof *endings)
        return NO_MORE;
    memcpy(bytes + size, endings[number], strlen(endings[number]));
    return size + strlen(endings[number]);
}

static void write_bytes(const char *name, const char *bytes, size_t size)
{
    char *path;

    suite_scratch_write(name, "");
    path = suite_scratch_path(name);
    suite_write_file(path, bytes, size);
    free(path);
}

static void make_repository(void)
{
    suite_scratch_write("r/objects/info/keep", "");
    suite_scratch_write("r/HEAD", "ref: refs/heads/main\n");
    suite_scratch_write("r/config", "[core]\n\tbare = true\n");
    suite_scratch_write("r/refs/heads/main", A "\n");
}

/* ---- What git says -------------------------------------------------------------------------- */

struct answers {
    char id[MOST][PACKREAD_HEX_MAX + 1]; /* "": none */
};
static struct answers gits;
static struct answers ours;

/* False where git ends with an error. */
static bool ask_git(const char *arguments, void (*take)(const char *line))
{
    char command[700];
    char line[2000];
    FILE *told;

    snprintf(command, sizeof command, "git --git-dir='%s/r' %s 2> /dev/null", suite_scratch(),
             arguments);
    told = popen(command, "r");
    ck_assert_ptr_nonnull(told);
    while (fgets(line, sizeof line, told))
        take(line);
    return pclose(told) == 0;
}

static void put_answer(struct answers *answers, const char *hex, unsigned number)
{
    ck_assert_uint_lt(number, MOST);
    snprintf(answers->id[number], sizeof answers->id[number], "%s", hex);
}

static void take_branch(const char *line)
{
    char hex[PACKREAD_HEX_MAX + 1];
    unsigned number;

    if (sscanf(line, "%64[0-9a-f] refs/heads/case%u", hex, &number) == 2)
        put_answer(&gits, hex, number);
}

static char git_head[PACKREAD_HEX_MAX + 1];

static void take_head(const char *line)
{
    snprintf(git_head, sizeof git_head, "%.*s", (int)strspn(line, "0123456789abcdef"), line);
}

static bool has_git(void)
{
    return system("git --version > /dev/null 2>&1") == 0;
}

/* ---- Loose refs ----------------------------------------------------------------------------- */

static const char *const texts[] = {A "\n", "ref: refs/heads/main\n", "ref:refs/heads/main", C};
#define TEXTS (int)(sizeof texts / sizeof *texts)

static int take_ref(void *context, const packread_ref *ref, const packread_error *error)
{
    char hex[PACKREAD_HEX_MAX + 1];
    unsigned number;

    (void)context;
    if (!error && ref->id.size > 0 && sscanf(ref->name, "refs/heads/case%u", &number) == 1) {
        packread_id_format(&ref->id, hex);
        put_answer(&ours, hex, number);
    }
    ck_assert(!error || error->text[0] != '\0');
    return 0;
}

static int resolve(packread_reader *reader, const char *name, char *hex)
{
    packread_name found = {.struct_size = sizeof found};
    packread_error error = {0};
    int status =
        packread_reader_resolve(reader, name, strlen(name), PACKREAD_NO_REPLACE, &found, &error);

    hex[0] = '\0';
    if (status == 0)
        packread_id_format(&found.id, hex);
    else
        ck_assert(error.code == status && error.text[0] != '\0');
    return status;
}

static void same_answers(const char *text, const char *format, unsigned count, bool listed)
{
    packread_snapshot *snapshot = naming_open("r");
    packread_reader *reader;
    unsigned good = 0;

    memset(&ours, 0, sizeof ours);
    packread_snapshot_refs(snapshot, take_ref, NULL, NULL);
    ck_assert_int_eq(packread_reader_new(snapshot, &reader, NULL), 0);
    for (unsigned i = 0; i < count; i++) {
        char name[60];
        char hex[PACKREAD_HEX_MAX + 1];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(name, sizeof name, format, i);
#pragma GCC diagnostic pop
        resolve(reader, name, hex);
        good += hex[0] != '\0';
        ck_assert_msg(strcmp(hex, gits.id[i]) == 0, "%s of '%s' is '%s', for git '%s'", name, text,
                      hex, gits.id[i]);
        ck_assert_msg(!listed || strcmp(ours.id[i], gits.id[i]) == 0,
                      "%s of '%s' is listed as '%s', for git '%s'", name, text, ours.id[i],
                      gits.id[i]);
    }
    /* Neither all of them, nor none. */
    ck_assert(good > 0 && good < count);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}

/* As a branch, and as the HEAD of a work tree: both are files of one form. */
START_TEST(a_file_is_what_git_takes_it_for)
{
    char bytes[200];
    unsigned count = 0;
    size_t size;

    make_repository();
    for (; (size = variant(texts[_i], count, bytes)) != NO_MORE; count++) {
        char name[60];

        snprintf(name, sizeof name, "r/refs/heads/case%u", count);
        write_bytes(name, bytes, size);
        snprintf(name, sizeof name, "r/worktrees/case%u/HEAD", count);
        write_bytes(name, bytes, size);
        snprintf(name, sizeof name, "r/worktrees/case%u/commondir", count);
        suite_scratch_write(name, "../..\n");
    }
    if (!has_git())
        return;
    ck_assert(ask_git("for-each-ref --format='%(objectname) %(refname)'", take_branch));
    same_answers(texts[_i], "refs/heads/case%u", count, true);
    same_answers(texts[_i], "worktrees/case%u/HEAD", count, false);
}
END_TEST

static void our_head(char *hex)
{
    packread_snapshot *snapshot = NULL;
    packread_reader *reader;
    char *path = suite_scratch_path("r");

    hex[0] = '\0';
    if (packread_snapshot_open(path, NULL, &snapshot, NULL) == 0) {
        ck_assert_int_eq(packread_reader_new(snapshot, &reader, NULL), 0);
        resolve(reader, "HEAD", hex);
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
    }
    free(path);
}

/* Without a right one there may be no repository. */
START_TEST(a_head_is_what_git_takes_it_for)
{
    const size_t stride = getenv("CHECK_LARGE") ? 1 : STRIDE;
    const bool git = has_git();
    char bytes[200];
    size_t good = 0;
    size_t size;

    make_repository();
    for (size_t i = 0; (size = variant(texts[_i], i, bytes)) != NO_MORE; i++) {
        char hex[PACKREAD_HEX_MAX + 1];

        write_bytes("r/HEAD", bytes, size);
        our_head(hex);
        if (!git || (i % stride != 0 && i < 9 * strlen(texts[_i])))
            continue;
        git_head[0] = '\0';
        ask_git("rev-parse -q --verify HEAD", take_head);
        good += git_head[0] != '\0';
        ck_assert_msg(strcmp(hex, git_head) == 0, "HEAD %zu of '%s' is '%s', for git '%s'", i,
                      texts[_i], hex, git_head);
    }
    ck_assert(!git || good > 0);
}
END_TEST

/* ---- packed-refs ---------------------------------------------------------------------------- */

#define LINES A " refs/heads/a\n" B " refs/heads/b\n" C " refs/tags/c\n^" A "\n" B " refs/tags/d\n"

static const char *const packed[] = {"# pack-refs with: peeled fully-peeled sorted \n" LINES,
                                     "# pack-refs with: peeled \n" LINES, LINES};
#define PACKED (int)(sizeof packed / sizeof *packed)

/* NAME ID lines, in order of names. */
struct list {
    char lines[40][300];
    size_t count;
};
static struct list told;
static struct list wanted;

static void add_line(struct list *list, const char *hex, const char *name, size_t length)
{
    ck_assert_uint_lt(list->count, 40);
    snprintf(list->lines[list->count++], sizeof list->lines[0], "%.*s %s", (int)length, name, hex);
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void sort(struct list *list)
{
    qsort(list->lines, list->count, sizeof list->lines[0], compare);
}

static int take_packed(void *context, const packread_ref *ref, const packread_error *error)
{
    char hex[PACKREAD_HEX_MAX + 1];

    *(bool *)context = *(bool *)context || error;
    if (error || ref->id.size == 0 || strcmp(ref->name, "HEAD") == 0)
        return 0;
    packread_id_format(&ref->id, hex);
    add_line(&told, hex, ref->name, strlen(ref->name));
    return 0;
}

static void take_line(const char *line)
{
    const char *blank = strchr(line, ' ');
    char hex[PACKREAD_HEX_MAX + 1];

    ck_assert_ptr_nonnull(blank);
    snprintf(hex, sizeof hex, "%.*s", (int)(blank - line), line);
    add_line(&wanted, hex, blank + 1, strcspn(blank + 1, "\n"));
}

static bool is_in(const struct naive_refs *refs, const char *line)
{
    for (size_t i = 0; i < refs->count; i++) {
        char wants[300];

        snprintf(wants, sizeof wants, "%.*s %.40s", (int)refs->list[i].length, refs->list[i].name,
                 refs->list[i].hex);
        for (char *at = strrchr(wants, ' '); *at; at++)
            *at = (char)(*at >= 'A' && *at <= 'F' ? *at - 'A' + 'a' : *at);
        if (strcmp(wants, line) == 0)
            return true;
    }
    return false;
}

static bool is_in_order(const struct naive_refs *refs)
{
    for (size_t i = 1; i < refs->count; i++) {
        char names[2][300];

        for (size_t k = 0; k < 2; k++)
            snprintf(names[k], sizeof names[k], "%.*s", (int)refs->list[i - 1 + k].length,
                     refs->list[i - 1 + k].name);
        if (strcmp(names[0], names[1]) >= 0)
            return false;
    }
    return true;
}

/* In a file that is not in order although it says so, a search may miss a ref, as git's does.
 * What is told is what a line says; what is told is found, too. */
static bool judge_packed(const char *bytes, size_t size, size_t number)
{
    packread_snapshot *snapshot = naming_open("r");
    struct naive_refs refs = {0};
    packread_reader *reader;
    bool has_errors = false;
    bool in_order;

    told.count = 0;
    packread_snapshot_refs(snapshot, take_packed, &has_errors, NULL);
    ck_assert_int_eq(packread_reader_new(snapshot, &reader, NULL), 0);
    naive_packed_refs_read(bytes, size, 20, &refs);
    in_order = is_in_order(&refs);
    for (size_t i = 0; i < told.count; i++) {
        char *blank = strrchr(told.lines[i], ' ');
        char hex[PACKREAD_HEX_MAX + 1];

        ck_assert_msg(is_in(&refs, told.lines[i]), "variant %zu: '%s' is in no line", number,
                      told.lines[i]);
        *blank = '\0';
        resolve(reader, told.lines[i], hex);
        ck_assert_msg(strcmp(hex, blank + 1) == 0 || (!hex[0] && !in_order),
                      "variant %zu: %s is found as '%s'", number, told.lines[i], hex);
        *blank = ' ';
    }
    naive_refs_free(&refs);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    return has_errors;
}

START_TEST(packed_refs_are_what_git_takes_them_for)
{
    const size_t stride = getenv("CHECK_LARGE") ? 1 : STRIDE;
    const bool git = has_git();
    char bytes[600];
    size_t refused = 0;
    size_t size;

    make_repository();
    suite_scratch_write("r/refs/heads/main", "");
    suite_scratch_write("r/HEAD", "ref: refs/heads/b\n");
    {
        char *path = suite_scratch_path("r/refs/heads/main");

        ck_assert_int_eq(remove(path), 0);
        free(path);
    }
    for (size_t i = 0; (size = variant(packed[_i], i, bytes)) != NO_MORE; i++) {
        bool has_errors;

        write_bytes("r/packed-refs", bytes, size);
        has_errors = judge_packed(bytes, size, i);
        if (!git || i % stride != 0)
            continue;
        wanted.count = 0;
        if (!ask_git("for-each-ref --format='%(objectname) %(refname)'", take_line)) {
            refused++;
            ck_assert_msg(has_errors, "variant %zu: no error, but git has one", i);
            continue;
        }
        sort(&told);
        sort(&wanted);
        ck_assert_msg(told.count == wanted.count, "variant %zu: %zu refs, not %zu", i, told.count,
                      wanted.count);
        for (size_t k = 0; k < told.count; k++)
            ck_assert_msg(strcmp(told.lines[k], wanted.lines[k]) == 0,
                          "variant %zu: '%s', not '%s'", i, told.lines[k], wanted.lines[k]);
    }
    ck_assert(!git || refused > 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("packread: refs, flipped and cut");
    TCase *cases = tcase_create("refs, flipped and cut");

    tcase_add_loop_test(cases, a_file_is_what_git_takes_it_for, 0, TEXTS);
    tcase_add_loop_test(cases, a_head_is_what_git_takes_it_for, 0, TEXTS);
    tcase_add_loop_test(cases, packed_refs_are_what_git_takes_them_for, 0, PACKED);
    suite_add_tcase(suite, cases);
    return suite_run_apart(suite);
}
