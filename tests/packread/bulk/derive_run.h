/* derive_run.h - runs packread_index on a pack, and keeps all that comes of it. Fails the test
 * where the pack cannot be opened. */
#ifndef DERIVED_H
#define DERIVED_H

#include "packread.h"
#include "packwriter.h"

typedef struct derived {
    struct packwriter_bytes index;
    struct packwriter_bytes reverse;
    packread_finding *findings; /* their errors are copies, freed with the rest */
    size_t count;
    size_t stop_after; /* findings; 0: never */
    size_t write_stop; /* calls of a writer; 0: never */
    size_t writes;
    uint64_t done; /* of `total`, as the last call of progress had it */
    uint64_t total;
    int status;
    packread_error error;
    packread_index_summary summary;
} derived;

/* What is asked for besides; all zeros is fine. */
typedef struct derive_how {
    packread_options library; /* WITHOUT_INDEX is added */
    unsigned threads;
    unsigned version;
    bool salvage;
} derive_how;

/* Adds to `result`, whose stops are the caller's. */
void derive_into(derived *result, const char *path, const derive_how *how);
derived derive(const char *path, const derive_how *how);
void derived_free(derived *result);

/* The first finding with this code at this offset, or with this text where that is not NULL. */
const packread_finding *derived_find(const derived *result, int code, uint64_t offset,
                                     const char *text);
/* A line on standard error for each finding, for a test that fails. */
void derived_print(const derived *result);

#endif
