/* bundle_refs.h - the refs that a bundle's header names. It is read when the first is looked up,
 * and never again: any thread. */
#ifndef PKR_BUNDLE_REFS_H
#define PKR_BUNDLE_REFS_H

#include "base/mutex.h"
#include "names/ref_list.h"
#include "pack/pack.h"

typedef struct pkr_bundle_refs {
    const pkr_pack *pack; /* NULL: there is no bundle */
    pkr_budget *budget;
    pkr_lock lock; /* of what is below, until it is read */
    bool is_read;
    pkr_ref_list list; /* sorted; of two of a name the first */
} pkr_bundle_refs;

/* `pack` stays, and may be NULL. To be ended, whatever comes of it. Errors: MEMORY. */
int pkr_bundle_refs_begin(pkr_bundle_refs *refs, const pkr_pack *pack, pkr_budget *budget,
                          packread_error *error);
void pkr_bundle_refs_end(pkr_bundle_refs *refs);

/* All of them; the list stays as long as `refs`. Errors: BUDGET, MEMORY; those of windows, after
 * which they are read anew. */
int pkr_bundle_refs_list(pkr_bundle_refs *refs, const pkr_ref_list **list, packread_error *error);
/* The object that one names. Errors: also NOT_FOUND, without detail. */
int pkr_bundle_refs_find(pkr_bundle_refs *refs, const char *name, size_t length, packread_id *id,
                         packread_error *error);

#endif
