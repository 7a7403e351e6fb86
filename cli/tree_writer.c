/* tree_writer.c - where we are below the top: the names on the way down, and descriptors of the
 * innermost folders. */
#include "tree_writer.h"

#include "folder_below.h"
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* Levels that are open at once: more than trees have, and few of the descriptors that there may be.
 * Where one is deeper, the way down from the top is opened once for so many on the way back. */
#define OPEN_MOST 128u
#define OPEN_LEAST 4u
#define OPEN_PART 4u

struct tree_level {
    size_t name; /* where it begins among the names */
    int folder;  /* open from first_open on */
};

static size_t open_most(void)
{
    struct rlimit limit;
    rlim_t part;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return OPEN_LEAST;
    part = limit.rlim_cur / OPEN_PART;
    return part > OPEN_MOST ? OPEN_MOST : part < OPEN_LEAST ? OPEN_LEAST : (size_t)part;
}

void tree_writer_begin(struct tree_writer *writer, int top)
{
    *writer = (struct tree_writer){.top = top, .open_most = open_most()};
}

static const char *entry_name(const struct tree_writer *writer)
{
    return writer->names + writer->names_size;
}

static int innermost(const struct tree_writer *writer)
{
    return writer->depth > 0 ? writer->levels[writer->depth - 1].folder : writer->top;
}

int tree_writer_name(struct tree_writer *writer, const unsigned char *name, size_t size)
{
    const size_t used = writer->names_size;
    size_t capacity = writer->names_capacity != 0 ? writer->names_capacity : 1024;
    char *grown;

    writer->entry_size = 0;
    if (size >= SIZE_MAX / 4 || used >= SIZE_MAX / 4)
        return ENOMEM;
    while (capacity < used + size + 1)
        capacity *= 2;
    if (capacity > writer->names_capacity) {
        grown = realloc(writer->names, capacity);
        if (grown == NULL)
            return ENOMEM;
        writer->names = grown;
        writer->names_capacity = capacity;
    }
    memcpy(writer->names + used, name, size);
    writer->names[used + size] = '\0';
    writer->entry_size = size;
    return 0;
}

/* ---- Down and up ---------------------------------------------------------------------------- */

/* The levels before `level` are closed. */
static void close_before(struct tree_writer *writer, size_t level)
{
    for (; writer->first_open < level; writer->first_open++)
        close(writer->levels[writer->first_open].folder);
}

static int reserve_level(struct tree_writer *writer)
{
    size_t capacity = writer->capacity != 0 ? writer->capacity * 2 : 64;
    struct tree_level *grown;

    if (writer->depth < writer->capacity)
        return 0;
    grown = realloc(writer->levels, capacity * sizeof *grown);
    if (grown == NULL)
        return ENOMEM;
    writer->levels = grown;
    writer->capacity = capacity;
    return 0;
}

int tree_writer_enter(struct tree_writer *writer)
{
    int failure = reserve_level(writer);
    bool is_made;
    int folder;

    if (failure != 0)
        return failure;
    failure = folder_below_make(innermost(writer), entry_name(writer), &is_made);
    if (failure != 0)
        return failure;
    folder = folder_below_open(innermost(writer), entry_name(writer));
    if (folder < 0 && (errno == EMFILE || errno == ENFILE) && writer->depth > 1) {
        close_before(writer, writer->depth - 1);
        folder = folder_below_open(innermost(writer), entry_name(writer));
    }
    if (folder < 0)
        return errno;
    writer->levels[writer->depth++] = (struct tree_level){writer->names_size, folder};
    writer->names_size += writer->entry_size + 1;
    writer->entry_size = 0;
    if (writer->depth - writer->first_open > writer->open_most)
        close_before(writer, writer->depth - writer->open_most);
    return 0;
}

void tree_writer_leave(struct tree_writer *writer)
{
    const struct tree_level *level = &writer->levels[--writer->depth];

    writer->names_size = level->name;
    writer->entry_size = 0;
    if (writer->first_open <= writer->depth)
        close(level->folder);
    else
        writer->first_open = writer->depth;
}

int tree_writer_reach(struct tree_writer *writer)
{
    size_t kept = writer->depth > writer->open_most ? writer->depth - writer->open_most : 0;
    int failure = 0;

    if (writer->first_open < writer->depth || writer->depth == 0)
        return 0;
    for (size_t i = 0; i < writer->depth; i++) {
        struct tree_level *level = &writer->levels[i];
        int above = i > 0 ? writer->levels[i - 1].folder : writer->top;

        level->folder = folder_below_open(above, writer->names + level->name);
        if (level->folder < 0 && (errno == EMFILE || errno == ENFILE) && kept + 1 < i) {
            /* Fewer, then: only the way down itself. */
            for (; kept + 1 < i; kept++)
                close(writer->levels[kept].folder);
            level->folder = folder_below_open(above, writer->names + level->name);
        }
        failure = level->folder < 0 ? errno : 0;
        if (i > 0 && (i - 1 < kept || failure != 0))
            close(above);
        if (failure != 0) {
            for (size_t open = kept; open + 1 < i; open++)
                close(writer->levels[open].folder);
            return failure;
        }
    }
    writer->first_open = kept;
    return 0;
}

/* ---- Entries -------------------------------------------------------------------------------- */

int tree_writer_make_folder(struct tree_writer *writer)
{
    struct stat there;

    if (mkdirat(innermost(writer), entry_name(writer), 0777) == 0)
        return 0;
    if (errno != EEXIST)
        return errno;
    if (fstatat(innermost(writer), entry_name(writer), &there, AT_SYMLINK_NOFOLLOW) != 0)
        return errno;
    return S_ISDIR(there.st_mode) ? 0 : ENOTDIR;
}

int tree_writer_link(struct tree_writer *writer, const char *target)
{
    return symlinkat(target, innermost(writer), entry_name(writer)) == 0 ? 0 : errno;
}

int tree_writer_begin_file(struct tree_writer *writer, bool is_executable)
{
    return replace_begin(&writer->file, innermost(writer), is_executable ? 0777 : 0666);
}

int tree_writer_write(struct tree_writer *writer, const void *bytes, size_t size)
{
    return io_write_all(writer->file.file, bytes, size);
}

int tree_writer_finish_file(struct tree_writer *writer)
{
    return replace_commit_new(&writer->file, entry_name(writer));
}

void tree_writer_abort_file(struct tree_writer *writer)
{
    replace_abort(&writer->file);
}

/* --------------------------------------------------------------------------------------------- */

void tree_writer_path(const struct tree_writer *writer, char *path, size_t size)
{
    static const char cut[] = "...";
    size_t length = writer->names_size + writer->entry_size;
    size_t skipped = 0;

    /* The NUL after the innermost folder's name is no part of the path. */
    if (writer->entry_size == 0 && length > 0)
        length--;
    if (length >= size) {
        skipped = length - (size - sizeof cut);
        memcpy(path, cut, sizeof cut - 1);
        path += sizeof cut - 1;
    }
    for (size_t i = skipped; i < length; i++)
        *path++ = writer->names[i] != '\0' ? writer->names[i] : '/';
    *path = '\0';
}

bool tree_writer_is_shut(const struct tree_writer *writer)
{
    return writer->depth == 0 && folder_below_is_shut(writer->top);
}

void tree_writer_end(struct tree_writer *writer)
{
    while (writer->depth > 0)
        tree_writer_leave(writer);
    free(writer->levels);
    free(writer->names);
}
