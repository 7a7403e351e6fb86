/* short_id.h - the object that a prefix of an id means, where what follows says of which type. */
#ifndef PKR_SHORT_ID_H
#define PKR_SHORT_ID_H

#include "base/memory.h"
#include "format/meant.h"
#include "names/follow.h"

/* Errors: NOT_FOUND, also for what is no prefix; AMBIGUOUS; those of find_prefix. */
int pkr_short_id(const pkr_following *on, const char *hex, size_t length, enum pkr_meant meant,
                 packread_id *id);

typedef struct pkr_candidate {
    packread_id id;
    enum packread_type type; /* NONE: it cannot be read */
} pkr_candidate;

/* Of an ambiguous one: the objects that are meant, or, where none is, all that have the prefix; as
 * git tells them: tags, commits, trees, blobs, each by id. `*candidates`, rows of pkr_candidate, is
 * to be freed with the reader's budget, whatever comes of it. */
int pkr_short_id_candidates(const pkr_following *on, const char *hex, size_t length,
                            enum pkr_meant meant, pkr_table *candidates);

#endif
