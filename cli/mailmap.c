/* mailmap.c - reads lines of a .mailmap into a sorted table, and looks idents up in it. */
#include "mailmap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct text {
    const char *bytes; /* NULL: there is none */
    size_t size;
};

struct mailmap_entry {
    struct text old_email;
    struct text old_name; /* none: of any name */
    struct text email;    /* in their place; none: it stays */
    struct text name;
    size_t line; /* counts up */
};

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* ---- Order ----------------------------------------------------------------------------------- */

static int lower(char letter)
{
    const unsigned char byte = (unsigned char)letter;

    return byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte;
}

/* Letters of ASCII are the same in either case; none comes before all. */
static int compare_texts(const struct text *left, const struct text *right)
{
    if (left->bytes == NULL || right->bytes == NULL)
        return (left->bytes != NULL) - (right->bytes != NULL);
    for (size_t i = 0; i < left->size && i < right->size; i++) {
        int difference = lower(left->bytes[i]) - lower(right->bytes[i]);

        if (difference != 0)
            return difference;
    }
    return (left->size > right->size) - (left->size < right->size);
}

static int compare_old(const struct mailmap_entry *left, const struct mailmap_entry *right)
{
    int difference = compare_texts(&left->old_email, &right->old_email);

    return difference != 0 ? difference : compare_texts(&left->old_name, &right->old_name);
}

static int compare_entries(const void *left, const void *right)
{
    const struct mailmap_entry *first = left, *second = right;
    int difference = compare_old(first, second);

    return difference != 0 ? difference
                           : (first->line > second->line) - (first->line < second->line);
}

/* ---- Lines ----------------------------------------------------------------------------------- */

/* Takes "NAME <EMAIL>" off the front of `line`; false where there is none. */
static bool take_ident(struct text *line, bool may_be_empty, struct text *name, struct text *email)
{
    const char *end = line->bytes + line->size;
    const char *left = memchr(line->bytes, '<', line->size);
    const char *right = left != NULL ? memchr(left + 1, '>', (size_t)(end - left - 1)) : NULL;
    const char *start = line->bytes;
    const char *stop = left;

    if (right == NULL || (!may_be_empty && right == left + 1))
        return false;
    while (start < left && is_space(*start))
        start++;
    while (stop > start && is_space(stop[-1]))
        stop--;
    if (start < stop)
        *name = (struct text){start, (size_t)(stop - start)};
    *email = (struct text){left + 1, (size_t)(right - left - 1)};
    *line = (struct text){right + 1, (size_t)(end - right - 1)};
    return true;
}

/* False where the line says nothing. */
static bool parse_line(struct text line, struct mailmap_entry *entry)
{
    *entry = (struct mailmap_entry){.line = 0};
    if (line.size == 0 || line.bytes[0] == '#' ||
        !take_ident(&line, false, &entry->name, &entry->email))
        return false;
    if (line.size == 0 || !take_ident(&line, true, &entry->old_name, &entry->old_email)) {
        entry->old_email = entry->email;
        entry->email = (struct text){NULL, 0};
    }
    return true;
}

/* One line, or as much of it as is read at a time; it ends at its first NUL. */
static struct text next_line(const char *bytes, size_t size, size_t most, size_t *taken)
{
    const char *newline = memchr(bytes, '\n', size < most ? size : most);
    size_t length = newline != NULL ? (size_t)(newline - bytes) : size < most ? size : most;

    *taken = newline != NULL ? length + 1 : length;
    return (struct text){bytes, strnlen(bytes, length)};
}

/* Of entries that look for the same: one for any name takes of those before it what it does not
 * say, one for a single name nothing. */
static void merge(struct mailmap_entry *kept, const struct mailmap_entry *later)
{
    const bool is_for_one = kept->old_name.bytes != NULL;

    if (is_for_one || later->name.bytes != NULL)
        kept->name = later->name;
    if (is_for_one || later->email.bytes != NULL)
        kept->email = later->email;
}

static void sort(mailmap *map)
{
    size_t kept = 0;

    if (map->count == 0)
        return;
    qsort(map->entries, map->count, sizeof *map->entries, compare_entries);
    for (size_t i = 1; i < map->count; i++) {
        if (compare_old(&map->entries[kept], &map->entries[i]) == 0)
            merge(&map->entries[kept], &map->entries[i]);
        else
            map->entries[++kept] = map->entries[i];
    }
    map->count = kept + 1;
}

