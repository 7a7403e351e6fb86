/* error.h - filling the caller's packread_error, which may be NULL. */
#ifndef PKR_ERROR_H
#define PKR_ERROR_H

#include "packread.h"

/* Each returns `code`, so that a failing call can end with it. `text` is a phrase of ours. */
int pkr_fault_set(packread_error *error, int code, const char *file, const char *text);
int pkr_fault_at(packread_error *error, int code, const char *file, uint64_t offset,
                 const char *text);
/* `system_errno` 0 for none. */
int pkr_fault_system(packread_error *error, const char *file, int system_errno, const char *text);
/* Whether the error names that file. */
bool pkr_fault_is_of(const packread_error *error, const char *file);
/* Adds the object that it is about, unless one is named already. */
void pkr_fault_name(packread_error *error, const packread_id *id);
/* The failure of a window on `file`, in this library's terms. */
int pkr_fault_from_window(packread_error *error, const smmap_error *cause, const char *file);
int pkr_fault_memory(packread_error *error);
/* A NULL where there has to be something. */
int pkr_fault_null(packread_error *error);

#endif
