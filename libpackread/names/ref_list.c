/* ref_list.c - gathers refs, sorts them, and leaves out those that do not count. */
#include "names/ref_list.h"

#include <stdlib.h>
#include <string.h>

static const pkr_need need = {NULL, "the memory limit has no room for a list of the refs"};

void pkr_ref_list_begin(pkr_ref_list *list, pkr_budget *budget, const char *prefix)
{
    *list = (pkr_ref_list){
        .budget = budget, .prefix = prefix, .rows = {.row_size = sizeof(pkr_ref_row)}};
}

void pkr_ref_list_free(pkr_ref_list *list)
{
    pkr_table_free(&list->rows, list->budget);
    pkr_memory_free(list->budget, list->text, list->room);
}

bool pkr_ref_list_wants(const pkr_ref_list *list, const char *name, size_t length)
{
    const size_t size = strlen(list->prefix);

    return length >= size && memcmp(name, list->prefix, size) == 0;
}

/* The text may move: until the list is sorted rows have offsets in the place of pointers. */
static void put(pkr_ref_list *list, const char *text, size_t length)
{
    char *place = (char *)list->text + list->used;

    if (length > 0)
        memcpy(place, text, length);
    place[length] = '\0';
    list->used += length + 1;
}

static int make_room(pkr_ref_list *list, size_t wanted, pkr_fault *fault)
{
    uint64_t room = list->room + list->room / 2 + 4096;
    int status;

    if (wanted <= list->room - list->used)
        return 0;
    if (room < list->used + (uint64_t)wanted)
        room = list->used + (uint64_t)wanted;
    status = pkr_memory_grow(list->budget, &list->text, list->room, room, &need, fault);
    if (status == 0)
        list->room = room;
    return status;
}

int pkr_ref_list_add(pkr_ref_list *list, const char *name, size_t length, const pkr_ref *ref,
                     const pkr_ref_row *row, packread_error *error)
{
    const size_t target = ref ? ref->target_length : 0;
    pkr_ref_row *made;
    pkr_fault fault;

    if (!pkr_ref_list_wants(list, name, length))
        return 0;
    if (make_room(list, length + target + 2, &fault) != 0 ||
        pkr_table_grow(&list->rows, list->budget, &need, &fault) != 0)
        return pkr_fault_publish(&fault, error);
    made = pkr_ref_list_row(list, list->rows.count++);
    *made = *row;
    made->length = length;
    made->target_length = target;
    if (ref) {
        made->id = ref->id;
        made->peeled = ref->peeled;
        made->knows_peeled = ref->knows_peeled;
    }
    put(list, name, length);
    if (target > 0)
        put(list, ref->target, target);
    return 0;
}

static int compare_names(const char *left, size_t left_length, const char *right,
                         size_t right_length)
{
    int order = memcmp(left, right, left_length < right_length ? left_length : right_length);

    if (order != 0)
        return order;
    return left_length < right_length ? -1 : left_length > right_length;
}

static int compare(const void *left, const void *right)
{
    const pkr_ref_row *one = left;
    const pkr_ref_row *other = right;
    int order = compare_names(one->name, one->length, other->name, other->length);

    if (order != 0)
        return order;
    if (one->order != other->order)
        return one->order < other->order ? -1 : 1;
    return one->offset < other->offset ? -1 : one->offset > other->offset;
}

static void find_texts(pkr_ref_list *list)
{
    const char *text = list->text;

    for (size_t i = 0; i < list->rows.count; i++) {
        pkr_ref_row *row = pkr_ref_list_row(list, i);

        row->name = text;
        text += row->length + 1;
        row->target = row->target_length > 0 ? text : NULL;
        text += row->target_length > 0 ? row->target_length + 1 : 0;
    }
}

void pkr_ref_list_drop_own(pkr_ref_list *list)
{
    const char *text = list->text;

    for (size_t i = 0; i < list->rows.count; i++) {
        pkr_ref_row *row = pkr_ref_list_row(list, i);

        row->is_dropped = pkr_ref_name_place(text, row->length).home == PKR_REF_OWN;
        text += row->length + 1 + (row->target_length > 0 ? row->target_length + 1 : 0);
    }
}

/* The one that counts of the rows of one name. */
static const pkr_ref_row *that_counts(const pkr_ref_list *list, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++) {
        const pkr_ref_row *row = pkr_ref_list_row(list, i);

        if (!row->is_dropped)
            return row->is_deleted ? NULL : row;
    }
    return NULL;
}

void pkr_ref_list_sort(pkr_ref_list *list)
{
    size_t kept = 0;

    if (list->is_sorted)
        return;
    list->is_sorted = true;
    find_texts(list);
    if (list->rows.count > 1)
        qsort(list->rows.rows, list->rows.count, sizeof(pkr_ref_row), compare);
    for (size_t i = 0, next; i < list->rows.count; i = next) {
        const pkr_ref_row *row = pkr_ref_list_row(list, i);

        for (next = i + 1; row->length > 0 && next < list->rows.count; next++) {
            const pkr_ref_row *other = pkr_ref_list_row(list, next);

            if (compare_names(row->name, row->length, other->name, other->length) != 0)
                break;
        }
        row = that_counts(list, i, next);
        if (row)
            *pkr_ref_list_row(list, kept++) = *row;
    }
    list->rows.count = kept;
}

pkr_ref_row *pkr_ref_list_find(const pkr_ref_list *list, const char *name, size_t length)
{
    size_t low = 0;
    size_t high = list->rows.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        pkr_ref_row *row = pkr_ref_list_row(list, middle);
        int order = compare_names(row->name, row->length, name, length);

        if (order == 0)
            return row;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}
