/* error.c - knows the words for each code and how a file is named in a failure. */
#include "error.h"

#include <stdio.h>
#include <string.h>

const char *smmap_error_text(int code)
{
    switch (code) {
    case SMMAP_OK: return "no error";
    case SMMAP_ERROR_ARGUMENT: return "an argument is not allowed";
    case SMMAP_ERROR_MEMORY: return "out of memory";
    case SMMAP_ERROR_SYSTEM: return "a system call failed";
    case SMMAP_ERROR_NOT_REGULAR: return "not a regular file";
    case SMMAP_ERROR_CHANGED: return "the file was replaced or changed its size";
    case SMMAP_ERROR_CLOSED: return "the descriptor was closed";
    case SMMAP_ERROR_RANGE: return "beyond the end of the file";
    case SMMAP_ERROR_LIMIT: return "the limit is reached and everything is in use";
    case SMMAP_ERROR_NOT_ASSOCIATED: return "the cursor has no file";
    case SMMAP_ERROR_NOT_VALID: return "the cursor or buffer holds no bytes";
    case SMMAP_ERROR_WRONG_KIND: return "the cursor was opened in the other way";
    case SMMAP_ERROR_TRUNCATED: return "the file ended too early";
    default: return "unknown error";
    }
}

static void name_file(char *text, size_t room, const struct smmap_subject *subject)
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

int smmap_fail(smmap_error *error, const struct smmap_outcome *outcome,
               const struct smmap_subject *subject)
{
    if (error) {
        error->code = outcome->code;
        error->system_errno = outcome->system_errno;
        error->offset = subject->offset;
        error->size = subject->size;
        error->needed = outcome->needed;
        name_file(error->file, sizeof error->file, subject);
    }
    return outcome->code;
}

int smmap_fail_plain(smmap_error *error, int code, const struct smmap_subject *subject)
{
    struct smmap_outcome outcome = {code, 0, 0};
    return smmap_fail(error, &outcome, subject);
}
