/* judge.h - opens what the shop made, asks everything of it, and compares the answers with what is
 * true. Fails the test that runs. */
#ifndef JUDGE_H
#define JUDGE_H

#include "cases.h"
#include "packread.h"

/* The two files of a shop, in the scratch folder. */
struct judge_files {
    char *pack;
    char *index;
};

void judge_save(struct shop *shop, struct judge_files *files);
void judge_files_free(struct judge_files *files);

/* With checks on. `what` names the case in a failure. */
void judge_checked(const struct shop *shop, const struct judge_files *files, const char *what,
                   enum verdict verdict, const packread_options *options, unsigned threads);
/* With checks off: whatever it answers, it answers. */
void judge_unchecked(const struct shop *shop, const struct judge_files *files,
                     const packread_options *options);
/* Intact objects are right, damaged ones an error or right; false with a line on standard error if
 * not. For tests that change many bytes. */
bool judge_reads(const struct shop *shop, packread_snapshot *snapshot, const char *what);

#endif
