/* batch_absence.c - tells once what holds for many. */
#include "batch_absence.h"

#include "message.h"
#include "name.h"

#include <string.h>

/* Of a partial clone: why objects may not be there. */
static void tell_promisor(struct batch *batch)
{
    packread_repository_info repository = {.struct_size = sizeof repository};

    if (batch->has_told_promisor)
        return;
    batch->has_told_promisor = true;
    if (packread_snapshot_repository(batch->source->snapshot, &repository) == 0 &&
        repository.promisor != NULL)
        message_warning("%s: a partial clone: the remote '%s' promised objects that are missing "
                        "here; nothing is fetched",
                        batch->source->path, repository.promisor);
}

/* What of a kind of name is not supported. */
static void tell_reason(struct batch *batch, const struct request *request, const char *text)
{
    struct batch_reasons *told = &batch->reasons;

    if (strstr(text, "not supported") == NULL)
        return;
    for (size_t i = 0; i < told->count; i++)
        if (strcmp(told->text[i], text) == 0)
            return;
    if (told->count < BATCH_REASONS_MAX)
        strcpy(told->text[told->count++], text);
    message_warning("%s: %.*s: not found: %s", batch->source->path, (int)request->name_length,
                    request->name, text);
}

/* Whether a name begins as one of an object, by id: a ref that is not there is not unread. */
static bool begins_with_id(const struct request *request)
{
    size_t base = 0;

    while (base < request->name_length && strchr("^~:", request->name[base]) == NULL)
        base++;
    return name_is_valid(request->name, base);
}

enum status batch_tell_absence(struct batch *batch, const struct request *request,
                               const packread_id *id, const packread_error *error)
{
    const bool is_of_object = id->size != 0 || error->id.size != 0;

    if (is_of_object)
        tell_promisor(batch);
    tell_reason(batch, request, error->text);
    return is_of_object || begins_with_id(request) ? batch->source->unread : STATUS_OK;
}
