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

static void read_header(pkr_packed_refs *refs)
{
    const size_t end = after_line(refs, 0);
    const char *traits = refs->bytes + strlen(HEADER);
    size_t size;

    if (end <= strlen(HEADER) || refs->bytes[end - 1] != '\n' ||
        memcmp(refs->bytes, HEADER, strlen(HEADER)) != 0)
        return;
    size = end - 1 - strlen(HEADER);
    if (has_word(traits, size, "fully-peeled"))
        refs->peeled = PKR_PEELED_FULLY;
    else if (has_word(traits, size, "peeled"))
        refs->peeled = PKR_PEELED_TAGS;
    refs->is_sorted = has_word(traits, size, "sorted");
    refs->begin = end;
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

/* ---- One line -------------------------------------------------------------------------------- */

static bool is_below_tags(const pkr_packed_ref *ref)
{
    const size_t length = strlen("refs/tags/");

    return ref->length >= length && memcmp(ref->name, "refs/tags/", length) == 0;
}

/* Why no ref is in the line at `at`. */
static int bad_line(const pkr_packed_refs *refs, size_t at, pkr_packed_ref *ref)
{
    ref->place = at;
    if (refs->bytes[after_line(refs, at) - 1] != '\n') {
        ref->name = NULL;
        ref->length = 0;
        ref->why = "the last line is cut short";
    } else if (at == 0 && refs->bytes[0] == '#') {
        ref->why = "the first line is no header of packed refs";
    } else {
        ref->why = "a line is no ref";
    }
    return PACKREAD_ERROR_CORRUPT;
}

/* What stands at `*at`, below a ref, about the tag there; moved behind it. */
static void take_peeled(const pkr_packed_refs *refs, size_t *at, pkr_packed_ref *ref)
{
    const size_t digits = 2 * refs->id_size;
    const size_t next = after_line(refs, *at);
    packread_id id;

    ref->knows_peeled = false;
    if (next - *at != digits + 2 || refs->bytes[*at] != '^' || refs->bytes[next - 1] != '\n' ||
        packread_id_parse(refs->bytes + *at + 1, digits, &id) != 0)
        return;
    ref->peeled = id;
    ref->knows_peeled = true;
    *at = next;
}

int pkr_packed_refs_next(const pkr_packed_refs *refs, size_t *at, pkr_packed_ref *ref)
{
    const size_t digits = 2 * refs->id_size;
    const size_t place = *at;
    const char *line;

    memset(ref, 0, sizeof *ref);
    if (place >= refs->size)
        return 0;
    line = refs->bytes + place;
    *at = after_line(refs, place);
    if (!name_of(refs, place, &ref->name, &ref->length) || line[digits] != ' ' ||
        memchr(ref->name, '\0', ref->length)) {
        ref->name = NULL;
        ref->length = 0;
        return bad_line(refs, place, ref);
    }
    if (refs->bytes[*at - 1] != '\n' || packread_id_parse(line, digits, &ref->id) != 0)
        return bad_line(refs, place, ref);
    ref->place = place;
    ref->knows_peeled =
        refs->peeled == PKR_PEELED_FULLY || (refs->peeled == PKR_PEELED_TAGS && is_below_tags(ref));
    if (*at < refs->size && (refs->size - *at <= digits || refs->bytes[*at + digits] != ' '))
        take_peeled(refs, at, ref);
    return 1;
}

/* ---- Finding --------------------------------------------------------------------------------- */

static bool are_sorted(const pkr_packed_refs *refs)
{
    size_t at = refs->begin;
    pkr_packed_ref last = {.name = NULL};
    pkr_packed_ref ref;
    int got;

    while ((got = pkr_packed_refs_next(refs, &at, &ref)) == 1) {
        if (last.name && compare(last.name, last.length, ref.name, ref.length) >= 0)
            return false;
        last = ref;
    }
    return got == 0;
}

void pkr_packed_refs_begin(pkr_packed_refs *refs, const char *bytes, size_t size, size_t id_size)
{
    *refs = (pkr_packed_refs){.bytes = bytes, .size = size, .id_size = id_size};
    if (size > 0 && bytes[0] == '#')
        read_header(refs);
    if (!refs->is_sorted)
        refs->is_sorted = are_sorted(refs);
}

static bool has_name(const pkr_packed_ref *ref, const char *name, size_t length)
{
    return ref->length == length && memcmp(ref->name, name, length) == 0;
}

/* One after the other. Of bad lines the first one of that name is told, else the first one. */
static int search(const pkr_packed_refs *refs, const char *name, size_t length, pkr_packed_ref *ref)
{
    size_t at = refs->begin;
    pkr_packed_ref bad = {.why = NULL};
    bool is_of_name = false;
    int got;

    while ((got = pkr_packed_refs_next(refs, &at, ref)) != 0) {
        const bool is_it = ref->name && has_name(ref, name, length);

        if (got == 1 && is_it)
            return 1;
        if (got < 0 && (!bad.why || (is_it && !is_of_name))) {
            bad = *ref;
            is_of_name = is_it;
        }
    }
    *ref = bad;
    return bad.why ? PACKREAD_ERROR_CORRUPT : 0;
}

int pkr_packed_refs_find(const pkr_packed_refs *refs, const char *name, size_t length,
                         pkr_packed_ref *ref)
{
    size_t low = refs->begin;
    size_t high = refs->size;

    if (!refs->is_sorted)
        return search(refs, name, length, ref);
    while (low < high) {
        const size_t at = begin_of_ref(refs, low, low + (high - low) / 2);
        const size_t behind = after_ref(refs, at);
        size_t next = at;
        int order;

        /* Bad lines are in no order. */
        if (pkr_packed_refs_next(refs, &next, ref) != 1 || next != behind)
            return search(refs, name, length, ref);
        order = compare(ref->name, ref->length, name, length);
        if (order == 0)
            return 1;
        if (order < 0)
            low = behind;
        else
            high = at;
    }
    return 0;
}

/* Whether the file ends in the line at `at`, in the last part of this name. */
static bool ends_within(const pkr_packed_refs *refs, size_t at, const char *name, size_t length)
{
    const char *begun;
    size_t size;

    return refs->bytes[after_line(refs, at) - 1] != '\n' && name_of(refs, at, &begun, &size) &&
           size <= length && memcmp(begun, name, size) == 0 &&
           !memchr(name + size - 1, '/', length - size + 1);
}

bool pkr_packed_refs_has_bad(const pkr_packed_refs *refs, const char *name, size_t length)
{
    size_t at = refs->begin;
    pkr_packed_ref ref;
    int got;

    while ((got = pkr_packed_refs_next(refs, &at, &ref)) != 0) {
        if (got < 0 && ((ref.name && has_name(&ref, name, length)) ||
                        ends_within(refs, ref.place, name, length)))
            return true;
    }
    return false;
}
