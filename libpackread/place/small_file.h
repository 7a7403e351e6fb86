/* small_file.h - a file of a repository that is read whole, such as its configuration. */
#ifndef PKR_SMALL_FILE_H
#define PKR_SMALL_FILE_H

#include <stdbool.h>

#include "base/budget.h"

/* All zeros: none. */
typedef struct pkr_small_file {
    unsigned char
        *bytes; /* a NUL stands behind them, which is not counted. NULL: it is not there */
    size_t size;
    uint64_t charged;
} pkr_small_file;

/* Reads `path`, paid from `budget`; that it is not there is no error. Errors: SYSTEM; NOT_REGULAR,
 * before it is opened; UNSUPPORTED where it has more than `most` bytes; BUDGET, MEMORY; CHANGED if
 * it keeps growing. */
int pkr_small_file_read(pkr_budget *budget, const char *path, uint64_t most, pkr_small_file *file,
                        packread_error *error);
void pkr_small_file_free(pkr_budget *budget, pkr_small_file *file);

/* The path in a file of one line, behind `key`, and as seen from `folder`; it may have any byte in
 * it but NUL. `*path` is to be freed; NULL: the file is not there, or says something else. Errors:
 * SYSTEM, NOT_REGULAR, MEMORY. */
int pkr_small_file_follow(const char *file, const char *key, const char *folder, char **path,
                          bool *is_there, packread_error *error);

#endif
