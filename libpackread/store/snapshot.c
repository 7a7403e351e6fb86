/* snapshot.c - opens the packs of a place, and divides one memory limit among their users. */
#include "store/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/path.h"
#include "base/sized.h"
#include "base/stop.h"
#include "place/place.h"
#include "platform/host.h"
#include "platform/memory_left.h"

#define DEFAULT_LIMIT ((uint64_t)1 << 30)
#define SMALLEST_LIMIT ((uint64_t)1 << 20)
/* What a window costs does not depend on its size where it is mapped, but does where it is read.
 * Small enough that each of some dozen readers can hold a few; large enough that few entries
 * straddle two. */
#define DEFAULT_WINDOW ((uint64_t)4 << 20)
#define DEFAULT_READ_WINDOW ((uint64_t)1 << 20)
#define SMALL_WINDOW ((uint64_t)64 << 10)
#define WINDOWS_WANTED 128
#define WINDOWS_AT_LEAST 8
#define CACHE_LIMIT ((uint64_t)96 << 20)
/* A window on a file of a few bytes takes a page all the same. */
#define PAGE 4096
#define WINDOWS_ALWAYS 256

static uint64_t choose_window(const packread_options *options, uint64_t room)
{
    uint64_t window = options->window_size;

    if (window == 0) {
        window = options->io == PACKREAD_IO_PREAD ? DEFAULT_READ_WINDOW : DEFAULT_WINDOW;
        if (window > room / WINDOWS_WANTED)
            window = room / WINDOWS_WANTED;
        if (window < SMALL_WINDOW)
            window = SMALL_WINDOW;
    }
    if (window > room / WINDOWS_AT_LEAST && window != SMMAP_WHOLE_FILE)
        window = room / WINDOWS_AT_LEAST;
    return window;
}

/* Where the system leaves less, half of that: the program and its threads need some too. */
static uint64_t default_limit(void)
{
    uint64_t half = pkr_memory_left() / 2;

    if (half < SMALLEST_LIMIT)
        return SMALLEST_LIMIT;
    return half < DEFAULT_LIMIT ? half : DEFAULT_LIMIT;
}

#define KNOWN_FLAGS                                                          \
    (unsigned)(PACKREAD_NO_CHECK | PACKREAD_GUARD | PACKREAD_WITHOUT_INDEX | \
               PACKREAD_INDEX_AS_IT_IS | PACKREAD_NO_ENVIRONMENT)

/* Half of the limit is for windows, half for everything else. A pack alone is mostly read in order,
 * and its tables are in memory instead of an index: then a quarter. Windows that are whole files
 * get three quarters. */
static uint64_t room_for_windows(const packread_options *options, uint64_t limit)
{
    if (options->manager == PACKREAD_STATIC)
        return limit - limit / 4;
    return options->flags & PACKREAD_WITHOUT_INDEX ? limit / 4 : limit / 2;
}

/* NULL: the fastest. */
static const char *named_way(const packread_options *options)
{
    return options->flags & PACKREAD_NO_ENVIRONMENT ? NULL : pkr_host_environment("PACKREAD_HASH");
}

