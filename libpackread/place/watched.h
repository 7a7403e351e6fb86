/* watched.h - the folders of packs that a snapshot looks at, and how each was when it was read. */
#ifndef PKR_WATCHED_H
#define PKR_WATCHED_H

#include "base/shelf.h"
#include "platform/host.h"

typedef struct pkr_watched {
    char *packs; /* the folder */
    char *names; /* the list of other object folders that goes with it; NULL: there is none */
    /* Below: changed and read with the lock of who looks. */
    bool is_there;   /* it is one of the place's folders now */
    pkr_stamp stamp; /* of the folder, before it was read */
    bool is_young;   /* it may have changed since all the same */
    bool is_refused; /* it was left out, since it may not be read */
    pkr_stamp names_stamp;
    bool names_are_young;
} pkr_watched;

/* Numbered by the place on the shelf, for good. Errors: MEMORY. Of an objects folder: */
int pkr_watched_add_objects(pkr_shelf *shelf, const char *objects);
int pkr_watched_add_packs(pkr_shelf *shelf, const char *packs);
static inline pkr_watched *pkr_watched_get(const pkr_shelf *shelf, uint32_t number)
{
    return pkr_shelf_get(shelf, number);
}
void pkr_watched_end(pkr_shelf *shelf);

/* Whether its packs may be others than those that were read, `now` being its stamp. */
bool pkr_watched_is_other(const pkr_watched *watched, const pkr_stamp *now);
/* Whether it may name other folders than when that was read; one call of the system. */
bool pkr_watched_names_others(const pkr_watched *watched);

#endif
