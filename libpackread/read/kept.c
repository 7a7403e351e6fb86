/* kept.c - objects that outlive the next call on their reader. */
#include "object/blob.h"

int packread_object_keep(const packread_object *object, packread_error *error)
{
    pkr_blob *blob;

    if (!object)
        return pkr_error_null(error);
    blob = object->hold;
    if (!blob)
        return pkr_error_argument(error, "the object is not one that a reader holds");
    pkr_blob_hold(blob);
    atomic_store_explicit(&blob->kept, true, memory_order_relaxed);
    pkr_budget_hold(blob->budget);
    return 0;
}

void packread_object_release(packread_object *object)
{
    pkr_blob *blob = object ? object->hold : NULL;
    pkr_budget *budget;

    if (!blob)
        return;
    budget = blob->budget;
    object->hold = NULL;
    object->data = NULL;
    pkr_blob_release(NULL, blob);
    pkr_budget_let_go(budget);
}
