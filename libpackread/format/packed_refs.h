/* packed_refs.h - many refs in one file: a line each, with an id and a name, maybe followed by one
 * that tells what the tag there leads to. Format: git-pack-refs(1), gitrepository-layout(5). */
#ifndef PKR_PACKED_REFS_H
#define PKR_PACKED_REFS_H

#include "packread.h"

/* What the header promises of refs without a line that says where the tag leads. */
enum pkr_peeled {
    PKR_PEELED_NONE, /* nothing: their objects may be tags */
    PKR_PEELED_TAGS, /* below refs/tags/ they name no tags; elsewhere they may */
    PKR_PEELED_FULLY /* they name no tags */
};

/* The file, all of it. */
typedef struct pkr_packed_refs {
    const char *bytes;
    size_t size;
    size_t begin; /* of the first line that is a ref */
    size_t id_size;
    enum pkr_peeled peeled;
    bool is_sorted; /* by name: found by binary search */
} pkr_packed_refs;

typedef struct pkr_packed_ref {
    packread_id id;
    packread_id peeled; /* size 0: none, or not known */
    bool knows_peeled;
    const char *name; /* in the file */
    size_t length;
} pkr_packed_ref;

/* Reads the header, and where that does not say that the refs are sorted, looks. `bytes` stay the
 * caller's. False: it is no such file, `*text` says why. */
bool pkr_packed_refs_begin(pkr_packed_refs *refs, const char *bytes, size_t size, size_t id_size,
                           const char **text);
/* The ref at `*at`, which is refs->begin at first and is moved on. Returns 1; 0 at the end; CORRUPT
 * for a line that is none, which is passed over. */
int pkr_packed_refs_next(const pkr_packed_refs *refs, size_t *at, pkr_packed_ref *ref);
/* The ref of that name. Returns 1; 0 where there is none; CORRUPT where its line is none, or lines
 * are no longer what they were when they were sorted. */
int pkr_packed_refs_find(const pkr_packed_refs *refs, const char *name, size_t length,
                         pkr_packed_ref *ref);

#endif
