/* folder_list.c - walks from object folder to object folder by the lists that name others, which
 * anybody may have written: cycles, what is named twice or is not there, and lists without end. */
#include "place/folder_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "base/stop.h"
#include "format/alternates.h"
#include "place/presence.h"
#include "place/small_file.h"

#define ALTERNATES_MOST ((uint64_t)16 << 20)
/* How far lists may lead from list to list, as in git: what the sixth folder below the own one
 * names is not read. */
#define DEPTH_MOST 6
/* Of one list so many folders are told that cannot be read; then only that there are more. */
#define TOLD_MOST 16

/* One list that is read. */
typedef struct level {
    pkr_small_file file;
    pkr_alternates names;
    char *base;        /* relative names start there, without links; NULL: at the roots' `here` */
    const char *where; /* the file, for messages */
    char *path;        /* the same, or NULL */
    size_t told;
} level;

typedef struct walk {
    pkr_folder_list *list;
    const pkr_folder_roots *roots;
    level levels[DEPTH_MOST];
    size_t depth; /* levels that are open */
} walk;

/* ---- Problems ------------------------------------------------------------------------------- */

int pkr_folder_list_note(pkr_folder_list *list, const packread_error *problem, pkr_fault *fault)
{
    static const pkr_need need = {NULL, "the memory limit has no room for what is wrong"};
    int status = pkr_table_grow(&list->problems, list->budget, &need, fault);

    if (status == 0)
        ((packread_error *)list->problems.rows)[list->problems.count++] = *problem;
    return status;
}

static int add_problem(walk *on, const packread_error *problem, packread_error *error)
{
    pkr_fault fault;

    return pkr_folder_list_note(on->list, problem, &fault) == 0 ? 0
                                                                : pkr_fault_publish(&fault, error);
}

static int note(walk *on, int code, const char *file, int system_errno, const char *text,
                packread_error *error)
{
    packread_error problem;

    pkr_error_set(&problem, code, file, text);
    problem.system_errno = system_errno;
    return add_problem(on, &problem, error);
}

static int cannot_read(walk *on, const char *path, int failure, packread_error *error)
{
    char text[PKR_ERROR_TEXT];
    level *from = &on->levels[on->depth - 1];

    if (failure == ENOMEM)
        return pkr_error_memory(error);
    pkr_path_put(text, sizeof text, "objects are borrowed from this folder (named in ", from->where,
                 "), but it cannot be read");
    if (pkr_presence_may_pass(failure, on->roots->is_first))
        return pkr_error_system(error, path, failure, text);
    if (from->told++ >= TOLD_MOST)
        return from->told > TOLD_MOST + 1
                   ? 0
                   : note(on, PACKREAD_ERROR_SYSTEM, from->where, failure,
                          "names more object folders that cannot be read", error);
    return note(on, PACKREAD_ERROR_SYSTEM, path, failure, text, error);
}

/* ---- Each folder once ----------------------------------------------------------------------- */

static size_t slot_of(const pkr_folder_list *list, uint64_t device, uint64_t file)
{
    uint64_t mixed = (file ^ device << 32 ^ device >> 32) * UINT64_C(0x9e3779b97f4a7c15);

    return (size_t)(mixed >> 32) & (list->slot_count - 1);
}

static void put_in_slot(pkr_folder_list *list, size_t index)
{
    const pkr_listed *listed = pkr_folder_list_get(list, index);
    size_t slot = slot_of(list, listed->device, listed->file);

    while (list->slots[slot])
        slot = (slot + 1) & (list->slot_count - 1);
    list->slots[slot] = (uint32_t)index + 1;
}

static bool is_listed(const pkr_folder_list *list, uint64_t device, uint64_t file)
{
    if (list->slot_count == 0)
        return false;
    for (size_t slot = slot_of(list, device, file); list->slots[slot];
         slot = (slot + 1) & (list->slot_count - 1)) {
        const pkr_listed *listed = pkr_folder_list_get(list, list->slots[slot] - 1);

        if (listed->device == device && listed->file == file)
            return true;
    }
    return false;
}

/* At least half of the slots are free. */
static int make_slots(pkr_folder_list *list, pkr_fault *fault)
{
    static const pkr_need need = {NULL, "the memory limit has no room for so many object folders"};
    const size_t count = list->slot_count ? 2 * list->slot_count : 16;
    void *slots;
    int status;

    if (2 * (list->folders.count + 1) <= list->slot_count)
        return 0;
    status = pkr_memory_new(list->budget, count * sizeof *list->slots, &need, &slots, fault);
    if (status != 0)
        return status;
    pkr_memory_free(list->budget, list->slots, list->slot_count * sizeof *list->slots);
    list->slots = slots;
    list->slot_count = count;
    for (size_t i = 0; i < list->folders.count; i++)
        put_in_slot(list, i);
    return 0;
}

