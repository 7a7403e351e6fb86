/* verify_doubts.c - what is told of a pack through an index that is another's is of that index. */
#include "verify_doubts.h"

#include "message.h"
#include "metrics.h"

#include <stdlib.h>
#include <string.h>

/* Whether pack and index do not name each other. */
static bool is_mismatch(const packread_snapshot *snapshot, const packread_pack_info *pack)
{
    for (size_t i = 0; i < packread_snapshot_problems(snapshot); i++) {
        const packread_error *problem = packread_snapshot_problem(snapshot, i);

        if (problem->code == PACKREAD_ERROR_MISMATCH &&
            (strcmp(problem->file, pack->path) == 0 ||
             strcmp(problem->file, pack->index_path) == 0))
            return true;
    }
    return false;
}

/* Without memory for its name nothing more is said of it. */
void verify_doubt(struct verification *verification, const packread_snapshot *snapshot,
                  const packread_pack_info *pack)
{
    char **grown;
    char *copy;

    if (!is_mismatch(snapshot, pack))
        return;
    grown = realloc(verification->doubted,
                    (verification->doubted_count + 1) * sizeof *verification->doubted);
    copy = strdup(pack->path);
    if (grown != NULL)
        verification->doubted = grown;
    if (grown != NULL && copy != NULL)
        grown[verification->doubted_count++] = copy;
    else
        free(copy);
}

static void tell_if_whole(const struct verification *verification, const char *path)
{
    const packread_verify_options quietly = {.threads = verification->common->threads};
    packread_options options = verification->common->library;
    packread_snapshot *snapshot;

    options.flags |= PACKREAD_WITHOUT_INDEX;
    if (packread_snapshot_open(path, &options, &snapshot, NULL) != 0)
        return;
    if (packread_verify(snapshot, 0, &quietly, NULL, NULL) == 0)
        message_warning("%s: the pack itself is whole, its index is damaged or another pack's; "
                        "packread index %s writes it anew",
                        path, path);
    metrics_add(snapshot);
    packread_snapshot_free(snapshot);
}

void verify_settle_doubts(struct verification *verification)
{
    for (size_t i = 0; i < verification->doubted_count; i++) {
        tell_if_whole(verification, verification->doubted[i]);
        free(verification->doubted[i]);
    }
    free(verification->doubted);
    verification->doubted = NULL;
    verification->doubted_count = 0;
}
