/* rev.c - what a .rev begins with. */
#include "format/rev.h"

static const pkr_side_words words = {"RIDX", "does not begin as a .rev does",
                                     "version of the .rev is not 1", ".rev is of an unknown hash",
                                     ".rev has no size that one can have"};

int pkr_rev_parse(const unsigned char *head, size_t length, uint64_t file_size,
                  pkr_side_table *table, const char **text)
{
    return pkr_side_table_parse(&words, head, length, file_size, table, text);
}
