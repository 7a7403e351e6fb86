/* mtimes.h - the head of a .mtimes, when the objects of a cruft pack were last in use: a pure
 * parser. Format: gitformat-pack(5), "pack-*.mtimes files". */
#ifndef PKR_MTIMES_H
#define PKR_MTIMES_H

#include "format/side_table.h"

/* As pkr_side_table_parse. */
int pkr_mtimes_parse(const unsigned char *head, size_t length, uint64_t file_size,
                     pkr_side_table *table, const char **text);

#endif
