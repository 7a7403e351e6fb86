/* fuzz_mailmap.c - any bytes as a .mailmap and a commit to go with it, both in front of a guard
 * page: read once as a file and once as an object, and compared with a naive search of the lines.
 *
 * Input: the .mailmap, a byte 0xff, the commit. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "guard_pages.h"
#include "mailmap.h"

#define SIZE_MOST 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- The naive one: of text that NULs end, and no line longer than it is read at a time ---------
 */

struct ident {
    char name[SIZE_MOST + 1];
    char email[SIZE_MOST + 1];
    bool has_name;
};

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* What follows "NAME <EMAIL>", or NULL. */
static const char *naive_ident(const char *text, bool may_be_empty, bool keeps_front,
                               struct ident *ident)
{
    const char *left = strchr(text, '<');
    const char *right = left ? strchr(left + 1, '>') : NULL;
    const char *stop = left;

    if (!right || (!may_be_empty && right == left + 1))
        return NULL;
    while (!keeps_front && text < left && is_space(*text))
        text++;
    while (stop > text && is_space(stop[-1]))
        stop--;
    memcpy(ident->name, text, (size_t)(stop - text));
    ident->name[stop - text] = '\0';
    ident->has_name = stop > text;
    memcpy(ident->email, left + 1, (size_t)(right - left - 1));
    ident->email[right - left - 1] = '\0';
    return right + 1;
}

/* Letters of ASCII in either case. */
static bool same(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        char x = *a >= 'A' && *a <= 'Z' ? (char)(*a + 32) : *a;
        char y = *b >= 'A' && *b <= 'Z' ? (char)(*b + 32) : *b;

        if (x != y)
            return false;
    }
    return *a == *b;
}

/* Line after line; of an entry for one name, then of those for any. True where something stands for
 * `asked`, which it then is. */
static bool naive_map(const char *map, struct ident *asked)
{
    static struct ident first, second, any, one;
    static char line[SIZE_MOST + 1];
    bool any_name = false, any_email = false, has_one = false;

    while (*map) {
        size_t length = strcspn(map, "\n");
        const char *rest;

        memcpy(line, map, length);
        line[length] = '\0';
        map += map[length] ? length + 1 : length;
        rest = line[0] == '#' ? NULL : naive_ident(line, false, false, &first);
        if (!rest)
            continue;
        if (!*rest || !naive_ident(rest, true, false, &second)) {
            if (same(first.email, asked->email) && first.has_name) {
                strcpy(any.name, first.name);
                any_name = true;
            }
        } else if (!same(second.email, asked->email)) {
            continue;
        } else if (!second.has_name) {
            if (first.has_name)
                strcpy(any.name, first.name);
            any_name = any_name || first.has_name;
            strcpy(any.email, first.email);
            any_email = true;
        } else if (same(second.name, asked->name)) {
            one = first;
            has_one = true;
        }
    }
    if (has_one) {
        if (one.has_name)
            strcpy(asked->name, one.name);
        strcpy(asked->email, one.email);
        return true;
    }
    if (any_name)
        strcpy(asked->name, any.name);
    if (any_email)
        strcpy(asked->email, any.email);
    return any_name || any_email;
}

/* A commit of one line, "author " and then `person`. */
static void compare(const mailmap *map, const char *map_text, const char *person)
{
    static char commit[SIZE_MOST + 9], wanted[3 * SIZE_MOST + 20];
    static struct ident ident;
    const char *rest;
    size_t size = 0;
    bool failed;
    char *mapped;
    bool is_mapped;

    sprintf(commit, "author %s", person);
    rest = naive_ident(person, true, true, &ident);
    is_mapped = rest && naive_map(map_text, &ident);
    if (is_mapped)
        sprintf(wanted, "author %s <%s>%s", ident.name, ident.email, rest);
    mapped = mailmap_apply(map, commit, strlen(commit), &size, &failed);
    if (failed || (mapped != NULL) != is_mapped ||
        (mapped && (size != strlen(wanted) || memcmp(mapped, wanted, size) != 0)))
        abort();
    free(mapped);
}

/* ---- Any bytes ------------------------------------------------------------------------------- */

static void apply(const mailmap *map, const char *commit, size_t size)
{
    size_t mapped_size = 0;
    bool failed;
    char *mapped = mailmap_apply(map, commit, size, &mapped_size, &failed);

    if (failed || (map->count == 0 && mapped) || (mapped && mapped_size == 0))
        abort();
    free(mapped);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct guard lines, contents;
    static char map_text[SIZE_MOST + 1], person[SIZE_MOST + 1];
    const uint8_t *cut = size ? memchr(data, 0xff, size) : NULL;
    size_t map_size = cut ? (size_t)(cut - data) : size;
    size_t commit_size = cut ? size - map_size - 1 : 0;
    const char *bytes, *commit;

    if (!lines.map) {
        guard_open(&lines, SIZE_MOST);
        guard_open(&contents, SIZE_MOST);
    }
    if (size > SIZE_MOST)
        return 0;
    bytes = (const char *)guard_at_end(&lines, data, map_size);
    commit = (const char *)guard_at_end(&contents, cut ? cut + 1 : data, commit_size);
    for (size_t most = 7; most != 0; most = most == 7 ? 1023 : most == 1023 ? SIZE_MAX : 0) {
        mailmap map = {.count = 0};

        if (!mailmap_add(&map, bytes, map_size, most))
            abort();
        apply(&map, commit, commit_size);
        if (most == SIZE_MAX) {
            memcpy(map_text, bytes, map_size);
            map_text[map_size] = '\0';
            memcpy(person, commit, commit_size);
            person[commit_size] = '\0';
            person[strcspn(person, "\n")] = '\0';
            compare(&map, map_text, person);
        }
        mailmap_free(&map);
    }
    return 0;
}
