/* json.c - escaping and commas. */
#include "json.h"

#include "escape.h"
#include "output.h"

#include <string.h>

static bool needs_comma;

static void begin_value(const char *name)
{
    if (needs_comma)
        output_byte(',');
    needs_comma = true;
    output_byte('"');
    output_text(name);
    output_bytes("\":", 2);
}

static void output_u(unsigned code)
{
    static const char digits[] = "0123456789abcdef";
    char *text = output_reserve(6);

    text[0] = '\\';
    text[1] = 'u';
    for (int i = 5; i >= 2; i--) {
        text[i] = digits[code & 15];
        code >>= 4;
    }
    output_advance(6);
}

/* Past U+FFFF it takes two. */
static void output_code_point(uint32_t code)
{
    if (code > 0xffff) {
        output_u(0xd800u + ((code - 0x10000u) >> 10));
        code = 0xdc00u + ((code - 0x10000u) & 0x3ffu);
    }
    output_u(code);
}

static void output_inside(const char *value)
{
    size_t size = strlen(value);

    while (size > 0) {
        size_t length = escape_utf8_length(value, size);
        uint32_t code = escape_code_point(value, length);

        if (length == 0) {
            output_u(0xdc00u | (unsigned char)value[0]);
            length = 1;
        } else if (escape_is_hidden(code)) {
            output_code_point(code);
        } else {
            if (code == '"' || code == '\\')
                output_byte('\\');
            output_bytes(value, length);
        }
        value += length;
        size -= length;
    }
}

void json_open(void)
{
    if (needs_comma)
        output_byte(',');
    output_byte('{');
    needs_comma = false;
}

void json_close(void)
{
    output_bytes("}\n", 2);
    needs_comma = false;
}

void json_text(const char *name, const char *value)
{
    begin_value(name);
    if (value == NULL) {
        output_text("null");
        return;
    }
    output_byte('"');
    output_inside(value);
    output_byte('"');
}

void json_path(const char *name, const char *folder, const char *below)
{
    begin_value(name);
    output_byte('"');
    output_inside(folder);
    output_byte('/');
    output_inside(below);
    output_byte('"');
}

void json_number(const char *name, uint64_t value)
{
    begin_value(name);
    output_number(value);
}

void json_null(const char *name)
{
    json_text(name, NULL);
}

void json_boolean(const char *name, bool value)
{
    begin_value(name);
    output_text(value ? "true" : "false");
}

void json_id(const char *name, const packread_id *id)
{
    begin_value(name);
    if (id->size == 0) {
        output_text("null");
        return;
    }
    output_byte('"');
    output_id(id);
    output_byte('"');
}

void json_crc(const char *name, bool has_crc, uint32_t crc)
{
    begin_value(name);
    if (!has_crc) {
        output_text("null");
        return;
    }
    output_byte('"');
    output_hex32(crc);
    output_byte('"');
}

void json_open_list(const char *name)
{
    begin_value(name);
    output_byte('[');
    needs_comma = false;
}

void json_close_inner(void)
{
    output_byte('}');
    needs_comma = true;
}

void json_close_list(void)
{
    output_byte(']');
    needs_comma = true;
}
