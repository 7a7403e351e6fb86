/* batch_request.c - where a name ends, and how one that is not held goes back piece by piece. */
#include "batch_request.h"

#include "output.h"

#include <string.h>

size_t request_text(const char *bytes, size_t length)
{
    return strnlen(bytes, length);
}

static void look_for_end(struct request *request, const char *piece, size_t *length)
{
    const size_t size = request_text(piece, *length);

    request->goes_on = size == *length && request->input->is_cut;
    *length = size;
}

/* More of a line that is too long to be held; false at its end. */
static bool read_on(struct request *request, const char **piece, size_t *length)
{
    if (!request->goes_on)
        return false;
    request->goes_on = line_more(request->input, piece, length);
    if (request->goes_on)
        look_for_end(request, *piece, length);
    else
        *length = 0;
    return *length > 0 || request->goes_on;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static size_t name_length(const struct request *request, const char *line, size_t size)
{
    size_t length = 0;

    if (!request->splits)
        return size;
    while (length < size && !is_blank(line[length]))
        length++;
    return length;
}

void request_begin(struct request *request, line_reader *input, const char *line, size_t length,
                   bool splits)
{
    *request = (struct request){.name = line, .input = input, .splits = splits};
    look_for_end(request, line, &length);
    request->name_length = name_length(request, line, length);
    request->rest = line + request->name_length;
    request->rest_length = length - request->name_length;
    request->is_endless = request->goes_on && request->name_length == length;
}

void request_print_name(struct request *request)
{
    const char *piece = request->name;
    size_t length = request->name_length;
    size_t part = length;

    output_bytes(piece, part);
    while (request->is_endless && part == length && read_on(request, &piece, &length)) {
        part = name_length(request, piece, length);
        output_bytes(piece, part);
    }
}

void request_print_rest(void *context)
{
    struct request *request = context;
    const char *piece = request->rest;
    size_t length = request->rest_length;
    bool has_begun = false;

    do {
        while (!has_begun && length > 0 && is_blank(*piece)) {
            piece++;
            length--;
        }
        has_begun = has_begun || length > 0;
        output_bytes(piece, length);
    } while (read_on(request, &piece, &length));
}
