/* batch_filter.c - reads --filter as git does: blob:none, blob:limit=N[kmg], object:type=T. */
#include "batch_filter.h"

#include "message.h"
#include "size.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define ALL_TYPES \
    (1u << PACKREAD_COMMIT | 1u << PACKREAD_TREE | 1u << PACKREAD_BLOB | 1u << PACKREAD_TAG)

/* What follows `start` in `text`, or NULL. */
static const char *after(const char *text, const char *start)
{
    const size_t length = strlen(start);

    return strncmp(text, start, length) == 0 ? text + length : NULL;
}

/* A number as git's configuration has it: decimal, 0x.. or 0.., then nothing, k, m or g. */
static bool parse_number(const char *text, uint64_t *number)
{
    unsigned shift;
    uintmax_t value;
    char *end;

    if (strchr(text, '-') != NULL)
        return false;
    errno = 0;
    value = strtoumax(text, &end, 0);
    if (errno != 0 || end == text || !size_parse_git_unit(end, &shift) ||
        value > UINT64_MAX >> shift)
        return false;
    *number = (uint64_t)value << shift;
    return true;
}

enum status batch_filter_parse(struct batch_filter *filter, const char *command, const char *text)
{
    const char *value;

    *filter = (struct batch_filter){.kind = FILTER_NONE, .want = PACKREAD_WANT_TYPE};
    if (strcmp(text, "blob:none") == 0) {
        filter->kind = FILTER_BLOB_NONE;
        return STATUS_OK;
    }
    value = after(text, "blob:limit=");
    if (value != NULL && parse_number(value, &filter->limit)) {
        filter->kind = FILTER_BLOB_LIMIT;
        filter->want |= PACKREAD_WANT_SIZE;
        return STATUS_OK;
    }
    value = after(text, "object:type=");
    if (value != NULL)
        filter->type = packread_type_parse(value, strlen(value));
    if (filter->type != PACKREAD_NONE) {
        filter->kind = FILTER_TYPE;
        return STATUS_OK;
    }
    return message_usage(command,
                         "--filter takes blob:none, blob:limit=N, or object:type= with blob, tree, "
                         "commit or tag, not '%s'",
                         text);
}

bool batch_filter_excludes(const struct batch_filter *filter, const packread_info *info)
{
    switch (filter->kind) {
    case FILTER_BLOB_NONE:
        return info->type == PACKREAD_BLOB;
    case FILTER_BLOB_LIMIT:
        return info->type == PACKREAD_BLOB && info->size >= filter->limit;
    case FILTER_TYPE:
        return info->type != filter->type;
    default:
        return false;
    }
}

unsigned batch_filter_types(const struct batch_filter *filter)
{
    switch (filter->kind) {
    case FILTER_BLOB_NONE:
        return ALL_TYPES & ~(1u << PACKREAD_BLOB);
    case FILTER_TYPE:
        return 1u << filter->type;
    default:
        return 0;
    }
}
