/* ahead.h - objects that a listing names, read on other threads before their turn to be answered.
 *
 * Answers come in the order in which the objects were added, on the caller's thread. Whatever was
 * not read ahead, since it is large or cannot be read, is left to the one who answers. */
#ifndef AHEAD_H
#define AHEAD_H

#include "where.h"

typedef struct ahead ahead;

/* `info` has type and size; `data` its info->size bytes, checked, until the return; NULL: not read.
 */
typedef void ahead_answer(void *context, const packread_info *info, const void *data);

/* How many threads read ahead under these options; their buffers are then taken off the memory
 * limit in `common`, before a place is opened with it. 0: none, there is too little memory or but
 * one processor. */
unsigned ahead_plan(struct common_options *common);

/* NULL where there are not objects enough to be worth it, or the system has no room for it: the
 * caller does without. */
ahead *ahead_begin(const struct where *source, unsigned threads, ahead_answer *answer,
                   void *context);
void ahead_add(ahead *state, const packread_info *info);
/* Answers all that were added. */
void ahead_settle(ahead *state);
void ahead_end(ahead *state); /* NULL is fine */

#endif
