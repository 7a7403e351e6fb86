/* reading.h - one reading of all folders of a place: which folders there are, which packs are in
 * them by name, and how each folder was just before. */
#ifndef PKR_READING_H
#define PKR_READING_H

#include "place/folder_list.h"
#include "place/pack_folder.h"
#include "place/watched.h"

/* What is known of the folders of a place from one reading to the next. */
typedef struct pkr_folders {
    char *objects;    /* the first object folder; NULL: a folder of packs alone is read */
    char *more;       /* others, as in GIT_ALTERNATE_OBJECT_DIRECTORIES; NULL: none */
    const char *here; /* where relative ones of these start; NULL: where the process is */
    pkr_budget *budget;
    pkr_shelf *numbered; /* pkr_object_folder */
    pkr_shelf watched;   /* pkr_watched; an object folder has the same number on both */
} pkr_folders;

/* One folder of packs. */
typedef struct pkr_part {
    uint32_t number;       /* on the shelf of those that are watched */
    pkr_stamp stamp;       /* of the folder, before it was read */
    bool is_young;         /* it may have changed since without another stamp: pkr_stamp_is_young */
    bool is_recent;        /* it changed just before: the second file of a pack may be on its way */
    bool is_refused;       /* it was left out, since it may not be read */
    pkr_stamp names_stamp; /* of info/alternates, which names other folders, before it was read */
    bool names_are_young;  /* as is_young, of that file */
    pkr_pack_folder names;
} pkr_part;

/* All zeros: none. */
typedef struct pkr_reading {
    pkr_folder_list folders; /* empty where a folder of packs alone is looked at */
    pkr_part *parts;         /* in the order of folders; each folder of packs is read once */
    size_t count;
    size_t names;         /* of packs, in all parts */
    packread_error error; /* why the folders could not be told, in full: the fault that is returned
                           * names no file that only a list of folders names */
    size_t *part_of;      /* by number of what is watched: 1 and the index of its part; 0: none */
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
