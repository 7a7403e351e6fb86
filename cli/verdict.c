/* verdict.c - "ok", or how much of a pack is whole. */
#include "verdict.h"

#include "bundle_facts.h"
#include "ending.h"
#include "json.h"
#include "message.h"
#include "output.h"

#include <stdlib.h>

static bool is_ok(const struct verdict *verdict)
{
    return verdict->is_checked && verdict->findings == 0 && verdict->unchecked == 0 &&
           verdict->reason == NULL;
}

/* A pack is known by its own name, also where only its index could be looked at. */
static void print_file(const char *path)
{
    char *pack = other_ending(path, ".idx", ".pack");

    json_text("file", pack != NULL ? pack : path);
    free(pack);
}

static void number_or_null(const char *name, bool is_known, uint64_t number)
{
    if (is_known)
        json_number(name, number);
    else
        json_null(name);
}

static void print_json(const struct verdict *verdict)
{
    char what[400];

    json_open();
    print_file(verdict->path);
    json_boolean("ok", is_ok(verdict));
    number_or_null("objects", verdict->is_opened, verdict->objects);
    number_or_null("bytes", verdict->is_opened, verdict->bytes);
    if (verdict->bundle != NULL)
        bundle_facts_print_json(verdict->bundle);
    if (!is_ok(verdict)) {
        json_number("findings", verdict->findings);
        number_or_null("intact", verdict->is_checked, verdict->intact);
        if (verdict->unchecked > 0)
            json_number("unchecked", verdict->unchecked);
        if (verdict->reason != NULL) {
            message_describe(verdict->reason, what, sizeof what);
            json_text("error", what);
        }
    }
    json_close();
}

static void print_count(uint64_t count, const char *one, const char *many)
{
    output_number(count);
    output_text(count == 1 ? one : many);
}

static void print_text(const struct verdict *verdict)
{
    output_escaped(verdict->path);
    if (is_ok(verdict)) {
        output_text(": ok (");
        print_count(verdict->objects, " object, ", " objects, ");
        output_number(verdict->bytes);
        output_text(" bytes)\n"); /* scripts read this line */
        return;
    }
    output_text(": ");
    if (verdict->findings > 0)
        print_count(verdict->findings, " finding, ", " findings, ");
    if (verdict->unchecked > 0)
        print_count(verdict->unchecked, " object not checked, ", " objects not checked, ");
    output_number(verdict->intact);
    if (verdict->intact <= verdict->objects) {
        output_text(" of ");
        output_number(verdict->objects);
        output_text(" objects intact");
    } else {
        output_text(" objects intact, where the header counts ");
        output_number(verdict->objects);
    }
    if (verdict->bundle != NULL) {
        output_text(" (");
        bundle_facts_print(verdict->bundle);
        output_byte(')');
    }
    output_byte('\n');
}

void verdict_print(const struct verdict *verdict, bool as_json)
{
    if (as_json)
        print_json(verdict);
    else if (verdict->is_checked)
        print_text(verdict);
}
