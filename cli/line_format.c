/* line_format.c - compiles and runs formats. Nothing here calls printf: list runs this a million
 * times.
 */
#include "line_format.h"

#include "json.h"
#include "message.h"
#include "object_place.h"
#include "output.h"

#include <stdlib.h>
#include <string.h>

static const struct atom {
    const char *name;
    enum format_atom atom;
    unsigned want;
} atoms[] = {
    {"objectname", FORMAT_NAME, 0},
    {"objecttype", FORMAT_TYPE, PACKREAD_WANT_TYPE},
    {"objectsize", FORMAT_SIZE, PACKREAD_WANT_SIZE},
    {"objectsize:disk", FORMAT_DISK, PACKREAD_WANT_DISK},
    {"deltabase", FORMAT_BASE, PACKREAD_WANT_BASE},
    {"rest", FORMAT_REST, 0},
    {"objectmode", FORMAT_MODE, 0},
    {"offset", FORMAT_OFFSET, 0},
    {"depth", FORMAT_DEPTH, PACKREAD_WANT_DEPTH},
    {"crc32", FORMAT_CRC, PACKREAD_WANT_CRC},
    {"pack", FORMAT_PACK, 0},
    {"store", FORMAT_STORE, 0},
    {"file", FORMAT_FILE, 0},
};
#define ATOM_COUNT (sizeof atoms / sizeof atoms[0])

static bool is_place(enum format_atom atom)
{
    return atom == FORMAT_OFFSET || atom == FORMAT_PACK || atom == FORMAT_STORE ||
           atom == FORMAT_FILE;
}

static void add_literal(struct format *format, const char *literal, size_t length)
{
    struct format_step *last = format->count > 0 ? &format->steps[format->count - 1] : NULL;

    if (length == 0)
        return;
    /* Pieces that touch in the text are one piece. */
    if (last != NULL && last->atom == FORMAT_LITERAL && last->literal + last->length == literal) {
        last->length += length;
        return;
    }
    format->steps[format->count++] = (struct format_step){FORMAT_LITERAL, literal, length};
}

/* One atom; `text` stands after "%(". Returns what follows the ")", or NULL after a message. */
static const char *add_atom(struct format *format, const char *command, const char *text)
{
    const char *end = strchr(text, ')');
    size_t length;

    if (end == NULL) {
        message_usage(command, "format element '%%(%s' does not end in ')'", text);
        return NULL;
    }
    length = (size_t)(end - text);
    for (size_t i = 0; i < ATOM_COUNT; i++) {
        if (strlen(atoms[i].name) == length && memcmp(atoms[i].name, text, length) == 0) {
            format->steps[format->count++] = (struct format_step){atoms[i].atom, NULL, 0};
            format->want |= atoms[i].want;
            format->rests += atoms[i].atom == FORMAT_REST;
            format->has_facts =
                format->has_facts || (atoms[i].atom != FORMAT_REST && atoms[i].atom != FORMAT_MODE);
            format->has_place = format->has_place || is_place(atoms[i].atom);
            return end + 1;
        }
    }
    message_usage(command, "unknown format element '%%(%.*s)'", length < 100 ? (int)length : 100,
                  text);
    return NULL;
}

enum status format_compile(struct format *format, const char *command, const char *text)
{
    *format = (struct format){.end = '\n'};
    /* Each step takes up one character of the text at least. */
    format->steps = calloc(strlen(text) + 1, sizeof *format->steps);
    if (format->steps == NULL) {
        message_error("format: out of memory");
        return STATUS_SYSTEM;
    }
    while (*text != '\0') {
        size_t length = strcspn(text, "%");

        add_literal(format, text, length);
        text += length;
        if (text[0] == '\0')
            break;
        if (text[1] == '(') {
            text = add_atom(format, command, text + 2);
            if (text == NULL) {
                format_free(format);
                return STATUS_USAGE;
            }
        } else {
            /* As git has it: "%%" is a percent sign, and so is one before anything else. */
            add_literal(format, text, 1);
            text += text[1] == '%' ? 2 : 1;
        }
    }
    return STATUS_OK;
}

void format_free(struct format *format)
{
    free(format->steps);
    *format = (struct format){0};
}

static bool is_in_pack(const packread_info *info)
{
    return info->location.kind == PACKREAD_STORE_PACK;
}

static void print_base(const packread_info *info)
{
    static const packread_id zeros = {{0}, 0};
    packread_id base = info->base;

    if (base.size == 0) {
        base = zeros;
        base.size = info->id.size;
    }
    output_id(&base);
}

