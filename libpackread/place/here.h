/* here.h - the folder that the process is in, for paths that shall stay what they are when it goes
 * elsewhere. */
#ifndef PKR_HERE_H
#define PKR_HERE_H

#include <stdbool.h>

/* Its path from the root, without links; to be freed. NULL where it has none that leads back to it:
 * it was removed, what is above it may not be passed through, or its path is too long for what lies
 * in it as far down as `where`. False without memory. */
bool pkr_here_find(const char *where, char **here);

#endif
