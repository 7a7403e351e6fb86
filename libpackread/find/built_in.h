/* built_in.h - the object that git has in every repository, stored or not: the empty tree. */
#ifndef PKR_BUILT_IN_H
#define PKR_BUILT_IN_H

#include "object/reader.h"

/* Whether the id is the empty tree's, and the snapshot is of a repository. Where it is stored too
 * that copy comes first. It is in no listing, and has no prefix. */
bool pkr_built_in_has(const packread_reader *reader, const packread_id *id);
/* The empty tree, held by the caller. Errors: BUDGET, MEMORY. */
int pkr_built_in_blob(packread_reader *reader, pkr_blob **blob, pkr_fault *fault);

#endif
