/* detours.h - paths in files of git that lead up and down again, made as short as people name
 * them. */
#ifndef PKR_DETOURS_H
#define PKR_DETOURS_H

/* Where `name` leads, as seen from the folder, or from the root if it is absolute: without "." and
 * "NAME/..", unless that NAME is a symbolic link, or no folder, and so the system would go
 * elsewhere. Of the folder's own path no more is taken away than the name goes up. To be freed;
 * NULL without memory. One call of the system for each "..". */
char *pkr_detours_cut(const char *folder, const char *name);

#endif
