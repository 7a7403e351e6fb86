/* batch.h - what the parts of packread batch share: how to answer, and what came of it. */
#ifndef BATCH_H
#define BATCH_H

#include "batch_filter.h"
#include "batch_mailmap.h"
#include "line_format.h"

struct batch {
    struct where *source;
    const struct format *format;
    struct batch_filter filter;
    batch_mailmap mailmap;
    char input_end;    /* of a request: '\n', or '\0' */
    bool is_buffered;  /* answers need not be there at once */
    bool headers_only; /* --command: of the request at hand */
    bool has_told_promisor;
    enum status status;
};

#endif
