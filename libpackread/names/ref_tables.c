/* ref_tables.c - keeps the tables of a stack, and looks refs up in them. */
#include "names/ref_tables.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "format/reftable_list.h"

#define FOLDER "reftable"
#define TRIES_MOST 100
#define NAP 1 /* millisecond, between two tries */
#define LACKING "is gone, though tables.list names it"

typedef struct table {
    char *path;
    void *bytes;
    uint64_t room;
    pkr_reftable format;
} table;

static const pkr_need need = {NULL, "the memory limit has no room for so many tables of refs"};

static table *row(const pkr_table *tables, size_t number)
{
    return (table *)tables->rows + number;
}

int pkr_ref_tables_begin(pkr_ref_tables *stack, pkr_budget *budget, const char *folder,
                         size_t id_size, packread_error *error)
{
    memset(stack, 0, sizeof *stack);
    stack->id_size = id_size;
    stack->tables.row_size = sizeof(table);
    stack->folder = pkr_path_join(folder, FOLDER);
    stack->list.budget = budget;
    stack->list.path = stack->folder ? pkr_path_join(stack->folder, "tables.list") : NULL;
    return stack->list.path ? 0 : pkr_error_memory(error);
}

static void free_tables(pkr_table *tables, pkr_budget *budget)
{
    for (size_t i = 0; i < tables->count; i++) {
        free(row(tables, i)->path);
        pkr_memory_free(budget, row(tables, i)->bytes, row(tables, i)->room);
    }
    pkr_table_free(tables, budget);
}

void pkr_ref_tables_end(pkr_ref_tables *stack)
{
    pkr_budget *budget = stack->list.budget;

    if (budget)
        free_tables(&stack->tables, budget);
    pkr_kept_file_free(&stack->list);
    free(stack->folder);
}

/* ---- Taking what is there -------------------------------------------------------------------- */

static int damage(const char *path, int code, size_t offset, const char *text,
                  packread_error *error)
{
    pkr_fault fault;

    pkr_fault_at(&fault, code, path, offset, text);
    return pkr_fault_publish(&fault, error);
}

/* A table that is not known yet. Errors: CHANGED where it is gone. */
static int load(pkr_ref_tables *stack, table *made, packread_error *error)
{
    pkr_stamp stamp;
    const char *text;
    size_t size;
    int failure = pkr_host_look(made->path, &stamp);
    int status;

    if (pkr_host_is_absence(failure)) {
        stack->lacks_table = true;
        return pkr_error_set(error, PACKREAD_ERROR_CHANGED, made->path, LACKING);
    }
    if (failure != 0)
        return pkr_error_system(error, made->path, failure, "cannot be read");
    if (stamp.kind != PKR_KIND_FILE)
        return pkr_error_set(error, PACKREAD_ERROR_NOT_REGULAR, made->path, "not a regular file");
    status = pkr_kept_file_read(stack->list.budget, made->path, &stamp, &made->bytes, &size,
                                &made->room, error);
    if (status != 0)
        return status;
    status = pkr_reftable_begin(&made->format, made->bytes, size, stack->id_size, &text);
    if (status == 0)
        return 0;
    pkr_memory_free(stack->list.budget, made->bytes, made->room);
    made->bytes = NULL;
    made->room = 0;
    return damage(made->path, status, 0, text, error);
}

/* The table of that path, from those that there were; they keep the rest. */
static bool take_known(pkr_ref_tables *stack, table *made)
{
    for (size_t i = 0; i < stack->tables.count; i++) {
        table *known = row(&stack->tables, i);

        if (known->bytes && strcmp(known->path, made->path) == 0) {
            made->bytes = known->bytes;
            made->room = known->room;
            made->format = known->format;
            known->bytes = NULL;
            known->room = 0;
            return true;
        }
    }
    return false;
}

static int add(pkr_ref_tables *stack, pkr_table *tables, const char *name, size_t length,
               packread_error *error)
{
    char *plain = pkr_path_copy(name, length);
    pkr_fault fault;
    table *made;

    if (!plain)
        return pkr_error_memory(error);
    if (pkr_table_grow(tables, stack->list.budget, &need, &fault) != 0) {
        free(plain);
        return pkr_fault_publish(&fault, error);
    }
    made = row(tables, tables->count++);
    *made = (table){.path = pkr_path_join(stack->folder, plain)};
    free(plain);
    if (!made->path)
        return pkr_error_memory(error);
    return take_known(stack, made) ? 0 : load(stack, made, error);
}

