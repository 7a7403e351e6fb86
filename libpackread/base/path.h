/* path.h - names of files, as strings. */
#ifndef PKR_PATH_H
#define PKR_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* Each of these is to be freed, and NULL without memory. */

/* So many bytes of a text, with a NUL behind them: the text need not end in one, as strndup has it
 * for some checkers, which look for its end each time. */
char *pkr_path_copy(const char *text, size_t length);

/* "folder/name". */
char *pkr_path_join(const char *folder, const char *name);
/* The same, unless the name is absolute. */
char *pkr_path_resolve(const char *folder, const char *name);
/* The same, for a folder whose path has no links in it: "." and ".." at the front of the name are
 * followed. */
char *pkr_path_resolve_real(const char *folder, const char *name);
/* A path that stays what it is when the process goes to another folder: of a relative one what
 * stands for "HERE/PATH", where HERE is the folder that the process is in, an absolute path without
 * links. HERE NULL: that is not known, and a relative path stays one. An empty path, which is no
 * file's, stays empty. */
char *pkr_path_fix(const char *here, const char *path);
/* What people see of a path: of one that was fixed what was fixed, and what was joined to it. */
const char *pkr_path_shown(const char *path);
/* Takes out, in place, what pkr_path_shown would stop at, of a path that was not fixed, now or with
 * a name joined to it. It leads to the same file as before. */
void pkr_path_unmark(char *path);
/* The folder that holds it: "DIR/", "/" or ".". */
char *pkr_path_folder(const char *path);
/* "DIR/NAME.old" with another ending, which may be empty. */
char *pkr_path_with_ending(const char *path, const char *ending);

/* Puts "BEFORE PATH AFTER", without the blanks, into `size` bytes of text that is plain ASCII: of a
 * path that finds no room its tail, other bytes as '?'. */
void pkr_path_put(char *text, size_t size, const char *before, const char *path, const char *after);

/* Whether there is something before the ending. */
bool pkr_path_ends_with(const char *path, const char *ending);

#endif
