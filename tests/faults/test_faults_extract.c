/* test_faults_extract.c - extract as loose objects and as files with any of its calls failing: it
 * says so, ends with status 4, and each file and folder that it leaves is one of the right ones,
 * whole. */
#include "program_trial.h"

#include "made_pack.h"
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BIG_SIZE 300000 /* several pieces, compressed too */

/* PACK, BUNDLE, DIR, COMMIT and BLOB are replaced. */
static const struct command {
    const char *name;
    const char *words[9];
} commands[] = {
    {"all, loose", {"extract", "--as=loose", "PACK", "-o", "DIR", "--all"}},
    {"one, loose", {"extract", "--as=loose", "PACK", "-o", "DIR", "BLOB"}},
    {"tree", {"extract", "--as=tree", "PACK", "-o", "DIR", "COMMIT"}},
    {"all, of a bundle", {"extract", "BUNDLE", "-o", "DIR", "--all"}},
    {"tree, little memory",
     {"extract", "--as=tree", "--memory-limit=1M", "--io=pread", "PACK", "-o", "DIR", "COMMIT"}},
};
#define COMMANDS (int)(sizeof commands / sizeof *commands)

static struct scene {
    char *pack;
    char *bundle;
    char *folder;
    char *out;
    char *err;
    char commit[PACKREAD_HEX_MAX + 1];
    char blob[PACKREAD_HEX_MAX + 1];
} scene;

/* ---- The pack ------------------------------------------------------------------------------- */

static void add_entry(struct packwriter_bytes *tree, const char *mode, const char *name,
                      const struct packwriter_pack *pack, size_t entry)
{
    packwriter_bytes_add_text(tree, mode);
    packwriter_bytes_add_text(tree, " ");
    packwriter_bytes_add_text(tree, name);
    packwriter_bytes_add(tree, "", 1);
    packwriter_bytes_add(tree, pack->entries[entry].id, PACKWRITER_SHA1);
}

static size_t add_object(struct packwriter_pack *pack, unsigned kind,
                         struct packwriter_bytes *bytes)
{
    size_t entry = packwriter_pack_add_object(pack, kind, bytes->data, bytes->size, 6);

    packwriter_bytes_free(bytes);
    return entry;
}

static size_t add_text(struct packwriter_pack *pack, unsigned kind, const char *text)
{
    return packwriter_pack_add_object(pack, kind, text, strlen(text), 6);
}

static void make_pack(void)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes bytes = {0};
    char text[200];
    char hex[PACKREAD_HEX_MAX + 1];
    packread_id id;
    size_t file, big, below;

    made_pack_begin(&pack);
    file = add_text(&pack, PACKREAD_BLOB, "target");
    packwriter_bytes_add_noise(&bytes, BIG_SIZE, 1);
    big = add_object(&pack, PACKREAD_BLOB, &bytes);
    add_entry(&bytes, "100644", "a", &pack, file);
    add_entry(&bytes, "160000", "module", &pack, file);
    below = add_object(&pack, PACKREAD_TREE, &bytes);
    for (unsigned level = 0; level < 3; level++) {
        add_entry(&bytes, "100755", "a", &pack, file);
        add_entry(&bytes, "40000", "folder", &pack, below);
        add_entry(&bytes, "120000", "link", &pack, file);
        if (level == 2)
            add_entry(&bytes, "100644", "z", &pack, big);
        below = add_object(&pack, PACKREAD_TREE, &bytes);
    }
    id = made_pack_id(&pack, below);
    packread_id_format(&id, hex);
    snprintf(text, sizeof text, "tree %s\nauthor A <a> 0 +0000\n\nmessage\n", hex);
    id = made_pack_id(&pack, add_text(&pack, PACKREAD_COMMIT, text));
    packread_id_format(&id, scene.commit);
    id = made_pack_id(&pack, big);
    packread_id_format(&id, scene.blob);
    made_pack_put(&pack, "made");
}

