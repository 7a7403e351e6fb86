/* tree_writer.h - files and folders below an open folder, and never anywhere else.
 *
 * Each step down is one name, opened relative to the folder it lies in and never through a symbolic
 * link: what another process puts in a folder's place while we write is an error. Nothing that is
 * there is replaced. Folders may be any number of levels deep; few of them are held open. */
#ifndef TREE_WRITER_H
#define TREE_WRITER_H

#include "replace.h"

struct tree_level;

struct tree_writer {
    int top;          /* the caller's */
    size_t open_most; /* levels */
    struct tree_level *levels;
    size_t depth;
    size_t capacity;
    size_t first_open; /* the levels from here on are open */
    char *names;       /* of the levels, each with a NUL, and then the entry's */
    size_t names_size; /* of the levels' */
    size_t names_capacity;
    size_t entry_size;
    replacement file;
};

/* Below the folder `top`, which stays the caller's. End it with tree_writer_end. */
void tree_writer_begin(struct tree_writer *writer, int top);

/* All that return int return 0 or an errno. */

/* Names the entry, in the innermost folder, that the calls below are about: no NUL, no slash. */
int tree_writer_name(struct tree_writer *writer, const unsigned char *name, size_t size);
/* Goes into the folder of that name, which is made if it is not there. ENOTDIR, ELOOP: something
 * else is. */
int tree_writer_enter(struct tree_writer *writer);
void tree_writer_leave(struct tree_writer *writer);
/* After leave: the innermost folder may have to be opened again, from the top. Before that no other
 * call. */
int tree_writer_reach(struct tree_writer *writer);
/* A folder that nothing is put into; one that is there is fine. */
int tree_writer_make_folder(struct tree_writer *writer);
int tree_writer_link(struct tree_writer *writer, const char *target);
/* A file: begin, then write, then finish or abort. It has no name until it is finished. */
int tree_writer_begin_file(struct tree_writer *writer, bool is_executable);
int tree_writer_write(struct tree_writer *writer, const void *bytes, size_t size);
int tree_writer_finish_file(struct tree_writer *writer);
void tree_writer_abort_file(struct tree_writer *writer);

/* Path of the entry from the top, or of the innermost folder where none is named; its tail after
 * "..." where `size` (8 and more) is too small. */
void tree_writer_path(const struct tree_writer *writer, char *path, size_t size);
/* Whether nothing can be written at the top, where we are. */
bool tree_writer_is_shut(const struct tree_writer *writer);
void tree_writer_end(struct tree_writer *writer);

#endif
