/* nearest.c - the distance between two words: letters put in, left out, changed, or two swapped. */
#include "nearest.h"

#include <ctype.h>
#include <string.h>

#define LONGEST 24
#define PREFIX_MIN 3

static size_t least(size_t left, size_t right)
{
    return left < right ? left : right;
}

static int lower(char letter)
{
    return tolower((unsigned char)letter);
}

static size_t distance(const char *left, size_t left_length, const char *right, size_t right_length)
{
    size_t rows[LONGEST + 1][LONGEST + 1];

    for (size_t i = 0; i <= left_length; i++)
        rows[i][0] = i;
    for (size_t j = 0; j <= right_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= left_length; i++) {
        for (size_t j = 1; j <= right_length; j++) {
            int here = lower(left[i - 1]);
            int there = lower(right[j - 1]);
            size_t best = least(rows[i - 1][j], rows[i][j - 1]) + 1;

            best = least(best, rows[i - 1][j - 1] + (here != there));
            if (i > 1 && j > 1 && here == lower(right[j - 2]) && lower(left[i - 2]) == there)
                best = least(best, rows[i - 2][j - 2] + 1);
            rows[i][j] = best;
        }
    }
    return rows[left_length][right_length];
}

void nearest_try(struct nearest *search, const char *known)
{
    size_t known_length = strlen(known);
    size_t length = search->length;
    size_t limit = length < 5 ? 1 : 2;
    size_t far;

    if (length < 2 || length > LONGEST || known_length > LONGEST)
        return;
    far = distance(search->word, length, known, known_length);
    /* The beginning of a word is near it, however much is left out. */
    if (length >= PREFIX_MIN && length < known_length && memcmp(search->word, known, length) == 0)
        far = least(far, limit);
    if (far <= limit && (search->found == NULL || far < search->distance)) {
        search->found = known;
        search->distance = far;
    }
}
