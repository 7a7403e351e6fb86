/* pretty.h - a tree as lines, as git cat-file -p prints it, while its bytes come in: no more than
 * one entry is held. */
#ifndef PRETTY_H
#define PRETTY_H

#include <packread.h>

struct pretty_tree {
    size_t id_size;       /* 20 or 32; the others begin as zero */
    unsigned char *entry; /* the beginning of one that goes on in the next piece */
    size_t used;
    size_t capacity;
    size_t length; /* of all of it; 0: not known yet */
};

/* Prints the entries that end in `bytes`, which follow those given before. Returns 0 or an enum
 * packread_error_code, with what is wrong in `error`. */
int pretty_print(struct pretty_tree *tree, const unsigned char *bytes, size_t size,
                 packread_error *error);
/* The same at the end of the contents, where no entry may go on. */
int pretty_finish(struct pretty_tree *tree, packread_error *error);
void pretty_free(struct pretty_tree *tree);

#endif
