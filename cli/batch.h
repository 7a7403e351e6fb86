/* batch.h - what the parts of packread batch share: how to answer, and what came of it. */
#ifndef BATCH_H
#define BATCH_H

#include "batch_filter.h"
#include "batch_mailmap.h"
#include "line_format.h"

#define BATCH_REASONS_MAX 8

struct batch_reasons {
    char text[BATCH_REASONS_MAX][sizeof((packread_error *)0)->text];
    size_t count;
};

struct batch {
    struct where *source;
    const struct format *format;
    struct batch_filter filter;
    batch_mailmap mailmap;
    char input_end;    /* of a request: '\n', or '\0' */
    bool is_buffered;  /* answers need not be there at once */
    bool headers_only; /* --command: of the request at hand */
    unsigned flags;    /* of enum packread_resolve_flag */
    bool has_told_promisor;
    struct batch_reasons reasons; /* why kinds of names are not supported: each is told once */
    enum status status;
};

#endif
