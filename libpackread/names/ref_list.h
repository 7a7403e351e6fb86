/* ref_list.h - refs of several stores, merged: sorted by name, and of each the one that counts. */
#ifndef PKR_REF_LIST_H
#define PKR_REF_LIST_H

#include "base/memory.h"
#include "names/ref.h"

typedef struct pkr_ref_row {
    const char *name;   /* a NUL stands behind it. Valid when the list is sorted */
    size_t length;      /* 0: what has no name that can be read. Of such ones all are kept */
    const char *target; /* of a symbolic one; else NULL */
    size_t target_length;
    packread_id id;
    packread_id peeled;
    bool knows_peeled;
    bool is_deleted;
    bool is_dropped;     /* it is as if it had not been added */
    uint32_t order;      /* of the store: of two refs of a name that of the lower one counts */
    const char *trouble; /* why it cannot be read; NULL: it can. A constant */
    int code;            /* of that; NOT_FOUND: there is only a link, which leads nowhere */
    int system_errno;
    const char *file; /* NULL: that of the ref; else of many refs. Not copied */
    uint64_t offset;  /* where in `file` */
} pkr_ref_row;

typedef struct pkr_ref_list {
    pkr_budget *budget;
    const char *prefix; /* refs of other names are left out; "" for all */
    pkr_table rows;     /* pkr_ref_row */
    void *text;         /* names and targets, each with a NUL */
    size_t used;
    uint64_t room;
    bool is_sorted;
} pkr_ref_list;

void pkr_ref_list_begin(pkr_ref_list *list, pkr_budget *budget, const char *prefix);
void pkr_ref_list_free(pkr_ref_list *list);
/* Whether refs of such a name are wanted. */
bool pkr_ref_list_wants(const pkr_ref_list *list, const char *name, size_t length);
/* Adds a ref, if it is wanted. The list's strings are copies; `row` has what is no string, and
 * `ref` (may be NULL) the rest. Errors: MEMORY, BUDGET. */
int pkr_ref_list_add(pkr_ref_list *list, const char *name, size_t length, const pkr_ref *ref,
                     const pkr_ref_row *row, packread_error *error);
/* Refs that each work tree has for itself, and that were added so far, do not count. */
void pkr_ref_list_drop_own(pkr_ref_list *list);
/* When all have been added; once more changes nothing. */
void pkr_ref_list_sort(pkr_ref_list *list);

static inline size_t pkr_ref_list_count(const pkr_ref_list *list)
{
    return list->rows.count;
}
static inline pkr_ref_row *pkr_ref_list_row(const pkr_ref_list *list, size_t number)
{
    return (pkr_ref_row *)list->rows.rows + number;
}
/* Of a sorted list. NULL: there is none of that name. */
pkr_ref_row *pkr_ref_list_find(const pkr_ref_list *list, const char *name, size_t length);

#endif
