/* pretty.h - a tree as lines, as git cat-file -p prints it. */
#ifndef PRETTY_H
#define PRETTY_H

#include <packread.h>

/* Prints the lines. On a damaged tree returns what is wrong, a constant, after the lines before
 * it; else NULL. `id_size` is 20 or 32. */
const char *pretty_print_tree(const unsigned char *data, size_t size, size_t id_size);

#endif
