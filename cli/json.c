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

static void output_quoted(const char *value)
{
    size_t size = strlen(value);

    output_byte('"');
    while (size > 0) {
        size_t length = escape_utf8_length(value, size);
        unsigned char byte = (unsigned char)value[0];

        if (length == 0) {
            output_u(0xdc00u | byte);
            length = 1;
        } else if (length == 2 && byte == 0xc2 && (unsigned char)value[1] < 0xa0) {
            output_u((unsigned char)value[1]);
        } else if (length > 1) {
            output_bytes(value, length);
        } else if (byte < 0x20 || byte == 0x7f) {
            output_u(byte);
        } else {
            if (byte == '"' || byte == '\\')
                output_byte('\\');
            output_byte((char)byte);
        }
        value += length;
        size -= length;
    }
    output_byte('"');
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
    if (value == NULL)
        output_text("null");
    else
        output_quoted(value);
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
