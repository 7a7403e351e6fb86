/* replacements.h - refs/replace/: objects whose contents others stand for. Any thread. */
#ifndef PKR_REPLACEMENTS_H
#define PKR_REPLACEMENTS_H

#include <stdatomic.h>

#include "names/ref_list.h"
#include "names/refs.h"

typedef struct pkr_replace {
    pkr_refs *refs;         /* NULL: nothing is replaced */
    char *base;             /* what their names begin with */
    char *folder;           /* where they are as loose files */
    _Atomic uint64_t empty; /* 1 and the generation of the packs when they were read and there were
                             * none; 0: there were some, or they were not read */
    pkr_lock lock;          /* of all below */
    uint64_t generation;    /* 1 and that of the packs when they were read; 0: they were not */
    uint64_t changes;       /* pkr_refs_changes of `refs` then */
    pkr_stamp stamp;        /* of `folder` then */
    bool is_young;          /* it may have changed since without another stamp */
    pkr_table rows;         /* sorted */
    pkr_ref_list list;      /* the refs that they are of, if some are damaged; else empty */
    bool has_damage; /* some are: they are looked for again, as they may be mended in place */
} pkr_replace;

/* `base` is copied; `refs` may be NULL. To be ended, whatever comes of it. Errors: MEMORY. */
int pkr_replace_begin(pkr_replace *replace, pkr_refs *refs, const char *base,
                      packread_error *error);
void pkr_replace_end(pkr_replace *replace);

/* Who stands for `id`, as git follows it; `id` itself where nobody does. They are read again where
 * the packs are of another generation, and, with `looks`, where one or two calls of the system say
 * that they may have changed. Where there are none that costs nothing. Errors: CORRUPT for more
 * than 5 in a row, and where the ref that says who is damaged or leads nowhere; MEMORY, BUDGET,
 * SYSTEM where they cannot be read, or the one that says who. Those in a line of packed-refs that
 * has no name, or in a damaged table, are as if there were none. */
int pkr_replace_find(pkr_replace *replace, uint64_t generation, bool looks, const packread_id *id,
                     packread_id *contents, packread_error *error);

#endif
