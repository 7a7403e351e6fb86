/* tell_refs.c - tells all refs of a repository or bundle. */
#include <stdlib.h>

#include "base/sized.h"
#include "base/stop.h"
#include "names/names.h"

static int tell(pkr_names *names, const pkr_ref_row *row, packread_ref_visitor *visit,
                void *context, packread_error *first)
{
    packread_ref ref = {.struct_size = sizeof ref,
                        .name = row->name,
                        .name_size = row->length,
                        .id = row->id,
                        .target = row->target,
                        .target_size = row->target_length,
                        .peeled = row->peeled,
                        .knows_peeled = row->knows_peeled};
    packread_error detail;
    char *path = NULL;
    pkr_fault fault = {.code = row->code,
                       .system_errno = row->system_errno,
                       .text = row->trouble,
                       .file = row->file,
                       .has_offset = row->file != NULL,
                       .offset = row->offset};

    if (!row->trouble)
        return visit(context, &ref, NULL);
    if (!row->file)
        fault.file = path = pkr_refs_path(&names->refs, row->name, row->length);
    pkr_fault_publish(&fault, &detail);
    free(path);
    if (first->code == 0)
        *first = detail;
    return visit(context, &ref, &detail);
}

static int stopped(packread_error *error)
{
    return pkr_error_set(error, PACKREAD_ERROR_STOPPED, NULL,
                         packread_error_text(PACKREAD_ERROR_STOPPED));
}

static int tell_all(packread_snapshot *snapshot, pkr_names *names, const pkr_ref_list *list,
                    packread_ref_visitor *visit, void *context, packread_error *error)
{
    packread_error first = {.code = 0};

    for (size_t i = 0; i < pkr_ref_list_count(list); i++) {
        const pkr_ref_row *row = pkr_ref_list_row(list, i);

        if (pkr_stop_is_asked(snapshot->budget.stop))
            return stopped(error);
        if (row->code != PACKREAD_ERROR_NOT_FOUND && /* a link that leads nowhere is passed over */
            tell(names, row, visit, context, &first) != 0)
            return stopped(error);
    }
    if (first.code != 0 && error)
        *error = first;
    return first.code;
}

static int tell_repository(packread_snapshot *snapshot, pkr_names *names,
                           packread_ref_visitor *visit, void *context, packread_error *error)
{
    pkr_ref_list list;
    int status = pkr_refs_list(&names->refs, "", &list, error);

    if (status == 0)
        status = tell_all(snapshot, names, &list, visit, context, error);
    pkr_ref_list_free(&list);
    return status;
}

static int tell_bundle(packread_snapshot *snapshot, pkr_names *names, packread_ref_visitor *visit,
                       void *context, packread_error *error)
{
    const pkr_ref_list *list;
    int status = pkr_bundle_refs_list(&names->bundle, &list, error);

    return status == 0 ? tell_all(snapshot, names, list, visit, context, error) : status;
}

int packread_snapshot_refs(packread_snapshot *snapshot, packread_ref_visitor *visit, void *context,
                           packread_error *error)
{
    pkr_names *names;
    int status;

    if (!snapshot || !visit)
        return pkr_error_null(error);
    status = pkr_names_get(snapshot, &names, error);
    if (status != 0 || !names->has_refs)
        return status;
    return names->is_repository ? tell_repository(snapshot, names, visit, context, error)
                                : tell_bundle(snapshot, names, visit, context, error);
}
