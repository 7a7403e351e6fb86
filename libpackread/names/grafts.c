/* grafts.c - the lines of `shallow` and `info/grafts`: a commit, and its parents. */
#include "names/grafts.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"

typedef struct graft {
    packread_id commit;
    const char *parents; /* " ID ID", in a file that is kept */
    size_t length;
} graft;

static const pkr_need need = {NULL, "the memory limit has no room for the grafts"};

int pkr_grafts_begin(pkr_grafts *grafts, pkr_budget *budget, const char *common_dir, size_t id_size,
                     packread_error *error)
{
    memset(grafts, 0, sizeof *grafts);
    if (!common_dir)
        return 0;
    if (!pkr_lock_make(&grafts->lock))
        return pkr_error_memory(error);
    grafts->budget = budget;
    grafts->id_size = id_size;
    grafts->rows.row_size = sizeof(graft);
    grafts->shallow =
        (pkr_kept_file){.path = pkr_path_join(common_dir, "shallow"), .budget = budget};
    grafts->grafts =
        (pkr_kept_file){.path = pkr_path_join(common_dir, "info/grafts"), .budget = budget};
    return grafts->shallow.path && grafts->grafts.path ? 0 : pkr_error_memory(error);
}

void pkr_grafts_end(pkr_grafts *grafts)
{
    if (!grafts->budget)
        return;
    pkr_table_free(&grafts->rows, grafts->budget);
    pkr_kept_file_free(&grafts->shallow);
    pkr_kept_file_free(&grafts->grafts);
    pkr_lock_unmake(&grafts->lock);
}

static graft *row(const pkr_grafts *grafts, size_t number)
{
    return (graft *)grafts->rows.rows + number;
}

/* Of two lines for one commit the first counts: so they stay in order. */
static int compare(const void *left, const void *right)
{
    const graft *one = left;
    const graft *other = right;
    int order = packread_id_compare(&one->commit, &other->commit);

    if (order != 0)
        return order;
    return one->length < other->length ? -1 : one->length > other->length;
}

static int add_line(pkr_grafts *grafts, const char *line, size_t length, bool is_shallow,
                    packread_error *error)
{
    const size_t digits = 2 * grafts->id_size;
    pkr_fault fault;
    graft made;

    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\r'))
        length--;
    if (length < digits || packread_id_parse(line, digits, &made.commit) != 0)
        return 0; /* a comment, an empty line */
    made.parents = line + digits;
    made.length = is_shallow ? 0 : length - digits;
    if (made.length % (digits + 1) != 0)
        return 0;
    if (pkr_table_grow(&grafts->rows, grafts->budget, &need, &fault) != 0)
        return pkr_fault_publish(&fault, error);
    *row(grafts, grafts->rows.count++) = made;
    return 0;
}

static int add_file(pkr_grafts *grafts, const pkr_kept_file *file, bool is_shallow,
                    packread_error *error)
{
    const char *bytes = file->bytes;
    int status = 0;

    for (size_t at = 0; status == 0 && at < file->size;) {
        const char *end = memchr(bytes + at, '\n', file->size - at);
        size_t length = end ? (size_t)(end - bytes) - at : file->size - at;

        status = add_line(grafts, bytes + at, length, is_shallow, error);
        at += length + 1;
    }
    return status;
}

/* With the lock. */
static int look(pkr_grafts *grafts, packread_error *error)
{
    uint64_t changes;
    int status = pkr_kept_file_look(&grafts->shallow, error);

    if (status == 0)
        status = pkr_kept_file_look(&grafts->grafts, error);
    changes = grafts->shallow.changes + grafts->grafts.changes;
    if (status == 0 && grafts->parsed == changes)
        return 0;
    grafts->rows.count = 0;
    if (status == 0)
        status = add_file(grafts, &grafts->shallow, true, error);
    if (status == 0)
        status = add_file(grafts, &grafts->grafts, false, error);
    if (status == 0 && grafts->rows.count > 1)
        qsort(grafts->rows.rows, grafts->rows.count, sizeof(graft), compare);
    grafts->parsed = status == 0 ? changes : 0;
    return status;
}

int pkr_grafts_look(pkr_grafts *grafts, packread_error *error)
{
    int status;

    if (!grafts->budget)
        return 0;
    pkr_lock_take(&grafts->lock);
    status = look(grafts, error);
    pkr_lock_give(&grafts->lock);
    return status;
}

/* With the lock. */
static const graft *find(const pkr_grafts *grafts, const packread_id *commit)
{
    size_t low = 0;
    size_t high = grafts->rows.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (packread_id_compare(&row(grafts, middle)->commit, commit) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < grafts->rows.count && packread_id_compare(&row(grafts, low)->commit, commit) == 0
               ? row(grafts, low)
               : NULL;
}

bool pkr_grafts_find(pkr_grafts *grafts, const packread_id *commit, uint64_t number,
                     packread_id *parent)
{
    const size_t step = 2 * grafts->id_size + 1;
    const graft *found;

    if (!grafts->budget)
        return false;
    pkr_lock_take(&grafts->lock);
    found = find(grafts, commit);
    if (found) {
        memset(parent, 0, sizeof *parent);
        if (number > 0 && number <= found->length / step &&
            packread_id_parse(found->parents + step * (number - 1) + 1, step - 1, parent) != 0)
            memset(parent, 0, sizeof *parent);
    }
    pkr_lock_give(&grafts->lock);
    return found != NULL;
}
