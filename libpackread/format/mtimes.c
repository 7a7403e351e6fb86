/* mtimes.c - what a .mtimes begins with. */
#include "format/mtimes.h"

static const pkr_side_words words = {
    "MTME", "does not begin as a .mtimes does", "version of the .mtimes is not 1",
    ".mtimes is of an unknown hash", ".mtimes has no size that one can have"};

int pkr_mtimes_parse(const unsigned char *head, size_t length, uint64_t file_size,
                     pkr_side_table *table, const char **text)
{
    return pkr_side_table_parse(&words, head, length, file_size, table, text);
}
