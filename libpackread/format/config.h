/* config.h - git's configuration files, entry after entry, in the syntax of git-config(1).
 *
 * Of one file alone: `include.path` is an entry as any other. git reads what decides whether a
 * repository may be read in the same way. */
#ifndef PKR_CONFIG_H
#define PKR_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pkr_config_entry {
    const char *section; /* up to the first dot, or the blank, of the header; lower case */
    size_t section_size;
    const char *subsection; /* the rest: lower case if it was not quoted. NULL: there is none */
    size_t subsection_size;
    const char *key; /* lower case; letters, digits and '-' */
    size_t key_size;
    const char *value; /* without quotes, escapes and comments. NULL: the key stands alone */
    size_t value_size; /* a NUL ends it, as in git */
} pkr_config_entry;

typedef struct pkr_config {
    unsigned char *bytes; /* names and values are put right in place */
    size_t size;
    size_t at;
    uint64_t line;  /* of the last byte that was read, from 1 */
    bool ends_line; /* that byte was a newline */
    bool is_over;
    pkr_config_entry header;
} pkr_config;

/* The bytes are changed, and all that comes out points into them. */
void pkr_config_begin(pkr_config *config, void *bytes, size_t size);
/* 1: an entry; 0: the end; CORRUPT: `line` is no line of a configuration. */
int pkr_config_next(pkr_config *config, pkr_config_entry *entry);

/* Whether the entry is `section.key`, without a subsection. Both in lower case. */
bool pkr_config_is(const pkr_config_entry *entry, const char *section, const char *key);
/* Whether the value is this word, in the same case. */
bool pkr_config_value_is(const pkr_config_entry *entry, const char *word);
/* Or in any; `word` is in lower case. */
bool pkr_config_value_is_in_any_case(const pkr_config_entry *entry, const char *word);
/* As git takes them: "1k" is a number and, as all numbers, a boolean; a key that stands alone is
 * true. Errors: CORRUPT. */
int pkr_config_bool(const pkr_config_entry *entry, bool *value);
int pkr_config_number(const pkr_config_entry *entry, int32_t *value);

#endif
