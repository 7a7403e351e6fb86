/* listing.h - one listing under way: what is told of an object, out of whichever of its rows and
 * copies can be read. */
#ifndef PKR_LISTING_H
#define PKR_LISTING_H

#include "find/id_merge.h"
#include "read/header_sweep.h"

/* What is told of a row whose id stands twice in its index. */
enum pkr_twin { PKR_TWIN_UNDECIDED, PKR_TWIN_TOLD, PKR_TWIN_PASSED_OVER };

#define PKR_WANT_ORDER (PACKREAD_WANT_DISK | PACKREAD_WANT_BASE) /* needs pack order */

/* What is held of a pack while it is listed. */
typedef struct pkr_listed_pack {
    bool has_order;
    pkr_header_sweep survey; /* empty where there is none */
} pkr_listed_pack;

typedef struct pkr_listing {
    packread_reader *reader;
    packread_list_options options;
    unsigned want;          /* with what the filter needs */
    pkr_listed_pack *packs; /* by number */
    pkr_loose_lists loose;
    packread_reader *later; /* for packs that came since the call began; NULL until one is needed */
    uint64_t begun;         /* objects, of those that come by id */
    uint64_t alone;         /* so many are asked for one by one, before headers are surveyed */
    unsigned char *twins;   /* of the pack at hand by position, an enum pkr_twin; NULL: none */
    packread_list_visitor *visit;
    void *context;
    pkr_fault failure; /* code 0, or of the first pack that could not be listed to its end */
    pkr_fault untold;  /* code 0, or of the first object that could not be told */
} pkr_listing;

/* An object whose rows come one after the other. */
typedef struct pkr_listed_object {
    pkr_id_merge_row first;
    uint32_t pack;  /* of its last row that is no loose object */
    uint32_t tried; /* rows of that pack */
    bool is_known;  /* to the reader: it can be read by its id, even in an index out of order */
    bool is_told;
    pkr_fault failure; /* of the first row; code 0 before there is one */
} pkr_listed_object;

/* Something beside objects could not be listed to its end; what is behind it is listed all the
 * same.
 */
void pkr_listing_note(pkr_listing *state, const pkr_fault *fault);
/* The headers of a pack are read in one go up to before rank `end`, where that is of use; dropped
 * when it was listed. Errors: STOPPED. */
int pkr_listing_survey(pkr_listing *state, size_t number, uint32_t end, pkr_fault *fault);
void pkr_listing_drop_survey(pkr_listing *state, size_t number);
/* Whether what was just read is not the files': a failure of this object, not of those behind it.
 */
int pkr_listing_settle(pkr_listing *state, int failure, pkr_fault *fault);
/* What is wanted of one row. */
int pkr_listing_fill(pkr_listing *state, const pkr_id_merge_row *row, packread_info *info,
                     pkr_fault *fault);
/* One of an object's rows: of several the first that can be read is told. Errors: STOPPED. */
int pkr_listing_offer(pkr_listing *state, pkr_listed_object *at, const pkr_id_merge_row *row,
                      pkr_fault *fault);
/* After its last row: what else can be done for it, or the first row's error. Errors: STOPPED. */
int pkr_listing_end(pkr_listing *state, pkr_listed_object *at, pkr_fault *fault);

#endif
