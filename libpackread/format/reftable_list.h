/* reftable_list.h - tables.list: the tables that together hold the refs, one name a line, oldest
 * first. Format: git's Documentation/technical/reftable, "Update transactions". */
#ifndef PKR_REFTABLE_LIST_H
#define PKR_REFTABLE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* The name at `*at`, which is 0 at first and is moved on. Returns 1; 0 at the end; -1 for what
 * cannot be the name of a file in the same folder. */
int pkr_reftable_list_next(const char *bytes, size_t size, size_t *at, const char **name,
                           size_t *length);

#endif
