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

bool size_parse(const char *text, uint64_t *size)
{
    static const char letters[] = "KMGTkmgt";
    uint64_t number;
    const char *end = parse_digits(text, &number);
    unsigned shift = 0;

    if (end == NULL)
        return false;
    if (*end != '\0') {
        const char *letter = strchr(letters, *end);

        if (letter == NULL || end[1] != '\0')
            return false;
        shift = 10 * ((unsigned)(letter - letters) % 4 + 1);
    }
    if (number > UINT64_MAX >> shift)
        return false;
    *size = number << shift;
    return true;
}
