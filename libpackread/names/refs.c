/* refs.c - asks files or tables for refs, and follows symbolic ones. */
#include "names/refs.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "place/presence.h"

/* So many refs are read on the way to an id, as by git. */
#define READS_MOST 5
#define NO_REF "leads to what is no ref, or cannot be read"

/* ---- Where they are -------------------------------------------------------------------------- */

/* The name of a linked work tree: the last part of its git dir. */
static const char *worktree_name(const pkr_repository *repository)
{
    const char *slash = strrchr(repository->git_dir, '/');

    return slash ? slash + 1 : repository->git_dir;
}

/* Refs that are kept outside of the repository. */
static int name_other_folders(pkr_refs *refs, const pkr_repository *repository)
{
    const bool is_linked = strcmp(repository->git_dir, repository->common_dir) != 0;
    char *worktrees = NULL;

    refs->common = pkr_path_resolve(repository->common_dir, repository->refs_folder);
    if (refs->common && is_linked)
        worktrees = pkr_path_join(refs->common, "worktrees");
    if (worktrees)
        refs->own = pkr_path_join(worktrees, worktree_name(repository));
    else if (refs->common && !is_linked)
        refs->own = strdup(refs->common);
    free(worktrees);
    return refs->own ? 0 : PACKREAD_ERROR_MEMORY;
}

static int name_folders(pkr_refs *refs, const pkr_repository *repository)
{
    if (repository->refs_folder)
        return name_other_folders(refs, repository);
    refs->own = strdup(repository->git_dir);
    refs->common = strdup(repository->common_dir);
    return refs->own && refs->common ? 0 : PACKREAD_ERROR_MEMORY;
}

static bool is_linked(const pkr_refs *refs)
{
    return strcmp(refs->own, refs->common) != 0;
}

int pkr_refs_begin(pkr_refs *refs, const pkr_repository *repository, pkr_budget *budget,
                   packread_error *error)
{
    int status;

    memset(refs, 0, sizeof *refs);
    if (!pkr_lock_make(&refs->lock))
        return pkr_error_memory(error);
    refs->budget = budget;
    refs->has_tables = repository->ref_storage == PKR_REFS_REFTABLE;
    if (name_folders(refs, repository) != 0)
        return pkr_error_memory(error);
    refs->files = (pkr_ref_files){.own = refs->own,
                                  .common = refs->common,
                                  .id_size = repository->id_size,
                                  .lock = &refs->lock};
    status = pkr_ref_files_begin(&refs->files, budget, error);
    if (status == 0 && refs->has_tables)
        status =
            pkr_ref_tables_begin(&refs->shared, budget, refs->common, repository->id_size, error);
    if (status == 0 && refs->has_tables && is_linked(refs))
        status = pkr_ref_tables_begin(&refs->alone, budget, refs->own, repository->id_size, error);
    return status;
}

void pkr_refs_end(pkr_refs *refs)
{
    if (!refs->budget)
        return;
    pkr_ref_files_end(&refs->files);
    pkr_ref_tables_end(&refs->shared);
    pkr_ref_tables_end(&refs->alone);
    free(refs->own);
    free(refs->common);
    pkr_lock_unmake(&refs->lock);
}

char *pkr_refs_path(const pkr_refs *refs, const char *name, size_t length)
{
    return pkr_ref_files_path(refs->own, refs->common, name, length);
}

uint64_t pkr_refs_changes(pkr_refs *refs)
{
    uint64_t changes;

    pkr_lock_take(&refs->lock);
    changes = refs->files.packed.changes + refs->shared.list.changes;
    pkr_lock_give(&refs->lock);
    return changes;
}

/* ---- One ref --------------------------------------------------------------------------------- */

/* Of another work tree: its tables are opened for this one look. */
static int read_of_other(pkr_refs *refs, const pkr_ref_place *place, pkr_ref *ref,
                         packread_error *error)
{
    const size_t tail = strlen("/worktrees/");
    const size_t size = strlen(refs->common) + tail + place->worktree_length;
    char *folder = malloc(size + 1);
    pkr_ref_tables *other = calloc(1, sizeof *other);
    int status = PACKREAD_ERROR_MEMORY;

    if (folder && other) {
        memcpy(folder, refs->common, size - tail - place->worktree_length);
        memcpy(folder + size - tail - place->worktree_length, "/worktrees/", tail);
        memcpy(folder + size - place->worktree_length, place->worktree, place->worktree_length);
        folder[size] = '\0';
        status = pkr_ref_tables_begin(other, refs->budget, folder, refs->files.id_size, error);
        if (status == 0)
            status = pkr_ref_tables_read(other, place->name, place->length, ref, error);
        pkr_ref_tables_end(other);
    } else {
        pkr_error_memory(error);
    }
    free(folder);
    free(other);
    return status;
}

static int read_of_tables(pkr_refs *refs, const char *name, size_t length, pkr_ref *ref,
                          packread_error *error)
{
    const pkr_ref_place place = pkr_ref_name_place(name, length);
    pkr_ref_tables *stack =
        place.home == PKR_REF_OWN && is_linked(refs) ? &refs->alone : &refs->shared;
    int status;

    if (place.home == PKR_REF_WORKTREE)
        return read_of_other(refs, &place, ref, error);
    pkr_lock_take(&refs->lock);
    status = pkr_ref_tables_read(stack, place.name, place.length, ref, error);
    pkr_lock_give(&refs->lock);
    return status;
}

