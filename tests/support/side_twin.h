/* side_twin.h - heads of .rev and .mtimes, parsed, against plain sums. */
#ifndef SIDE_TWIN_H
#define SIDE_TWIN_H

#include "format/side_table.h"

typedef int side_parser(const unsigned char *head, size_t length, uint64_t file_size,
                        pkr_side_table *table, const char **text);

/* Of an input of a fuzzer: eight bytes of file size, then the head. Aborts where they differ. */
void side_twin_compare(side_parser *parse, const char *magic, const unsigned char *data,
                       size_t size);

#endif
