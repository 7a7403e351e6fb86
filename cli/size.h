/* size.h - sizes as people type them: 65536, 64K, 2G. */
#ifndef SIZE_H
#define SIZE_H

#include <stdbool.h>
#include <stdint.h>

/* Decimal digits, then optionally one of K M G T (powers of 1024, either case). False where it is
 * anything else or does not fit. */
bool size_parse(const char *text, uint64_t *size);
/* What follows a number as git's configuration has it: nothing, or one of k m g (either case); the
 * number is to be shifted left so far. */
bool size_parse_git_unit(const char *text, unsigned *shift);
/* Decimal digits only. */
bool size_parse_count(const char *text, uint64_t *count);

#endif