static int divide(packread_snapshot *snapshot, const packread_options *options,
                  packread_error *error)
{
    smmap_options windows = {0};
    uint64_t limit = options->memory_limit ? options->memory_limit : default_limit();
    uint64_t room = room_for_windows(options, limit);
    uint64_t window = choose_window(options, room);
    int status;

    if (options->flags & ~KNOWN_FLAGS ||
        (options->id_size != 0 && options->id_size != 20 && options->id_size != 32))
        return pkr_error_set(error, PACKREAD_ERROR_ARGUMENT, snapshot->paths.where,
                             "unknown flag or size of ids");
    if (limit < SMALLEST_LIMIT)
        return pkr_error_set(error, PACKREAD_ERROR_ARGUMENT, snapshot->paths.where,
                             "the memory limit is below 1 MiB");
    if (!pkr_hash_way_choose(&snapshot->hash_way, named_way(options)))
        return pkr_error_argument(error, "PACKREAD_HASH is not lanes16, lanes8, sha or plain, or "
                                         "names what this processor has not");
    windows.kind = (enum smmap_kind)options->manager;
    windows.io = (enum smmap_io)options->io;
    windows.window_size = window;
    windows.flags = SMMAP_HARD_LIMITS | (options->flags & PACKREAD_GUARD ? SMMAP_GUARD : 0u) |
                    (options->flags & PACKREAD_NO_ENVIRONMENT ? SMMAP_NO_ENVIRONMENT : 0u);
    windows.memory_limit = room;
    windows.mapping_limit = room / PAGE > WINDOWS_ALWAYS ? room / PAGE : WINDOWS_ALWAYS;
    if (options->manager == PACKREAD_STATIC && options->memory_limit == 0)
        windows.memory_limit = windows.mapping_limit = SMMAP_UNLIMITED;
    snapshot->flags = options->flags;
    snapshot->id_size = options->id_size;
    snapshot->deriving = (packread_index_options){.threads = options->index_threads,
                                                  .progress = options->progress,
                                                  .context = options->progress_context,
                                                  .salvage = true}; /* whatever is whole */
    snapshot->budget.limit = limit - room;
    snapshot->cache_limit = limit / 8 < CACHE_LIMIT ? limit / 8 : CACHE_LIMIT;
    snapshot->whole_limit = limit / 8;
    status = smmap_manager_new(&windows, &snapshot->manager);
    if (status == 0) /* of whole pages, whatever was asked for */
        snapshot->windows = room / smmap_manager_window_size(snapshot->manager);
    snapshot->budget.manager = snapshot->manager;
    snapshot->budget.stop = options->stop;
    if (status == SMMAP_ERROR_ARGUMENT)
        return pkr_error_set(error, PACKREAD_ERROR_ARGUMENT, snapshot->paths.where,
                             "unknown manager or io");
    return status == 0 ? 0 : pkr_error_memory(error);
}

static bool is_known_problem(const packread_snapshot *snapshot, const packread_error *problem)
{
    for (uint32_t i = 0; i < pkr_shelf_count(&snapshot->problems); i++) {
        const packread_error *known = pkr_shelf_get(&snapshot->problems, i);

        if (known->code == problem->code && strcmp(known->file, problem->file) == 0 &&
            strcmp(known->text, problem->text) == 0)
            return true;
    }
    return false;
}

/* What was told of a file once is not told again when it is looked at again. */
static int add_problem(void *context, const packread_error *problem)
{
    packread_snapshot *snapshot = context;
    packread_error *kept;

    if (is_known_problem(snapshot, problem))
        return 0;
    kept = malloc(sizeof *kept);
    if (!kept)
        return PACKREAD_ERROR_MEMORY;
    *kept = *problem;
    if (pkr_shelf_put(&snapshot->problems, kept) == 0)
        return 0;
    free(kept);
    return PACKREAD_ERROR_MEMORY;
}

static int note(packread_snapshot *snapshot, int code, const char *file, int system_errno,
                const char *text)
{
    packread_error problem;

    pkr_error_set(&problem, code, file, text);
    problem.system_errno = system_errno;
    return add_problem(snapshot, &problem);
}

static int add_pack(packread_snapshot *snapshot, pkr_pack *pack, packread_error *error)
{
    if (pkr_packs_add(&snapshot->packs, pack) == 0)
        return 0;
    pkr_pack_close(pack, &snapshot->budget);
    return pkr_error_memory(error);
}

/* A pack that was named itself is there. */
static int publish(packread_snapshot *snapshot, packread_error *error)
{
    size_t count = pkr_packs_count(&snapshot->packs);
    pkr_pack_set *set = pkr_pack_set_new(count);

    if (!set)
        return pkr_error_memory(error);
    for (; set->count < count; set->count++)
        set->packs[set->count] = pkr_packs_get(&snapshot->packs, set->count);
    pkr_packs_publish(&snapshot->packs, set);
    return 0;
}

