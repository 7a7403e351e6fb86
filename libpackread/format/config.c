/* config.c - takes a configuration apart, byte by byte as git does: what git refuses is refused. */
#include "format/config.h"

#include <string.h>

#include "packread.h"

/* ---- Letters, whatever the locale ------------------------------------------------------------ */

static bool is_blank(int byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

static unsigned char lower(int byte)
{
    return (unsigned char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
}

static bool is_letter(int byte)
{
    return lower(byte) >= 'a' && lower(byte) <= 'z';
}

static bool is_of_key(int byte)
{
    return is_letter(byte) || (byte >= '0' && byte <= '9') || byte == '-';
}

/* ---- Bytes ---------------------------------------------------------------------------------- */

/* Behind the last byte a line ends once more. */
static int next_byte(pkr_config *config)
{
    int byte;

    if (config->ends_line && !config->is_over)
        config->line++;
    config->ends_line = true;
    config->is_over = config->at == config->size;
    if (config->is_over)
        return '\n';
    byte = config->bytes[config->at++];
    if (byte == '\r' && config->at < config->size && config->bytes[config->at] == '\n')
        byte = config->bytes[config->at++];
    config->ends_line = byte == '\n';
    return byte;
}

void pkr_config_begin(pkr_config *config, void *bytes, size_t size)
{
    static const unsigned char mark[] = {0xef, 0xbb, 0xbf}; /* of UTF-8 */

    *config = (pkr_config){.bytes = bytes, .size = size, .line = 1};
    if (size >= sizeof mark && memcmp(bytes, mark, sizeof mark) == 0)
        config->at = sizeof mark;
}

/* ---- Headers -------------------------------------------------------------------------------- */

/* "section" behind a '[', up to what comes behind it. */
static int read_section(pkr_config *config, size_t *length)
{
    const size_t begin = config->at;
    int byte;

    for (*length = 0;; ++*length) {
        byte = next_byte(config);
        if (!is_of_key(byte) && byte != '.')
            return byte;
        config->bytes[begin + *length] = lower(byte);
    }
}

/* "subsection" and the bracket behind it; it is put where the section ends, behind a dot, for which
 * the blank and the quote before it have left room. */
static bool read_subsection(pkr_config *config, size_t place, size_t *length)
{
    int byte;

    *length = 0;
    do
        byte = next_byte(config);
    while (is_blank(byte) && byte != '\n');
    if (byte != '"')
        return false;
    config->bytes[place] = '.';
    while ((byte = next_byte(config)) != '"') {
        if (byte == '\\')
            byte = next_byte(config);
        if (byte == '\n')
            return false;
        config->bytes[place + ++*length] = (unsigned char)byte;
    }
    return next_byte(config) == ']';
}

static void split(pkr_config *config, size_t begin, size_t length)
{
    const char *name = (const char *)config->bytes + begin;
    const char *dot = memchr(name, '.', length);

    config->header = (pkr_config_entry){.section = name, .section_size = length};
    if (dot) {
        config->header.section_size = (size_t)(dot - name);
        config->header.subsection = dot + 1;
        config->header.subsection_size = length - config->header.section_size - 1;
    }
}

static bool read_header(pkr_config *config)
{
    const size_t begin = config->at;
    size_t length;
    size_t more = 0;
    int byte = read_section(config, &length);

    if (byte != ']') {
        if (!is_blank(byte) || byte == '\n' || !read_subsection(config, begin + length, &more))
            return false;
        length += 1 + more;
    }
    split(config, begin, length);
    return length > 0;
}

/* ---- Values --------------------------------------------------------------------------------- */

/* The byte that stands behind a backslash for another; -1: none may. */
static int unescape(int byte)
{
    switch (byte) {
    case 't':
        return '\t';
    case 'b':
        return '\b';
    case 'n':
        return '\n';
    case '\\':
    case '"':
        return byte;
    default:
        return -1;
    }
}

/* A value while it is read: never longer than what was read of the file. */
typedef struct growing {
    unsigned char *bytes;
    size_t size;
    size_t size_before_blanks;
    bool is_quoted;
    bool is_comment;
} growing;

/* False where the line is bad. */
static bool take_byte(pkr_config *config, growing *on, int byte)
{
    if (is_blank(byte) && !on->is_quoted) { /* blanks count between what is no blank */
        if (on->size > 0)
            on->bytes[on->size++] = (unsigned char)byte;
        return true;
    }
    if (!on->is_quoted && (byte == ';' || byte == '#')) {
        on->is_comment = true;
        return true;
    }
    if (byte == '"') {
        on->is_quoted = !on->is_quoted;
    } else if (byte != '\\') {
        on->bytes[on->size++] = (unsigned char)byte;
    } else {
        byte = next_byte(config);
        if (byte != '\n') { /* else it goes on with the next line */
            byte = unescape(byte);
            if (byte < 0)
                return false;
            on->bytes[on->size++] = (unsigned char)byte;
        }
    }
    on->size_before_blanks = on->size;
    return true;
}

static bool read_value(pkr_config *config, pkr_config_entry *entry)
{
    growing on = {.bytes = config->bytes + config->at};
    const unsigned char *end;
    int byte;

    while ((byte = next_byte(config)) != '\n')
        if (!on.is_comment && !take_byte(config, &on, byte))
            return false;
    if (on.is_quoted)
        return false;
    end = on.size_before_blanks > 0 ? memchr(on.bytes, '\0', on.size_before_blanks) : NULL;
    entry->value = (const char *)on.bytes;
    entry->value_size = end ? (size_t)(end - on.bytes) : on.size_before_blanks;
    return true;
}

/* Its first letter is at `begin`, and was read. */
static bool read_entry(pkr_config *config, size_t begin, pkr_config_entry *entry)
{
    size_t length = 0;
    int byte = config->bytes[begin];

    *entry = config->header;
    do {
        config->bytes[begin + length++] = lower(byte);
        byte = next_byte(config);
    } while (is_of_key(byte));
    entry->key = (const char *)config->bytes + begin;
    entry->key_size = length;
    while (byte == ' ' || byte == '\t')
        byte = next_byte(config);
    if (byte == '\n')
        return true;
    return byte == '=' && read_value(config, entry);
}

int pkr_config_next(pkr_config *config, pkr_config_entry *entry)
{
    bool is_comment = false;

    for (;;) {
        const int byte = next_byte(config);

        if (config->is_over)
            return 0;
        if (byte == '\n')
            is_comment = false;
        if (is_comment || is_blank(byte))
            continue;
        if (byte == '#' || byte == ';')
            is_comment = true;
        else if (byte == '[' && read_header(config))
            continue;
        else if (is_letter(byte) && read_entry(config, config->at - 1, entry))
            return 1;
        else
            return PACKREAD_ERROR_CORRUPT;
    }
}

/* ---- What an entry says --------------------------------------------------------------------- */

static bool is_word(const char *bytes, size_t size, const char *word)
{
    return size == strlen(word) && memcmp(bytes, word, size) == 0;
}

bool pkr_config_is(const pkr_config_entry *entry, const char *section, const char *key)
{
    return entry->section && !entry->subsection &&
           is_word(entry->section, entry->section_size, section) &&
           is_word(entry->key, entry->key_size, key);
}

bool pkr_config_value_is(const pkr_config_entry *entry, const char *word)
{
    return entry->value && is_word(entry->value, entry->value_size, word);
}

bool pkr_config_value_is_in_any_case(const pkr_config_entry *entry, const char *word)
{
    if (!entry->value || entry->value_size != strlen(word))
        return false;
    for (size_t i = 0; i < entry->value_size; i++)
        if (lower((unsigned char)entry->value[i]) != (unsigned char)word[i])
            return false;
    return true;
}

/* 1024 to the power that the unit stands for; 0: it is none. */
static int64_t unit_of(const char *bytes, size_t size)
{
    if (size == 0)
        return 1;
    switch (size == 1 ? lower((unsigned char)*bytes) : 0) {
    case 'k':
        return INT64_C(1) << 10;
    case 'm':
        return INT64_C(1) << 20;
    case 'g':
        return INT64_C(1) << 30;
    default:
        return 0;
    }
}

static int digit_of(int byte, int base)
{
    int digit = base;

    if (byte >= '0' && byte <= '9')
        digit = byte - '0';
    else if (is_letter(byte))
        digit = lower(byte) - 'a' + 10;
    return digit < base ? digit : -1;
}

/* As strtoimax with base 0 takes it: 0x and 0 say that it is hexadecimal or octal. */
static int base_of(const char *bytes, size_t size, size_t *at)
{
    if (*at >= size || bytes[*at] != '0')
        return 10;
    if (size - *at >= 3 && lower((unsigned char)bytes[*at + 1]) == 'x' &&
        digit_of((unsigned char)bytes[*at + 2], 16) >= 0) {
        *at += 2;
        return 16;
    }
    return 8;
}

int pkr_config_number(const pkr_config_entry *entry, int32_t *value)
{
    const char *bytes = entry->value;
    const size_t size = bytes ? entry->value_size : 0;
    bool is_negative = false;
    int64_t number = 0;
    int64_t unit;
    size_t begin;
    size_t at = 0;
    int base;

    while (at < size &&
           (is_blank((unsigned char)bytes[at]) || bytes[at] == '\v' || bytes[at] == '\f'))
        at++;
    if (at < size && (bytes[at] == '-' || bytes[at] == '+'))
        is_negative = bytes[at++] == '-';
    base = base_of(bytes, size, &at);
    begin = at;
    for (; at < size && digit_of((unsigned char)bytes[at], base) >= 0; at++) {
        number = number * base + digit_of((unsigned char)bytes[at], base);
        if (number > INT32_MAX)
            return PACKREAD_ERROR_CORRUPT;
    }
    unit = at > begin ? unit_of(bytes + at, size - at) : 0;
    if (unit == 0 || number > INT32_MAX / unit)
        return PACKREAD_ERROR_CORRUPT;
    *value = (int32_t)(is_negative ? -number * unit : number * unit);
    return 0;
}

int pkr_config_bool(const pkr_config_entry *entry, bool *value)
{
    static const char *const no[] = {"", "false", "no", "off"};
    static const char *const yes[] = {"true", "yes", "on"};
    int32_t number;

    if (!entry->value) {
        *value = true;
        return 0;
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        if (pkr_config_value_is_in_any_case(entry, no[i])) {
            *value = false;
            return 0;
        }
    }
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        if (pkr_config_value_is_in_any_case(entry, yes[i])) {
            *value = true;
            return 0;
        }
    }
    if (pkr_config_number(entry, &number) != 0)
        return PACKREAD_ERROR_CORRUPT;
    *value = number != 0;
    return 0;
}