/* The same pack behind a header. */
static void make_bundle(void)
{
    struct packwriter_bytes bundle = {0};
    char *path = suite_scratch_path("made.pack");
    int file = open(path, O_RDONLY);
    struct stat info;
    char *bytes;

    packwriter_bytes_add_text(&bundle, "# v2 git bundle\n");
    packwriter_bytes_add_text(&bundle, scene.commit);
    packwriter_bytes_add_text(&bundle, " HEAD\n\n");
    ck_assert_int_eq(fstat(file, &info), 0);
    bytes = malloc((size_t)info.st_size);
    ck_assert_int_eq(read(file, bytes, (size_t)info.st_size), info.st_size);
    close(file);
    packwriter_bytes_add(&bundle, bytes, (size_t)info.st_size);
    free(bytes);
    free(path);
    scene.bundle = suite_scratch_path("made.bundle");
    ck_assert_int_eq(packwriter_bytes_save(&bundle, scene.bundle), 0);
    packwriter_bytes_free(&bundle);
}

/* ---- What lies in the folder ---------------------------------------------------------------- */

struct item {
    char path[200]; /* below the folder */
    mode_t mode;
    char *bytes; /* of a file; a link's target */
    size_t size;
};

struct items {
    struct item items[100];
    size_t count;
};

static struct items good;
static struct items found;

static void load_file(struct item *item, const char *path, size_t size)
{
    int file = open(path, O_RDONLY);

    ck_assert_int_ge(file, 0);
    item->bytes = malloc(size + 1);
    ck_assert_int_eq(read(file, item->bytes, size + 1), (ssize_t)size);
    item->size = size;
    close(file);
}

static int note_item(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    struct item *item = &found.items[found.count];
    char target[100];

    (void)kind;
    if (where->level == 0)
        return 0;
    ck_assert_uint_lt(found.count++, sizeof found.items / sizeof *found.items);
    snprintf(item->path, sizeof item->path, "%s", path + strlen(scene.folder) + 1);
    item->mode = info->st_mode;
    item->bytes = NULL;
    item->size = 0;
    if (S_ISREG(info->st_mode))
        load_file(item, path, (size_t)info->st_size);
    if (S_ISLNK(info->st_mode)) {
        ssize_t size = readlink(path, target, sizeof target - 1);

        ck_assert_int_gt(size, 0);
        target[size] = '\0';
        item->bytes = strdup(target);
        item->size = (size_t)size;
    }
    return 0;
}

static void drop(struct items *items)
{
    for (size_t i = 0; i < items->count; i++)
        free(items->items[i].bytes);
    items->count = 0;
}

static void look(void)
{
    drop(&found);
    if (access(scene.folder, F_OK) == 0)
        ck_assert_int_eq(nftw(scene.folder, note_item, 20, FTW_PHYS), 0);
}

static int remove_item(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)kind;
    (void)where;
    return remove(path);
}

static bool same(const struct item *a, const struct item *b)
{
    return a->mode == b->mode && a->size == b->size &&
           (a->size == 0 || memcmp(a->bytes, b->bytes, a->size) == 0);
}

static const char *check_found(void)
{
    for (size_t i = 0; i < found.count; i++) {
        size_t at = 0;

        if (strstr(found.items[i].path, ".packread") != NULL)
            return "a temporary file";
        while (at < good.count && strcmp(good.items[at].path, found.items[i].path) != 0)
            at++;
        if (at == good.count)
            return "a strange file";
        if (!same(&good.items[at], &found.items[i]))
            return "a file that is not whole";
    }
    return NULL;
}

/* ---- A run ---------------------------------------------------------------------------------- */

static const char *word_for(const char *word)
{
    if (strcmp(word, "PACK") == 0)
        return scene.pack;
    if (strcmp(word, "BUNDLE") == 0)
        return scene.bundle;
    if (strcmp(word, "DIR") == 0)
        return scene.folder;
    if (strcmp(word, "COMMIT") == 0)
        return scene.commit;
    return strcmp(word, "BLOB") == 0 ? scene.blob : word;
}

