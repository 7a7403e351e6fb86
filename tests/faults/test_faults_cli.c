/* test_faults_cli.c - the program with any of its calls failing: it says so, ends with status 4,
 * and nothing that it leaves or prints is wrong or passed off as whole. */
#include "program_trial.h"

#include "repository.h"
#include "suite.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Names that are not there, more of them than are held in memory. */
#define FILLER 'x'
#define FILLERS 2
#define FILLER_SIZE 600000

enum check {
    CHECK_LINES,   /* each line is one of the right ones, and in order */
    CHECK_PREFIX,  /* the right bytes, as far as they go */
    CHECK_ANSWERS, /* a right answer, or "NAME missing", for one name after the other */
    CHECK_FILES    /* nothing is printed; each file has the right bytes */
};

/* WHERE, PACK, SECOND, DIR, BIG, BIGDELTA, DELTA and BLOB are replaced. */
static const struct command {
    const char *name;
    enum check check;
    const char *words[9];
} commands[] = {
    {"list", CHECK_LINES, {"list", "WHERE"}},
    {"list in order of packs, all facts, as JSON",
     CHECK_LINES,
     {"list", "--order=pack", "--json",
      "--format=%(objectname) %(objectsize:disk) %(deltabase) %(depth) %(pack)", "PACK"}},
    {"info", CHECK_PREFIX, {"info", "WHERE", "DELTA"}},
    {"cat", CHECK_PREFIX, {"cat", "WHERE", "DELTA"}},
    {"cat a big one in pieces", CHECK_PREFIX, {"cat", "--memory-limit=2M", "WHERE", "BIG"}},
    {"cat a delta through temporary files",
     CHECK_PREFIX,
     {"cat", "--memory-limit=1M", "--window-size=64K", "WHERE", "BIGDELTA"}},
    {"extract", CHECK_FILES, {"extract", "WHERE", "-o", "DIR", "DELTA", "BIG", "BLOB"}},
    {"extract all", CHECK_FILES, {"extract", "--io=pread", "SECOND", "-o", "DIR", "--all"}},
    {"index", CHECK_PREFIX, {"index", "--rev", "PACK", "-o", "DIR/new.idx"}},
    {"index, version 1",
     CHECK_PREFIX,
     {"index", "--version=1", "--threads=1", "SECOND", "-o", "DIR/new.idx"}},
    {"verify", CHECK_LINES, {"verify", "--threads=1", "WHERE"}},
    {"verify with 2 threads", CHECK_LINES, {"verify", "--threads=2", "WHERE"}},
    {"batch", CHECK_ANSWERS, {"batch", "WHERE"}},
    {"batch of commands that wait in a file",
     CHECK_ANSWERS,
     {"batch", "--command", "--buffer", "WHERE"}},
    {"batch with figures", CHECK_ANSWERS, {"batch", "--metrics=DIR/figures.json", "WHERE"}},
};
#define COMMANDS (int)(sizeof commands / sizeof *commands)

static struct scene {
    struct repository repository;
    char *where;
    char *folder;
    char *figures;
    char *index;
    char *out;
    char *err;
    char *in;
    char *requests;
    char big[PACKREAD_HEX_MAX + 1];
    char big_delta[PACKREAD_HEX_MAX + 1];
    char delta[PACKREAD_HEX_MAX + 1];
    char blob[PACKREAD_HEX_MAX + 1];
} scene;

struct text {
    char *bytes;
    size_t size;
};

/* The right answers. */
static struct text good_out;
static struct {
    char name[256];
    struct text text;
} good_files[100];
static size_t good_count;

static struct text load(const char *path)
{
    struct text text = {NULL, 0};
    struct stat info;
    int file = open(path, O_RDONLY);

    ck_assert_msg(file >= 0 && fstat(file, &info) == 0, "%s: %s", path, strerror(errno));
    text.size = (size_t)info.st_size;
    text.bytes = calloc(text.size + 1, 1);
    ck_assert_ptr_nonnull(text.bytes);
    ck_assert_int_eq(read(file, text.bytes, text.size), info.st_size);
    close(file);
    return text;
}

