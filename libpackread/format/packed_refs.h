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
    const char *name; /* in the file. Of a bad line NULL where none can be seen */
    size_t length;
    size_t place;    /* where its line begins */
    const char *why; /* of a bad line: what is wrong. A constant */
} pkr_packed_ref;

/* Reads the header, and where that does not say that the refs are sorted, looks. `bytes` stay the
 * caller's. A header that is none is the first bad line. */
void pkr_packed_refs_begin(pkr_packed_refs *refs, const char *bytes, size_t size, size_t id_size);
/* The ref at `*at`, which is refs->begin at first and is moved on. Returns 1; 0 at the end; CORRUPT
 * for a bad line, which is passed over: `ref` has its name, place and why. */
int pkr_packed_refs_next(const pkr_packed_refs *refs, size_t *at, pkr_packed_ref *ref);
/* The ref of that name. Returns 1; 0 where there is none; CORRUPT where it may be in a bad line,
 * which `ref` tells. Bad lines hide no other ones: where the search meets one it reads all lines.
 * Where it ends between two good ones that are next to each other, there is none. */
int pkr_packed_refs_find(const pkr_packed_refs *refs, const char *name, size_t length,
                         pkr_packed_ref *ref);
/* Whether a bad line is that of this name: it has it, or the file ends within its last part. */
bool pkr_packed_refs_has_bad(const pkr_packed_refs *refs, const char *name, size_t length);

#endif