static int run(const struct command *command, const struct fault_way *way, enum fault_mode mode,
               uint64_t nth)
{
    const struct program program = {.name = command->name,
                                    .words = command->words,
                                    .word_for = word_for,
                                    .in = "/dev/null",
                                    .out = scene.out,
                                    .err = scene.err};
    int status;

    nftw(scene.folder, remove_item, 20, FTW_PHYS | FTW_DEPTH);
    status = program_run(&program, way, mode, nth);
    look();
    return status;
}

static bool says_something(void)
{
    static const char begins[] = "packread: ";
    char text[sizeof begins] = "";
    int file = open(scene.err, O_RDONLY);
    ssize_t size = file >= 0 ? read(file, text, sizeof begins - 1) : -1;

    if (file >= 0)
        close(file);
    return size == (ssize_t)sizeof begins - 1 && strcmp(text, begins) == 0;
}

static const char *judge(const struct fault_way *way, enum fault_mode mode, int status)
{
    const char *wrong = check_found();

    /* Where nothing can be removed, something may stay. */
    if (wrong && strcmp(wrong, "a temporary file") == 0 &&
        (mode == FAULT_ALL || way->call == FAULT_UNLINK))
        wrong = NULL;
    if (wrong)
        return wrong;
    if (status == 4 && mode != FAULT_ALL && way->call != FAULT_WRITE && !says_something())
        return "says nothing";
    if (status == 0 && found.count != good.count)
        return "says that all is well, and it is not";
    return program_wrong(way, status);
}

/* False when nothing failed. */
static bool try_one(const void *context, const struct fault_way *way, enum fault_mode mode,
                    uint64_t nth)
{
    const struct command *command = context;
    int status = run(command, way, mode, nth);
    const char *wrong = judge(way, mode, status);

    ck_assert_msg(!wrong, "%s: %s, call %llu, mode %d: %s (exit status %d)", command->name,
                  mode == FAULT_ALL ? "any" : way->name, (unsigned long long)nth, (int)mode, wrong,
                  status);
    return program_report->failures > 0;
}

/* ---- The test ------------------------------------------------------------------------------- */

static void tear_down(void)
{
    drop(&good);
    drop(&found);
    free(scene.pack);
    free(scene.bundle);
    free(scene.folder);
    free(scene.out);
    free(scene.err);
}

static void set_up(const struct command *command)
{
    make_pack();
    make_bundle();
    scene.pack = suite_scratch_path("made.pack");
    scene.folder = suite_scratch_path("files");
    scene.out = suite_scratch_path("out");
    scene.err = suite_scratch_path("err");
    umask(022);
    ck_assert_int_eq(run(command, NULL, FAULT_ONCE, 0), 0);
    good = found;
    memset(&found, 0, sizeof found);
    ck_assert_uint_gt(good.count, 0);
}

START_TEST(every_file_is_whole_whatever_fails)
{
    const struct command *command = &commands[_i];

    set_up(command);
    program_try_all(command->name, try_one, command);
}
END_TEST

/* Which calls the commands make at all: a way of failing that none of them meets tests nothing. */
START_TEST(calls_that_write_are_made)
{
    static const struct expected {
        int command;
        enum fault_call call;
        uint64_t least;
    } expected[] = {
        {0, FAULT_MKDIR, 3},      {0, FAULT_DEFLATE_INIT, 1}, {0, FAULT_STAT, 3},
        {0, FAULT_RENAME, 3},     {2, FAULT_MKDIR, 5},        {2, FAULT_SYMLINK, 3},
        {2, FAULT_RENAME_NEW, 5}, {2, FAULT_OPENAT, 8},
    };

    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct fault_way way = {expected[i].call, EIO, "EIO"};
        uint64_t nth = 1;

        set_up(&commands[expected[i].command]);
        while (nth <= expected[i].least &&
               try_one(&commands[expected[i].command], &way, FAULT_ONCE, nth))
            nth++;
        ck_assert_uint_gt(nth, expected[i].least);
        tear_down();
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("faults: extract");
    TCase *cases = tcase_create("faults");

    tcase_add_loop_test(cases, every_file_is_whole_whatever_fails, 0, COMMANDS);
    tcase_add_test(cases, calls_that_write_are_made);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run_apart(make_suite());
}
