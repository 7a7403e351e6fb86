/* loose_ref.h - the contents of a file that is one ref: an id, or "ref: " and the name of another.
 * Format: gitrepository-layout(5), "HEAD" and "refs". */
#ifndef PKR_LOOSE_REF_H
#define PKR_LOOSE_REF_H

#include "packread.h"

/* So much of a file is looked at: a name of any length that there can be, and what stands around
 * it. FETCH_HEAD has more lines: the first one is the ref. */
#define PKR_LOOSE_REF_HEAD 8192

/* What a ref says. */
typedef struct pkr_ref_value {
    packread_id id;     /* size 0: it is symbolic */
    const char *target; /* then the ref that it stands for; in the bytes that were parsed */
    size_t target_length;
} pkr_ref_value;

/* False: neither. A target may be any bytes but NUL. */
bool pkr_loose_ref_parse(const char *bytes, size_t size, size_t id_size, pkr_ref_value *value);

#endif
