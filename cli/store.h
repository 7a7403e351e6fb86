/* store.h - WHERE, opened: the packs, a reader, and what could not be opened. */
#ifndef STORE_H
#define STORE_H

#include "options.h"

typedef struct store {
    const char *where;
    packread_snapshot *snapshot;
    packread_reader *reader;
    size_t problems; /* packs that could not be opened; each was told */
    size_t packs;
    uint64_t objects; /* of all packs; copies count */
    size_t id_size;   /* of the longest ids among the packs */
} store;

/* Prints what goes wrong. On STATUS_OK close it with store_close. */
enum status store_open(store *opened, const char *where, const struct common_options *common);
void store_close(store *opened);

/* The state that unreadable packs alone lead to: STATUS_OK if there are none. */
enum status store_problems_status(const store *opened);
/* Which kinds of things could not be read, with the first of each: "not all packs could be read
 * (first: a.pack)". Cut off where `size` is too small. */
void store_describe_problems(const store *opened, char *text, size_t size);

#endif
