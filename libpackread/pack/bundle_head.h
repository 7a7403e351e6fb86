/* bundle_head.h - the header of a bundle, read through a view of its file. */
#ifndef PKR_BUNDLE_HEAD_H
#define PKR_BUNDLE_HEAD_H

#include "format/bundle.h"
#include "pack/pack.h"

/* Each line but the last. Non-zero ends it, and is returned. */
typedef int pkr_bundle_visitor(void *context, const pkr_bundle_line *line);

/* What a header is read into. */
typedef struct pkr_bundle_head {
    pkr_bundle bundle;
    uint64_t end;    /* the pack begins here */
    pkr_fault doubt; /* code 0, or the first line that is malformed; git refuses the bundle then */
} pkr_bundle_head;

/* Reads the header at the front of what the view shows. `visit` may be NULL. Errors: CORRUPT where
 * the signature is wrong or there is no end, UNSUPPORTED; those of windows. */
int pkr_bundle_head_read(pkr_view *view, pkr_bundle_head *head, pkr_bundle_visitor *visit,
                         void *context, pkr_fault *fault);

/* The same of a pack that was opened; of one that is in no bundle nothing is visited. */
int pkr_bundle_head_each(const pkr_pack *pack, pkr_budget *budget, pkr_bundle_visitor *visit,
                         void *context, pkr_fault *fault);

#endif