static int add_all(pkr_ref_tables *stack, pkr_table *tables, packread_error *error)
{
    const char *name;
    size_t length;
    size_t at = 0;
    int got = 1;
    int status = 0;

    while (status == 0 && got == 1) {
        const size_t begin = at;

        got = pkr_reftable_list_next(stack->list.bytes, stack->list.size, &at, &name, &length);
        if (got < 0)
            return damage(stack->list.path, PACKREAD_ERROR_CORRUPT, begin,
                          "a line is no name of a table", error);
        if (got == 1)
            status = add(stack, tables, name, length, error);
    }
    return status;
}

static int look_once(pkr_ref_tables *stack, packread_error *error)
{
    pkr_table tables = {.row_size = sizeof(table)};
    int status = pkr_kept_file_look(&stack->list, error);

    stack->lacks_table = false;
    if (status != 0 || stack->parsed == stack->list.changes)
        return status;
    status = add_all(stack, &tables, error);
    free_tables(&stack->tables, stack->list.budget);
    stack->tables = tables;
    if (status == 0)
        stack->parsed = stack->list.changes;
    else
        pkr_kept_file_doubt(&stack->list);
    return status;
}

/* A list that stays as it is while a table stays away is not at the beginning of a change. */
static int look(pkr_ref_tables *stack, packread_error *error)
{
    int status = look_once(stack, error);
    const pkr_stamp first = stack->list.stamp;

    for (int i = 0; status == PACKREAD_ERROR_CHANGED && i < TRIES_MOST; i++) {
        pkr_host_nap(NAP);
        status = look_once(stack, error);
    }
    if (status == PACKREAD_ERROR_CHANGED && stack->lacks_table &&
        pkr_stamp_same(&first, &stack->list.stamp)) {
        status = PACKREAD_ERROR_CORRUPT;
        if (error)
            error->code = status;
    }
    return status;
}

/* ---- Refs ------------------------------------------------------------------------------------ */

/* False: what it stands for cannot be the name of one. */
static bool take(const pkr_reftable_record *record, pkr_ref *ref)
{
    if (record->kind == PKR_REFTABLE_SYMBOLIC)
        return pkr_ref_point(ref, record->target, record->target_length);
    ref->id = record->id;
    ref->peeled = record->peeled;
    ref->knows_peeled = true;
    ref->target_length = 0;
    return true;
}

int pkr_ref_tables_read(pkr_ref_tables *stack, const char *name, size_t length, pkr_ref *ref,
                        packread_error *error)
{
    int status = look(stack, error);

    if (status != 0)
        return status;
    for (size_t i = stack->tables.count; i-- > 0;) {
        const table *one = row(&stack->tables, i);
        pkr_reftable_record record;
        int got = pkr_reftable_find(&stack->cursor, &one->format, name, length, &record);

        if (got < 0)
            return damage(one->path, got, stack->cursor.at, "a block of refs is damaged", error);
        if (got == 0)
            continue;
        if (record.kind == PKR_REFTABLE_DELETED)
            return PACKREAD_ERROR_NOT_FOUND;
        return take(&record, ref) ? 0
                                  : damage(one->path, PACKREAD_ERROR_CORRUPT, stack->cursor.at,
                                           "a ref stands for what is no valid name of one", error);
    }
    return PACKREAD_ERROR_NOT_FOUND;
}

static int add_record(const pkr_ref_tables *stack, const pkr_reftable_record *record,
                      uint32_t order, pkr_ref_list *list, packread_error *error)
{
    pkr_ref_row entry = {.order = order, .is_deleted = record->kind == PKR_REFTABLE_DELETED};
    pkr_ref ref;

    if (!pkr_ref_name_is_valid(stack->cursor.name, stack->cursor.length))
        entry.trouble = "not a valid name of a ref";
    else if (!take(record, &ref))
        entry.trouble = "stands for what is no valid name of a ref";
    entry.code = entry.trouble ? PACKREAD_ERROR_CORRUPT : 0;
    return pkr_ref_list_add(list, stack->cursor.name, stack->cursor.length,
                            entry.trouble ? NULL : &ref, &entry, error);
}

int pkr_ref_tables_list(pkr_ref_tables *stack, pkr_ref_list *list, packread_error *error)
{
    int status = look(stack, error);

    for (size_t i = stack->tables.count; status == 0 && i-- > 0;) {
        const table *one = row(&stack->tables, i);
        pkr_reftable_record record;
        int got = 0;

        pkr_reftable_first(&stack->cursor, &one->format);
        while (status == 0 && (got = pkr_reftable_next(&stack->cursor, &record)) == 1)
            status = add_record(stack, &record, (uint32_t)(stack->tables.count - i), list, error);
        if (status == 0 && got < 0)
            status = damage(one->path, got, stack->cursor.at, "a block of refs is damaged", error);
    }
    return status;
}
