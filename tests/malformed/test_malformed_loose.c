/* test_malformed_loose.c - a repository of loose objects that are malformed in every way of
 * cases_loose.c, of which each bit of the file is flipped, and which are cut at every length: what
 * is right is read, listed, told and verified; all else is a finding, and no wrong byte is given
 * out. git's fsck says the same of each. And other things in the place of such files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cases_loose.h"
#include "highwater.h"
#include "made_loose.h"
#include "samples.h"
#include "suite.h"
#include "verify_report.h"

#define MEMORY_MOST ((size_t)64 << 20)
#define MOST 2000

typedef struct item {
    packread_id id;
    char name[60];
    bool is_right;
    bool git_dies;
    const char *text; /* of the finding; NULL: any */
    int listed;       /* times, in a listing */
    int found;        /* findings of verify */
    bool is_listed_right;
    const char *said; /* by verify */
} item;

static item items[MOST];
static size_t count;
static char *objects;
static packread_snapshot *snapshot;
static packread_reader *reader;

static item *add_item(const char *name, size_t id_size)
{
    item *of = &items[count];

    ck_assert_uint_lt(count, MOST);
    *of = (item){.is_right = false};
    snprintf(of->name, sizeof of->name, "%s", name);
    of->id = made_loose_id(id_size, PACKREAD_BLOB, cases_loose_contents(count), CASES_LOOSE_SIZE);
    count++;
    return of;
}

static void put(const item *of, const struct packwriter_bytes *file)
{
    made_loose_put_bytes(objects, &of->id, file->size > 0 ? (const void *)file->data : "",
                         file->size);
}

static void put_cases(size_t id_size)
{
    for (size_t i = 0; i < cases_loose_count; i++) {
        struct packwriter_bytes file = {0};
        item *of = add_item(cases_loose[i].name, id_size);

        cases_loose_build(&file, i);
        of->text = cases_loose[i].text;
        of->is_right = !of->text;
        of->git_dies = cases_loose[i].git_dies;
        put(of, &file);
        packwriter_bytes_free(&file);
    }
}

/* Of the next object; what is still right, zlib says. */
static bool put_changed(size_t id_size, const char *what, size_t at, bool is_cut)
{
    struct packwriter_bytes file = {0};
    char name[60];
    item *of;
    bool is_inside;

    snprintf(name, sizeof name, "%s %zu", what, at);
    of = add_item(name, id_size);
    made_loose_bytes(&file, PACKREAD_BLOB, cases_loose_contents(count - 1), CASES_LOOSE_SIZE, 6);
    is_inside = at < (is_cut ? file.size : 8 * file.size);
    if (is_inside && is_cut)
        file.size = at;
    else if (is_inside)
        file.data[at / 8] ^= (uint8_t)(1u << at % 8);
    of->is_right = made_loose_is_right(&of->id, file.data, file.size);
    put(of, &file);
    packwriter_bytes_free(&file);
    return is_inside;
}

static void open_all(size_t id_size, const packread_options *options)
{
    char *where = suite_scratch_path("loose.git");

    snapshot = sample_open(where, options);
    reader = sample_reader(snapshot);
    ck_assert_uint_eq(items[0].id.size, id_size);
    free(where);
}

static void close_all(void)
{
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}

static item *item_of(const packread_id *id)
{
    for (size_t i = 0; i < count; i++)
        if (packread_id_compare(&items[i].id, id) == 0)
            return &items[i];
    return NULL;
}

/* ---- Each by itself ------------------------------------------------------------------------- */

struct streamed {
    unsigned char bytes[CASES_LOOSE_SIZE];
    size_t size;
};

static int take(void *context, const void *bytes, size_t size)
{
    struct streamed *all = context;

    ck_assert_uint_le(size, sizeof all->bytes - all->size);
    memcpy(all->bytes + all->size, bytes, size);
    all->size += size;
    return 0;
}

static void is_told(const item *of, const packread_error *error)
{
    ck_assert_msg(packread_id_compare(&error->id, &of->id) == 0 && error->text[0] != '\0' &&
                      strstr(error->file, "loose.git/objects/") != NULL,
                  "%s: %s: %s", of->name, error->file, error->text);
}

