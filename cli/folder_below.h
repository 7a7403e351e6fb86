/* folder_below.h - a folder by its one name in an open folder, never through a symbolic link: what
 * is written there stays below, whatever another process puts in its place meanwhile. */
#ifndef FOLDER_BELOW_H
#define FOLDER_BELOW_H

#include <stdbool.h>

/* A descriptor, or -1 and errno: what folder_below_is_taken is true of, where something else has
 * the name. */
int folder_below_open(int above, const char *name);
/* Makes it if it is not there. 0 or an errno. */
int folder_below_make(int above, const char *name, bool *is_made);
/* Whether it is a link, or something else that is no folder, which a failure is about. */
bool folder_below_is_taken(int failure);
/* Whether nothing can be put into an open folder: it is not ours to write to, or removed. */
bool folder_below_is_shut(int folder);

#endif
