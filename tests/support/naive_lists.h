/* naive_lists.h - git's configuration files and lists of object folders read a second time, as
 * plainly as can be. Used by tests and fuzzers. */
#ifndef NAIVE_LISTS_H
#define NAIVE_LISTS_H

#include <stddef.h>
#include <stdint.h>

/* One entry a line: the name as git has it ("remote.origin.url", nothing escaped), and where there
 * is a value " =" and its bytes in hex. To be freed. `*bad_line`: the line that is none, after
 * which nothing is read; 0: all lines are good. */
char *naive_config(const unsigned char *bytes, size_t size, size_t *length, uint64_t *bad_line);
/* The same of the library's answers. */
char *naive_config_of_library(const unsigned char *bytes, size_t size, size_t *length,
                              uint64_t *bad_line);

/* One path a line, in hex. To be freed. */
char *naive_alternates(const unsigned char *bytes, size_t size, char separator, size_t *length);
char *naive_alternates_of_library(const unsigned char *bytes, size_t size, char separator,
                                  size_t *length);

#endif
