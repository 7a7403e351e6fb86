/* attempt.h - one search for an object: what it has met, and what kept it from finding out;
 * and the bytes of copies that it tries, each checked against the object's id. */
#ifndef PKR_ATTEMPT_H
#define PKR_ATTEMPT_H

#include "format/entry.h"
#include "object/reader.h"
#include "repair/graph.h"

typedef struct pkr_search {
    packread_reader *reader;
    pkr_graph graph;
    uint32_t wanted;   /* number of the object that it is all for */
    pkr_blob *result;  /* its bytes; NULL: not found yet */
    size_t asked;      /* objects up to this number had their copies looked at */
    size_t most;       /* no object from this number on is asked */
    bool by_place;     /* entries are tried by their offsets too, whatever the index calls them */
    bool is_short;     /* something was not tried for want of budget */
    bool is_over;      /* of it the graph alone needs more than its share */
    bool is_unsure;    /* or because a file could not be read */
    bool has_lost_one; /* an object that was found could not be built once more */
    bool from_scratch; /* what the cache has is not taken: where it came from is not known */
    bool is_news;      /* there is more to be tried than the object's own copies and chains */
    pkr_fault doubt;   /* if short or unsure: the first thing that was in the way */
    uint64_t blind;    /* the reader's count, at the beginning */
    uint64_t again;    /* objects that were built once more */
} pkr_search;

/* What fails for other reasons than damage says nothing of the object: noted, then true. */
bool pkr_search_note(pkr_search *on, int status, const pkr_fault *fault);
/* The same where nobody knows what there would have been to try. */
void pkr_search_obstacle(pkr_search *on, int status, const pkr_fault *fault);
/* The same for the tables of the graph. */
void pkr_search_no_room(pkr_search *on, int status);

/* The header of a copy; its pack is selected then. */
int pkr_search_entry(pkr_search *on, const pkr_copy *copy, pkr_entry *entry, pkr_fault *fault);

/* Each of these gives the object of that number, pinned or owned, or NULL if it cannot: failures
 * are noted. */

/* What the copy is by itself, or with its base. */
pkr_blob *pkr_search_build(pkr_search *on, uint32_t number, const pkr_copy *copy,
                           const pkr_blob *base);
/* Of the cache, if it has the object at that copy. */
pkr_blob *pkr_search_cached(pkr_search *on, uint32_t number, const pkr_copy *copy);
/* One that was found before. What the cache has not kept is built once more, the way that it was
 * found. NULL too if that is too much. */
pkr_blob *pkr_search_fetch(pkr_search *on, uint32_t number);

#endif
