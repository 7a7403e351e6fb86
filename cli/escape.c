/* escape.c - which bytes may reach a terminal as they are: printable ASCII, and valid UTF-8 but for
 * the controls U+0080 to U+009F, which some terminals obey. */
#include "escape.h"

#include <string.h>

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

size_t escape_unit(const char *text, size_t size, char out[ESCAPE_MAX], size_t *written)
{
    static const char digits[] = "0123456789abcdef";
    static const char controls[] = "\a\b\t\n\v\f\r";
    static const char letters[] = "abtnvfr";
    size_t length = escape_utf8_length(text, size);
    unsigned char byte = (unsigned char)text[0];
    const char *control;

    if (length > 1 && !(byte == 0xc2 && (unsigned char)text[1] < 0xa0)) {
        memcpy(out, text, length);
        *written = length;
        return length;
    }
    if (length == 1 && byte >= 0x20 && byte != 0x7f) {
        out[0] = text[0];
        *written = 1;
        return 1;
    }
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
