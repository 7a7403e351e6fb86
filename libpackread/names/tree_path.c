/* tree_path.c - looks for the names of a path in one tree after the other; symbolic links are
 * followed the way git does it, name by name in a path that changes. */
#include "names/tree_path.h"

#include <string.h>

#include "base/memory.h"

#define LINKS_MOST 40

#define KIND 0170000
#define KIND_TREE 040000
#define KIND_FILE 0100000
#define KIND_LINK 0120000

static bool is_tree(uint32_t mode)
{
    return (mode & KIND) == KIND_TREE;
}

/* The entry of that name. Errors: NOT_FOUND, CORRUPT. */
static int find_entry(const pkr_following *on, const packread_object *tree, const char *name,
                      size_t length, packread_tree_entry *entry)
{
    size_t at = 0;

    while (at < tree->size) {
        int status = packread_tree_entry_parse(tree->data + at, tree->size - at, on->id_size, entry,
                                               on->error);

        if (status != 0) {
            if (on->error)
                on->error->id = tree->id;
            return status;
        }
        if (entry->name_size == length && memcmp(entry->name, name, length) == 0)
            return 0;
        at += entry->length;
    }
    return pkr_follow_nowhere(on, &tree->id, "the tree has no such entry");
}

static size_t name_size(const char *path, size_t length)
{
    const char *slash = length > 0 ? memchr(path, '/', length) : NULL;

    return slash ? (size_t)(slash - path) : length;
}

int pkr_tree_path(const pkr_following *on, const packread_id *id, const char *path, size_t length,
                  pkr_tree_place *place)
{
    packread_object tree;

    *place = (pkr_tree_place){.id = *id};
    for (;;) {
        const size_t size = name_size(path, length);
        packread_tree_entry entry;
        int status = pkr_follow_tree(on, &place->id, &tree);

        if (status != 0 || length == 0)
            return status;
        status = find_entry(on, &tree, path, size, &entry);
        if (status != 0)
            return status;
        if (size < length && !is_tree(entry.mode))
            return pkr_follow_nowhere(on, &tree.id, "the path leads through what is no tree");
        place->id = entry.id;
        place->mode = entry.mode;
        place->has_mode = true;
        if (size + 1 >= length)
            return 0;
        path += size + 1;
        length -= size + 1;
    }
}

/* ---- With symbolic links --------------------------------------------------------------------- */

/* The way so far: trees from the first one down, and the path that is left. */
typedef struct way {
    const pkr_following *on;
    pkr_table parents; /* packread_id */
    void *path;
    size_t length;
    uint64_t room;
    int links; /* that may still be followed */
    bool has_followed;
    pkr_tree_place *place;
} way;

static const pkr_need need = {NULL, "the memory limit has no room for such a path"};

static pkr_budget *budget_of(const way *going)
{
    return going->on->reader->budget;
}

static int publish(const way *going, const pkr_fault *fault)
{
    return pkr_fault_publish(fault, going->on->error);
}

/* Puts `text` in the place of the first `size` bytes of the path. */
static int replace(way *going, size_t size, const void *text, size_t length)
{
    const size_t rest = going->length - size;
    pkr_fault fault;

    if (length > SIZE_MAX / 2 - rest)
        return publish(
            going, (pkr_budget_short(budget_of(going), length, NULL, need.text, &fault), &fault));
    if (length + rest + 1 > going->room) {
        if (pkr_memory_grow(budget_of(going), &going->path, going->room, length + rest + 1, &need,
                            &fault) != 0)
            return publish(going, &fault);
        going->room = length + rest + 1;
    }
    memmove((char *)going->path + length, (char *)going->path + size, rest);
    if (length > 0)
        memcpy(going->path, text, length);
    going->length = length + rest;
    return 0;
}

static int enter(way *going, const packread_id *tree)
{
    pkr_fault fault;

    if (pkr_table_grow(&going->parents, budget_of(going), &need, &fault) != 0)
        return publish(going, &fault);
    ((packread_id *)going->parents.rows)[going->parents.count++] = *tree;
    return 0;
}

static const packread_id *here(const way *going)
{
    return (const packread_id *)going->parents.rows + going->parents.count - 1;
}

/* It ends here, at no object. */
static int end_at(way *going, enum packread_link link)
{
    going->place->link = link;
    memset(&going->place->id, 0, sizeof going->place->id);
    going->place->has_mode = false;
    return 1;
}

