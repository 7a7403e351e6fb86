/* packed_refs.c - reads lines of packed-refs, and finds one by halving the file. */
#include "format/packed_refs.h"

#include <string.h>

#define HEADER "# pack-refs with: "

/* The place behind the newline of the line at `at`; the end of the file where it has none. */
static size_t after_line(const pkr_packed_refs *refs, size_t at)
{
    const char *end = memchr(refs->bytes + at, '\n', refs->size - at);

    return end ? (size_t)(end - refs->bytes) + 1 : refs->size;
}

/* Behind the ref at `at`, and what belongs to it. */
static size_t after_ref(const pkr_packed_refs *refs, size_t at)
{
    at = after_line(refs, at);
    while (at < refs->size && refs->bytes[at] == '^')
        at = after_line(refs, at);
    return at;
}

/* The beginning of the ref of which the byte at `at` is one; `low` where it is the first one. */
static size_t begin_of_ref(const pkr_packed_refs *refs, size_t low, size_t at)
{
    while (at > low && (refs->bytes[at - 1] != '\n' || refs->bytes[at] == '^'))
        at--;
    return at;
}

static bool has_word(const char *text, size_t size, const char *word)
{
    const size_t length = strlen(word);

    for (size_t at = 0; at < size;) {
        const char *blank = memchr(text + at, ' ', size - at);
        size_t end = blank ? (size_t)(blank - text) : size;

        if (end - at == length && memcmp(text + at, word, length) == 0)
            return true;
        at = end + 1;
    }
    return false;
}

static bool read_header(pkr_packed_refs *refs, const char **text)
{
    const size_t end = after_line(refs, 0);
    const char *traits = refs->bytes + strlen(HEADER);
    size_t size;

    if (end <= strlen(HEADER) || refs->bytes[end - 1] != '\n' ||
        memcmp(refs->bytes, HEADER, strlen(HEADER)) != 0) {
        *text = "the first line is no header of packed refs";
        return false;
    }
    size = end - 1 - strlen(HEADER);
    if (has_word(traits, size, "fully-peeled"))
        refs->peeled = PKR_PEELED_FULLY;
    else if (has_word(traits, size, "peeled"))
        refs->peeled = PKR_PEELED_TAGS;
    refs->is_sorted = has_word(traits, size, "sorted");
    refs->begin = end;
    return true;
}

/* Where the name in the line at `at` is. */
static bool name_of(const pkr_packed_refs *refs, size_t at, const char **name, size_t *length)
{
    const size_t begin = at + 2 * refs->id_size + 1;
    size_t end = after_line(refs, at);

    if (end > at && refs->bytes[end - 1] == '\n')
        end--;
    if (begin >= end)
        return false;
    *name = refs->bytes + begin;
    *length = end - begin;
    return true;
}

static int compare(const char *left, size_t left_length, const char *right, size_t right_length)
{
    int order = memcmp(left, right, left_length < right_length ? left_length : right_length);

    if (order != 0)
        return order;
    return left_length < right_length ? -1 : left_length > right_length;
}

static bool are_sorted(const pkr_packed_refs *refs)
{
    const char *last = NULL;
    size_t last_length = 0;

    for (size_t at = refs->begin; at < refs->size; at = after_ref(refs, at)) {
        const char *name;
        size_t length;

        if (!name_of(refs, at, &name, &length) ||
            (last && compare(last, last_length, name, length) >= 0))
            return false;
        last = name;
        last_length = length;
    }
    return true;
}

bool pkr_packed_refs_begin(pkr_packed_refs *refs, const char *bytes, size_t size, size_t id_size,
                           const char **text)
{
    *refs = (pkr_packed_refs){.bytes = bytes, .size = size, .id_size = id_size};
    if (size > 0 && bytes[size - 1] != '\n') {
        *text = "the last line is cut short";
        return false;
    }
    if (size > 0 && bytes[0] == '#' && !read_header(refs, text))
        return false;
    if (!refs->is_sorted)
        refs->is_sorted = are_sorted(refs);
    return true;
}

static bool is_below_tags(const pkr_packed_ref *ref)
{
    const size_t length = strlen("refs/tags/");

    return ref->length >= length && memcmp(ref->name, "refs/tags/", length) == 0;
}

/* The ref that begins at `at`. */
static bool parse(const pkr_packed_refs *refs, size_t at, pkr_packed_ref *ref)
{
    const size_t digits = 2 * refs->id_size;
    const size_t next = after_line(refs, at);
    const char *line = refs->bytes + at;

    memset(ref, 0, sizeof *ref);
    if (!name_of(refs, at, &ref->name, &ref->length) || line[digits] != ' ' ||
        packread_id_parse(line, digits, &ref->id) != 0 || memchr(ref->name, '\0', ref->length))
        return false;
    ref->knows_peeled =
        refs->peeled == PKR_PEELED_FULLY || (refs->peeled == PKR_PEELED_TAGS && is_below_tags(ref));
    if (next == refs->size || refs->bytes[next] != '^')
        return true;
    ref->knows_peeled = true;
    return after_line(refs, next) - next == digits + 2 &&
           after_ref(refs, at) == after_line(refs, next) &&
           packread_id_parse(refs->bytes + next + 1, digits, &ref->peeled) == 0;
}

int pkr_packed_refs_next(const pkr_packed_refs *refs, size_t *at, pkr_packed_ref *ref)
{
    const size_t place = *at;

    if (place >= refs->size)
        return 0;
    *at = after_ref(refs, place);
    return parse(refs, place, ref) ? 1 : PACKREAD_ERROR_CORRUPT;
}

/* One after the other. */
static int search(const pkr_packed_refs *refs, const char *name, size_t length, pkr_packed_ref *ref)
{
    for (size_t at = refs->begin; at < refs->size; at = after_ref(refs, at)) {
        const char *its_name;
        size_t its_length;

        if (name_of(refs, at, &its_name, &its_length) && its_length == length &&
            memcmp(its_name, name, length) == 0)
            return parse(refs, at, ref) ? 1 : PACKREAD_ERROR_CORRUPT;
    }
    return 0;
}

int pkr_packed_refs_find(const pkr_packed_refs *refs, const char *name, size_t length,
                         pkr_packed_ref *ref)
{
    size_t low = refs->begin;
    size_t high = refs->size;

    if (!refs->is_sorted)
        return search(refs, name, length, ref);
    while (low < high) {
        size_t at = begin_of_ref(refs, low, low + (high - low) / 2);
        const char *its_name;
        size_t its_length;
        int order;

        if (!name_of(refs, at, &its_name, &its_length))
            return PACKREAD_ERROR_CORRUPT;
        order = compare(its_name, its_length, name, length);
        if (order == 0)
            return parse(refs, at, ref) ? 1 : PACKREAD_ERROR_CORRUPT;
        if (order < 0)
            low = after_ref(refs, at);
        else
            high = at;
    }
    return 0;
}
