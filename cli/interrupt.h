/* interrupt.h - what SIGINT, SIGTERM and SIGHUP leave behind: no temporary file, a clean line. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <signal.h>

/* Takes the three signals over, but for those that the parent had us ignore. */
void interrupt_install(void);
/* Holds them back; release with the mask that hold filled in. */
void interrupt_hold(sigset_t *before);
void interrupt_release(const sigset_t *before);
/* The file to remove if a signal comes: `name` (copied) in the open folder `folder`; NULL for none.
 * Call it with the signals held back. */
void interrupt_set_temporary(int folder, const char *name);

#endif