static int read_one(pkr_refs *refs, const char *name, size_t length, pkr_ref *ref,
                    packread_error *error)
{
    if (pkr_ref_name_is_pseudo(name, length))
        return pkr_ref_files_read_loose(&refs->files, name, length, ref, error);
    if (refs->has_tables)
        return read_of_tables(refs, name, length, ref, error);
    return pkr_ref_files_read(&refs->files, name, length, ref, error);
}

/* A chain of symbolic refs that does not come to an end. */
static int endless(const pkr_refs *refs, const char *name, size_t length, packread_error *error)
{
    char *path = pkr_refs_path(refs, name, length);
    int status = path ? pkr_error_set(error, PACKREAD_ERROR_CORRUPT, path,
                                      "a symbolic ref that leads from one to the next")
                      : pkr_error_memory(error);

    free(path);
    return status;
}

/* A symbolic ref, or more than one, leads to `name`. */
static int nowhere(const pkr_refs *refs, const char *name, size_t length, packread_error *error)
{
    static const char before[] = "stands for ";
    static const char after[] = ", which is not there";
    char text[sizeof((packread_error *)NULL)->text] = "";
    const size_t room = sizeof text - sizeof before - sizeof after;
    const size_t first = sizeof before - 1;
    const size_t shown = length <= room ? length : room;

    memcpy(text, before, first);
    for (size_t i = 0; i < shown; i++)
        text[first + i] = (char)((unsigned char)name[i] < 0x80 ? name[i] : '?');
    if (shown < length)
        memcpy(text + first + shown - 3, "...", 3);
    memcpy(text + first + shown, after, sizeof after);
    return pkr_error_set(error, PACKREAD_ERROR_NOT_FOUND, refs->common, text);
}

int pkr_refs_find(pkr_refs *refs, const char *name, size_t length, packread_id *id,
                  packread_error *error)
{
    char at[PKR_REF_NAME_MAX + 1];
    pkr_ref ref;

    if (!pkr_ref_name_is_valid(name, length))
        return PACKREAD_ERROR_NOT_FOUND;
    memcpy(at, name, length);
    for (int i = 0; i < READS_MOST; i++) {
        int status = read_one(refs, at, length, &ref, error);

        if (status == PACKREAD_ERROR_NOT_FOUND && i > 0)
            return nowhere(refs, at, length, error);
        if (status != 0)
            return status;
        if (ref.target_length == 0) {
            *id = ref.id;
            return 0;
        }
        length = ref.target_length;
        memcpy(at, ref.target, length);
    }
    return endless(refs, at, length, error);
}

bool pkr_refs_is_broken(const pkr_refs *refs, const packread_error *error)
{
    return !refs->has_tables &&
           !(error->has_offset && pkr_path_ends_with(error->file, "/packed-refs"));
}

bool pkr_refs_is_lost(pkr_refs *refs, const char *name, size_t length)
{
    return !refs->has_tables && pkr_ref_files_is_lost(&refs->files, name, length);
}

/* ---- All of them ----------------------------------------------------------------------------- */

/* Of a linked work tree the common tables have the refs of the main one, too: they do not count. */
static int list_tables(pkr_refs *refs, pkr_ref_list *list, packread_error *error)
{
    int status = pkr_ref_tables_list(&refs->shared, list, error);

    if (status != 0 || !is_linked(refs))
        return status;
    pkr_ref_list_drop_own(list);
    return pkr_ref_tables_list(&refs->alone, list, error);
}

static const char *why(int code)
{
    return code == PACKREAD_ERROR_NOT_REGULAR ? "leads to what is not a regular file" : NO_REF;
}

/* The row of the ref that `row` leads to, in the list or as one that is read. */
static int follow(pkr_refs *refs, const pkr_ref_list *list, pkr_ref_row *row, packread_error *error)
{
    const pkr_ref_row *on = row;
    packread_error detail;
    int status;

    for (int i = 1; i < READS_MOST && on && on->target; i++)
        on = pkr_ref_list_find(list, on->target, on->target_length);
    if (on && on->code == PACKREAD_ERROR_NOT_FOUND)
        return 0;
    if (on && !on->target) {
        row->id = on->id;
        row->trouble = on->trouble ? why(on->code) : NULL;
        row->code = on->code;
        row->system_errno = on->system_errno;
        return 0;
    }
    status = pkr_refs_find(refs, row->target, row->target_length, &row->id, &detail);
    if (status == PACKREAD_ERROR_NOT_FOUND)
        return 0;
    if (status == PACKREAD_ERROR_CORRUPT) {
        row->code = detail.code;
        row->trouble = why(detail.code);
        return 0;
    }
    if (status == PACKREAD_ERROR_SYSTEM && !pkr_presence_may_pass(detail.system_errno, false)) {
        row->code = status;
        row->system_errno = detail.system_errno;
        row->trouble = "leads to what cannot be read";
        return 0;
    }
    if (status != 0 && error)
        *error = detail;
    return status;
}

int pkr_refs_list(pkr_refs *refs, const char *prefix, pkr_ref_list *list, packread_error *error)
{
    int status;

    pkr_ref_list_begin(list, refs->budget, prefix);
    if (refs->has_tables) {
        pkr_lock_take(&refs->lock);
        status = list_tables(refs, list, error);
        pkr_lock_give(&refs->lock);
    } else {
        status = pkr_ref_files_list(&refs->files, list, error);
    }
    if (status != 0)
        return status;
    pkr_ref_list_sort(list);
    for (size_t i = 0; status == 0 && i < pkr_ref_list_count(list); i++)
        if (pkr_ref_list_row(list, i)->target)
            status = follow(refs, list, pkr_ref_list_row(list, i), error);
    return status;
}
