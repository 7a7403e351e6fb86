/* bundle.h - the text that stands before the pack in a bundle: a signature, capabilities, ids of
 * what the pack hangs on, refs, and an empty line. Format: gitformat-bundle(5). */
#ifndef PKR_BUNDLE_H
#define PKR_BUNDLE_H

#include "packread.h"

/* The longest line that is taken: git has no bound, and writes subjects of commits and names. */
#define PKR_BUNDLE_LINE_MOST ((size_t)1 << 20)
/* So many bytes tell whether it may be a bundle. */
#define PKR_BUNDLE_MAGIC 12

/* What the lines so far said. All zeros before the first. */
typedef struct pkr_bundle {
    unsigned version; /* 2 or 3 */
    size_t id_size;
    bool is_filtered;  /* objects were left out on purpose */
    uint64_t required; /* prerequisites */
    uint64_t refs;
} pkr_bundle;

enum pkr_bundle_kind {
    PKR_BUNDLE_SIGNATURE,
    PKR_BUNDLE_CAPABILITY,
    PKR_BUNDLE_PREREQUISITE,
    PKR_BUNDLE_REF,
    PKR_BUNDLE_END /* the pack begins behind it */
};

typedef struct pkr_bundle_line {
    enum pkr_bundle_kind kind;
    packread_id id;   /* of a prerequisite or ref */
    const char *name; /* of a ref: any bytes; in those that were parsed */
    size_t name_length;
    size_t length; /* with the newline; 0: there is none among the bytes */
} pkr_bundle_line;

bool pkr_bundle_begins(const unsigned char *bytes, size_t size);
/* The line at the front of `size` bytes, the next of `bundle`. Errors: CORRUPT, UNSUPPORTED (a
 * capability or hash that is not known), with `text`; `line` is not written then. */
int pkr_bundle_next(pkr_bundle *bundle, const unsigned char *bytes, size_t size,
                    pkr_bundle_line *line, const char **text);

#endif
