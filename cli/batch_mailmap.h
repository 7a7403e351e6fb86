/* batch_mailmap.h - the "mailmap" of batch --command: the repository's .mailmap, and commits and
 * tags as it has them. */
#ifndef BATCH_MAILMAP_H
#define BATCH_MAILMAP_H

#include "mailmap.h"
#include "where.h"

typedef struct batch_mailmap {
    bool is_used; /* as the last "mailmap" has it */
    bool is_read;
    char *bytes; /* of the file */
    mailmap map;
} batch_mailmap; /* all zero: it is not used */

/* From now on it is used; reads it the first time. As git has it that is .mailmap at the top of the
 * work tree, else the one of HEAD, or none. What cannot be read is told, and is as none. */
enum status batch_mailmap_use(batch_mailmap *used, struct where *source);
void batch_mailmap_free(batch_mailmap *used);

/* Whether it has something to say about objects of this type. */
bool batch_mailmap_concerns(const batch_mailmap *used, enum packread_type type);

#endif
