/* made_reftable.h - writes tables of refs byte by byte, in every layout that the format allows.
 * Used by tests and fuzzers alike: what fails here aborts. */
#ifndef MADE_REFTABLE_H
#define MADE_REFTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct made_ref {
    const char *name;
    unsigned kind;    /* 0 deletion, 1 id, 2 id and peeled, 3 symbolic */
    unsigned char id; /* all bytes of its id */
    unsigned char peeled;
    const char *target;
};

struct made_reftable {
    unsigned version; /* 1 or 2 */
    size_t id_size;
    size_t block_size;   /* no block is longer */
    bool is_aligned;     /* blocks are padded to that */
    size_t restart_each; /* so many records */
    bool has_index;
    bool has_more; /* objects and logs, behind the refs */
};

/* Of refs in order of their names. To be freed; `*levels` (may be NULL) is how deep the index is.
 */
unsigned char *made_reftable_write(const struct made_reftable *layout, const struct made_ref *refs,
                                   size_t count, size_t *size, unsigned *levels);
/* Puts the right CRC into a footer. False: there is no room for one. */
bool made_reftable_seal(unsigned char *bytes, size_t size);

#endif