static void judge_one(size_t number)
{
    const item *of = &items[number];
    const int wanted = of->is_right ? 0 : PACKREAD_ERROR_CORRUPT;
    const char *contents = cases_loose_contents(number);
    struct streamed all = {.size = 0};
    const packread_sink sink = {.data = take, .context = &all};
    packread_info info = {.struct_size = sizeof info};
    packread_location location;
    packread_object object;
    packread_error error = {0};
    int status = packread_reader_read(reader, &of->id, &object, &error);

    ck_assert_msg(status == wanted, "%s: read gives %d: %s", of->name, status, error.text);
    if (status == 0) {
        ck_assert_uint_eq(object.size, CASES_LOOSE_SIZE);
        ck_assert_mem_eq(object.data, contents, CASES_LOOSE_SIZE);
    } else {
        is_told(of, &error);
    }
    status = packread_reader_stream(reader, &of->id, &sink, &error);
    ck_assert_msg(status == wanted, "%s: stream gives %d: %s", of->name, status, error.text);
    ck_assert_msg(all.size == (status == 0 ? CASES_LOOSE_SIZE : 0), "%s: %zu bytes", of->name,
                  all.size);
    if (status == 0)
        ck_assert_mem_eq(all.bytes, contents, CASES_LOOSE_SIZE);
    /* Of a header that can be read it says what that claims. */
    status = packread_reader_find(reader, &of->id, &location, &error);
    ck_assert_msg(status == 0 && location.kind == PACKREAD_STORE_LOOSE, "%s: find gives %d",
                  of->name, status);
    status = packread_reader_info(reader, &location, PACKREAD_WANT_ALL, &info, &error);
    ck_assert_msg(status == 0 || (status == wanted && error.text[0] != '\0'),
                  "%s: info gives %d: %s", of->name, status, error.text);
    ck_assert(!of->is_right || (info.type == PACKREAD_BLOB && info.size == CASES_LOOSE_SIZE));
}

/* ---- All of them ---------------------------------------------------------------------------- */

static int visit(void *context, const packread_info *info, const packread_error *error)
{
    item *of = item_of(&info->id);

    (void)context;
    ck_assert_ptr_nonnull(of);
    of->listed++;
    if (error)
        is_told(of, error);
    of->is_listed_right = !error && info->type == PACKREAD_BLOB && info->size == CASES_LOOSE_SIZE;
    return 0;
}

static void judge_listing(void)
{
    const packread_list_options options = {.want = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE};
    packread_error error = {0};

    ck_assert_int_eq(packread_reader_list(reader, &options, visit, NULL, &error),
                     PACKREAD_ERROR_CORRUPT);
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(items[i].listed == 1, "%s: listed %d times", items[i].name, items[i].listed);
        ck_assert_msg(!items[i].is_right || items[i].is_listed_right, "%s: listed otherwise",
                      items[i].name);
    }
}

static void judge_verify(void)
{
    verify_report all = {0};
    size_t right = 0;

    verify_report_run_loose(&all, snapshot, 0, 2);
    ck_assert_int_eq(all.status, PACKREAD_ERROR_CORRUPT);
    for (size_t i = 0; i < all.count; i++) {
        item *of = item_of(&all.list[i].error.id);

        ck_assert_msg(of, "%s: %s", all.list[i].error.file, all.list[i].error.text);
        is_told(of, &all.list[i].error);
        of->found++;
        of->said = all.list[i].error.text;
    }
    for (size_t i = 0; i < count; i++) {
        const item *of = &items[i];

        right += of->is_right;
        ck_assert_msg(of->found == !of->is_right, "%s: %d findings: %s", of->name, of->found,
                      of->said ? of->said : "");
        ck_assert_msg(!of->text || strstr(of->said, of->text), "%s: '%s', not '%s'", of->name,
                      of->said, of->text);
    }
    ck_assert_uint_eq(all.summary.objects, right);
    ck_assert_uint_eq(all.summary.stored, count);
    verify_report_free(&all);
}

