/* tree_order.h - the entries of a tree one after the other, also where one is malformed, and which
 * of them have a name that stood in the tree before. */
#ifndef TREE_ORDER_H
#define TREE_ORDER_H

#include <packread.h>

/* Parses the entry at the front of `size` bytes (1 at least). Where it is malformed the return is
 * not 0, `error` says how, and entry->length is where the next one has to begin; 0: nowhere. */
int tree_entry_next(const unsigned char *bytes, size_t size, size_t id_size,
                    packread_tree_entry *entry, packread_error *error);

struct tree_order {
    bool is_sorted; /* as git sorts entries */
    size_t *again;  /* where the entries begin whose name is an earlier one's too; rising */
    size_t count;
    size_t capacity;
};

/* 0 or ENOMEM. Free it in either case. */
int tree_order_check(const unsigned char *tree, size_t size, size_t id_size,
                     struct tree_order *order);
void tree_order_free(struct tree_order *order);

#endif
