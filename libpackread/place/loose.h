/* loose.h - which loose objects an object folder has: files `xx/` and 38 or 62 digits, named by the
 * object's id. */
#ifndef PKR_LOOSE_H
#define PKR_LOOSE_H

#include "base/id.h"
#include "base/memory.h"
#include "place/object_folder.h"

/* The path of an object's file, to be freed; NULL without memory. */
char *pkr_loose_path(const pkr_object_folder *folder, const packread_id *id);
/* What is wrong with an object's file; returns `code`. */
int pkr_loose_fault(const pkr_object_folder *folder, const packread_id *id, int code,
                    int system_errno, const char *text, pkr_fault *fault);

/* Whether the folder has a file for the object, be it one that can be read or not, or a link that
 * leads nowhere: one call of the system. Errors: SYSTEM, MEMORY. */
int pkr_loose_look(const pkr_object_folder *folder, const packread_id *id, bool *found,
                   pkr_fault *fault);

/* The folders that loose objects lie in, by the first byte of their ids. */
#define PKR_LOOSE_FOLDERS 256
typedef struct pkr_loose_names {
    unsigned char first[PKR_LOOSE_FOLDERS]; /* in order */
    unsigned count;
    bool is_guess; /* the object folder may be entered and not listed: all that may be there */
} pkr_loose_names;

/* Those that an object folder has. */
void pkr_loose_names_read(const pkr_object_folder *folder, pkr_loose_names *names);

/* Ids in order, each once, paid from a budget. All zeros: none. */
typedef struct pkr_loose_ids {
    unsigned char *bytes; /* id_size of each */
    unsigned id_size;     /* 0 where there are none and nobody said */
    size_t count;
    uint64_t charged;
    pkr_fault failure; /* code 0, or why some may be missing: of the first folder that could not be
                        * read */
} pkr_loose_ids;

/* The ids of all that the folder has, with `id_size` 20 or 32; 0: as most names tell. What has
 * other names is passed over, as git does it. To be freed, also after an error. Errors: BUDGET,
 * MEMORY, STOPPED. */
int pkr_loose_ids_read(const pkr_object_folder *folder, unsigned id_size, pkr_budget *budget,
                       pkr_loose_ids *ids, pkr_fault *fault);
/* Of those, what has the prefix: one folder is read, or for a whole id one file looked at. */
int pkr_loose_ids_read_prefix(const pkr_object_folder *folder, unsigned id_size,
                              const pkr_prefix *prefix, pkr_budget *budget, pkr_loose_ids *ids,
                              pkr_fault *fault);
void pkr_loose_ids_free(pkr_loose_ids *ids, pkr_budget *budget);

static inline const unsigned char *pkr_loose_ids_at(const pkr_loose_ids *ids, size_t place)
{
    return ids->bytes + place * ids->id_size;
}
/* The first place whose id begins with `size` bytes that are not less than these; ids->count if
 * there is none. */
size_t pkr_loose_ids_from(const pkr_loose_ids *ids, const unsigned char *bytes, size_t size);
bool pkr_loose_ids_have(const pkr_loose_ids *ids, const packread_id *id);

#endif
