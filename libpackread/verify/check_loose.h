/* check_loose.h - whether the file of one loose object is right. */
#ifndef PKR_CHECK_LOOSE_H
#define PKR_CHECK_LOOSE_H

#include "object/reader.h"

typedef struct pkr_loose_check {
    bool is_gone;          /* there is no such file any more: nothing is known of it, or wrong */
    uint64_t size;         /* of the contents */
    uint64_t size_on_disk; /* 0 where that is not known; set on failure too */
} pkr_loose_check;

/* Reads all of the file: its header, the zlib stream to its end with nothing behind it, its size,
 * and that the contents give the id. Memory does not grow with the object. Errors: CORRUPT; SYSTEM,
 * CHANGED, BUDGET, MEMORY, STOPPED where it is not known whether it is right. */
int pkr_check_loose(packread_reader *reader, const pkr_object_folder *folder, const packread_id *id,
                    pkr_loose_check *check, pkr_fault *fault);

#endif