/* Room for as many entries as there are characters that each needs one of. */
static bool make_room(mailmap *map, const char *bytes, size_t size)
{
    size_t count = map->count;
    struct mailmap_entry *grown;

    for (size_t i = 0; i < size; i++)
        count += bytes[i] == '>';
    if (count > SIZE_MAX / sizeof *grown)
        return false;
    grown = realloc(map->entries, (count > 0 ? count : 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    map->entries = grown;
    return true;
}

bool mailmap_add(mailmap *map, const char *bytes, size_t size, size_t line_most)
{
    if (line_most == SIZE_MAX)
        size = strnlen(bytes, size);
    if (!make_room(map, bytes, size))
        return false;
    for (size_t taken = 0; size > 0; bytes += taken, size -= taken) {
        struct text line = next_line(bytes, size, line_most, &taken);
        struct mailmap_entry entry;

        if (!parse_line(line, &entry))
            continue;
        entry.line = map->lines++;
        map->entries[map->count++] = entry;
    }
    sort(map);
    return true;
}

void mailmap_free(mailmap *map)
{
    free(map->entries);
    *map = (mailmap){0};
}

static const struct mailmap_entry *find_old(const mailmap *map, const struct mailmap_entry *old)
{
    size_t low = 0;
    size_t high = map->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int difference = compare_old(&map->entries[middle], old);

        if (difference == 0)
            return &map->entries[middle];
        if (difference < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Puts what stands for them in their place; false where nothing does. */
static bool look_up(const mailmap *map, struct text *name, struct text *email)
{
    struct mailmap_entry old = {.old_email = *email, .old_name = *name};
    const struct mailmap_entry *found = find_old(map, &old);

    if (found == NULL) {
        old.old_name = (struct text){NULL, 0};
        found = find_old(map, &old);
    }
    if (found == NULL || (found->email.bytes == NULL && found->name.bytes == NULL))
        return false;
    if (found->email.bytes != NULL)
        *email = found->email;
    if (found->name.bytes != NULL)
        *name = found->name;
    return true;
}

/* ---- Headers --------------------------------------------------------------------------------- */

/* Bytes that are made larger as they come. */
struct growing {
    char *bytes;
    size_t size;
    size_t capacity;
    bool failed;
};

static void append(struct growing *out, const char *bytes, size_t size)
{
    if (out->failed || size == 0)
        return;
    if (size > out->capacity - out->size) {
        size_t capacity = out->capacity;
        char *grown = NULL;

        if (size <= SIZE_MAX / 4 && capacity <= SIZE_MAX / 4) {
            capacity = capacity * 2 + size;
            grown = realloc(out->bytes, capacity);
        }
        out->failed = grown == NULL;
        if (out->failed)
            return;
        out->bytes = grown;
        out->capacity = capacity;
    }
    memcpy(out->bytes + out->size, bytes, size);
    out->size += size;
}

static void append_text(struct growing *out, const struct text *text)
{
    append(out, text->bytes, text->size);
}

/* Of "NAME <EMAIL> DATE ZONE": all up to the first ">". */
static bool split_ident(const struct text *person, struct text *name, struct text *email)
{
    const char *end = person->bytes + person->size;
    const char *left = memchr(person->bytes, '<', person->size);
    const char *right = left != NULL ? memchr(left + 1, '>', (size_t)(end - left - 1)) : NULL;
    const char *stop = left;

    if (right == NULL)
        return false;
    while (stop > person->bytes && is_space(stop[-1]))
        stop--;
    *name = (struct text){person->bytes, (size_t)(stop - person->bytes)};
    *email = (struct text){left + 1, (size_t)(right - left - 1)};
    return true;
}

/* Where the person begins in a line of the header that has one; else 0. */
static size_t person_in(const char *line, size_t size)
{
    static const char *const words[] = {"author ", "committer ", "tagger "};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const size_t length = strlen(words[i]);

        if (size >= length && memcmp(line, words[i], length) == 0)
            return length;
    }
    return 0;
}

/* One line without its newline. True where it was changed. */
static bool append_line(struct growing *out, const mailmap *map, const char *line, size_t size)
{
    const size_t at = person_in(line, size);
    const struct text person = {line + at, size - at};
    struct text name, email;
    size_t old;

    if (at == 0 || !split_ident(&person, &name, &email))
        goto as_it_is;
    old = (size_t)(email.bytes + email.size + 1 - line);
    if (!look_up(map, &name, &email))
        goto as_it_is;
    append(out, line, at);
    append_text(out, &name);
    append(out, " <", 2);
    append_text(out, &email);
    append(out, ">", 1);
    append(out, line + old, size - old);
    return true;

as_it_is:
    append(out, line, size);
    return false;
}

/* `contents` up to the end of the header, and from there as it is. */
static bool append_header(struct growing *out, const mailmap *map, const char *contents,
                          size_t size)
{
    bool has_changed = false;
    size_t at = 0;

    while (at < size && contents[at] != '\n' && contents[at] != '\0') {
        const char *line = contents + at;
        const char *newline = memchr(line, '\n', size - at);
        const size_t length = strnlen(line, newline != NULL ? (size_t)(newline - line) : size - at);
        const bool is_changed = append_line(out, map, line, length);

        at += length;
        if (at < size && contents[at] == '\n')
            append(out, contents + at++, 1);
        /* As git has it: an empty line behind one that was changed does not end the header. */
        if (is_changed && at < size && contents[at] == '\n')
            append(out, contents + at++, 1);
        has_changed = has_changed || is_changed;
    }
    append(out, contents + at, size - at);
    return has_changed;
}

char *mailmap_apply(const mailmap *map, const char *contents, size_t size, size_t *mapped_size,
                    bool *failed)
{
    struct growing out = {.bytes = NULL};

    *failed = false;
    if (map->count == 0)
        return NULL;
    if (!append_header(&out, map, contents, size) || out.failed) {
        *failed = out.failed;
        free(out.bytes);
        return NULL;
    }
    *mapped_size = out.size;
    return out.bytes;
}
