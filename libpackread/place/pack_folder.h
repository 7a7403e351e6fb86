/* pack_folder.h - the names in a folder of packs. */
#ifndef PKR_PACK_FOLDER_H
#define PKR_PACK_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fault.h"

struct pkr_pack;

/* A pack or its index or both. */
typedef struct pkr_pack_name {
    char *path;      /* of the .pack, whether it is there or not */
    bool has_pack;   /* it is */
    bool has_index;  /* the .idx is */
    unsigned beside; /* what else is, of enum pkr_beside */
    /* For the caller's use, NULL at first: the pack, or why it is not open, which is freed here. */
    struct pkr_pack *pack;
    struct pkr_pack *doubted; /* one that is open, but is to be opened anew, or was */
    packread_error *problem;
} pkr_pack_name;

typedef struct pkr_pack_folder {
    pkr_pack_name *list; /* by path, each once */
    size_t count;
    bool has_midx; /* a multi-pack-index, or a folder for a chain of them */
} pkr_pack_folder;

/* Whether a name without folder is that of a pack or index. What git is still writing has other
 * names, as git has them: .tmp-* and tmp_*. */
bool pkr_pack_folder_takes(const char *name);

/* Reads the folder; one that is not there has no names. Errors: SYSTEM, MEMORY. */
int pkr_pack_folder_read(const char *path, pkr_pack_folder *folder, pkr_fault *fault);
void pkr_pack_folder_free(pkr_pack_folder *folder);
/* The one with that path, or NULL. */
pkr_pack_name *pkr_pack_folder_find(const pkr_pack_folder *folder, const char *path);

#endif