static void remove_what_git_dies_of(void)
{
    for (size_t i = 0; i < count; i++) {
        char *path = made_loose_path(objects, &items[i].id);

        ck_assert(!items[i].git_dies || unlink(path) == 0);
        free(path);
    }
}

/* One process for all: fsck names the id, or the path, of each that it takes for wrong. */
static void judge_by_git(void)
{
    char *scratch = suite_scratch_path("loose.git");
    char command[600];
    char line[1000];
    static bool is_bad[MOST];
    size_t bad = 0;
    FILE *said;

    remove_what_git_dies_of();
    snprintf(command, sizeof command,
             "git --git-dir='%s' fsck --full --no-dangling --no-progress 2>&1", scratch);
    said = popen(command, "r");
    ck_assert_ptr_nonnull(said);
    memset(is_bad, 0, sizeof is_bad);
    while (fgets(line, sizeof line, said)) {
        for (size_t i = 0; i < count; i++) {
            char hex[PACKREAD_HEX_MAX + 1];

            packread_id_format(&items[i].id, hex);
            if (strncmp(line, "error:", 6) == 0 && (strstr(line, hex) || strstr(line, hex + 2)))
                is_bad[i] = true;
        }
    }
    pclose(said);
    for (size_t i = 0; i < count; i++) {
        if (items[i].git_dies)
            continue;
        bad += is_bad[i];
        ck_assert_msg(is_bad[i] != items[i].is_right, "%s: git says that it is %s", items[i].name,
                      is_bad[i] ? "wrong" : "right");
    }
    printf("%zu loose objects, of which %zu are wrong for git too\n", count, bad);
    fflush(stdout);
    free(scratch);
}

static bool has_git(void)
{
    return system("git --version > /dev/null 2>&1") == 0;
}

START_TEST(a_malformed_loose_object_is_told_and_none_that_is_right_is_lost)
{
    static const packread_options ways[] = {{.io = PACKREAD_IO_AUTO}, {.io = PACKREAD_IO_PREAD}};
    const size_t id_size = _i / 2 ? 32 : 20;
    size_t at;

    count = 0;
    objects = made_loose_repository("loose", id_size);
    put_cases(id_size);
    for (at = 0; put_changed(id_size, "flipped bit", at, false);)
        at++;
    for (at = 0; put_changed(id_size, "cut at", at, true);)
        at++;
    ck_assert_uint_gt(count, cases_loose_count + 8 * 40 + 40);
    highwater_begin();
    open_all(id_size, &ways[_i % 2]);
    for (size_t i = 0; i < count; i++)
        judge_one(i);
    judge_listing();
    judge_verify();
    close_all();
    ck_assert_uint_le(highwater_allocated(), MEMORY_MOST);
    if (id_size == 20 && _i % 2 == 0 && has_git())
        judge_by_git();
    free(objects);
}
END_TEST

START_TEST(no_two_cases_have_one_name)
{
    ck_assert_uint_ge(cases_loose_count, 60);
    for (size_t i = 0; i < cases_loose_count; i++)
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(cases_loose[i].name, cases_loose[j].name);
}
END_TEST

/* ---- What is no such file ------------------------------------------------------------------- */

static const char *const odd_things[] = {"folder",
                                         "fifo",
                                         "link to a device",
                                         "link to a folder",
                                         "link to a right file",
                                         "link to nothing",
                                         "link to itself"};

static void put_odd(const char *path, size_t kind)
{
    char *file = suite_scratch_path("file");
    struct packwriter_bytes right = {0};

    made_loose_bytes(&right, PACKREAD_BLOB, cases_loose_contents(0), CASES_LOOSE_SIZE, 6);
    suite_write_file(file, right.data, right.size);
    packwriter_bytes_free(&right);
    switch (kind) {
    case 0:
        ck_assert_int_eq(mkdir(path, 0777), 0);
        break;
    case 1:
        ck_assert_int_eq(mkfifo(path, 0666), 0);
        break;
    default: {
        const char *const targets[] = {"/dev/zero", suite_scratch(), file, "nowhere", path};

        ck_assert_int_eq(symlink(targets[kind - 2], path), 0);
    }
    }
    free(file);
}

