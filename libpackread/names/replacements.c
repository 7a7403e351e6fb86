/* replacements.c - reads the refs that replace objects, and follows them. */
#include "names/replacements.h"

#include <stdlib.h>
#include <string.h>

#include "place/presence.h"

#define CHAIN_MOST 5
#define DAMAGED "is replaced, but the ref that says by what is damaged or leads nowhere"
#define CLOSED "is replaced, but the ref that says by what cannot be read"

typedef struct pair {
    packread_id from;
    packread_id to;
    const pkr_ref_row *damaged; /* the ref, where it says no id; in the list that is kept */
} pair;

static const pkr_need need = {NULL, "the memory limit has no room for the replaced objects"};

int pkr_replace_begin(pkr_replace *replace, pkr_refs *refs, const char *base, packread_error *error)
{
    const char *slash = strrchr(base, '/');

    memset(replace, 0, sizeof *replace);
    replace->rows.row_size = sizeof(pair);
    if (!refs)
        return 0;
    if (!pkr_lock_make(&replace->lock))
        return pkr_error_memory(error);
    replace->refs = refs;
    pkr_ref_list_begin(&replace->list, refs->budget, "");
    replace->base = strdup(base);
    replace->folder = pkr_refs_path(refs, base, slash ? (size_t)(slash - base) : 0);
    return replace->base && replace->folder ? 0 : pkr_error_memory(error);
}

void pkr_replace_end(pkr_replace *replace)
{
    if (!replace->refs)
        return;
    pkr_table_free(&replace->rows, replace->refs->budget);
    pkr_ref_list_free(&replace->list);
    free(replace->base);
    free(replace->folder);
    pkr_lock_unmake(&replace->lock);
}

/* ---- Reading --------------------------------------------------------------------------------- */

static pair *row(const pkr_replace *replace, size_t number)
{
    return (pair *)replace->rows.rows + number;
}

static int compare(const void *left, const void *right)
{
    return packread_id_compare(&((const pair *)left)->from, &((const pair *)right)->from);
}

/* The object that the last part of the ref's name is the id of. */
static bool read_name(const pkr_ref_row *ref, size_t id_size, packread_id *id)
{
    const char *slash = strrchr(ref->name, '/');
    const char *hex = slash ? slash + 1 : ref->name;

    return strlen(hex) == 2 * id_size && packread_id_parse(hex, 2 * id_size, id) == 0;
}

static int fill(pkr_replace *replace, packread_error *error)
{
    const pkr_ref_list *list = &replace->list;

    replace->rows.count = 0;
    replace->has_damage = false;
    for (size_t i = 0; i < pkr_ref_list_count(list); i++) {
        const pkr_ref_row *ref = pkr_ref_list_row(list, i);
        const bool is_damaged = ref->trouble || ref->id.size == 0;
        packread_id from;
        pkr_fault fault;

        if (ref->code == PACKREAD_ERROR_SYSTEM && pkr_presence_may_pass(ref->system_errno, false))
            return pkr_error_system(error, replace->folder, ref->system_errno, ref->trouble);
        if (!read_name(ref, replace->refs->files.id_size, &from))
            continue;
        if (pkr_table_grow(&replace->rows, replace->refs->budget, &need, &fault) != 0)
            return pkr_fault_publish(&fault, error);
        *row(replace, replace->rows.count++) = (pair){from, ref->id, is_damaged ? ref : NULL};
        replace->has_damage |= is_damaged;
    }
    if (replace->rows.count > 1)
        qsort(replace->rows.rows, replace->rows.count, sizeof(pair), compare);
    return 0;
}

static bool is_damage(int status)
{
    return status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_VERSION ||
           status == PACKREAD_ERROR_UNSUPPORTED || status == PACKREAD_ERROR_NOT_REGULAR;
}

static void forget_list(pkr_replace *replace)
{
    pkr_ref_list_free(&replace->list);
    pkr_ref_list_begin(&replace->list, replace->refs->budget, "");
}

static int read_all(pkr_replace *replace, uint64_t generation, packread_error *error)
{
    pkr_stamp stamp;
    int status;

    replace->generation = 0;
    forget_list(replace);
    pkr_host_look(replace->folder, &stamp);
    replace->stamp = stamp;
    replace->is_young = pkr_stamp_is_young(&stamp);
    status = pkr_refs_list(replace->refs, replace->base, &replace->list, error);
    if (is_damage(status)) {
        pkr_ref_list_sort(&replace->list);
        status = 0;
    }
    if (status == 0)
        status = fill(replace, error);
    if (status != 0 || !replace->has_damage)
        forget_list(replace);
    if (status != 0)
        return status;
    replace->changes = pkr_refs_changes(replace->refs);
    replace->generation = generation + 1;
    atomic_store(&replace->empty, replace->rows.count == 0 ? generation + 1 : 0);
    return 0;
}

static bool has_changed(const pkr_replace *replace)
{
    pkr_stamp stamp;

    pkr_host_look(replace->folder, &stamp);
    return replace->is_young || replace->has_damage || !pkr_stamp_same(&stamp, &replace->stamp) ||
           replace->changes != pkr_refs_changes(replace->refs);
}

/* ---- Following ------------------------------------------------------------------------------- */

/* What stands for `first` is not known. */
static int tell_damaged(const pkr_replace *replace, const pkr_ref_row *ref,
                        const packread_id *first, packread_error *error)
{
    const bool is_closed = ref->code == PACKREAD_ERROR_SYSTEM;
    char *path = NULL;
    pkr_fault fault = {.code = is_closed ? PACKREAD_ERROR_SYSTEM : PACKREAD_ERROR_CORRUPT,
                       .system_errno = ref->system_errno,
                       .text = is_closed ? CLOSED : DAMAGED,
                       .file = ref->file,
                       .has_offset = ref->file != NULL,
                       .offset = ref->offset,
                       .id = *first};

    if (!ref->file)
        fault.file = path = pkr_refs_path(replace->refs, ref->name, ref->length);
    pkr_fault_publish(&fault, error);
    free(path);
    return fault.code;
}

/* With the lock. */
static int follow(const pkr_replace *replace, packread_id *id, packread_error *error)
{
    const packread_id first = *id;
    pkr_fault fault;

    for (int i = 0; i < CHAIN_MOST; i++) {
        const pair wanted = {.from = *id};
        const pair *found =
            replace->rows.count > 0
                ? bsearch(&wanted, replace->rows.rows, replace->rows.count, sizeof(pair), compare)
                : NULL;

        if (!found)
            return 0;
        if (found->damaged)
            return tell_damaged(replace, found->damaged, &first, error);
        *id = found->to;
    }
    pkr_fault_set(&fault, PACKREAD_ERROR_CORRUPT, replace->folder,
                  "is replaced more than 5 times in a row");
    pkr_fault_name(&fault, &first);
    return pkr_fault_publish(&fault, error);
}

int pkr_replace_find(pkr_replace *replace, uint64_t generation, bool looks, const packread_id *id,
                     packread_id *contents, packread_error *error)
{
    int status = 0;

    *contents = *id;
    if (!replace->refs || (!looks && atomic_load(&replace->empty) == generation + 1))
        return 0;
    pkr_lock_take(&replace->lock);
    if (replace->generation != generation + 1 || (looks && has_changed(replace)))
        status = read_all(replace, generation, error);
    if (status == 0)
        status = follow(replace, contents, error);
    pkr_lock_give(&replace->lock);
    return status;
}
