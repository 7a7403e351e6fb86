/* reftable.h - one table of refs, sorted by name in blocks. The parts about objects and logs are
 * passed by. Format: git's Documentation/technical/reftable. */
#ifndef PKR_REFTABLE_H
#define PKR_REFTABLE_H

#include "format/ref_name.h"
#include "packread.h"

/* The file, all of it. */
typedef struct pkr_reftable {
    const unsigned char *bytes;
    size_t end; /* of the blocks: the footer begins there */
    size_t id_size;
    size_t header;     /* bytes before the first block, which counts from the file's beginning */
    size_t block_size; /* that blocks are padded to; 0: they are not */
    size_t index;      /* the root of the index of refs; 0: none */
    bool has_refs;
} pkr_reftable;

enum pkr_reftable_kind {
    PKR_REFTABLE_DELETED, /* older tables do not count for this ref */
    PKR_REFTABLE_ID,
    PKR_REFTABLE_TAG, /* an id, and what that tag leads to */
    PKR_REFTABLE_SYMBOLIC
};

typedef struct pkr_reftable_record {
    enum pkr_reftable_kind kind;
    packread_id id;
    packread_id peeled;
    const char *target; /* in the file */
    size_t target_length;
} pkr_reftable_record;

/* Where a reader of records is, and the name of the last one. Offsets are in the file. */
typedef struct pkr_reftable_cursor {
    const pkr_reftable *table;
    unsigned char type; /* of the blocks that it reads */
    size_t block;       /* offset of the block at hand */
    size_t after;       /* of the next block */
    size_t restarts;    /* of the table of restarts, behind the block's records */
    size_t count;       /* how many restarts are in that */
    size_t at;          /* offset of the next record */
    size_t length;      /* of the name */
    char name[PKR_REF_NAME_MAX];
} pkr_reftable_cursor;

/* Checks header and footer. `bytes` stay the caller's. Returns 0; VERSION, CORRUPT, UNSUPPORTED
 * (the other hash), then `*text` says why. */
int pkr_reftable_begin(pkr_reftable *table, const unsigned char *bytes, size_t size, size_t id_size,
                       const char **text);

/* All refs in order: begin, then next, which returns 1, 0 at the end, or CORRUPT; names longer than
 * there can be are that too. */
void pkr_reftable_first(pkr_reftable_cursor *cursor, const pkr_reftable *table);
int pkr_reftable_next(pkr_reftable_cursor *cursor, pkr_reftable_record *record);

/* The ref of that name: returns 1, 0 where there is none, or CORRUPT. `cursor` is room to work in;
 * its `at` is near what is wrong. */
int pkr_reftable_find(pkr_reftable_cursor *cursor, const pkr_reftable *table, const char *name,
                      size_t length, pkr_reftable_record *record);

#endif
