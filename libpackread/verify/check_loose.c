/* check_loose.c - a small object is inflated and hashed in memory, a large one piece by piece. */
#include "verify/check_loose.h"

#include <stdlib.h>

#include "object/loose_check.h"
#include "place/loose.h"
#include "platform/host.h"

#define HELD_MOST ((uint64_t)1 << 20) /* larger ones are not held */
/* A file that is replaced while it is read is read again, so often. */
#define READINGS_MOST 4

static int check_contents(pkr_loose_file *file, pkr_fault *fault)
{
    pkr_blob *blob = NULL;
    int status;

    if (file->header.size > HELD_MOST)
        return pkr_loose_run_checked(file, NULL, NULL, fault);
    status = pkr_loose_whole(file, true, &blob, fault);
    if (status == 0)
        pkr_blob_release(&file->reader->spares, blob);
    return status == PACKREAD_ERROR_BUDGET ? pkr_loose_run_checked(file, NULL, NULL, fault)
                                           : status;
}

static int check_once(packread_reader *reader, const pkr_object_folder *folder,
                      const packread_id *id, pkr_loose_check *check, pkr_fault *fault)
{
    pkr_loose_file file = {0};
    int status = pkr_loose_open(&file, reader, folder->number, id, PKR_LOOSE_CONTENTS, fault);

    check->size_on_disk = file.stamp.size;
    if (status != 0)
        return status;
    check->size = file.header.size;
    status = check_contents(&file, fault);
    pkr_loose_close(&file);
    return status;
}

static bool says_gone(int status, const pkr_fault *fault)
{
    return status == PACKREAD_ERROR_CHANGED && fault->system_errno != 0 &&
           pkr_host_is_absence(fault->system_errno);
}

int pkr_check_loose(packread_reader *reader, const pkr_object_folder *folder, const packread_id *id,
                    pkr_loose_check *check, pkr_fault *fault)
{
    unsigned readings = 0;
    int status;

    *check = (pkr_loose_check){0};
    do
        status = check_once(reader, folder, id, check, fault);
    while (status == PACKREAD_ERROR_CHANGED && !says_gone(status, fault) &&
           ++readings < READINGS_MOST);
    check->is_gone = says_gone(status, fault);
    return check->is_gone ? 0 : status;
}
