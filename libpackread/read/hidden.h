/* hidden.h - objects that the index of a pack hid from a listing: it was found damaged meanwhile,
 * and another took its place. */
#ifndef PKR_HIDDEN_H
#define PKR_HIDDEN_H

#include "read/listing.h"

/* At the end of a listing of all packs: visits what an index made from a pack has, and nothing that
 * was listed. Before that
 * `pause` is called. Errors: STOPPED. */
int pkr_hidden_list(pkr_listing *state, pkr_fault *fault);

#endif
