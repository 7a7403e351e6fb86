/* progress.h - the line that says how far a long command has come. One at a time. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "options.h"

/* `what` is kept, not copied; a total of 0 is one that is not known. `writes_output`: the command
 * prints as it goes, so that on a terminal the line would only be in the way. */
void progress_begin(const struct common_options *common, const char *what, uint64_t total,
                    bool writes_output);
/* Whether one was begun and not ended, shown or not. */
bool progress_is_busy(void);
/* Whether one was begun that is shown, or may be yet: there is more to count. */
bool progress_is_wanted(void);
/* There is so much more to do than was said. */
void progress_add(uint64_t total);
/* Cheap enough for each object. */
void progress_update(uint64_t done);
/* Keeps the line if it was asked for, wipes it if it came by itself. */
void progress_end(void);

#endif
