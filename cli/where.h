/* where.h - WHERE, opened: the packs, a reader, and what could not be opened. */
#ifndef WHERE_H
#define WHERE_H

#include "options.h"

struct where {
    const char *path; /* as it was named */
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_reader *inner; /* of where_stream_again; NULL until it is needed */
    size_t problems;        /* what is wrong there; each was told */
    enum status unread; /* the state that an object which is not found leads to, where it may be in
                         * what could not be read; STATUS_OK: all that may have it was read */
    size_t packs;
    uint64_t objects; /* of all packs; copies count */
    size_t id_size;   /* of the longest ids among the packs */
    bool makes_index; /* which is told as progress */
    const struct common_options *common;
};

/* Prints what goes wrong. On STATUS_OK close it with where_close. */
enum status where_open(struct where *opened, const char *where,
                       const struct common_options *common);
/* Within a listing: an object that the reader could not have, once more. A listing has the packs of
 * its beginning; this is by another reader, which has those that there are now, so that what a gc
 * has moved meanwhile is found. `*failure` and `*error` are those of the first time; nothing may
 * have been begun with the sink that cannot be begun again. */
void where_stream_again(struct where *opened, const packread_id *id, const packread_sink *sink,
                        int *failure, packread_error *error);
/* Whether an object that was listed and is not found was a row of an index that was found damaged
 * since: then `*error` says so. */
bool where_was_misled(const struct where *opened, const packread_info *info, packread_error *error);
/* What is not printed yet is. */
void where_close(struct where *opened);

/* The library looks for packs again before it says that an object is not found: counts those that
 * came, and prints what keeps some of them from being read. */
void where_tell_news(struct where *opened);

/* The state that the problems alone lead to: STATUS_OK if there are none. */
enum status where_problems_status(const struct where *opened);
/* The same with what came meanwhile, which is printed. */
enum status where_news_status(struct where *opened);
/* Which kinds of things could not be read, with the first of each: "not all packs could be read
 * whole (first: a.pack)". Cut off where `size` is too small. */
void where_describe_unread(const struct where *opened, char *text, size_t size);
/* Where objects may be that are missing on purpose: "; ...", or nothing. */
void where_describe_elsewhere(const struct where *opened, char *text, size_t size);

#endif
