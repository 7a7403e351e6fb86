/* names.h - what a snapshot knows of names: refs, replacements, grafts, or the refs of a bundle.
 * Made when the first name is looked up, kept with the snapshot, shared by its readers. */
#ifndef PKR_NAMES_H
#define PKR_NAMES_H

#include "names/bundle_refs.h"
#include "names/grafts.h"
#include "names/replacements.h"
#include "store/snapshot.h"

typedef struct pkr_names {
    pkr_attached attached;
    bool is_repository;     /* refs are in `refs`; else those that there are in `bundle` */
    bool has_refs;          /* it is of a repository or a bundle */
    bool trusts_names;      /* as in pkr_repository */
    enum pkr_meant meant;   /* of several objects with one prefix, where the name does not say */
    size_t id_size;         /* bytes of a repository's ids; else 0 */
    _Atomic size_t packs;   /* without a repository: how many packs `longest` is of */
    _Atomic size_t longest; /* bytes of the longest id in these packs */
    pkr_refs refs;
    pkr_bundle_refs bundle;
    pkr_replace replace;
    pkr_grafts grafts;
} pkr_names;

/* Any thread. Errors: MEMORY. */
int pkr_names_get(packread_snapshot *snapshot, pkr_names **names, packread_error *error);
/* The bytes of a whole id. */
size_t pkr_names_id_size(pkr_names *names, const packread_snapshot *snapshot);
/* The object of the ref of just this name, where there are refs. Errors: those of pkr_refs_find and
 * pkr_bundle_refs_find. */
int pkr_names_find_ref(pkr_names *names, const char *name, size_t length, packread_id *id,
                       packread_error *error);
/* As pkr_refs_is_broken. */
bool pkr_names_is_broken_ref(const pkr_names *names, const packread_error *error);
/* As pkr_refs_is_lost. */
bool pkr_names_is_lost_ref(pkr_names *names, const char *name, size_t length);

#endif