/* As git's "%06o". */
static void print_mode(uint32_t mode)
{
    char text[11];
    size_t start = sizeof text;

    do {
        text[--start] = (char)('0' + (mode & 7));
        mode >>= 3;
    } while (mode > 0 || sizeof text - start < 6);
    output_bytes(text + start, sizeof text - start);
}

static void print_place(const struct where *source, const packread_info *info,
                        enum format_atom atom)
{
    struct object_place place;

    object_place_find(source, info, &place);
    if (atom == FORMAT_STORE)
        output_text(place.store);
    else if (atom == FORMAT_FILE)
        object_place_print(&place);
    else if (place.pack != NULL)
        output_escaped(place.pack);
    else
        output_byte('-');
}

static void print_place_json(const struct where *source, const packread_info *info,
                             enum format_atom atom)
{
    struct object_place place;

    object_place_find(source, info, &place);
    if (atom == FORMAT_STORE)
        json_text("store", place.store);
    else if (atom == FORMAT_FILE)
        object_place_print_json(&place);
    else
        json_text("pack", place.pack);
}

/* The store, and the pack's name, or the file where it is in none. */
static void print_whole_place_json(const struct where *source, const packread_info *info)
{
    struct object_place place;

    object_place_find(source, info, &place);
    json_text("store", place.store);
    if (place.pack != NULL)
        json_text("pack", place.pack);
    else
        object_place_print_json(&place);
}

void format_print(const struct format *format, const struct where *source,
                  const packread_info *info, const struct format_request *request)
{
    for (size_t i = 0; i < format->count; i++) {
        const struct format_step *step = &format->steps[i];

        switch (step->atom) {
        case FORMAT_LITERAL:
            output_bytes(step->literal, step->length);
            break;
        case FORMAT_NAME:
            output_id(&info->id);
            break;
        case FORMAT_TYPE:
            output_text(packread_type_name(info->type));
            break;
        case FORMAT_SIZE:
            output_number(info->size);
            break;
        case FORMAT_DISK:
            output_number(info->size_on_disk);
            break;
        case FORMAT_BASE:
            print_base(info);
            break;
        case FORMAT_REST:
            if (request != NULL && request->print_rest != NULL)
                request->print_rest(request->context);
            break;
        case FORMAT_MODE:
            if (request != NULL && request->has_mode)
                print_mode(request->mode);
            break;
        case FORMAT_OFFSET:
            if (!is_in_pack(info))
                output_byte('-');
            else
                output_number(info->location.offset);
            break;
        case FORMAT_DEPTH:
            output_number(info->depth);
            break;
        case FORMAT_CRC:
            if (info->has_crc)
                output_hex32(info->crc32);
            else
                output_byte('-');
            break;
        case FORMAT_PACK:
        case FORMAT_STORE:
        case FORMAT_FILE:
            print_place(source, info, step->atom);
            break;
        }
    }
    output_byte(format->end);
}

void format_print_json(const struct format *format, const struct where *source,
                       const packread_info *info)
{
    unsigned printed = 0; /* a member must not come twice */

    json_open();
    for (size_t i = 0; i < format->count; i++) {
        enum format_atom atom = format->steps[i].atom;

        if ((printed >> atom & 1) != 0)
            continue;
        printed |= 1u << atom;
        switch (atom) {
        case FORMAT_LITERAL:
        case FORMAT_REST:
        case FORMAT_MODE:
            break;
        case FORMAT_NAME:
            json_id("id", &info->id);
            break;
        case FORMAT_TYPE:
            json_text("type", packread_type_name(info->type));
            break;
        case FORMAT_SIZE:
            json_number("size", info->size);
            break;
        case FORMAT_DISK:
            json_number("size_on_disk", info->size_on_disk);
            break;
        case FORMAT_BASE:
            json_id("base", &info->base);
            break;
        case FORMAT_OFFSET:
            if (!is_in_pack(info))
                json_null("offset");
            else
                json_number("offset", info->location.offset);
            break;
        case FORMAT_DEPTH:
            json_number("depth", info->depth);
            break;
        case FORMAT_CRC:
            json_crc("crc32", info->has_crc, info->crc32);
            break;
        case FORMAT_PACK:
        case FORMAT_STORE:
        case FORMAT_FILE:
            print_place_json(source, info, atom);
            break;
        }
    }
    if (format->tells_place)
        print_whole_place_json(source, info);
    json_close();
}
