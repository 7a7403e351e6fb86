/* spilled.c - keeps a reader's temporary files, and the windows on them. */
#include "spilled.h"

#include <string.h>

#include "error.h"

void packread_spills_begin(packread_spills *spills, smmap_manager *manager)
{
    memset(spills, 0, sizeof *spills);
    spills->manager = manager;
    for (size_t i = 0; i < PACKREAD_SPILLED_COUNT; i++)
        spills->list[i].file = (packread_spill)PACKREAD_SPILL_NONE;
}

static void drop(packread_spills *spills, packread_spilled *spilled)
{
    if (spilled->view.cursor) {
        packread_view_close(&spilled->view);
        /* Idle windows would keep the file on the disk, and one of another file under this
         * descriptor must not find them. */
        smmap_manager_collect(spills->manager);
    }
    packread_spill_close(&spilled->file);
}

void packread_spills_drop(packread_spills *spills)
{
    for (size_t i = 0; i < PACKREAD_SPILLED_COUNT; i++)
        drop(spills, &spills->list[i]);
}

packread_spilled *packread_spills_find(packread_spills *spills, uint32_t pack, uint64_t offset)
{
    for (size_t i = 0; i < PACKREAD_SPILLED_COUNT; i++) {
        packread_spilled *spilled = &spills->list[i];

        if (spilled->view.cursor && spilled->offset == offset && spilled->pack == pack)
            return spilled;
    }
    return NULL;
}

int packread_spills_new(packread_spills *spills, const packread_spilled *base, uint64_t claimed,
                        packread_spilled **made, packread_error *error)
{
    packread_spilled *place = &spills->list[0];

    /* An empty place, or else one that is not needed now. */
    for (size_t i = 0; i < PACKREAD_SPILLED_COUNT; i++) {
        packread_spilled *other = &spills->list[i];

        if (place == base || (other != base && other->file.fd < 0))
            place = other;
    }
    drop(spills, place);
    *made = place;
    return packread_spill_open(&place->file, claimed, error);
}

int packread_spilled_finish(packread_spills *spills, packread_spilled *made, packread_error *error)
{
    static const char name[] = "temporary file";
    smmap_error cause;

    if (smmap_cursor_open_fd(spills->manager, made->file.fd, &made->view.cursor, &cause) != 0)
        return packread_error_from_window(error, &cause, name);
    made->view.owner = made;
    made->view.file = name;
    made->view.end = made->file.size;
    return 0;
}

int packread_spilled_take(void *filling, const void *bytes, size_t size)
{
    packread_filling *state = filling;

    state->status = packread_spill_write(&state->spilled->file, bytes, size, &state->error);
    return state->status;
}