/* A pack without an index of use gets one that is made from its bytes, unless that is not wanted.
 */
static int have_index(packread_snapshot *snapshot, pkr_pack *pack, packread_error *error)
{
    pkr_fault fault;

    if (snapshot->flags & PACKREAD_INDEX_AS_IT_IS)
        return pkr_fault_publish(&pack->index_doubt, error);
    return pkr_derived_make(snapshot->derive, snapshot, &snapshot->budget, &snapshot->deriving,
                            pack, &fault) == 0
               ? 0
               : pkr_fault_publish(&fault, error);
}

/* What is in doubt is served with its problem told. Where objects go out unchecked, it is only if
 * its ids are hashes that were made here. */
static int tell_doubts(packread_snapshot *snapshot, const pkr_pack *pack, packread_error *error)
{
    packread_error told[PKR_PACK_DOUBTS_MOST];
    size_t count = pkr_pack_doubts(pack, told);
    int status = 0;

    if (count > 0 && !pack->derived.bytes && snapshot->flags & PACKREAD_NO_CHECK) {
        if (error)
            *error = told[0];
        return told[0].code;
    }
    for (size_t i = 0; status == 0 && i < count; i++)
        status = add_problem(snapshot, &told[i]);
    return status == 0 ? 0 : pkr_error_memory(error);
}

/* Also of a pack that is verified or indexed, which has no other problems. */
static int tell_assumption(packread_snapshot *snapshot, const pkr_pack *pack, packread_error *error)
{
    if (!pack->assumes_sha1 || note(snapshot, PACKREAD_ERROR_ASSUMED, pack->path, 0,
                                    "its checksum is wrong: its ids are taken to be SHA-1") == 0)
        return 0;
    return pkr_error_memory(error);
}

static int check_id_size(const packread_snapshot *snapshot, const pkr_pack *pack,
                         packread_error *error)
{
    if (snapshot->id_size == 0 || snapshot->id_size == pack->idx.id_size)
        return 0;
    if (snapshot->repository_tells_id_size)
        return pkr_error_set(
            error, PACKREAD_ERROR_MISMATCH, pack->path,
            pack->idx.id_size == 20
                ? "its ids have 20 bytes (SHA-1), those of the repository 32 (SHA-256)"
                : "its ids have 32 bytes (SHA-256), those of the repository 20 (SHA-1)");
    return pkr_error_set(error, PACKREAD_ERROR_ARGUMENT, pack->path,
                         pack->idx.id_size == 20
                             ? "its ids have 20 bytes (SHA-1), not as many as were asked for"
                             : "its ids have 32 bytes (SHA-256), not as many as were asked for");
}

/* `wanted` says nothing of the snapshot's options. */
static int open_pack(packread_snapshot *snapshot, pkr_pack_wanted wanted, packread_error *error)
{
    pkr_pack *pack;
    int status;

    wanted.alone = snapshot->flags & PACKREAD_WITHOUT_INDEX;
    wanted.sums_odd_index = !(snapshot->flags & PACKREAD_INDEX_AS_IT_IS);
    wanted.id_size = snapshot->id_size;
    status = pkr_pack_open(snapshot->manager, &snapshot->budget, &wanted, &pack, error);

    if (status != 0)
        return status;
    status = check_id_size(snapshot, pack, error);
    if (status == 0 && pack->alone && !wanted.alone)
        status = have_index(snapshot, pack, error);
    if (status == 0 && wanted.index_state == PKR_INDEX_SUSPECT && pack->derived.findings != 0)
        status = pkr_error_set(error, PACKREAD_ERROR_CORRUPT, pack->path, "the pack is damaged");
    if (status == 0 && !wanted.alone)
        status = tell_doubts(snapshot, pack, error);
    if (status == 0)
        status = tell_assumption(snapshot, pack, error);
    if (status != 0) {
        pkr_pack_close(pack, &snapshot->budget);
        return status;
    }
    status = add_pack(snapshot, pack, error);
    if (status == 0 && (pack->derived.findings != 0 || pack->lacks_rows))
        atomic_store(&snapshot->disordered, pack);
    return status;
}

