/* pretty.c - what git shows of an entry of a tree. */
#include "pretty.h"

#include "output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY_USUAL ((size_t)4096)
#define ENTRY_MOST ((size_t)1 << 20) /* no system has names of that length */

#define MODE_TYPE 0170000
#define MODE_FOLDER 0040000
#define MODE_FILE 0100000
#define MODE_LINK 0120000
#define MODE_COMMIT 0160000

/* The modes that git knows: old repositories have others, which it shows as these. */
static unsigned canonical_mode(unsigned mode)
{
    switch (mode & MODE_TYPE) {
    case MODE_FILE:
        return MODE_FILE | ((mode & 0100) != 0 ? 0755u : 0644u);
    case MODE_LINK:
        return MODE_LINK;
    case MODE_FOLDER:
        return MODE_FOLDER;
    default:
        return MODE_COMMIT;
    }
}

static void print_mode(unsigned mode)
{
    char *text = output_reserve(6);

    for (int i = 5; i >= 0; i--) {
        text[i] = (char)('0' + (mode & 7));
        mode >>= 3;
    }
    output_advance(6);
}

static bool is_plain(unsigned char byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

/* A name as it is, or quoted as C quotes strings where it holds a byte that needs it. */
static void print_name(const unsigned char *name, size_t length)
{
    static const char special[] = "\a\b\t\n\v\f\r\"\\";
    static const char letters[] = "abtnvfr\"\\";
    size_t plain = 0;

    while (plain < length && is_plain(name[plain]))
        plain++;
    if (plain == length) {
        output_bytes(name, length);
        return;
    }
    output_byte('"');
    for (size_t i = 0; i < length; i++) {
        const char *found = name[i] < 0x80 ? strchr(special, name[i]) : NULL;
        char *text = output_reserve(4);

        if (is_plain(name[i])) {
            text[0] = (char)name[i];
            output_advance(1);
            continue;
        }
        text[0] = '\\';
        if (found != NULL) {
            text[1] = letters[found - special];
            output_advance(2);
            continue;
        }
        text[1] = (char)('0' + (name[i] >> 6));
        text[2] = (char)('0' + (name[i] >> 3 & 7));
        text[3] = (char)('0' + (name[i] & 7));
        output_advance(4);
    }
    output_byte('"');
}

static const char *kind_of(unsigned mode)
{
    switch (mode & MODE_TYPE) {
    case MODE_FOLDER:
        return "tree";
    case MODE_COMMIT:
        return "commit";
    default:
        return "blob";
    }
}

static int print_entry(const struct pretty_tree *tree, const unsigned char *bytes, size_t size,
                       packread_error *error)
{
    packread_tree_entry entry;
    int failure = packread_tree_entry_parse(bytes, size, tree->id_size, &entry, error);
    unsigned mode;

    if (failure != 0)
        return failure;
    mode = canonical_mode(entry.mode);
    print_mode(mode);
    output_byte(' ');
    output_text(kind_of(mode));
    output_byte(' ');
    output_id(&entry.id);
    output_byte('\t');
    print_name(entry.name, entry.name_size);
    output_byte('\n');
    return 0;
}

static int refuse(int code, const char *text, packread_error *error)
{
    *error = (packread_error){.code = code};
    snprintf(error->text, sizeof error->text, "%s", text);
    return code;
}

static int refuse_long(packread_error *error)
{
    return refuse(PACKREAD_ERROR_UNSUPPORTED, "a tree entry's name is longer than 1 MiB", error);
}

static int hold(struct pretty_tree *tree, const unsigned char *bytes, size_t size,
                packread_error *error)
{
    size_t capacity = tree->capacity != 0 ? tree->capacity : ENTRY_USUAL;
    unsigned char *grown;

    if (size > ENTRY_MOST - tree->used)
        return refuse_long(error);
    while (capacity - tree->used < size)
        capacity *= 2;
    if (capacity > tree->capacity) {
        grown = realloc(tree->entry, capacity);
        if (grown == NULL)
            return refuse(PACKREAD_ERROR_MEMORY, "out of memory", error);
        tree->entry = grown;
        tree->capacity = capacity;
    }
    memcpy(tree->entry + tree->used, bytes, size);
    tree->used += size;
    return 0;
}

/* Prints the entry at the front of `bytes`, or what is held of it with what is left of it there,
 * and says how much was taken. One that goes on is held. */
static int take_entry(struct pretty_tree *tree, const unsigned char *bytes, size_t size,
                      size_t *taken, packread_error *error)
{
    size_t before = tree->used;
    int failure;

    *taken = 0;
    if (tree->length == 0) {
        const unsigned char *name_end = memchr(bytes, '\0', size);

        if (name_end != NULL)
            tree->length = before + (size_t)(name_end - bytes) + 1 + tree->id_size;
    }
    if (tree->length > ENTRY_MOST)
        return refuse_long(error);
    *taken = tree->length != 0 && tree->length - before < size ? tree->length - before : size;
    if (before > 0 || tree->length == 0 || *taken < tree->length) {
        failure = hold(tree, bytes, *taken, error);
        if (failure != 0 || tree->length == 0 || tree->used < tree->length)
            return failure;
        bytes = tree->entry;
    }
    failure = print_entry(tree, bytes, tree->length, error);
    tree->used = tree->length = 0;
    return failure;
}

int pretty_print(struct pretty_tree *tree, const unsigned char *bytes, size_t size,
                 packread_error *error)
{
    int failure = 0;

    while (size > 0 && failure == 0) {
        size_t taken;

        failure = take_entry(tree, bytes, size, &taken, error);
        bytes += taken;
        size -= taken;
    }
    return failure;
}

int pretty_finish(struct pretty_tree *tree, packread_error *error)
{
    return tree->used > 0 ? print_entry(tree, tree->entry, tree->used, error) : 0;
}

void pretty_free(struct pretty_tree *tree)
{
    free(tree->entry);
    tree->entry = NULL;
}
