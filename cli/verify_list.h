/* verify_list.h - the places that a file names, one a line. */
#ifndef VERIFY_LIST_H
#define VERIFY_LIST_H

#include "verify_run.h"

/* Verifies each as it comes. `file` "-" is standard input; `delimiter` is what ends a name: a
 * newline, or NUL. Adds to `*places` how many there were. */
enum status verify_list(struct verification *verification, const char *file, char delimiter,
                        size_t *places);

#endif
