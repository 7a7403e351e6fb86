/* naive_lists.c - reads by copying: what is read is appended to a text that grows byte by byte. */
#include "naive_lists.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/alternates.h"
#include "format/config.h"
#include "guard_pages.h"

struct text {
    char *bytes;
    size_t length;
    size_t room;
};

static void add(struct text *text, int byte)
{
    if (text->length == text->room) {
        text->room = text->room ? 2 * text->room : 64;
        text->bytes = realloc(text->bytes, text->room);
        if (!text->bytes)
            abort();
    }
    text->bytes[text->length++] = (char)byte;
}

static void add_all(struct text *text, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        add(text, ((const unsigned char *)bytes)[i]);
}

static void add_hex(struct text *text, const char *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        add(text, digits[(unsigned char)bytes[i] >> 4]);
        add(text, digits[(unsigned char)bytes[i] & 15]);
    }
}

/* ---- Configuration: the naive way ------------------------------------------------------------ */

/* The file with one newline for each end of a line, and one more at its end. */
struct lines {
    const char *bytes;
    size_t length;
    size_t at;
};

static bool blank(int byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static bool letter(int byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool of_key(int byte)
{
    return letter(byte) || (byte >= '0' && byte <= '9') || byte == '-';
}

static int small(int byte)
{
    return byte >= 'A' && byte <= 'Z' ? byte + 32 : byte;
}

/* Behind '['; the position is behind what was looked at last. */
static bool header(struct lines *on, struct text *name)
{
    int byte;

    name->length = 0;
    for (;;) {
        if (on->at + 1 >= on->length)
            return false;
        byte = (unsigned char)on->bytes[on->at++];
        if (byte == ']')
            return name->length > 0;
        if (!of_key(byte) && byte != '.')
            break;
        add(name, small(byte));
    }
    if (!blank(byte))
        return false;
    while (blank(byte) && byte != '\n')
        byte = (unsigned char)on->bytes[on->at++];
    if (byte != '"')
        return false;
    add(name, '.');
    for (;;) {
        byte = (unsigned char)on->bytes[on->at++];
        if (byte == '"')
            break;
        if (byte == '\\')
            byte = (unsigned char)on->bytes[on->at++];
        if (byte == '\n')
            return false;
        add(name, byte);
    }
    return on->bytes[on->at++] == ']';
}

/* Behind '='. */
static bool read_value(struct lines *on, struct text *value)
{
    size_t kept = 0; /* blanks behind that go if nothing follows */
    bool quoted = false;
    int byte;

    while ((byte = (unsigned char)on->bytes[on->at++]) != '\n') {
        if (!quoted && (byte == '#' || byte == ';')) {
            while (on->bytes[on->at] != '\n')
                on->at++;
            continue;
        }
        if (!quoted && blank(byte)) {
            if (value->length > 0)
                add(value, byte);
            continue;
        }
        if (byte == '"') {
            quoted = !quoted;
        } else if (byte == '\\') {
            byte = (unsigned char)on->bytes[on->at++];
            if (byte == 'n' || byte == 't' || byte == 'b')
                add(value, byte == 'n' ? '\n' : byte == 't' ? '\t' : '\b');
            else if (byte == '"' || byte == '\\')
                add(value, byte);
            else if (byte != '\n')
                return false;
            else if (on->at == on->length)
                on->at--; /* the last line goes on: it ends where the file does */
        } else {
            add(value, byte);
        }
        kept = value->length;
    }
    value->length = kept;
    return !quoted;
}

/* At its first letter. */
static bool entry(struct lines *on, const struct text *section, struct text *out)
{
    struct text value = {0};
    struct text name = {0};
    bool is_good = true;

    add_all(&name, section->bytes, section->length);
    if (section->length > 0)
        add(&name, '.');
    while (of_key((unsigned char)on->bytes[on->at]))
        add(&name, small((unsigned char)on->bytes[on->at++]));
    while (on->bytes[on->at] == ' ' || on->bytes[on->at] == '\t')
        on->at++;
    if (on->bytes[on->at] == '=') {
        on->at++;
        is_good = read_value(on, &value);
        add_all(&name, " =", 2);
        if (value.bytes)
            add_hex(&name, value.bytes, strnlen(value.bytes, value.length));
    } else if (on->bytes[on->at++] != '\n') {
        is_good = false;
    }
    add(&name, '\n');
    if (is_good)
        add_all(out, name.bytes, name.length);
    free(name.bytes);
    free(value.bytes);
    return is_good;
}

static uint64_t line_at(const struct lines *on)
{
    uint64_t line = 1;

    /* The byte at which it went wrong, if that is a newline, still belongs to its line. */
    for (size_t i = 0; i + 1 < on->at; i++)
        line += on->bytes[i] == '\n';
    return line;
}

char *naive_config(const unsigned char *bytes, size_t size, size_t *length, uint64_t *bad_line)
{
    struct text copy = {0};
    struct text section = {0};
    struct text out = {0};
    struct lines on = {0};
    bool is_good = true;

    for (size_t i = 0; i < size; i++)
        if (!(bytes[i] == '\r' && i + 1 < size && bytes[i + 1] == '\n'))
            add(&copy, bytes[i]);
    add(&copy, '\n');
    on = (struct lines){.bytes = copy.bytes, .length = copy.length};
    if (copy.length >= 3 && memcmp(copy.bytes, "\xef\xbb\xbf", 3) == 0)
        on.at = 3;
    while (is_good && on.at < on.length) {
        int byte = (unsigned char)on.bytes[on.at++];

        if (blank(byte))
            continue;
        if (byte == '#' || byte == ';') {
            while (on.bytes[on.at] != '\n')
                on.at++;
        } else if (byte == '[') {
            is_good = header(&on, &section);
        } else if (letter(byte)) {
            on.at--;
            is_good = entry(&on, &section, &out);
        } else {
            is_good = false;
        }
    }
    *bad_line = is_good ? 0 : line_at(&on);
    *length = out.length;
    free(copy.bytes);
    free(section.bytes);
    return out.bytes;
}

/* ---- Configuration: the library's way ---------------------------------------------------------
 */

char *naive_config_of_library(const unsigned char *bytes, size_t size, size_t *length,
                              uint64_t *bad_line)
{
    struct guard guard = {0};
    struct text out = {0};
    pkr_config config;
    pkr_config_entry found;
    int status;

    guard_open(&guard, size + 1);
    pkr_config_begin(&config, guard_at_end(&guard, bytes, size), size);
    while ((status = pkr_config_next(&config, &found)) > 0) {
        add_all(&out, found.section, found.section_size);
        if (found.subsection) {
            add(&out, '.');
            add_all(&out, found.subsection, found.subsection_size);
        }
        if (found.section)
            add(&out, '.');
        add_all(&out, found.key, found.key_size);
        if (found.value) {
            add_all(&out, " =", 2);
            add_hex(&out, found.value, found.value_size);
        }
        add(&out, '\n');
    }
    *bad_line = status == 0 ? 0 : config.line;
    *length = out.length;
    guard_close(&guard);
    return out.bytes;
}

/* ---- Lists ---------------------------------------------------------------------------------- */

/* The path in the quotes at the front, and how long they are; 0: they are wrong. */
static size_t unquoted(const char *bytes, struct text *path)
{
    size_t at = 1;

    while (bytes[at] != '"') {
        unsigned value;
        int used = 0;

        if (bytes[at] == '\0')
            return 0;
        if (bytes[at] != '\\') {
            add(path, (unsigned char)bytes[at++]);
            continue;
        }
        at++;
        if (bytes[at] >= '0' && bytes[at] <= '3' && bytes[at + 1] >= '0' && bytes[at + 1] <= '7' &&
            sscanf(bytes + at, "%3o%n", &value, &used) == 1 && used == 3) {
            add(path, (int)value);
            at += 3;
            continue;
        }
        switch (bytes[at++]) {
        case 'a':
            add(path, 7);
            break;
        case 'b':
            add(path, 8);
            break;
        case 't':
            add(path, 9);
            break;
        case 'n':
            add(path, 10);
            break;
        case 'v':
            add(path, 11);
            break;
        case 'f':
            add(path, 12);
            break;
        case 'r':
            add(path, 13);
            break;
        case '\\':
            add(path, '\\');
            break;
        case '"':
            add(path, '"');
            break;
        default:
            return 0;
        }
    }
    return at + 1;
}

char *naive_alternates(const unsigned char *bytes, size_t size, char separator, size_t *length)
{
    struct text out = {0};
    char *copy = calloc(1, size + 1);
    const char *at = copy;

    if (!copy)
        abort();
    if (size > 0)
        memcpy(copy, bytes, size);
    while (*at) {
        struct text path = {0};
        size_t used = *at == '"' ? unquoted(at, &path) : 0;

        if (used == 0) {
            path.length = 0;
            used = strcspn(at, (const char[]){separator, '\0'});
            if (*at != '#')
                add_all(&path, at, used);
        }
        add(&path, '\0');
        if (strlen(path.bytes) > 0) {
            add_hex(&out, path.bytes, strlen(path.bytes));
            add(&out, '\n');
        }
        at += used;
        at += *at != '\0';
        free(path.bytes);
    }
    free(copy);
    *length = out.length;
    return out.bytes;
}

char *naive_alternates_of_library(const unsigned char *bytes, size_t size, char separator,
                                  size_t *length)
{
    struct guard guard = {0};
    struct text out = {0};
    pkr_alternates list;
    const char *path;
    size_t path_size;

    guard_open(&guard, size + 1);
    pkr_alternates_begin(&list, guard_at_end(&guard, bytes, size), size, separator);
    while (pkr_alternates_next(&list, &path, &path_size)) {
        add_hex(&out, path, path_size);
        add(&out, '\n');
    }
    guard_close(&guard);
    *length = out.length;
    return out.bytes;
}
