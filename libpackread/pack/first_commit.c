/* first_commit.c - how the contents of a commit begin: "tree ", an id in hexadecimal, a newline. */
#include "pack/first_commit.h"

#include <string.h>

#include "format/entry.h"
#include "pack/pack.h"
#include "platform/inflate.h"

#define WORD "tree "
#define WORD_SIZE (sizeof WORD - 1)
/* With the longer id. */
#define LINE_MOST (WORD_SIZE + PACKREAD_HEX_MAX + 1)
/* Enough for a header and such a line, deflated in whatever way. */
#define LOOKED_AT 1024

static size_t id_size_of_line(const unsigned char *line, size_t size)
{
    size_t end = WORD_SIZE;

    if (size < WORD_SIZE || memcmp(line, WORD, WORD_SIZE) != 0)
        return 0;
    while (end < size &&
           ((line[end] >= '0' && line[end] <= '9') || (line[end] >= 'a' && line[end] <= 'f')))
        end++;
    if (end == size || line[end] != '\n')
        return 0;
    end -= WORD_SIZE;
    return end == 40 || end == 64 ? end / 2 : 0;
}

/* What comes out before the stream is damaged, or ends, counts. False without memory. */
static bool inflate_line(const unsigned char *bytes, size_t size, unsigned char *line,
                         size_t *length)
{
    pkr_inflater *inflater = pkr_inflater_new();
    unsigned char *out = line;
    size_t room = LINE_MOST;
    const char *text;
    bool ended;
    bool has_memory = inflater && pkr_inflate_begin(inflater) == 0 &&
                      pkr_inflate_step(inflater, &bytes, &size, &out, &room, &ended, &text) !=
                          PACKREAD_ERROR_MEMORY;

    *length = LINE_MOST - room;
    pkr_inflater_free(inflater);
    return has_memory;
}

int pkr_first_commit_id_size(pkr_view *view, size_t *id_size, pkr_fault *fault)
{
    unsigned char line[LINE_MOST];
    const unsigned char *bytes;
    size_t size = LOOKED_AT;
    size_t length;
    pkr_entry entry;
    const char *text;
    int status = pkr_view_upto(view, PKR_PACK_HEADER, &size, &bytes, fault);

    *id_size = 0;
    /* The size of ids matters to deltas only. */
    if (status != 0 || pkr_entry_parse(bytes, size, PACKREAD_ID_MAX, &entry, &text) != 0 ||
        entry.type != PACKREAD_COMMIT)
        return status;
    if (!inflate_line(bytes + entry.header_size, size - entry.header_size, line, &length))
        return pkr_fault_memory(fault);
    *id_size = id_size_of_line(line, length);
    return 0;
}
