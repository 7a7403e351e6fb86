/* batch_request.h - one request of batch: the name, and what follows it.
 *
 * A line may be longer than what is held of it: then name or rest go on, and can be printed once,
 * as they are read. */
#ifndef BATCH_REQUEST_H
#define BATCH_REQUEST_H

#include "line.h"

struct request {
    const char *name; /* what there is of it */
    size_t name_length;
    bool is_endless; /* the name is longer than any that there can be */
    const char *rest;
    size_t rest_length;
    bool splits;  /* the name ends at the first blank */
    bool goes_on; /* the line has more than was read of it */
    line_reader *input;
};

/* How many of these bytes count: as git has it, a line ends at its first NUL. */
size_t request_text(const char *bytes, size_t length);
/* `line` is the rest of a line of `input`, or all, of `length` bytes. `splits`: the rest begins
 * behind all blanks that follow the name; else all is name. Valid until the next line. */
void request_begin(struct request *request, line_reader *input, const char *line, size_t length,
                   bool splits);

/* Prints the name; one that is endless only once. */
void request_print_name(struct request *request);
/* Prints the rest; one that goes on only once. */
void request_print_rest(void *request);

#endif
