/* verdict.h - what verify says of a pack in the end: one line, to people or as JSON. */
#ifndef VERDICT_H
#define VERDICT_H

#include <packread.h>

struct verdict {
    const char *path;   /* of the pack, or of its index */
    bool is_opened;     /* objects and bytes are known */
    uint64_t objects;   /* that it should have */
    uint64_t bytes;     /* of its file */
    bool is_checked;    /* to its end: intact is known */
    uint64_t intact;    /* objects */
    uint64_t unchecked; /* objects that there was no room for */
    uint64_t findings;
    const packread_pack_info *bundle; /* the pack, where it lies in one; or NULL */
    const packread_error *reason;     /* why it, or its index, was not checked; or NULL */
};

/* To standard output. Of a pack that was not checked to its end people have a message instead. */
void verdict_print(const struct verdict *verdict, bool as_json);

#endif
