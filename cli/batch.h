/* batch.h - what the parts of packread batch share: how to answer, and what came of it. */
#ifndef BATCH_H
#define BATCH_H

#include "batch_filter.h"
#include "line_format.h"

struct batch {
    struct where *source;
    const struct format *format;
    struct batch_filter filter;
    char input_end;    /* of a request: '\n', or '\0' */
    bool is_buffered;  /* answers need not be there at once */
    bool uses_mailmap; /* --command: as the last "mailmap" has it */
    bool headers_only; /* --command: of the request at hand */
    enum status status;
};

#endif
