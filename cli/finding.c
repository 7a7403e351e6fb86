/* finding.c - one finding, to people and to programs. */
#include "finding.h"

#include "json.h"
#include "message.h"
#include "output.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* " (and N objects that depend on it)", or nothing. */
static void describe_dependents(uint64_t dependents, char *text, size_t size)
{
    text[0] = '\0';
    if (dependents > 0)
        snprintf(text, size, " (and %" PRIu64 " %s on it)", dependents,
                 dependents == 1 ? "object that depends" : "objects that depend");
}

static const char *file_of(const char *file, const packread_error *error)
{
    return error->file[0] != '\0' ? error->file : file;
}

static void print_json(const char *file, const packread_finding *finding)
{
    const packread_error *error = finding->error;
    char what[400];

    message_describe(error, what, sizeof what);
    json_open();
    json_text("file", file);
    if (error->has_offset)
        json_number("offset", error->offset);
    else
        json_text("offset", NULL);
    json_id("id", &error->id);
    json_text("code", packread_error_text(error->code));
    json_text("text", what);
    json_number("dependents", finding->dependents);
    if (finding->objects > 0)
        json_number("objects", finding->objects);
    json_close();
}

void finding_print(const struct common_options *common, const char *file,
                   const packread_finding *finding)
{
    const packread_error *error = finding->error;
    char what[600];
    char more[80];

    if (common->json) {
        print_json(file_of(file, error), finding);
        return;
    }
    message_describe_place(error, what, sizeof what);
    describe_dependents(finding->dependents, more, sizeof more);
    output_escaped(file_of(file, error));
    output_text(": ");
    output_escaped(what);
    output_text(more);
    output_byte('\n');
}

void finding_print_error(const struct common_options *common, const char *file,
                         const packread_error *error)
{
    const packread_finding finding = {.struct_size = sizeof finding, .error = error};

    finding_print(common, file, &finding);
}

void finding_tell(const char *file, const packread_error *error, uint64_t dependents)
{
    char what[600];
    char more[80];

    message_describe_place(error, what, sizeof what);
    describe_dependents(dependents, more, sizeof more);
    message_error("%s: %s%s", file_of(file, error), what, more);
}
