/* pattern.h - files whose every byte is known from its offset, and what all smmap tests ask. */
#ifndef PATTERN_H
#define PATTERN_H

#include "smmap.h"
#include "suite.h"

#include <stdbool.h>

/* The byte at `offset` of a file made with `seed`. */
unsigned char pattern_byte(uint64_t offset, uint64_t seed);

/* A file in the scratch folder; its path, freed by the caller. */
char *pattern_file(const char *name, uint64_t size, uint64_t seed);

/* Fails the test unless these are the file's bytes from `offset` on. */
void pattern_check(const unsigned char *data, uint64_t offset, uint64_t size, uint64_t seed);

/* Fails the test unless the cursor is valid and shows the file's bytes; only the ends and some in
 * between of a long window. */
void pattern_check_cursor(const smmap_cursor *cursor, uint64_t seed);

/* Whether the suite runs with windows of one page. */
bool one_page_mode(void);

/* The library calls that cannot fail here; each checks the manager's invariants too. */
smmap_manager *new_manager(const smmap_options *options);
smmap_cursor *open_cursor(smmap_manager *manager, const char *path);
void use(smmap_cursor *cursor, uint64_t offset, uint64_t size);
void need(smmap_cursor *cursor, uint64_t offset, uint64_t size);
smmap_stats stats_of(const smmap_manager *manager);
smmap_region_info region_of(const smmap_cursor *cursor);
void check_manager(const smmap_manager *manager);

#endif