/* What a row takes beside itself: its two paths. */
static uint64_t cost_of(const pkr_listed *listed)
{
    return strlen(listed->path) + strlen(listed->names) + 2;
}

static void free_listed(pkr_listed *listed)
{
    free(listed->path);
    free(listed->names);
}

static int add_row(pkr_folder_list *list, pkr_listed *listed, pkr_fault *fault)
{
    static const pkr_need need = {NULL, "the memory limit has no room for so many object folders"};
    int status;

    if (!listed->path || !listed->names)
        return pkr_fault_memory(fault);
    status = pkr_table_grow(&list->folders, list->budget, &need, fault);
    if (status == 0)
        status = make_slots(list, fault);
    if (status != 0)
        return status;
    if (!pkr_budget_take(list->budget, cost_of(listed)))
        return pkr_budget_short(list->budget, cost_of(listed), listed->path, need.text, fault);
    *pkr_folder_list_get(list, list->folders.count) = *listed;
    put_in_slot(list, list->folders.count++);
    return 0;
}

/* A folder that is not listed yet. */
static int add_folder(walk *on, const char *path, const pkr_stamp *stamp, bool is_alternate,
                      packread_error *error)
{
    pkr_listed listed = {.path = strdup(path),
                         .device = stamp->device,
                         .file = stamp->file,
                         .is_alternate = is_alternate,
                         .names = pkr_path_join(path, "info/alternates")};
    pkr_fault fault;

    if (add_row(on->list, &listed, &fault) == 0)
        return 0;
    free_listed(&listed);
    return pkr_fault_publish(&fault, error);
}

/* ---- Lists ---------------------------------------------------------------------------------- */

static void close_level(walk *on)
{
    level *last = &on->levels[--on->depth];

    pkr_small_file_free(on->list->budget, &last->file);
    free(last->base);
    free(last->path);
    *last = (level){0};
}

static int open_level(walk *on, pkr_small_file *file, const char *base, const char *where,
                      char separator, packread_error *error)
{
    level *next = &on->levels[on->depth++];

    *next = (level){.file = *file, .base = base ? strdup(base) : NULL, .path = strdup(where)};
    next->where = next->path;
    pkr_alternates_begin(&next->names, file->bytes, file->size, separator);
    return next->path && (next->base || !base) ? 0 : pkr_error_memory(error);
}

/* Something that is no file in a list's place, or one that is too long, is a problem: what it would
 * name is left out, and the rest is read. */
static int read_list(walk *on, pkr_listed *listed, pkr_small_file *file, packread_error *error)
{
    packread_error why;
    int failure = pkr_host_look(listed->names, &listed->stamp);
    int status;

    listed->is_young = pkr_stamp_is_young(&listed->stamp);
    if (failure != 0 && pkr_host_is_absence(failure))
        return 0;
    status = pkr_small_file_read(on->list->budget, listed->names, ALTERNATES_MOST, file, &why);
    if (status == PACKREAD_ERROR_NOT_REGULAR || status == PACKREAD_ERROR_UNSUPPORTED ||
        (status == PACKREAD_ERROR_SYSTEM &&
         !pkr_presence_may_pass(why.system_errno, on->roots->is_first)))
        return add_problem(on, &why, error);
    if (status != 0 && error)
        *error = why;
    return status;
}

static int open_list(walk *on, pkr_small_file *file, const pkr_listed *listed,
                     packread_error *error)
{
    char *real;
    int failure = pkr_host_real_path(listed->path, &real);
    int status;

    if (failure != 0) {
        pkr_small_file_free(on->list->budget, file);
        return pkr_error_system(error, listed->path, failure, "cannot be read");
    }
    status = open_level(on, file, real, listed->names, '\n', error);
    free(real);
    return status;
}

static bool names_any(const pkr_small_file *file)
{
    pkr_alternates names;
    const char *name;
    size_t size;

    pkr_alternates_begin(&names, file->bytes, file->size, '\n');
    return pkr_alternates_next(&names, &name, &size);
}

/* What a folder names in turn. */
static int go_down(walk *on, size_t index, packread_error *error)
{
    pkr_listed *listed = pkr_folder_list_get(on->list, index);
    pkr_small_file file = {0};
    int status = read_list(on, listed, &file, error);

    if (status != 0 || !file.bytes)
        return status;
    if (on->depth < DEPTH_MOST)
        return open_list(on, &file, listed, error);
    if (names_any(&file))
        status =
            note(on, PACKREAD_ERROR_UNSUPPORTED, listed->names, 0,
                 "is left alone: object folders name others more than five levels deep", error);
    pkr_small_file_free(on->list->budget, &file);
    return status;
}

