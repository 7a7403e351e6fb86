/* verify_alone.h - packs that are verified from their bytes alone, since they have no index or
 * none that can be used; and what could not be opened at all. */
#ifndef VERIFY_ALONE_H
#define VERIFY_ALONE_H

#include "verify_run.h"

/* A pack without an index, or the reverse: the former can be checked all the same. */
bool verify_is_pack_alone(const packread_error *problem);
/* An index that is there and cannot be used, since it is damaged, another pack's, or cannot be
 * read: its pack may be damaged too. */
bool verify_is_index_useless(const packread_error *problem);

enum status verify_alone(struct verification *verification, const char *path);
/* The same for the pack of an index that is of no use, which is told first. */
enum status verify_without_index(struct verification *verification, const packread_error *problem);
/* Tells that nothing could be opened. A finding is a result, anything else a message; wrong usage
 * has no results. */
enum status verify_tell_unopened(const struct verification *verification, const char *where,
                                 const packread_error *error);

#endif
