/* size.c - reads sizes and counts without ever wrapping around. */
#include "size.h"

#include <stddef.h>
#include <string.h>

/* Reads the digits at the start; where they end, or NULL. */
static const char *parse_digits(const char *text, uint64_t *number)
{
    uint64_t value = 0;

    if (*text < '0' || *text > '9')
        return NULL;
    for (; *text >= '0' && *text <= '9'; text++) {
        uint64_t digit = (uint64_t)(*text - '0');

        if (value > (UINT64_MAX - digit) / 10)
            return NULL;
        value = value * 10 + digit;
    }
    *number = value;
    return text;
}

bool size_parse_count(const char *text, uint64_t *count)
{
    uint64_t number;
    const char *end = parse_digits(text, &number);

    if (end == NULL || *end != '\0')
        return false;
    *count = number;
    return true;
}

/* What a unit behind a number multiplies by: a power of 1024 that grows with its place among
 * `count` letters, which come in two cases. Nothing is a unit too. */
static bool parse_unit(const char *text, const char *letters, unsigned count, unsigned *shift)
{
    const char *letter;

    *shift = 0;
    if (*text == '\0')
        return true;
    letter = strchr(letters, *text);
    if (letter == NULL || text[1] != '\0')
        return false;
    *shift = 10 * ((unsigned)(letter - letters) % count + 1);
    return true;
}

bool size_parse_git_unit(const char *text, unsigned *shift)
{
    return parse_unit(text, "kmgKMG", 3, shift);
}

bool size_parse(const char *text, uint64_t *size)
{
    uint64_t number;
    unsigned shift;
    const char *end = parse_digits(text, &number);

    if (end == NULL || !parse_unit(end, "kmgtKMGT", 4, &shift) || number > UINT64_MAX >> shift)
        return false;
    *size = number << shift;
    return true;
}
