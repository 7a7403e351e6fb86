/* error.h - filling the caller's packread_error, which may be NULL. */
#ifndef PACKREAD_ERROR_H
#define PACKREAD_ERROR_H

#include "packread.h"

/* Each returns `code`, so that a failing call can end with it. `text` is a phrase of ours. */
int packread_error_set(packread_error *error, int code, const char *file, const char *text);
int packread_error_at(packread_error *error, int code, const char *file, uint64_t offset,
                      const char *text);
/* `system_errno` 0 for none. */
int packread_error_system(packread_error *error, const char *file, int system_errno,
                          const char *text);
/* Whether the error names that file. */
bool packread_error_is_of(const packread_error *error, const char *file);
/* Adds the object that it is about, unless one is named already. */
void packread_error_name(packread_error *error, const packread_id *id);
/* The failure of a window on `file`, in this library's terms. */
int packread_error_from_window(packread_error *error, const smmap_error *cause, const char *file);
int packread_error_memory(packread_error *error);
/* A NULL where there has to be something. */
int packread_error_null(packread_error *error);

#endif
