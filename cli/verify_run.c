/* verify_run.c - tells findings as they come, and counts them. */
#include "verify_run.h"

#include "ending.h"
#include "finding.h"
#include "message.h"
#include "output.h"
#include "progress.h"

#include <string.h>

/* What the library tells of an index that has an id twice. That is right where the pack has the
 * object twice: an index that is written anew says the same. */
static const char id_twice[] = "two rows of the index have this id";
static const char pack_gone[] = "names a pack that is not there";

bool verify_is_finding(const packread_error *error)
{
    return status_of_error(error->code) == STATUS_DAMAGED;
}

bool verify_is_shortage(int code)
{
    return code == PACKREAD_ERROR_BUDGET || code == PACKREAD_ERROR_TEMPORARY;
}

/* What the system keeps us from reading says nothing about the bytes: it is a message. */
static void tell(const struct verification *verification, const packread_finding *finding)
{
    if (verify_is_finding(finding->error) || verify_is_shortage(finding->error->code))
        finding_print(verification->common, "", finding);
    else
        message_failure("", finding->error);
}

static int tell_finding(void *context, const packread_finding *finding)
{
    struct verification *verification = context;

    pthread_mutex_lock(&verification->lock);
    verification->findings++;
    verification->of_index += ends_with(finding->error->file, ".idx");
    verification->twins += strcmp(finding->error->text, id_twice) == 0;
    verification->is_any_pack_gone |= strcmp(finding->error->text, pack_gone) == 0;
    if (!verify_is_finding(finding->error)) {
        verification->unreadable++;
        /* How many there are in a folder that cannot be read is not known. */
        if (finding->error->id.size > 0 || finding->error->has_offset)
            verification->unchecked += 1 + finding->dependents;
    }
    tell(verification, finding);
    output_flush();
    pthread_mutex_unlock(&verification->lock);
    return 0;
}

static int tell_progress(void *context, uint64_t done, uint64_t total)
{
    struct verification *verification = context;

    (void)total;
    pthread_mutex_lock(&verification->lock);
    progress_update(verification->done + done);
    pthread_mutex_unlock(&verification->lock);
    return 0;
}

packread_verify_options verify_options(struct verification *verification)
{
    return (packread_verify_options){.struct_size = sizeof(packread_verify_options),
                                     .threads = verification->common->threads,
                                     .finding = tell_finding,
                                     .progress = tell_progress,
                                     .context = verification,
                                     .index_sum = verification->sums_index};
}

void verify_store_begin(struct verification *verification)
{
    verification->findings = verification->of_index = verification->twins = 0;
    verification->unreadable = verification->unchecked = 0;
}

/* The line that says 100% comes before the last result, not behind it. */
void verify_store_end(struct verification *verification, uint64_t objects)
{
    verification->done += objects;
    progress_update(verification->done);
    if (verification->stores_left > 0 && --verification->stores_left == 0)
        progress_end();
}
