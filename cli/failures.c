/* failures.c - when a failure of one object is told, and when it is only counted. */
#include "failures.h"

#include "message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TOLD_MAX 20 /* damaged objects of a pack that are told one by one */

struct failures_of_pack {
    uint64_t damaged;      /* each for a reason of its own */
    uint64_t out_of_reach; /* for one reason: the file as a whole is cut or cannot be read */
    packread_id first;     /* of those */
};

/* Whether a problem with the pack was told when it was opened. */
static bool is_in_doubt(const struct where *source, const packread_pack_info *pack)
{
    for (size_t i = 0; i < source->problems; i++)
        if (strcmp(packread_snapshot_problem(source->snapshot, i)->file, pack->path) == 0)
            return true;
    return false;
}

/* Whether the file is to blame and not the object: what holds for this one holds for many. */
static bool is_of_file(const struct failures *counted, const packread_info *info,
                       const packread_error *error)
{
    packread_pack_info pack = {.struct_size = sizeof pack};

    if (error->code == PACKREAD_ERROR_CHANGED || error->code == PACKREAD_ERROR_SYSTEM)
        return true;
    if (packread_snapshot_pack(counted->source->snapshot, info->location.store, &pack) != 0)
        return false;
    /* What lay behind a cut. */
    return strcmp(error->file, pack.path) == 0 && error->has_offset && error->offset == pack.size &&
           is_in_doubt(counted->source, &pack);
}

static struct failures_of_pack *row_of(struct failures *counted, const packread_info *info)
{
    if (counted->tells_each || info->location.store >= counted->source->packs)
        return NULL;
    if (counted->packs == NULL)
        counted->packs = calloc(counted->source->packs, sizeof *counted->packs);
    return counted->packs != NULL ? &counted->packs[info->location.store] : NULL;
}

enum status failures_add(struct failures *counted, const packread_info *info,
                         const packread_error *error)
{
    const bool is_loose = info->location.kind == PACKREAD_STORE_LOOSE;
    struct failures_of_pack *row = is_loose ? NULL : row_of(counted, info);
    packread_error named = *error;
    bool is_told = true;

    if (named.id.size == 0)
        named.id = info->id;
    if (is_loose) {
        is_told = counted->tells_each || counted->loose++ < TOLD_MAX;
    } else if (row != NULL && is_of_file(counted, info, &named)) {
        is_told = row->out_of_reach++ == 0;
        if (is_told)
            row->first = named.id;
    } else if (row != NULL) {
        is_told = row->damaged++ < TOLD_MAX;
    }
    return is_told ? message_failure(counted->source->path, &named) : status_of_error(named.code);
}

void failures_finish(struct failures *counted)
{
    for (size_t i = 0; counted->packs != NULL && i < counted->source->packs; i++) {
        const struct failures_of_pack *row = &counted->packs[i];
        packread_pack_info pack = {.struct_size = sizeof pack};
        char first[PACKREAD_HEX_MAX + 1];

        if (packread_snapshot_pack(counted->source->snapshot, i, &pack) != 0)
            continue;
        if (row->out_of_reach > 1) {
            packread_id_format(&row->first, first);
            message_error("%s: %" PRIu64 " objects could not be read (first: %s, told above)",
                          pack.path, row->out_of_reach, first);
        }
        if (row->damaged > TOLD_MAX)
            message_error("%s: %" PRIu64 " more %s could not be read", pack.path,
                          row->damaged - TOLD_MAX,
                          row->damaged - TOLD_MAX == 1 ? "object" : "objects");
    }
    free(counted->packs);
    counted->packs = NULL;
    if (counted->loose > TOLD_MAX)
        message_error("%s: %" PRIu64 " more loose %s could not be read", counted->source->path,
                      counted->loose - TOLD_MAX,
                      counted->loose - TOLD_MAX == 1 ? "object" : "objects");
    counted->loose = 0;
}
