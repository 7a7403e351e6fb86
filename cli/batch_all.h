/* batch_all.h - batch --all: every object, without being asked. */
#ifndef BATCH_ALL_H
#define BATCH_ALL_H

#include "batch.h"

/* `threads` that read ahead, of ahead_plan; 0: none. */
enum status batch_answer_all(struct batch *batch, const struct common_options *common,
                             bool is_unordered, unsigned threads);

#endif
