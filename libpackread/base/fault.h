/* fault.h - why a call inside the library failed. Small, and it owns nothing: `file` and `text` are
 * constants, or strings of the snapshot or of who reports it, that stand until the fault is made
 * public. At the edge of the library it becomes the caller's packread_error. */
#ifndef PKR_FAULT_H
#define PKR_FAULT_H

#include <smmap.h>

#include "packread.h"

typedef struct pkr_fault {
    int code;         /* an enum packread_error_code */
    int system_errno; /* of the first system call that failed, or 0 */
    bool has_offset;
    uint64_t offset;   /* where in `file`, if has_offset */
    uint64_t needed;   /* as in packread_error */
    const char *file;  /* NULL: none */
    packread_id loose; /* size not 0: it is about this loose object's file, in the folder `file` */
    const char *text;  /* what is wrong: a phrase of ours */
    packread_id id;    /* the object that it is about; size 0 if none */
} pkr_fault;

#define PKR_ERROR_TEXT (sizeof((packread_error *)NULL)->text)

/* Each returns `code`, so that a failing call can end with it. `fault` may be NULL. */
int pkr_fault_set(pkr_fault *fault, int code, const char *file, const char *text);
int pkr_fault_at(pkr_fault *fault, int code, const char *file, uint64_t offset, const char *text);
/* `system_errno` 0 for none. */
int pkr_fault_system(pkr_fault *fault, const char *file, int system_errno, const char *text);
/* Tells `cause`, and returns its code. */
int pkr_fault_copy(pkr_fault *fault, const pkr_fault *cause);
/* Adds the object that it is about, unless one is named already. */
void pkr_fault_name(pkr_fault *fault, const packread_id *id);
/* The failure of a window on `file`, in this library's terms. */
int pkr_fault_from_window(pkr_fault *fault, const smmap_error *cause, const char *file);
int pkr_fault_memory(pkr_fault *fault);
/* A callback of the caller's wants no more. */
int pkr_fault_stopped(pkr_fault *fault);

/* Whether that says that there is no such object, for sure or as far as a damaged index tells. */
static inline bool pkr_is_absence(int code)
{
    return code == PACKREAD_ERROR_NOT_FOUND || code == PACKREAD_ERROR_DOUBTFUL;
}

/* Fills the caller's error, which may be NULL; returns the code. */
int pkr_fault_publish(const pkr_fault *fault, packread_error *error);
/* The same for what fails where names of files do not last, and in the arguments of public calls.
 */
int pkr_error_set(packread_error *error, int code, const char *file, const char *text);
int pkr_error_system(packread_error *error, const char *file, int system_errno, const char *text);
int pkr_error_memory(packread_error *error);
int pkr_error_argument(packread_error *error, const char *text);
/* A NULL where there has to be something. */
int pkr_error_null(packread_error *error);

#endif