/* The reader keeps it for its caller. */
static int end_outside(way *going, const void *target, size_t length)
{
    packread_reader *reader = going->on->reader;
    pkr_fault fault;

    if (length + 1 > reader->text_room) {
        if (pkr_memory_grow(reader->budget, &reader->text, reader->text_room, length + 1, &need,
                            &fault) != 0)
            return publish(going, &fault);
        reader->text_room = length + 1;
    }
    memcpy(reader->text, target, length);
    ((char *)reader->text)[length] = '\0';
    going->place->target_length = length;
    return end_at(going, PACKREAD_LINK_OUTSIDE);
}

static int end_found(way *going, const packread_id *id)
{
    going->place->id = *id;
    return 1;
}

/* Nothing is there. */
static int end_missing(way *going, const char *text)
{
    return going->has_followed ? end_at(going, PACKREAD_LINK_DANGLING)
                               : pkr_follow_nowhere(going->on, here(going), text);
}

static int follow_link(way *going, const packread_id *id, size_t size)
{
    packread_object link;
    const char *end;
    size_t length;
    int status;

    if (going->links-- == 0)
        return end_at(going, PACKREAD_LINK_LOOP);
    going->has_followed = true;
    status = pkr_follow_read(going->on, id, &link);
    if (status == PACKREAD_ERROR_NOT_FOUND)
        return end_at(going, PACKREAD_LINK_DANGLING);
    if (status != 0)
        return status;
    end = link.size > 0 ? memchr(link.data, '\0', link.size) : NULL;
    length = end ? (size_t)(end - (const char *)link.data) : link.size;
    if (length > 0 && link.data[0] == '/')
        return end_outside(going, link.data, length);
    return replace(going, size, link.data, length);
}

/* To the tree above. */
static int climb(way *going, size_t size)
{
    if (going->parents.count == 1)
        return end_outside(going, going->path, going->length);
    going->parents.count--;
    return replace(going, size < going->length ? size + 1 : size, NULL, 0);
}

static int take_entry(way *going, size_t size, const packread_tree_entry *entry)
{
    packread_id id = entry->id;
    packread_object tree;
    int status;

    going->place->mode = entry->mode;
    going->place->has_mode = true;
    if (is_tree(entry->mode)) {
        if (size == going->length)
            return end_found(going, &id);
        status = pkr_follow_tree(going->on, &id, &tree);
        if (status == PACKREAD_ERROR_NOT_FOUND)
            return end_missing(going, "the path leads to a tree that is not there");
        if (status == 0)
            status = enter(going, &id);
        return status == 0 ? replace(going, size + 1, NULL, 0) : status;
    }
    if ((entry->mode & KIND) == KIND_LINK)
        return follow_link(going, &id, size);
    if ((entry->mode & KIND) != KIND_FILE)
        return end_missing(going, "the path leads to a commit");
    return size == going->length ? end_found(going, &id) : end_at(going, PACKREAD_LINK_NOTDIR);
}

/* One name of the path. Returns 0 to go on, 1 at the end, or an error. */
static int take_name(way *going)
{
    const char *path = going->path;
    packread_tree_entry entry;
    packread_object tree;
    packread_id at = *here(going);
    size_t slashes = 0;
    size_t size;
    int status;

    while (slashes < going->length && path[slashes] == '/')
        slashes++;
    status = replace(going, slashes, NULL, 0);
    if (status != 0)
        return status;
    path = going->path;
    size = name_size(path, going->length);
    if (going->length == 0)
        return end_found(going, &at);
    if (size == 2 && memcmp(path, "..", 2) == 0)
        return climb(going, size);
    status = pkr_follow_tree(going->on, &at, &tree);
    if (status == 0)
        status = find_entry(going->on, &tree, path, size, &entry);
    if (status == PACKREAD_ERROR_NOT_FOUND && going->has_followed)
        return end_at(going, PACKREAD_LINK_DANGLING);
    return status == 0 ? take_entry(going, size, &entry) : status;
}

int pkr_tree_path_follow(const pkr_following *on, const packread_id *id, const char *path,
                         size_t length, pkr_tree_place *place)
{
    way going = {.on = on,
                 .parents = {.row_size = sizeof(packread_id)},
                 .links = LINKS_MOST,
                 .place = place};
    packread_object tree;
    packread_id root = *id;
    int status;

    *place = (pkr_tree_place){.link = PACKREAD_LINK_NONE};
    status = pkr_follow_tree(on, &root, &tree);
    if (status == 0)
        status = enter(&going, &root);
    if (status == 0)
        status = replace(&going, 0, path, length);
    while (status == 0)
        status = take_name(&going);
    pkr_table_free(&going.parents, budget_of(&going));
    pkr_memory_free(budget_of(&going), going.path, going.room);
    return status < 0 ? status : 0;
}
