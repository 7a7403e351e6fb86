/* error.c - knows the words for each code and how a file is named in a failure. */
#include "error.h"

#include <stdio.h>
#include <string.h>

_Static_assert(sizeof(smmap_error) == 320, "callers embed it: it does not grow");

/* By the code's distance from 0. */
static const char *const texts[] = {
    [-SMMAP_OK] = "no error",
    [-SMMAP_ERROR_ARGUMENT] = "an argument is not allowed",
    [-SMMAP_ERROR_MEMORY] = "out of memory",
    [-SMMAP_ERROR_SYSTEM] = "a system call failed",
    [-SMMAP_ERROR_NOT_REGULAR] = "not a regular file",
    [-SMMAP_ERROR_CHANGED] = "the file was replaced or changed its size",
    [-SMMAP_ERROR_CLOSED] = "the descriptor was closed",
    [-SMMAP_ERROR_RANGE] = "beyond the end of the file",
    [-SMMAP_ERROR_LIMIT] = "the limit is reached and everything is in use",
    [-SMMAP_ERROR_NOT_ASSOCIATED] = "the cursor has no file",
    [-SMMAP_ERROR_NOT_VALID] = "the cursor or buffer holds no bytes",
    [-SMMAP_ERROR_WRONG_KIND] = "the cursor was opened in the other way",
    [-SMMAP_ERROR_TRUNCATED] = "the file ended too early",
};

const char *smmap_error_text(int code)
{
    if (code > 0 || code < SMMAP_ERROR_TRUNCATED)
        return "unknown error";
    return texts[-code];
}

static void name_file(char *text, size_t room, const struct smm_subject *subject)
{
    size_t length;

    if (!subject->path && subject->fd < 0) {
        text[0] = 0;
    } else if (!subject->path) {
        snprintf(text, room, "fd %d", subject->fd);
    } else if ((length = strlen(subject->path)) < room) {
        memcpy(text, subject->path, length + 1);
    } else {
        memcpy(text, "...", 3);
        memcpy(text + 3, subject->path + length - (room - 4), room - 3);
    }
}

int smm_fail(smmap_error *error, const struct smm_outcome *outcome,
             const struct smm_subject *subject)
{
    if (error) {
        error->code = outcome->code;
        error->system_errno = outcome->system_errno;
        error->offset = subject->offset;
        error->size = subject->size;
        error->needed = outcome->needed;
        name_file(error->file, sizeof error->file, subject);
        memset(error->reserved, 0, sizeof error->reserved);
    }
    return outcome->code;
}

int smm_fail_plain(smmap_error *error, int code, const struct smm_subject *subject)
{
    struct smm_outcome outcome = {code, 0, 0};
    return smm_fail(error, &outcome, subject);
}
