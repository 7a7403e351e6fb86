/* crosscheck.c - compares every object of a repository with what libgit2 reads.
 *
 *     crosscheck WHERE        WHERE as for packread: a pack, a folder of packs, a repository
 *
 * Closes with "crosscheck: N objects, D differences, M bytes". Exit status: 0 all the same, 1 some
 * differ or could not be compared, 2 it could not begin. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <git2.h>
#include <git2/sys/odb_backend.h>

#include "packread.h"

#define WORKERS 2
#define CHUNK 2048 /* neighbours in a pack share bases, so a worker takes so many at once */
#define TOLD 20    /* differences that are told one by one */

typedef struct object {
    packread_id id;
    packread_location location;
} object;

typedef struct comparison {
    packread_snapshot *snapshot;
    git_odb *odb;
    object *objects;
    size_t count;
    size_t capacity;
    atomic_size_t next; /* the first object that nobody has taken */
    _Atomic uint64_t compared;
    _Atomic uint64_t differences;
    _Atomic uint64_t bytes;
    pthread_mutex_t lock; /* of what is printed */
    bool shows_progress;
} comparison;

/* Paths may hold anything: what a terminal would obey is shown as \ooo. */
static void print_safely(const char *text)
{
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;

        if (byte < 32 || byte == 127)
            fprintf(stderr, "\\%03o", byte);
        else
            fputc(byte, stderr);
    }
}

static void tell(const packread_error *error)
{
    fputs("crosscheck: ", stderr);
    print_safely(error->file);
    fprintf(stderr, ": %s\n", error->text[0] ? error->text : packread_error_text(error->code));
}

static void differ(comparison *all, const packread_id *id, const char *what)
{
    uint64_t number = atomic_fetch_add(&all->differences, 1);
    char hex[PACKREAD_HEX_MAX + 1];

    if (number >= TOLD)
        return;
    packread_id_format(id, hex);
    pthread_mutex_lock(&all->lock);
    fprintf(stderr, "%scrosscheck: %s: %s\n", all->shows_progress ? "\n" : "", hex, what);
    pthread_mutex_unlock(&all->lock);
}

/* An object that is too big to be held twice: its pieces against libgit2's bytes. */
typedef struct piecewise {
    const unsigned char *theirs;
    uint64_t left;
    bool same;
} piecewise;

static int compare_piece(void *context, const void *bytes, size_t size)
{
    piecewise *state = context;

    state->same = state->same && size <= state->left && memcmp(bytes, state->theirs, size) == 0;
    if (!state->same)
        return 1;
    state->theirs += size;
    state->left -= size;
    return 0;
}

static bool streams_the_same(packread_reader *reader, const packread_id *id, git_odb_object *theirs,
                             packread_error *error)
{
    piecewise state = {git_odb_object_data(theirs), git_odb_object_size(theirs), true};
    packread_sink sink = {.begin = NULL, .data = compare_piece, .context = &state};

    return packread_reader_stream(reader, id, &sink, error) == 0 && state.same && state.left == 0;
}

static void compare_bytes(comparison *all, packread_reader *reader, const object *wanted,
                          git_odb_object *theirs)
{
    packread_object ours;
    packread_error error;
    int status = packread_reader_read_at(reader, &wanted->location, &ours, &error);

    if (status == PACKREAD_ERROR_BUDGET && streams_the_same(reader, &wanted->id, theirs, &error))
        return;
    if (status != 0)
        differ(all, &wanted->id, error.text);
    else if ((int)ours.type != (int)git_odb_object_type(theirs))
        differ(all, &wanted->id, "another type");
    else if (ours.size != git_odb_object_size(theirs))
        differ(all, &wanted->id, "another size");
    else if (memcmp(ours.data, git_odb_object_data(theirs), ours.size) != 0)
        differ(all, &wanted->id, "other bytes");
}

static void compare_object(comparison *all, packread_reader *reader, const object *wanted)
{
    git_odb_object *theirs = NULL;
    git_oid id;

    git_oid_fromraw(&id, wanted->id.bytes);
    if (git_odb_read(&theirs, all->odb, &id) != 0) {
        const git_error *error = git_error_last();

        differ(all, &wanted->id, error ? error->message : "libgit2 does not read it");
    } else {
        atomic_fetch_add(&all->bytes, git_odb_object_size(theirs));
        compare_bytes(all, reader, wanted, theirs);
    }
    git_odb_object_free(theirs);
}

static void show_progress(comparison *all)
{
    pthread_mutex_lock(&all->lock);
    fprintf(stderr, "\rcrosscheck: %" PRIu64 " of %zu", atomic_load(&all->compared), all->count);
    pthread_mutex_unlock(&all->lock);
}

static void *compare_chunks(void *context)
{
    comparison *all = context;
    packread_reader *reader;
    packread_error error;

    if (packread_reader_new(all->snapshot, &reader, &error) != 0) {
        tell(&error);
        return NULL;
    }
    for (;;) {
        size_t from = atomic_fetch_add(&all->next, CHUNK);

        if (from >= all->count)
            break;
        for (size_t i = from; i < all->count && i < from + CHUNK; i++) {
            compare_object(all, reader, &all->objects[i]);
            atomic_fetch_add(&all->compared, 1);
        }
        if (all->shows_progress)
            show_progress(all);
    }
    packread_reader_free(reader);
    return NULL;
}

