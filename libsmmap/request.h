/* request.h - the bytes that a cursor is asked to hold. */
#ifndef SMM_REQUEST_H
#define SMM_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

struct smm_request {
    uint64_t offset;
    uint64_t size; /* 0: all there is */
    int flags;     /* of open(2) */
    bool exact;    /* smmap_cursor_need: all of them or an error */
};

#endif
