/* store.h - WHERE, opened: the packs, a reader, and what could not be opened. */
#ifndef STORE_H
#define STORE_H

#include "options.h"

#include <sys/types.h>
#include <time.h>

/* A folder as it was at some time: whoever adds or removes a file in it changes that. */
struct store_mark {
    bool is_known;
    dev_t device;
    ino_t inode;
    struct timespec changed;
};

typedef struct store {
    const char *where;
    packread_snapshot *snapshot;
    packread_reader *reader;
    size_t problems; /* packs that could not be opened; each was told */
    size_t packs;
    uint64_t objects; /* of all packs; copies count */
    size_t id_size;   /* of the longest ids among the packs */

    /* For store_renew. */
    const struct common_options *common;
    char *folder;           /* of the packs; NULL where none was found */
    struct store_mark mark; /* of the folder, when it was opened */
    bool is_fresh;          /* the mark may be from before its last change */
    bool is_renewed;        /* once already with the folder as it is */
} store;

/* Prints what goes wrong. On STATUS_OK close it with store_close. */
enum status store_open(store *opened, const char *where, const struct common_options *common);
void store_close(store *opened);

/* Looks for packs again, as git does, after an object was not found, or where `is_gone`, a file
 * that has it was not there any more. True if they were opened anew: the question is worth asking
 * again, and locations from before are void. Without a change in the folder it costs a look at
 * that; with `is_gone` the packs are opened once more all the same. What is told of the old packs
 * is not told again. */
bool store_renew(store *opened, bool is_gone);

/* The state that unreadable packs alone lead to: STATUS_OK if there are none. */
enum status store_problems_status(const store *opened);
/* Which kinds of things could not be read, with the first of each: "not all packs could be read
 * (first: a.pack)". Cut off where `size` is too small. */
void store_describe_problems(const store *opened, char *text, size_t size);

#endif
