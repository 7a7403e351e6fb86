/* reader.h - one thread's state, inside the library: views, inflater, cache, the chain at hand. */
#ifndef PACKREAD_READER_H
#define PACKREAD_READER_H

#include "bases.h"
#include "cache.h"
#include "inflate.h"
#include "lookup.h"
#include "memo.h"
#include "snapshot.h"
#include "spilled.h"
#include "view.h"

/* What is left of an entry once its header is read. */
typedef struct packread_link {
    uint64_t offset; /* of the entry */
    uint64_t data;   /* of its deflated bytes */
    uint64_t size;   /* of these, inflated: an object or a delta */
} packread_link;

struct packread_reader {
    packread_snapshot *snapshot;
    packread_view data; /* of the pack at hand */
    packread_rows rows; /* of its index */
    packread_inflater *inflater;
    packread_cache cache;
    packread_link *links;
    size_t link_count;
    size_t link_capacity;
    packread_memo memo;
    packread_spills spills;  /* bases of large objects; kept until a call that needs none of them */
    unsigned char *piece;    /* what big objects pass through; NULL until there is one */
    packread_id known;       /* the id looked up last, often asked for again; size 0: none */
    packread_location place; /* where its first copy is */
    packread_blob *object;   /* held for the caller until the next call */
    const packread_bases *bases; /* of a pack without an index: where REF deltas have their bases */
};

/* packread_reader_new, for packs with or without an index. */
int packread_reader_make(packread_snapshot *snapshot, packread_reader **reader,
                         packread_error *error);

/* Points the reader at a pack and its index. Errors: MEMORY. */
int packread_reader_select(packread_reader *reader, const packread_pack *pack,
                           packread_error *error);
/* An operation begins: what the last one handed out is dropped. */
void packread_reader_begin(packread_reader *reader);
/* Before anything of an operation is handed out: SYSTEM or CHANGED if a mapped page that it may
 * have used could not be read, else 0. What is pinned stays. */
int packread_reader_fault(packread_reader *reader, packread_error *error);
/* The same at its end, when no blob is pinned any more but the reader's own: else `status`. After a
 * fault nothing learnt from it is kept. */
int packread_reader_settle(packread_reader *reader, int status, packread_error *error);

#endif