/* A path that a list has. */
static int follow(walk *on, const char *path, packread_error *error)
{
    pkr_stamp stamp;
    char *real;
    int failure = pkr_host_real_path(path, &real);
    int status;

    if (failure != 0)
        return cannot_read(on, path, failure, error);
    failure = pkr_host_look(real, &stamp);
    if (failure == 0 && stamp.kind != PKR_KIND_FOLDER)
        failure = ENOTDIR;
    if (failure != 0)
        status = cannot_read(on, real, failure, error);
    else if (is_listed(on->list, stamp.device, stamp.file))
        status = 0;
    else {
        status = add_folder(on, real, &stamp, true, error);
        if (status == 0)
            status = go_down(on, on->list->folders.count - 1, error);
    }
    free(real);
    return status;
}

static int follow_name(walk *on, const char *name, size_t size, packread_error *error)
{
    const level *from = &on->levels[on->depth - 1];
    char *named = pkr_path_copy(name, size);
    char *path = NULL;
    int status;

    if (named)
        path = from->base ? pkr_path_resolve_real(from->base, named)
                          : pkr_path_fix(on->roots->here, named);
    if (path && from->base)
        pkr_path_unmark(path);
    status = path ? follow(on, path, error) : pkr_error_memory(error);
    free(named);
    free(path);
    return status;
}

/* A list that has a NUL in it is cut off there, as git does it; but that is said. */
static int end_level(walk *on, packread_error *error)
{
    const level *last = &on->levels[on->depth - 1];
    int status = 0;

    if (last->names.at < last->names.size)
        status = note(on, PACKREAD_ERROR_CORRUPT, last->where, 0,
                      "has a NUL in it: what stands behind that is not read", error);
    close_level(on);
    return status;
}

static int go_through(walk *on, packread_error *error)
{
    const char *name;
    size_t size;
    int status = 0;

    while (status == 0 && on->depth > 0) {
        if (pkr_stop_is_asked(on->list->budget->stop))
            return pkr_error_set(error, PACKREAD_ERROR_STOPPED, NULL,
                                 packread_error_text(PACKREAD_ERROR_STOPPED));
        if (pkr_alternates_next(&on->levels[on->depth - 1].names, &name, &size))
            status = follow_name(on, name, size, error);
        else
            status = end_level(on, error);
    }
    return status;
}

/* ---- All of it ------------------------------------------------------------------------------ */

/* It need not be there. */
static int take_own(walk *on, packread_error *error)
{
    pkr_stamp stamp;
    int failure = pkr_host_look(on->roots->own, &stamp);

    if (failure != 0 && !pkr_host_is_absence(failure))
        return pkr_error_system(error, on->roots->own, failure, "cannot be read");
    return add_folder(on, on->roots->own, &stamp, false, error);
}

static int take_more(walk *on, packread_error *error)
{
    static const pkr_need need = {NULL, "the memory limit has no room for the environment"};
    const size_t size = on->roots->more ? strlen(on->roots->more) : 0;
    pkr_small_file file = {.size = size, .charged = size + 1};
    pkr_fault fault;
    void *bytes;
    int status;

    if (size == 0)
        return 0;
    if (pkr_memory_new(on->list->budget, file.charged, &need, &bytes, &fault) != 0)
        return pkr_fault_publish(&fault, error);
    file.bytes = memcpy(bytes, on->roots->more, size);
    status = open_level(on, &file, NULL, "GIT_ALTERNATE_OBJECT_DIRECTORIES", ':', error);
    return status == 0 ? go_through(on, error) : status;
}

int pkr_folder_list_read(pkr_budget *budget, const pkr_folder_roots *roots, pkr_folder_list *list,
                         packread_error *error)
{
    walk on = {.list = list, .roots = roots};
    int status;

    *list = (pkr_folder_list){.budget = budget,
                              .folders = {.row_size = sizeof(pkr_listed)},
                              .problems = {.row_size = sizeof(packread_error)}};
    status = take_own(&on, error);
    if (status == 0)
        status = take_more(&on, error);
    if (status == 0)
        status = go_down(&on, 0, error);
    if (status == 0)
        status = go_through(&on, error);
    while (on.depth > 0)
        close_level(&on);
    return status;
}

void pkr_folder_list_free(pkr_folder_list *list)
{
    if (!list->budget)
        return;
    for (size_t i = 0; i < list->folders.count; i++) {
        pkr_listed *listed = pkr_folder_list_get(list, i);

        pkr_budget_give(list->budget, cost_of(listed));
        free_listed(listed);
    }
    pkr_memory_free(list->budget, list->slots, list->slot_count * sizeof *list->slots);
    pkr_table_free(&list->folders, list->budget);
    pkr_table_free(&list->problems, list->budget);
    *list = (pkr_folder_list){0};
}