/* ---- Before and after ---------------------------------------------------------------------------
 */

static int take_object(void *context, const packread_info *info, const packread_error *error)
{
    comparison *all = context;

    if (error) {
        differ(all, &info->id, error->text);
        return 0;
    }
    if (all->count == all->capacity) {
        size_t capacity = all->capacity ? 2 * all->capacity : 4096;
        object *objects = realloc(all->objects, capacity * sizeof *objects);

        if (!objects)
            return 1;
        all->objects = objects;
        all->capacity = capacity;
    }
    all->objects[all->count++] = (object){info->id, info->location};
    return 0;
}

static int list_objects(comparison *all)
{
    packread_list_options options = {.order = PACKREAD_BY_OFFSET};
    packread_reader *reader = NULL;
    packread_error error;
    int status = packread_reader_new(all->snapshot, &reader, &error);

    if (status == 0)
        status = packread_reader_list(reader, &options, take_object, all, &error);
    if (status != 0)
        tell(&error);
    packread_reader_free(reader);
    return status;
}

static int count_id(const git_oid *id, void *context)
{
    (void)id;
    ++*(uint64_t *)context;
    return 0;
}

static int complain(const char *file)
{
    const git_error *error = git_error_last();

    fputs("crosscheck: libgit2: ", stderr);
    print_safely(file);
    fprintf(stderr, ": %s\n", error ? error->message : "failed");
    return 1;
}

static int add_loose(comparison *all)
{
    for (size_t i = 0; i < packread_snapshot_folders(all->snapshot); i++) {
        packread_folder_info info = {.struct_size = sizeof info};
        git_odb_backend *backend;

        if (packread_snapshot_folder(all->snapshot, i, &info) != 0)
            return 1;
        if (git_odb_backend_loose(&backend, info.path, -1, 0, 0, 0) != 0 ||
            git_odb_add_backend(all->odb, backend, 1) != 0)
            return complain(info.path);
    }
    return 0;
}

/* libgit2 gets the packs that the snapshot has, one by one; each must list as many objects. Then
 * the folders that loose objects are in. */
static int open_theirs(comparison *all)
{
    size_t packs = packread_snapshot_packs(all->snapshot);

    git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
    git_libgit2_opts(GIT_OPT_ENABLE_CACHING, 0);
    if (git_odb_new(&all->odb) != 0)
        return complain("new");
    for (size_t i = 0; i < packs; i++) {
        git_odb_backend *backend;
        packread_pack_info info = {.struct_size = sizeof info};
        uint64_t theirs = 0;

        if (packread_snapshot_pack(all->snapshot, i, &info) != 0)
            return 1;
        if (info.id_size != 20) {
            fputs("crosscheck: libgit2 does not read packs with ids of SHA-256\n", stderr);
            return 1;
        }
        if (git_odb_backend_one_pack(&backend, info.index_path) != 0 ||
            backend->foreach (backend, count_id, &theirs) != 0)
            return complain(info.index_path);
        if (git_odb_add_backend(all->odb, backend, 1) != 0)
            return complain(info.index_path);
        if (theirs != info.objects) {
            print_safely(info.path);
            fprintf(stderr, ": %" PRIu32 " objects, %" PRIu64 " for libgit2\n", info.objects,
                    theirs);
            atomic_fetch_add(&all->differences, 1);
        }
    }
    return add_loose(all);
}

/* What could not be opened is not compared, and that is no success. */
static void tell_problems(comparison *all)
{
    for (size_t i = 0; i < packread_snapshot_problems(all->snapshot); i++) {
        const packread_error *problem = packread_snapshot_problem(all->snapshot, i);

        tell(problem);
        if (problem->code != PACKREAD_ERROR_UNSUPPORTED)
            atomic_fetch_add(&all->differences, 1);
    }
}

static void compare_all(comparison *all)
{
    pthread_t threads[WORKERS];
    int started = 0;

    while (started < WORKERS - 1 &&
           pthread_create(&threads[started], NULL, compare_chunks, all) == 0)
        started++;
    compare_chunks(all);
    while (started > 0)
        pthread_join(threads[--started], NULL);
    if (all->shows_progress)
        fputc('\n', stderr);
}

int main(int argc, char **argv)
{
    comparison all = {.shows_progress = isatty(STDERR_FILENO) != 0};
    packread_error error;
    int status = 2;

    if (argc != 2 || argv[1][0] == '-') {
        fputs("usage: crosscheck WHERE\n", stderr);
        return 2;
    }
    git_libgit2_init();
    pthread_mutex_init(&all.lock, NULL);
    if (packread_snapshot_open(argv[1], NULL, &all.snapshot, &error) != 0) {
        tell(&error);
        goto done;
    }
    tell_problems(&all);
    if (open_theirs(&all) != 0 || list_objects(&all) != 0)
        goto done;
    compare_all(&all);
    printf("crosscheck: %" PRIu64 " objects, %" PRIu64 " differences, %" PRIu64 " bytes\n",
           atomic_load(&all.compared), atomic_load(&all.differences), atomic_load(&all.bytes));
    status = atomic_load(&all.differences) > 0 || atomic_load(&all.compared) != all.count;
done:
    free(all.objects);
    git_odb_free(all.odb);
    packread_snapshot_free(all.snapshot);
    pthread_mutex_destroy(&all.lock);
    git_libgit2_shutdown();
    return status;
}
