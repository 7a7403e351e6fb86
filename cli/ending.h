/* ending.h - how a name ends. */
#ifndef ENDING_H
#define ENDING_H

#include <stdbool.h>

bool ends_with(const char *name, const char *ending);
/* `name` with another ending in the place of the one it has, to be freed; NULL where it ends
 * otherwise, or without memory. */
char *other_ending(const char *name, const char *present, const char *ending);
/* The pack that a pack or index belongs to, to be freed; NULL where `name` is of neither, or
 * without memory. */
char *pack_of(const char *name);

/* Whether a path is that of a multi-pack-index, a layer, or a chain of them. */
bool names_midx(const char *path);

#endif
