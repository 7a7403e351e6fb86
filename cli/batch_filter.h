/* batch_filter.h - --filter: which objects git's filters leave out, as far as git cat-file knows
 * them. */
#ifndef BATCH_FILTER_H
#define BATCH_FILTER_H

#include "status.h"

#include <packread.h>

enum batch_filter_kind { FILTER_NONE = 0, FILTER_BLOB_NONE, FILTER_BLOB_LIMIT, FILTER_TYPE };

struct batch_filter {
    enum batch_filter_kind kind;
    uint64_t limit;          /* BLOB_LIMIT: blobs of so many bytes and more are out */
    enum packread_type type; /* TYPE: all others are out */
    unsigned want;           /* of enum packread_want: what has to be known of an object */
};

/* Complains of what is no filter, or none of these. */
enum status batch_filter_parse(struct batch_filter *filter, const char *command, const char *text);
/* `info` has what the filter wants. */
bool batch_filter_excludes(const struct batch_filter *filter, const packread_info *info);
/* For packread_list_options.types: those that can be in; 0: all. */
unsigned batch_filter_types(const struct batch_filter *filter);

#endif