static int open_in_folder(void *context, const char *path, enum pkr_index_state state,
                          pkr_pack **pack, packread_error *error)
{
    packread_snapshot *snapshot = context;
    int status = open_pack(snapshot, (pkr_pack_wanted){.path = path, .index_state = state}, error);

    if (status == 0)
        *pack = pkr_packs_get(&snapshot->packs, pkr_packs_count(&snapshot->packs) - 1);
    return status;
}

/* Other object folders, for a repository or an objects folder; NULL: none. */
static const char *named_by_environment(const packread_snapshot *snapshot)
{
    return snapshot->flags & PACKREAD_NO_ENVIRONMENT
               ? NULL
               : pkr_host_environment("GIT_ALTERNATE_OBJECT_DIRECTORIES");
}

static int open_folder(packread_snapshot *snapshot, const pkr_place *place, packread_error *error)
{
    pkr_looking *looking = &snapshot->looking;

    looking->packs = &snapshot->packs;
    looking->budget = &snapshot->budget;
    looking->folders.numbered = &snapshot->folders;
    looking->folders.here = snapshot->paths.here;
    looking->open = open_in_folder;
    looking->note = add_problem;
    looking->context = snapshot;
    looking->midx_files = &snapshot->midx_files;
    looking->id_size = snapshot->id_size;
    return pkr_looking_begin(looking, place->objects, named_by_environment(snapshot), place->folder,
                             error);
}

/* A pack that is named itself may lack an index, unless that is not wanted. */
static bool may_lack_index(const packread_snapshot *snapshot)
{
    return !(snapshot->flags & PACKREAD_INDEX_AS_IT_IS);
}

static int open_named(packread_snapshot *snapshot, const pkr_place *place, packread_error *error)
{
    static const pkr_pack_given none = {.fd = -1};

    return open_pack(snapshot,
                     (pkr_pack_wanted){.path = place->pack,
                                       .index = place->any_name ? &none : NULL,
                                       .may_lack_index = may_lack_index(snapshot)},
                     error);
}

/* The hash of a repository is that of all its packs. */
static int take_repository(packread_snapshot *snapshot, pkr_place *place, packread_error *error)
{
    const pkr_repository *repository = place->repository;

    snapshot->repository = place->repository;
    place->repository = NULL;
    if (!repository || !repository->tells_id_size)
        return 0;
    if (snapshot->id_size != 0 && snapshot->id_size != repository->id_size)
        return pkr_error_set(error, PACKREAD_ERROR_ARGUMENT, snapshot->paths.where,
                             repository->id_size == 20
                                 ? "the repository's ids have 20 bytes (SHA-1), not as many as "
                                   "were asked for"
                                 : "the repository's ids have 32 bytes (SHA-256), not as many as "
                                   "were asked for");
    snapshot->id_size = (unsigned)repository->id_size;
    snapshot->repository_tells_id_size = true;
    return 0;
}

static int open_place(packread_snapshot *snapshot, packread_error *error)
{
    const char *where = snapshot->paths.where;
    pkr_place place = {0};
    int status;

    if (snapshot->flags & PACKREAD_WITHOUT_INDEX)
        return open_pack(snapshot, (pkr_pack_wanted){.path = where}, error);
    status = pkr_place_find(&snapshot->budget, where, !(snapshot->flags & PACKREAD_NO_ENVIRONMENT),
                            snapshot->paths.here, &place, error);
    if (status == 0)
        status = take_repository(snapshot, &place, error);
    if (status == 0)
        status =
            place.pack ? open_named(snapshot, &place, error) : open_folder(snapshot, &place, error);
    pkr_place_free(&place);
    return status;
}

/* ---- What is given by descriptor or as bytes ------------------------------------------------- */

