/* spills.c - keeps a reader's temporary files, and the windows on them. */
#include "object/spills.h"

#include <string.h>

#include "base/fault.h"

void pkr_spills_begin(pkr_spills *spills, smmap_manager *manager, pkr_budget *budget)
{
    memset(spills, 0, sizeof *spills);
    spills->manager = manager;
    for (size_t i = 0; i < PKR_SPILLED_COUNT; i++) {
        spills->list[i].file = (pkr_tempfile)PKR_TEMPFILE_NONE;
        spills->list[i].view.budget = budget;
    }
}

static void drop(pkr_spilled *spilled)
{
    if (spilled->view.cursor) {
        /* Idle windows would keep the file on the disk, and one of another file under this
         * descriptor must not find them. */
        smmap_cursor_release_file(spilled->view.cursor, NULL);
        pkr_view_close(&spilled->view);
    }
    pkr_tempfile_close(&spilled->file);
}

void pkr_spills_drop(pkr_spills *spills)
{
    for (size_t i = 0; i < PKR_SPILLED_COUNT; i++)
        drop(&spills->list[i]);
}

pkr_spilled *pkr_spills_find(pkr_spills *spills, uint32_t pack, uint64_t offset)
{
    for (size_t i = 0; i < PKR_SPILLED_COUNT; i++) {
        pkr_spilled *spilled = &spills->list[i];

        if (spilled->view.cursor && spilled->offset == offset && spilled->pack == pack)
            return spilled;
    }
    return NULL;
}

int pkr_spills_new(pkr_spills *spills, const pkr_spilled *base, uint64_t claimed,
                   pkr_spilled **made, pkr_fault *fault)
{
    pkr_spilled *place = &spills->list[0];

    /* An empty place, or else one that is not needed now. */
    for (size_t i = 0; i < PKR_SPILLED_COUNT; i++) {
        pkr_spilled *other = &spills->list[i];

        if (place == base || (other != base && other->file.fd < 0))
            place = other;
    }
    drop(place);
    *made = place;
    return pkr_tempfile_open(&place->file, spills->folder, claimed, fault);
}

int pkr_spilled_finish(pkr_spills *spills, pkr_spilled *made, pkr_fault *fault)
{
    static const char name[] = "temporary file";
    smmap_error cause;
    int status = smmap_cursor_open_fd(spills->manager, made->file.fd, &made->view.cursor, &cause);

    if (status != 0 && pkr_view_relieve(&made->view, &cause))
        status = smmap_cursor_open_fd(spills->manager, made->file.fd, &made->view.cursor, &cause);
    if (status != 0)
        return pkr_fault_from_window(fault, &cause, name);
    made->view.owner = made;
    made->view.file = name;
    made->view.end = made->file.size;
    return 0;
}

int pkr_spilled_take(void *filling, const void *bytes, size_t size)
{
    pkr_filling *state = filling;

    state->status = pkr_tempfile_write(&state->spilled->file, bytes, size, &state->fault);
    return state->status;
}
