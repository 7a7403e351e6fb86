/* mailmap.c - reads lines of a .mailmap into a sorted table, and looks idents up in it. */
#include "mailmap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct mailmap_entry {
    mailmap_text old_email;
    mailmap_text old_name; /* none: of any name */
    mailmap_text email;    /* in their place; none: it stays */
    mailmap_text name;
    size_t line; /* counts up */
};

bool mailmap_is_space(char byte)
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
static int compare_texts(const mailmap_text *left, const mailmap_text *right)
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
static bool take_ident(mailmap_text *line, bool may_be_empty, mailmap_text *name,
                       mailmap_text *email)
{
    const char *end = line->bytes + line->size;
    const char *left = memchr(line->bytes, '<', line->size);
    const char *right = left != NULL ? memchr(left + 1, '>', (size_t)(end - left - 1)) : NULL;
    const char *start = line->bytes;
    const char *stop = left;

    if (right == NULL || (!may_be_empty && right == left + 1))
        return false;
    while (start < left && mailmap_is_space(*start))
        start++;
    while (stop > start && mailmap_is_space(stop[-1]))
        stop--;
    if (start < stop)
        *name = (mailmap_text){start, (size_t)(stop - start)};
    *email = (mailmap_text){left + 1, (size_t)(right - left - 1)};
    *line = (mailmap_text){right + 1, (size_t)(end - right - 1)};
    return true;
}

/* False where the line says nothing. */
static bool parse_line(mailmap_text line, struct mailmap_entry *entry)
{
    *entry = (struct mailmap_entry){.line = 0};
    if (line.size == 0 || line.bytes[0] == '#' ||
        !take_ident(&line, false, &entry->name, &entry->email))
        return false;
    if (line.size == 0 || !take_ident(&line, true, &entry->old_name, &entry->old_email)) {
        entry->old_email = entry->email;
        entry->email = (mailmap_text){NULL, 0};
    }
    return true;
}

/* One line, or as much of it as is read at a time; it ends at its first NUL. */
static mailmap_text next_line(const char *bytes, size_t size, size_t most, size_t *taken)
{
    const char *newline = memchr(bytes, '\n', size < most ? size : most);
    size_t length = newline != NULL ? (size_t)(newline - bytes) : size < most ? size : most;

    *taken = newline != NULL ? length + 1 : length;
    return (mailmap_text){bytes, strnlen(bytes, length)};
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
        mailmap_text line = next_line(bytes, size, line_most, &taken);
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

bool mailmap_look_up(const mailmap *map, mailmap_text *name, mailmap_text *email)
{
    struct mailmap_entry old = {.old_email = *email, .old_name = *name};
    const struct mailmap_entry *found = find_old(map, &old);

    if (found == NULL) {
        old.old_name = (mailmap_text){NULL, 0};
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