#define NAME_SIZE 32

static void name_it(char name[NAME_SIZE], int fd, const char *in_memory)
{
    if (fd >= 0)
        snprintf(name, NAME_SIZE, "descriptor %d", fd);
    else
        snprintf(name, NAME_SIZE, "%s", in_memory);
}

static int open_given(packread_snapshot *snapshot, const pkr_pack_given *pack,
                      const pkr_pack_given *index, packread_error *error)
{
    char index_name[NAME_SIZE];
    const pkr_pack_wanted wanted = {.path = snapshot->paths.where,
                                    .index_path = index_name,
                                    .data = pack,
                                    .index = index,
                                    .may_lack_index = may_lack_index(snapshot)};

    name_it(index_name, index->fd, "index in memory");
    return open_pack(snapshot, wanted, error);
}

/* ---- Opening and closing --------------------------------------------------------------------- */

/* What there is of it is freed by the caller, whatever comes of it. */
static int begin(const char *path, const char *name, const packread_options *options,
                 pkr_derive *derive, packread_snapshot **snapshot, packread_error *error)
{
    packread_options known;
    packread_snapshot *made;

    if (!pkr_sized_take(&known, sizeof known, PKR_END_OF(packread_options, temporary_folder),
                        options))
        return pkr_error_argument(error, "options that this version does not know");
    made = calloc(1, sizeof *made);
    if (!made || pkr_budget_begin(&made->budget, 0, made) != 0) {
        free(made);
        return pkr_error_memory(error);
    }
    if (pkr_id_guides_begin(&made->guides) != 0) {
        pkr_budget_let_go(&made->budget);
        return pkr_error_memory(error);
    }
    *snapshot = made;
    made->derive = derive;
    return pkr_fixed_paths_take(&made->paths, path, name, &known) &&
                   pkr_packs_begin(&made->packs) == 0
               ? divide(made, &known, error)
               : pkr_error_memory(error);
}

/* The snapshot is the caller's, or goes. */
static int finish(packread_snapshot *made, int status, packread_snapshot **snapshot,
                  packread_error *error)
{
    if (status == 0 && !made->looking.is_begun)
        status = publish(made, error);
    if (status == 0 && pkr_stop_is_asked(made->budget.stop))
        status = pkr_error_set(error, PACKREAD_ERROR_STOPPED, NULL,
                               packread_error_text(PACKREAD_ERROR_STOPPED));
    if (status == 0)
        *snapshot = made;
    else
        packread_snapshot_free(made);
    return status;
}

int pkr_snapshot_open(const char *where, const packread_options *options, pkr_derive *derive,
                      packread_snapshot **snapshot, packread_error *error)
{
    packread_snapshot *made = NULL;
    int status;

    if (!where || !snapshot)
        return pkr_error_set(error, PACKREAD_ERROR_ARGUMENT, NULL, "no place is named");
    status = begin(where, NULL, options, derive, &made, error);
    if (status == 0)
        status = open_place(made, error);
    return finish(made, status, snapshot, error);
}

int pkr_snapshot_open_given(const pkr_pack_given *pack, const pkr_pack_given *index,
                            const packread_options *options, pkr_derive *derive,
                            packread_snapshot **snapshot, packread_error *error)
{
    packread_snapshot *made = NULL;
    char name[NAME_SIZE];
    int status;

    if (!snapshot || (pack->fd < 0 && !pack->bytes))
        return pkr_error_set(error, PACKREAD_ERROR_ARGUMENT, NULL, "no pack is given");
    name_it(name, pack->fd, "pack in memory");
    status = begin(NULL, name, options, derive, &made, error);
    if (status == 0)
        status = open_given(made, pack, index, error);
    return finish(made, status, snapshot, error);
}

