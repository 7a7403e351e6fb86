/* bundle_refs.c - gathers the lines of a bundle's header that are refs. */
#include "names/bundle_refs.h"

#include <string.h>

#include "pack/bundle_head.h"

int pkr_bundle_refs_begin(pkr_bundle_refs *refs, const pkr_pack *pack, pkr_budget *budget,
                          packread_error *error)
{
    if (!pack)
        return 0;
    if (!pkr_lock_make(&refs->lock))
        return pkr_error_memory(error);
    refs->pack = pack;
    refs->budget = budget;
    return 0;
}

void pkr_bundle_refs_end(pkr_bundle_refs *refs)
{
    if (!refs->pack)
        return;
    if (refs->is_read)
        pkr_ref_list_free(&refs->list);
    pkr_lock_unmake(&refs->lock);
}

typedef struct gathering {
    pkr_ref_list *list;
    packread_error *error;
    int status; /* of the list, whose detail is in `error` */
} gathering;

static int gather(void *context, const pkr_bundle_line *line)
{
    gathering *on = context;
    const size_t count = pkr_ref_list_count(on->list);
    pkr_ref_row row = {.id = line->id, .order = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX};

    if (line->kind == PKR_BUNDLE_REF)
        on->status =
            pkr_ref_list_add(on->list, line->name, line->name_length, NULL, &row, on->error);
    return on->status;
}

static int read_all(pkr_bundle_refs *refs, packread_error *error)
{
    gathering on = {.list = &refs->list, .error = error};
    pkr_fault fault;
    int status;

    pkr_ref_list_begin(&refs->list, refs->budget, "");
    status = pkr_bundle_head_each(refs->pack, refs->budget, gather, &on, &fault);
    if (status == 0) {
        pkr_ref_list_sort(&refs->list);
        refs->is_read = true;
        return 0;
    }
    pkr_ref_list_free(&refs->list);
    return on.status != 0 ? status : pkr_fault_publish(&fault, error);
}

int pkr_bundle_refs_list(pkr_bundle_refs *refs, const pkr_ref_list **list, packread_error *error)
{
    int status = 0;

    pkr_lock_take(&refs->lock);
    if (!refs->is_read)
        status = read_all(refs, error);
    pkr_lock_give(&refs->lock);
    if (status == 0)
        *list = &refs->list;
    return status;
}

int pkr_bundle_refs_find(pkr_bundle_refs *refs, const char *name, size_t length, packread_id *id,
                         packread_error *error)
{
    const pkr_ref_list *list;
    const pkr_ref_row *row;
    int status = pkr_bundle_refs_list(refs, &list, error);

    if (status != 0)
        return status;
    row = pkr_ref_list_find(list, name, length);
    if (!row)
        return PACKREAD_ERROR_NOT_FOUND;
    *id = row->id;
    return 0;
}