static bool same(const struct text *a, const struct text *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* ---- A run ---------------------------------------------------------------------------------- */

static const char *word_for(const char *word)
{
    if (strcmp(word, "WHERE") == 0)
        return scene.where;
    if (strcmp(word, "PACK") == 0)
        return scene.repository.pack;
    if (strcmp(word, "SECOND") == 0)
        return scene.repository.second;
    if (strcmp(word, "DIR") == 0)
        return scene.folder;
    if (strcmp(word, "BIG") == 0)
        return scene.big;
    if (strcmp(word, "BIGDELTA") == 0)
        return scene.big_delta;
    if (strcmp(word, "DELTA") == 0)
        return scene.delta;
    if (strcmp(word, "DIR/new.idx") == 0)
        return scene.index;
    if (strcmp(word, "--metrics=DIR/figures.json") == 0)
        return scene.figures;
    return strcmp(word, "BLOB") == 0 ? scene.blob : word;
}

static void empty_folder(void)
{
    DIR *folder = opendir(scene.folder);
    const struct dirent *item;

    while (folder && (item = readdir(folder)))
        if (item->d_name[0] != '.' || strncmp(item->d_name, ".packread", 9) == 0)
            unlinkat(dirfd(folder), item->d_name, 0);
    if (folder)
        closedir(folder);
}

static int run(const struct command *command, const struct fault_way *way, enum fault_mode mode,
               uint64_t nth)
{
    const bool is_requests = strcmp(command->words[1], "--command") == 0;
    const struct program program = {.name = command->name,
                                    .words = command->words,
                                    .word_for = word_for,
                                    .in = is_requests ? scene.requests : scene.in,
                                    .out = scene.out,
                                    .err = scene.err};

    empty_folder();
    if (command->check == CHECK_FILES)
        rmdir(scene.folder);
    else
        mkdir(scene.folder, 0777);
    return program_run(&program, way, mode, nth);
}

/* ---- What must be true ---------------------------------------------------------------------- */

/* Verify says that of a pack whose index could not be read. */
static bool is_all_intact(const char *line, const char *good)
{
    char path[512];
    char wanted[600];
    unsigned long long intact, objects;

    if (sscanf(line, "%511[^:]: %llu of %llu objects intact", path, &intact, &objects) != 3 ||
        intact != objects)
        return false;
    snprintf(wanted, sizeof wanted, "%s: ok (%llu objects,", path, intact);
    return strstr(good, wanted) != NULL;
}

static const char *check_lines(const struct text *found)
{
    const char *at = found->bytes;
    const char *good = good_out.bytes;

    while (*at) {
        const char *end = strchr(at, '\n');
        size_t length = end ? (size_t)(end - at) + 1 : strlen(at);

        if (is_all_intact(at, good)) {
            at += length;
            continue;
        }
        /* A line that a failing write cut is the start of one. */
        while (*good && strncmp(good, at, length) != 0)
            good = strchr(good, '\n') + 1;
        if (!*good)
            return "a wrong line";
        at += length;
    }
    return NULL;
}

static const char *check_prefix(const struct text *found)
{
    return found->size <= good_out.size && memcmp(found->bytes, good_out.bytes, found->size) == 0
               ? NULL
               : "wrong bytes";
}

/* Behind the answers to names that only fill the queue: of those, what there is has to be right. */
static const char *behind_filler(const struct text *found, const char **good)
{
    size_t filler = 0;

    while (good_out.bytes[filler] == FILLER)
        filler += strcspn(good_out.bytes + filler, "\n") + 1;
    *good = good_out.bytes + filler;
    if (filler > found->size)
        filler = found->size;
    return memcmp(found->bytes, good_out.bytes, filler) == 0 ? found->bytes + filler : NULL;
}

static const char *check_answers(const struct text *found)
{
    const char *good;
    const char *at = behind_filler(found, &good);
    const char *end = found->bytes + found->size;

    if (!at)
        return "a wrong answer";

    for (size_t i = 0; i < REPOSITORY_IDS && at < end; i++) {
        char missing[PACKREAD_HEX_MAX + 10];
        unsigned long long size = 0;
        size_t length;
        size_t left = (size_t)(end - at);

        packread_id_format(&scene.repository.ids[i], missing);
        strcat(missing, " missing\n");
        ck_assert_int_eq(sscanf(good, "%*s %*s %llu", &size), 1);
        length = (size_t)(strchr(good, '\n') - good) + (size_t)size + 2;
        if (left >= strlen(missing) && memcmp(at, missing, strlen(missing)) == 0)
            at += strlen(missing);
        else if (memcmp(at, good, left < length ? left : length) == 0)
            at += left < length ? left : length;
        else if (left >= strlen(missing) || memcmp(at, missing, left) != 0)
            return "a wrong answer";
        else
            at = end;
        good += length;
    }
    return at == end ? NULL : "more than was asked for";
}

static const char *check_files(size_t *count)
{
    DIR *folder = opendir(scene.folder);
    const struct dirent *item;
    const char *wrong = NULL;

    *count = 0;
    while (folder && !wrong && (item = readdir(folder))) {
        size_t i = 0;
        char path[900];
        struct text text;

        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
            continue;
        if (strncmp(item->d_name, ".packread", 9) == 0) {
            wrong = "a temporary file";
            break;
        }
        snprintf(path, sizeof path, "%s/%s", scene.folder, item->d_name);
        text = load(path);
        while (i < good_count && strcmp(good_files[i].name, item->d_name) != 0)
            i++;
        if (i == good_count)
            wrong = "a strange file";
        else if (strcmp(item->d_name, "figures.json") ==
                 0) /* figures differ; it ends as it should */
            wrong = text.size > 2 && strcmp(text.bytes + text.size - 2, "}\n") == 0
                        ? NULL
                        : "figures are cut";
        else if (!same(&text, &good_files[i].text))
            wrong = "a file that is not whole";
        free(text.bytes);
        ++*count;
    }
    if (folder)
        closedir(folder);
    return wrong;
}

static const char *judge(const struct command *command, int status, const struct text *out,
                         const struct text *err, bool may_be_silent)
{
    const char *wrong;
    size_t files;

    if (status == 4 && !may_be_silent && strncmp(err->bytes, "packread: ", 10) != 0)
        return "says nothing";
    wrong = check_files(&files);
    if (wrong)
        return wrong;
    if (status == 0)
        return same(out, &good_out) && files == good_count ? NULL
                                                           : "says that all is well, and it is not";
    if (command->check == CHECK_LINES)
        return check_lines(out);
    return command->check == CHECK_ANSWERS ? check_answers(out) : check_prefix(out);
}

/* False when nothing failed. */
static bool try_one(const void *context, const struct fault_way *way, enum fault_mode mode,
                    uint64_t nth)
{
    const struct command *command = context;
    int status = run(command, way, mode, nth);
    bool writing = way->call == FAULT_WRITE || mode == FAULT_ALL;
    struct text out = load(scene.out);
    struct text err = load(scene.err);
    const char *wrong = judge(command, status, &out, &err, writing);

    /* Where nothing can be removed, something may stay. */
    if (wrong && strcmp(wrong, "a temporary file") == 0 && mode == FAULT_ALL)
        wrong = NULL;
    if (!wrong)
        wrong = program_wrong(way, status);
    if (wrong)
        ck_abort_msg("%s: %s, call %llu, mode %d: %s (exit status %d, %.300s)", command->name,
                     mode == FAULT_ALL ? "any" : way->name, (unsigned long long)nth, (int)mode,
                     wrong, status, err.bytes);
    free(out.bytes);
    free(err.bytes);
    return program_report->failures > 0;
}

/* ---- The test ------------------------------------------------------------------------------- */

static void note_good_files(void)
{
    DIR *folder = opendir(scene.folder);
    const struct dirent *item;

    good_count = 0;
    while (folder && (item = readdir(folder))) {
        char path[900];

        if (item->d_name[0] == '.')
            continue;
        ck_assert_uint_lt(good_count, sizeof good_files / sizeof *good_files);
        snprintf(good_files[good_count].name, sizeof good_files->name, "%s", item->d_name);
        snprintf(path, sizeof path, "%s/%s", scene.folder, item->d_name);
        good_files[good_count++].text = load(path);
    }
    if (folder)
        closedir(folder);
}

static void set_up(void)
{
    char folder[600];
    FILE *names;
    FILE *requests;

    repository_make(&scene.repository, REPOSITORY_BIG);
    snprintf(folder, sizeof folder, "%s/pack", scene.repository.objects);
    scene.where = strdup(folder);
    scene.folder = suite_scratch_path("files");
    snprintf(folder, sizeof folder, "--metrics=%s/figures.json", scene.folder);
    scene.figures = strdup(folder);
    scene.index = suite_scratch_path("files/new.idx");
    scene.out = suite_scratch_path("out");
    scene.err = suite_scratch_path("err");
    scene.in = suite_scratch_path("in");
    scene.requests = suite_scratch_path("requests");
    packread_id_format(&scene.repository.big, scene.big);
    packread_id_format(&scene.repository.big_delta, scene.big_delta);
    packread_id_format(&scene.repository.ids[10], scene.delta);
    packread_id_format(&scene.repository.ids[4], scene.blob);
    names = fopen(scene.in, "w");
    requests = fopen(scene.requests, "w");
    ck_assert(names && requests);
    for (int i = 0; i < FILLERS; i++) {
        fputs("info ", requests);
        for (int k = 0; k < FILLER_SIZE; k++)
            putc(FILLER, requests);
        putc('\n', requests);
    }
    for (size_t i = 0; i < REPOSITORY_IDS; i++) {
        char hex[PACKREAD_HEX_MAX + 1];

        packread_id_format(&scene.repository.ids[i], hex);
        fprintf(names, "%s\n", hex);
        fprintf(requests, "contents %s\n", hex);
    }
    fclose(names);
    fclose(requests);
    /* What a temporary file leaves would be found among the files. */
    setenv("TMPDIR", scene.folder, 1);
}

START_TEST(every_command_survives_every_failure)
{
    const struct command *command = &commands[_i];

    set_up();
    ck_assert_int_eq(run(command, NULL, FAULT_ONCE, 0), 0);
    good_out = load(scene.out);
    note_good_files();
    ck_assert_uint_gt(command->check == CHECK_FILES ? good_count : good_out.size, 0);
    program_try_all(command->name, try_one, command);
}
END_TEST

/* A failure that takes no byte away shows in nothing but what the program says of it: each file,
 * then the folder, has to be on disk, and where that is told at close only, it counts too. */
static const struct written {
    const char *command;
    uint64_t files;
    uint64_t syncs;
} written[] = {{"index", 2, 3}, {"index, version 1", 1, 2}, {"extract", 3, 0}};

START_TEST(what_could_not_be_put_on_disk_is_told)
{
    static const struct fault_way sync = {FAULT_FSYNC, EIO, "fsync EIO"};
    static const struct fault_way end = {FAULT_CLOSE, EIO, "close EIO"};
    const struct command *command = commands;
    uint64_t told = 0;
    uint64_t nth;
    size_t files;

    while (strcmp(command->name, written[_i].command) != 0)
        command++;
    set_up();
    for (nth = 1; nth <= written[_i].syncs; nth++) {
        ck_assert_int_eq(run(command, &sync, FAULT_ONCE, nth), 4);
        ck_assert_uint_eq(program_report->failures, 1);
        ck_assert_ptr_null(check_files(&files));
        ck_assert_uint_eq(files, 0);
    }
    ck_assert_int_eq(run(command, &sync, FAULT_ONCE, nth), 0);
    ck_assert_uint_eq(program_report->failures, 0);
    for (nth = 1; nth == 1 || program_report->failures > 0; nth++)
        told += run(command, &end, FAULT_ONCE, nth) == 4;
    ck_assert_uint_ge(told, written[_i].files);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: program");
    TCase *cases = tcase_create("faults");

    tcase_add_loop_test(cases, every_command_survives_every_failure, 0, COMMANDS);
    tcase_add_loop_test(cases, what_could_not_be_put_on_disk_is_told, 0,
                        (int)(sizeof written / sizeof *written));
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
