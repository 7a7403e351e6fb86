/* batch_answer.h - the answer to one name, byte for byte git cat-file's. */
#ifndef BATCH_ANSWER_H
#define BATCH_ANSWER_H

#include "batch.h"
#include "batch_request.h"

/* Answers with the contents or, where batch->headers_only is set, without. */
void batch_answer(struct batch *batch, struct request *request);

/* "NAME missing", "NAME ambiguous", ... */
void batch_answer_word(const struct batch *batch, const char *name, size_t length,
                       const char *word);
/* Of an answer that failed after its header, which cannot be told in the protocol: the reader of
 * the answers waits for bytes that will not come, so that the only honest way on is to end. */
_Noreturn void batch_end_in_answer(const struct batch *batch, const packread_id *id,
                                   const packread_error *error);

#endif
