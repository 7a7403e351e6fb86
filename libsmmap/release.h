/* release.h - cursors come to a file and leave it, and its regions with them. */
#ifndef SMM_RELEASE_H
#define SMM_RELEASE_H

#include "file.h"

/* With the lock. The last cursor takes the file's descriptor along, and the file itself if nothing
 * of it is mapped or can be found again. */
void smm_file_hold(struct smm_file *file);
void smm_file_let_go(struct smm_file *file);

/* With the lock. Drops the idle regions of the file, which may be gone afterwards, and unlists the
 * others; the number dropped. */
uint64_t smm_file_release(struct smm_file *file);

#endif
