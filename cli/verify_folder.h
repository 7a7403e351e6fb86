/* verify_folder.h - verifies what is loose in the object folders of a place. */
#ifndef VERIFY_FOLDER_H
#define VERIFY_FOLDER_H

#include "verify_run.h"

/* The repository's own, and those that it borrows from; once in a run. */
enum status verify_folders(struct verification *verification, packread_snapshot *snapshot);
/* How many objects that is, and in how many stores, for progress; `counts`: names are read for it.
 */
uint64_t verify_count_folders(struct verification *verification, packread_snapshot *snapshot,
                              bool counts);
/* A place that has no pack and no object is whole, too. */
void verify_tell_empty(struct verification *verification, packread_snapshot *snapshot,
                       const char *where);

#endif
