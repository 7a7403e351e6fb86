/* reading.h - one reading of all folders of a place: which folders there are, which packs are in
 * them by name, and how each folder was just before. */
#ifndef PKR_READING_H
#define PKR_READING_H

#include "place/folder_list.h"
#include "place/pack_folder.h"
#include "place/watched.h"

/* What is known of the folders of a place from one reading to the next. */
typedef struct pkr_folders {
    char *objects; /* the first object folder; NULL: a folder of packs alone is read */
    char *more;    /* others, as in GIT_ALTERNATE_OBJECT_DIRECTORIES; NULL: none */
    pkr_budget *budget;
    pkr_shelf *numbered; /* pkr_object_folder, each with the number of what is watched of it */
    pkr_shelf watched;   /* pkr_watched */
} pkr_folders;

/* One folder of packs. */
typedef struct pkr_part {
    uint32_t number;       /* of the watched one */
    pkr_stamp stamp;       /* before it was read */
    bool is_young;         /* as of then: what came later may have left no trace in the stamp */
    bool is_recent;        /* likewise: the other file of a pack may have yet to come */
    pkr_stamp names_stamp; /* of its list of other folders */
    bool names_are_young;
    pkr_pack_folder names;
} pkr_part;

/* All zeros: none. */
typedef struct pkr_reading {
    pkr_folder_list folders; /* empty where a folder of packs alone is looked at */
    pkr_part *parts;         /* in the order of folders; each folder of packs is read once */
    size_t count;
    size_t names;         /* of packs, in all parts */
    packread_error error; /* where reading failed by a file whose name does not last */
    size_t *part_of;      /* by number of the watched: index of its part and 1, or 0 */
    size_t part_of_count;
} pkr_reading;

/* Folders that are new are put on the shelves: from one thread at a time. Errors: SYSTEM, MEMORY,
 * BUDGET, STOPPED. Freed by the caller on failure too. */
int pkr_reading_take(pkr_folders *of, bool is_first, pkr_reading *reading, pkr_fault *fault);
void pkr_reading_free(pkr_reading *reading);

/* The part with that number; NULL: it is none of the place any more. */
pkr_part *pkr_reading_part(const pkr_reading *reading, uint32_t number);
/* Whether all folders, and the lists of folders, still are as they were. */
bool pkr_reading_stands(const pkr_reading *reading, const pkr_folders *of);

#endif
