/* verify_report.h - all that a run of verify tells, gathered; and looked for in it, whatever the
 * order of the findings, since that is the order in which threads meet them. */
#ifndef VERIFY_REPORT_H
#define VERIFY_REPORT_H

#include "packread.h"
#include "packwriter.h"

typedef struct verify_found {
    packread_error error;
    uint64_t dependents;
} verify_found;

/* All zeros but for the two stops is one to run with. */
typedef struct verify_report {
    verify_found *list;
    size_t count;
    size_t stop_after;      /* findings; 0: never */
    uint64_t progress_stop; /* calls; 0: never */
    uint64_t progress_calls;
    uint64_t done;
    uint64_t total;
    int status;
    packread_error error;
    packread_verify_summary summary;
} verify_report;

void verify_report_run(verify_report *all, packread_snapshot *snapshot, size_t pack,
                       unsigned threads);
/* The same of what is loose in a folder. */
void verify_report_run_loose(verify_report *all, packread_snapshot *snapshot, size_t folder,
                             unsigned threads);
void verify_report_free(verify_report *all);
/* To standard error, for a test that is about to fail. */
void verify_report_describe(const verify_report *all);

/* Runs on the one pack at the path, which has to end with this status. */
verify_report verify_report_of(const char *path, const packread_options *options, unsigned threads,
                               int status);
/* The same for a pack of the test's own, saved with sums that are right whatever was done. */
verify_report verify_report_of_pack(struct packwriter_pack *pack,
                                    const struct packwriter_index_options *options,
                                    unsigned threads, int status);

/* A finding with this code in this file, and this text unless it is NULL; NULL: there is none. */
const verify_found *verify_report_text(const verify_report *all, int code, const char *file,
                                       const char *text);
/* The same at this offset. */
const verify_found *verify_report_at(const verify_report *all, int code, const char *file,
                                     uint64_t offset);
/* Fails the test unless the entry has a finding with its id, that says CORRUPT and so many that
 * hang on it. */
void verify_report_has_entry(const verify_report *all, const struct packwriter_pack *pack,
                             size_t entry, uint64_t dependents);

#endif
