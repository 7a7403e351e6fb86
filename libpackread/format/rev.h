/* rev.h - the head of a .rev, the rows of an index in order of offset: a pure parser. Format:
 * gitformat-pack(5), "pack-*.rev files". */
#ifndef PKR_REV_H
#define PKR_REV_H

#include "format/side_table.h"

/* As pkr_side_table_parse. */
int pkr_rev_parse(const unsigned char *head, size_t length, uint64_t file_size,
                  pkr_side_table *table, const char **text);

#endif
