/* where.h - WHERE, opened: the packs, a reader, and what could not be opened. */
#ifndef WHERE_H
#define WHERE_H

#include "options.h"

#include <sys/types.h>
#include <time.h>

/* A folder as it was at some time: whoever adds or removes a file in it changes that. */
struct where_mark {
    bool is_known;
    dev_t device;
    ino_t inode;
    struct timespec changed;
};

struct where {
    const char *path; /* as it was named */
    packread_snapshot *snapshot;
    packread_reader *reader;
    size_t problems; /* packs that could not be opened; each was told */
    size_t packs;
    uint64_t objects; /* of all packs; copies count */
    size_t id_size;   /* of the longest ids among the packs */

    /* For where_renew. */
    const struct common_options *common;
    char *folder;           /* of the packs; NULL where none was found */
    struct where_mark mark; /* of the folder, when it was opened */
    bool is_fresh;          /* the mark may be from before its last change */
    bool is_renewed;        /* once already with the folder as it is */
};

/* Prints what goes wrong. On STATUS_OK close it with where_close. */
enum status where_open(struct where *opened, const char *where,
                       const struct common_options *common);
void where_close(struct where *opened);

/* Looks for packs again, as git does, after an object was not found, or where `is_gone`, a file
 * that has it was not there any more. True if they were opened anew: the question is worth asking
 * again, and locations from before are void. Without a change in the folder it costs a look at
 * that; with `is_gone` the packs are opened once more all the same. What is told of the old packs
 * is not told again. */
bool where_renew(struct where *opened, bool is_gone);

/* The state that unreadable packs alone lead to: STATUS_OK if there are none. */
enum status where_problems_status(const struct where *opened);
/* Which kinds of things could not be read, with the first of each: "not all packs could be read
 * (first: a.pack)". Cut off where `size` is too small. */
void where_describe_problems(const struct where *opened, char *text, size_t size);

#endif
