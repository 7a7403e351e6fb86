/* tree_order.c - git sorts the entries of a tree by name, a folder's as if it ended in a slash. So
 * a file and a folder of one name need not stand side by side: between them are names that begin
 * with it. */
#include "tree_order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TYPE_BITS 0170000u
#define FOLDER 0040000u

int tree_entry_next(const unsigned char *bytes, size_t size, size_t id_size,
                    packread_tree_entry *entry, packread_error *error)
{
    int failure = packread_tree_entry_parse(bytes, size, id_size, entry, error);
    const unsigned char *name_end;

    if (failure == 0)
        return 0;
    /* Mode and name may be anything: a NUL and an id end the entry. */
    *entry = (packread_tree_entry){0};
    name_end = memchr(bytes, '\0', size);
    if (name_end != NULL && size - (size_t)(name_end - bytes) - 1 >= id_size)
        entry->length = (size_t)(name_end - bytes) + 1 + id_size;
    return failure;
}

struct name {
    const unsigned char *bytes;
    size_t size;
    bool is_folder;
    size_t at; /* of its entry in the tree */
};

struct names {
    struct name *names;
    size_t count;
    size_t capacity;
};

/* The next well-formed entry's. False at the end. */
static bool next_name(const unsigned char *tree, size_t size, size_t id_size, size_t *at,
                      struct name *name)
{
    while (*at < size) {
        packread_tree_entry entry;
        packread_error error;
        size_t here = *at;
        int failure = tree_entry_next(tree + here, size - here, id_size, &entry, &error);

        *at = entry.length > 0 ? here + entry.length : size;
        if (failure == 0) {
            *name = (struct name){entry.name, entry.name_size, (entry.mode & TYPE_BITS) == FOLDER,
                                  here};
            return true;
        }
    }
    return false;
}

static unsigned char byte_after(const struct name *name, size_t size)
{
    if (name->size > size)
        return name->bytes[size];
    return name->is_folder ? '/' : '\0';
}

static int compare_as_git(const struct name *a, const struct name *b)
{
    size_t size = a->size < b->size ? a->size : b->size;
    int order = memcmp(a->bytes, b->bytes, size);

    return order != 0 ? order : byte_after(a, size) - byte_after(b, size);
}

static bool is_same(const struct name *a, const struct name *b)
{
    return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static bool begins_with(const struct name *name, const struct name *start)
{
    return name->size >= start->size && memcmp(name->bytes, start->bytes, start->size) == 0;
}

static bool grow(void **array, size_t *capacity, size_t count, size_t item)
{
    size_t wanted = *capacity != 0 ? *capacity * 2 : 16;
    void *grown;

    if (count < *capacity)
        return true;
    grown = wanted <= SIZE_MAX / item ? realloc(*array, wanted * item) : NULL;
    if (grown == NULL)
        return false;
    *array = grown;
    *capacity = wanted;
    return true;
}

static int add_name(struct names *list, const struct name *name)
{
    void *array = list->names;

    if (!grow(&array, &list->capacity, list->count, sizeof *list->names))
        return ENOMEM;
    list->names = array;
    list->names[list->count++] = *name;
    return 0;
}

static int add_again(struct tree_order *order, size_t at)
{
    void *array = order->again;

    if (!grow(&array, &order->capacity, order->count, sizeof *order->again))
        return ENOMEM;
    order->again = array;
    order->again[order->count++] = at;
    return 0;
}

/* In a tree that rises: `open` are the names that the last one begins with, each beginning with the
 * one before it. */
static int check_rising(const unsigned char *tree, size_t size, size_t id_size,
                        struct tree_order *order)
{
    struct names open = {0};
    struct name last = {0};
    struct name name;
    size_t at = 0;
    int failure = 0;

    order->is_sorted = true;
    while (failure == 0 && next_name(tree, size, id_size, &at, &name)) {
        if (last.bytes != NULL && compare_as_git(&last, &name) >= 0) {
            order->is_sorted = false;
            break;
        }
        while (open.count > 0 && !begins_with(&name, &open.names[open.count - 1]))
            open.count--;
        if (open.count > 0 && is_same(&name, &open.names[open.count - 1]))
            failure = add_again(order, name.at);
        else
            failure = add_name(&open, &name);
        last = name;
    }
    free(open.names);
    return failure;
}

/* By name, of one name the first first. */
static int compare_names(const void *left, const void *right)
{
    const struct name *a = left;
    const struct name *b = right;
    int order = memcmp(a->bytes, b->bytes, a->size < b->size ? a->size : b->size);

    if (order == 0 && a->size != b->size)
        order = a->size < b->size ? -1 : 1;
    if (order == 0)
        order = a->at < b->at ? -1 : 1;
    return order;
}

static int compare_places(const void *left, const void *right)
{
    const size_t *a = left;
    const size_t *b = right;

    return *a < *b ? -1 : *a > *b;
}

/* In any other: all names are sorted. */
static int check_all(const unsigned char *tree, size_t size, size_t id_size,
                     struct tree_order *order)
{
    struct names all = {0};
    struct name name;
    size_t at = 0;
    int failure = 0;

    order->count = 0;
    while (failure == 0 && next_name(tree, size, id_size, &at, &name))
        failure = add_name(&all, &name);
    if (failure == 0)
        qsort(all.names, all.count, sizeof *all.names, compare_names);
    for (size_t i = 1; failure == 0 && i < all.count; i++)
        if (is_same(&all.names[i - 1], &all.names[i]))
            failure = add_again(order, all.names[i].at);
    if (order->count > 1)
        qsort(order->again, order->count, sizeof *order->again, compare_places);
    free(all.names);
    return failure;
}

int tree_order_check(const unsigned char *tree, size_t size, size_t id_size,
                     struct tree_order *order)
{
    int failure;

    *order = (struct tree_order){0};
    failure = check_rising(tree, size, id_size, order);
    if (failure == 0 && !order->is_sorted)
        failure = check_all(tree, size, id_size, order);
    return failure;
}

void tree_order_free(struct tree_order *order)
{
    free(order->again);
    *order = (struct tree_order){0};
}
