/* open.h - open(2) that a signal does not end. */
#ifndef OPEN_H
#define OPEN_H

/* A descriptor, or -1 and errno; never a file that has to be made. */
int open_again(const char *path, int flags);

#endif
