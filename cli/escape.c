/* escape.c - which bytes may reach a terminal as they are: printable ASCII, and valid UTF-8 but for
 * controls, which some terminals obey, and for what is not seen itself but changes how the text
 * about it looks, up to turning it around. */
#include "escape.h"

#include <string.h>

/* Of Unicode's categories Cc past ASCII, Cf, Zl and Zp. The joiners of hieroglyphs and the tags
 * with what is not assigned among them. */
static const struct range {
    uint32_t first;
    uint32_t last;
} hidden[] = {
    {0x80, 0x9f},       {0xad, 0xad},       {0x600, 0x605},     {0x61c, 0x61c},
    {0x6dd, 0x6dd},     {0x70f, 0x70f},     {0x890, 0x891},     {0x8e2, 0x8e2},
    {0x180e, 0x180e},   {0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},
    {0xfeff, 0xfeff},   {0xfff9, 0xfffb},   {0x110bd, 0x110bd}, {0x110cd, 0x110cd},
    {0x13430, 0x1343f}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe007f},
};
#define RANGES (sizeof hidden / sizeof hidden[0])

size_t escape_utf8_length(const char *text, size_t size)
{
    const unsigned char *bytes = (const unsigned char *)text;
    unsigned char lowest = 0x80;
    unsigned char highest = 0xbf;
    size_t length;

    if (size == 0)
        return 0;
    if (bytes[0] < 0x80)
        return 1;
    if (bytes[0] >= 0xc2 && bytes[0] <= 0xdf)
        length = 2;
    else if (bytes[0] >= 0xe0 && bytes[0] <= 0xef)
        length = 3;
    else if (bytes[0] >= 0xf0 && bytes[0] <= 0xf4)
        length = 4;
    else
        return 0;
    /* The second byte excludes overlong forms, surrogates, and what lies past U+10FFFF. */
    if (bytes[0] == 0xe0)
        lowest = 0xa0;
    else if (bytes[0] == 0xed)
        highest = 0x9f;
    else if (bytes[0] == 0xf0)
        lowest = 0x90;
    else if (bytes[0] == 0xf4)
        highest = 0x8f;
    if (size < length || bytes[1] < lowest || bytes[1] > highest)
        return 0;
    for (size_t i = 2; i < length; i++) {
        if (bytes[i] < 0x80 || bytes[i] > 0xbf)
            return 0;
    }
    return length;
}

uint32_t escape_code_point(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    uint32_t code = length > 1 ? bytes[0] & (0x7fu >> length) : bytes[0];

    for (size_t i = 1; i < length; i++)
        code = code << 6 | (bytes[i] & 0x3fu);
    return code;
}

bool escape_is_hidden(uint32_t code)
{
    if (code < 0x80)
        return code < 0x20 || code == 0x7f;
    for (size_t i = 0; i < RANGES && hidden[i].first <= code; i++) {
        if (code <= hidden[i].last)
            return true;
    }
    return false;
}

size_t escape_unit(const char *text, size_t size, char out[ESCAPE_MAX], size_t *written)
{
    static const char digits[] = "0123456789abcdef";
    static const char controls[] = "\a\b\t\n\v\f\r";
    static const char letters[] = "abtnvfr";
    size_t length = escape_utf8_length(text, size);
    unsigned char byte = (unsigned char)text[0];
    const char *control;

    if (length > 0 && !escape_is_hidden(escape_code_point(text, length))) {
        memcpy(out, text, length);
        *written = length;
        return length;
    }
    /* The bytes that follow the first of a character are none by themselves: they come here too. */
    control = byte != 0 ? strchr(controls, byte) : NULL;
    out[0] = '\\';
    if (control != NULL) {
        out[1] = letters[control - controls];
        *written = 2;
    } else {
        out[1] = 'x';
        out[2] = digits[byte >> 4];
        out[3] = digits[byte & 15];
        *written = 4;
    }
    return 1;
}