void packread_snapshot_free(packread_snapshot *snapshot)
{
    pkr_attached *names;

    if (!snapshot)
        return;
    names = atomic_load(&snapshot->names);
    if (names)
        names->end(names);
    for (size_t i = 0; i < pkr_packs_count(&snapshot->packs); i++)
        pkr_pack_close(pkr_packs_get(&snapshot->packs, i), &snapshot->budget);
    pkr_looking_end(&snapshot->looking);
    pkr_packs_end(&snapshot->packs);
    for (uint32_t i = 0; i < pkr_shelf_count(&snapshot->problems); i++)
        free(pkr_shelf_get(&snapshot->problems, i));
    pkr_shelf_free(&snapshot->problems);
    for (uint32_t i = 0; i < pkr_shelf_count(&snapshot->midx_files); i++)
        pkr_midx_file_free(pkr_shelf_get(&snapshot->midx_files, i));
    pkr_shelf_free(&snapshot->midx_files);
    pkr_object_folders_end(&snapshot->folders);
    pkr_repository_free(snapshot->repository);
    pkr_fixed_paths_free(&snapshot->paths);
    pkr_id_guides_end(&snapshot->guides);
    smmap_manager_free(snapshot->manager);
    pkr_budget_let_go(&snapshot->budget); /* the snapshot's own memory goes with it */
}

size_t packread_snapshot_problems(const packread_snapshot *snapshot)
{
    return snapshot ? pkr_shelf_count(&snapshot->problems) : 0;
}

const packread_error *packread_snapshot_problem(const packread_snapshot *snapshot, size_t index)
{
    return snapshot && index <= UINT32_MAX ? pkr_shelf_get(&snapshot->problems, (uint32_t)index)
                                           : NULL;
}

int packread_snapshot_refresh(packread_snapshot *snapshot, bool *changed, packread_error *error)
{
    uint64_t seen;
    bool is_other;
    pkr_fault fault;
    int status;

    if (!snapshot)
        return pkr_error_null(error);
    seen = atomic_load(&snapshot->packs.generation);
    status = pkr_looking_refresh(&snapshot->looking, seen, &is_other, &fault);
    if (status != 0)
        return pkr_fault_publish(&fault, error);
    if (changed)
        *changed = is_other;
    return 0;
}

size_t packread_snapshot_packs(const packread_snapshot *snapshot)
{
    return snapshot ? pkr_packs_count(&snapshot->packs) : 0;
}

int packread_snapshot_pack(const packread_snapshot *snapshot, size_t pack, packread_pack_info *info)
{
    packread_pack_info told;
    const pkr_pack *known;
    unsigned beside = 0;

    known = snapshot ? pkr_packs_get(&snapshot->packs, pack) : NULL;
    if (!known || !info || !pkr_sized_can_be_given(info))
        return PACKREAD_ERROR_ARGUMENT;
    if (pkr_sized_reaches(info, offsetof(packread_pack_info, has_rev)))
        beside = pkr_pack_beside(known);
    told = (packread_pack_info){.path = pkr_path_shown(known->path),
                                .name = known->name,
                                .index_path = pkr_path_shown(known->index_path),
                                .size = known->size,
                                .index_size = known->derived.bytes ? 0 : known->idx.size,
                                .objects = known->alone ? known->claimed : known->idx.count,
                                .version = known->version,
                                .index_version = known->derived.bytes ? 0 : known->idx.version,
                                .id_size = (unsigned)known->idx.id_size,
                                .has_rev = beside & PKR_BESIDE_REV,
                                .has_mtimes = beside & PKR_BESIDE_MTIMES,
                                .has_keep = beside & PKR_BESIDE_KEEP,
                                .has_promisor = beside & PKR_BESIDE_PROMISOR,
                                .has_bitmap = beside & PKR_BESIDE_BITMAP,
                                .is_filtered = known->bundle.is_filtered,
                                .bundle_version = known->bundle.version,
                                .bundle_head = known->bundle_head,
                                .bundle_refs = known->bundle.refs,
                                .prerequisites = known->bundle.required};
    pkr_sized_give(info, PKR_END_OF(packread_pack_info, id_size), &told, sizeof told);
    return 0;
}
