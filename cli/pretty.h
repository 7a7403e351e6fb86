/* pretty.h - a tree as lines, as git cat-file -p prints it. */
#ifndef PRETTY_H
#define PRETTY_H

#include <packread.h>

/* Prints the lines. False, after the lines before it, where an entry is damaged: `error->text` says
 * what is wrong. `id_size` is 20 or 32. */
bool pretty_print_tree(const unsigned char *data, size_t size, size_t id_size,
                       packread_error *error);

#endif
