/* naming.h - a repository of a test's own, opened, and what names lead to in it. */
#ifndef NAMING_H
#define NAMING_H

#include "packread.h"

/* NAME in the scratch folder, whatever the environment says; fails the test where it cannot be
 * opened. */
packread_snapshot *naming_open(const char *name);
/* By a reader of its own, with replacements. `found` and `error` are blank at first. */
int naming_resolve(packread_snapshot *snapshot, const char *name, packread_name *found,
                   packread_error *error);

#endif
