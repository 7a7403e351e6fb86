/* revision.h - the parts of a name: what it begins with, suffixes that lead on, a path in a tree.
 * Format: gitrevisions(7). A pure parser. */
#ifndef PKR_REVISION_H
#define PKR_REVISION_H

#include "packread.h"

typedef struct pkr_revision {
    const char *text;
    size_t base; /* bytes of the id, prefix or ref that it begins with; 1 and more */
    size_t end;  /* of the suffixes behind that */
    bool has_path;
    const char *path; /* behind the colon */
    size_t path_length;
} pkr_revision;

enum pkr_step_kind {
    PKR_STEP_PARENT,   /* ^N: parent `number` of the commit; 0: that itself */
    PKR_STEP_ANCESTOR, /* ~N: `number` first parents on */
    PKR_STEP_PEEL,     /* ^{TYPE}: on to the first object of type `type` */
    PKR_STEP_ANY,      /* ^{object}: it is there */
    PKR_STEP_NO_TAG    /* ^{}: on to the first object that is no tag */
};

typedef struct pkr_step {
    enum pkr_step_kind kind;
    uint32_t number;
    enum packread_type type;
} pkr_step;

/* False: nothing can have that name; `*why` says why where git may know an object by it. */
bool pkr_revision_parse(const char *text, size_t length, pkr_revision *revision, const char **why);
/* The suffix at `*at`, which is revision->base at first and is moved on. False at the end. */
bool pkr_revision_next(const pkr_revision *revision, size_t *at, pkr_step *step);

#endif
