/* presence.h - whether a part of a repository is there, and what it is. */
#ifndef PKR_PRESENCE_H
#define PKR_PRESENCE_H

#include "base/fault.h"
#include "platform/host.h"

/* `path` is in `folder`. That it is not there is no error. Errors: SYSTEM, which names the folder
 * where that may not be entered. */
int pkr_presence_look(const char *folder, const char *path, pkr_stamp *stamp, bool *is_there,
                      packread_error *error);

/* What the file `from` leads to. Errors, which name both: SYSTEM where it is not there, NOT_REGULAR
 * for what is neither a file nor a folder. */
int pkr_presence_check_target(const char *path, const char *from, packread_error *error);

/* Whether a failure (an errno) is that it may not be read. */
bool pkr_presence_is_refused(int failure);
/* Whether a failure (an errno) to read a folder that another names may pass, since it lies in the
 * process or the disk. One that lies in the path, such as EACCES, does not. What can be either is
 * taken to last at the first reading, and to pass later: what was there is not given up for it. */
bool pkr_presence_may_pass(int failure, bool is_first);

#endif
