/* mailmap.h - gitmailmap(5): which names and addresses stand for others, and commits and tags with
 * those in the place of their own. */
#ifndef MAILMAP_H
#define MAILMAP_H

#include <stdbool.h>
#include <stddef.h>

struct mailmap_entry;

typedef struct mailmap_text {
    const char *bytes; /* NULL: there is none */
    size_t size;
} mailmap_text;

typedef struct mailmap {
    struct mailmap_entry *entries; /* sorted by what they look for */
    size_t count;
    size_t lines; /* that were added so far */
} mailmap;        /* all zero: empty */

/* Adds the lines of `size` bytes; where several look for the same, the last one says what it is.
 * The bytes stay the caller's and have to stay as they are until the map is freed. `line_most`: as
 * git reads a file, longer lines are several of so many bytes; as it reads an object, SIZE_MAX, it
 * ends at the first NUL. False without memory: nothing was added. */
bool mailmap_add(mailmap *map, const char *bytes, size_t size, size_t line_most);
void mailmap_free(mailmap *map);

/* Puts what stands for a name and an address in their place; false where nothing does. */
bool mailmap_look_up(const mailmap *map, mailmap_text *name, mailmap_text *email);
/* What git takes for one: no vertical tab, no form feed. */
bool mailmap_is_space(char byte);

/* The contents of a commit or tag with other names and addresses in its header, `*mapped_size`
 * bytes, to be freed; NULL: it stays as it is, or with `*failed` there is no memory. */
char *mailmap_apply(const mailmap *map, const char *contents, size_t size, size_t *mapped_size,
                    bool *failed);

#endif