/* A link is followed, as git does; what it leads to has to be a file. */
START_TEST(an_odd_thing_is_no_object_and_hides_no_other)
{
    const bool is_right = strcmp(odd_things[_i], "link to a right file") == 0;
    packread_object object;
    packread_error error = {0};
    char *path;
    int status;

    count = 0;
    objects = made_loose_repository("loose", 20);
    path = made_loose_path(objects, &add_item("odd", 20)->id);
    put_odd(path, (size_t)_i);
    put_changed(20, "right", SIZE_MAX, true);
    open_all(20, NULL);
    status = packread_reader_read(reader, &items[0].id, &object, &error);
    if (is_right) {
        ck_assert_int_eq(status, 0);
        ck_assert_mem_eq(object.data, cases_loose_contents(0), CASES_LOOSE_SIZE);
    } else {
        ck_assert_msg(status != 0 && error.text[0] != '\0', "%s: %d", odd_things[_i], status);
    }
    judge_one(1);
    close_all();
    free(path);
    free(objects);
}
END_TEST

/* Names that are nearly one; %s are the digits behind the first two. */
static const char *const odd_names[] = {"%.37s",  "%s0",    "%s.tmp",  "tmp_obj_%s", ".%s",
                                        "%.37s ", "%.37sg", "%.37s\n", "%s~"};

START_TEST(names_that_are_no_ids_are_no_objects)
{
    const packread_list_options options = {.want = 0};
    struct packwriter_bytes right = {0};
    verify_report all = {0};
    packread_error error = {0};
    char hex[PACKREAD_HEX_MAX + 1];
    char name[200];
    char *path;

    count = 0;
    objects = made_loose_repository("loose", 20);
    put_changed(20, "right", SIZE_MAX, true);
    packread_id_format(&items[0].id, hex);
    made_loose_bytes(&right, PACKREAD_BLOB, cases_loose_contents(0), CASES_LOOSE_SIZE, 6);
    for (size_t i = 0; i < sizeof odd_names / sizeof *odd_names; i++) {
        int used = snprintf(name, sizeof name, "loose.git/objects/%.2s/", hex);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(name + used, sizeof name - (size_t)used, odd_names[i], hex + 2);
#pragma GCC diagnostic pop
        path = suite_scratch_path(name);
        suite_write_file(path, right.data, right.size);
        free(path);
    }
    /* The same in capitals, in folders of both kinds; names of folders that are no digits. */
    for (size_t i = 2; hex[i]; i++)
        hex[i] = (char)(hex[i] >= 'a' ? hex[i] - 'a' + 'A' : hex[i]);
    for (size_t i = 0; i < 4; i++) {
        const char *const folders[] = {"AB", "g0", "abc", NULL};

        if (folders[i])
            snprintf(name, sizeof name, "loose.git/objects/%s/%s", folders[i], hex + 2);
        else
            snprintf(name, sizeof name, "loose.git/objects/%.2s/%s", hex, hex + 2);
        suite_scratch_write(name, "not an object");
    }
    packwriter_bytes_free(&right);
    open_all(20, NULL);
    ck_assert_int_eq(packread_reader_list(reader, &options, visit, NULL, &error), 0);
    ck_assert_int_eq(items[0].listed, 1);
    verify_report_run_loose(&all, snapshot, 0, 1);
    ck_assert_int_eq(all.status, 0);
    ck_assert_uint_eq(all.summary.stored, 1);
    verify_report_free(&all);
    close_all();
    free(objects);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("malformed loose objects");
    TCase *tests = tcase_create("malformed loose objects");

    tcase_add_loop_test(tests, a_malformed_loose_object_is_told_and_none_that_is_right_is_lost, 0,
                        4);
    tcase_add_test(tests, no_two_cases_have_one_name);
    tcase_add_loop_test(tests, an_odd_thing_is_no_object_and_hides_no_other, 0,
                        (int)(sizeof odd_things / sizeof *odd_things));
    tcase_add_test(tests, names_that_are_no_ids_are_no_objects);
    suite_add_tcase(suite, tests);
    return suite_run_apart(suite);
}
