/* refs.h - the refs of a repository, however they are kept. Any thread. */
#ifndef PKR_REFS_H
#define PKR_REFS_H

#include "names/ref_files.h"
#include "names/ref_tables.h"
#include "place/repository.h"

typedef struct pkr_refs {
    pkr_budget *budget;
    pkr_lock lock;
    bool has_tables;
    char *own; /* as in `files` */
    char *common;
    pkr_ref_files files;   /* also where refs are in tables: for FETCH_HEAD and its like */
    pkr_ref_tables shared; /* of the common folder */
    pkr_ref_tables alone;  /* of a linked work tree */
} pkr_refs;

/* `repository` stays. To be ended, whatever comes of it. Errors: MEMORY. */
int pkr_refs_begin(pkr_refs *refs, const pkr_repository *repository, pkr_budget *budget,
                   packread_error *error);
void pkr_refs_end(pkr_refs *refs);

/* The object that a ref leads to, through 4 symbolic ones at most. Errors: NOT_FOUND, also for
 * what cannot be the name of a ref, with detail only where symbolic ones lead nowhere; CORRUPT for
 * a ref that is none, or leads too far; those of reading. */
int pkr_refs_find(pkr_refs *refs, const char *name, size_t length, packread_id *id,
                  packread_error *error);

/* Of a ref that is CORRUPT: whether it is the file of a ref that is none, so that there is one.
 * What holds many, and is damaged, may have none of the name. */
bool pkr_refs_is_broken(const pkr_refs *refs, const packread_error *error);
/* Of a ref that is CORRUPT: whether it is known to be there, and damaged. */
bool pkr_refs_is_lost(pkr_refs *refs, const char *name, size_t length);

/* All refs whose names begin with `prefix`, sorted; ids of symbolic ones are those that they lead
 * to, if to any. To be freed, whatever comes of it. Errors: those of reading what holds many refs.
 */
int pkr_refs_list(pkr_refs *refs, const char *prefix, pkr_ref_list *list, packread_error *error);

/* The file where the ref would be, for messages; to be freed. NULL without memory. */
char *pkr_refs_path(const pkr_refs *refs, const char *name, size_t length);

/* A number that is another one when what holds many refs was read again. */
uint64_t pkr_refs_changes(pkr_refs *refs);

#endif
