/* ref.h - what one ref says: an id, or another ref that it stands for. */
#ifndef PKR_REF_H
#define PKR_REF_H

#include "format/ref_name.h"
#include "packread.h"

typedef struct pkr_ref {
    packread_id id;       /* size 0: it is symbolic */
    packread_id peeled;   /* what the tag there leads to; size 0: nothing, or it is not known */
    bool knows_peeled;    /* the store of refs tells that */
    size_t target_length; /* of a symbolic one; else 0 */
    char target[PKR_REF_NAME_MAX + 1];
} pkr_ref;

/* Sets the target of a symbolic ref. False: that cannot be the name of one. */
bool pkr_ref_point(pkr_ref *ref, const char *target, size_t length);

#endif
