/* watched.c - compares what folders are with what they were. */
#include "place/watched.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "packread.h"

static void discard(pkr_watched *watched)
{
    free(watched->packs);
    free(watched->names);
    free(watched);
}

/* Takes over both; NULL where there was no memory for what is wanted. */
static int add(pkr_shelf *shelf, char *packs, char *names, bool has_names)
{
    pkr_watched *made = calloc(1, sizeof *made);

    if (!made) {
        free(packs);
        free(names);
        return PACKREAD_ERROR_MEMORY;
    }
    made->packs = packs;
    made->names = names;
    if (packs && (names || !has_names) && pkr_shelf_put(shelf, made) == 0)
        return 0;
    discard(made);
    return PACKREAD_ERROR_MEMORY;
}

int pkr_watched_add_objects(pkr_shelf *shelf, const char *objects)
{
    return add(shelf, pkr_path_join(objects, "pack"), pkr_path_join(objects, "info/alternates"),
               true);
}

int pkr_watched_add_packs(pkr_shelf *shelf, const char *packs)
{
    return add(shelf, strdup(packs), NULL, false);
}

void pkr_watched_end(pkr_shelf *shelf)
{
    for (uint32_t i = 0; i < pkr_shelf_count(shelf); i++)
        discard(pkr_shelf_get(shelf, i));
    pkr_shelf_free(shelf);
}

bool pkr_watched_is_other(const pkr_watched *watched, const pkr_stamp *now)
{
    return watched->is_there && (watched->is_young || !pkr_stamp_same(now, &watched->stamp));
}

bool pkr_watched_names_others(const pkr_watched *watched)
{
    pkr_stamp now;

    if (!watched->is_there || !watched->names)
        return false;
    pkr_host_look(watched->names, &now);
    return watched->names_are_young || !pkr_stamp_same(&now, &watched->names_stamp);
}
