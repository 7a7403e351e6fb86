/* naive_refs.h - packed-refs and tables of refs read a second time, from the first byte to the last
 * and as plainly as can be. Used by tests and fuzzers. */
#ifndef NAIVE_REFS_H
#define NAIVE_REFS_H

#include <stdbool.h>
#include <stddef.h>

struct naive_ref {
    char *name;
    size_t length;
    const unsigned char *id;     /* binary, or NULL */
    const unsigned char *peeled; /* likewise */
    const char *hex;             /* of packed-refs, or NULL */
    const char *peeled_hex;
    unsigned kind;
};

struct naive_refs {
    struct naive_ref *list;
    size_t count;
    bool is_whole; /* else something was wrong behind the last of them */
};

/* The refs of a table, the footer of which is right. */
void naive_reftable_read(const unsigned char *bytes, size_t size, size_t id_size,
                         struct naive_refs *refs);
/* The refs of a packed-refs file; bad lines are left out. */
void naive_packed_refs_read(const char *bytes, size_t size, size_t id_size,
                            struct naive_refs *refs);
void naive_refs_free(struct naive_refs *refs);

#endif
