/* interrupt.h - what a signal that ends us leaves behind: no temporary file, a clean line. */
#ifndef INTERRUPT_H
#define INTERRUPT_H

#include <signal.h>

/* Takes over all signals that would end us as they are now: not those that the parent had us
 * ignore, nor those that someone else handles. For whoever is about to leave something behind, and
 * before a pack is opened, which takes SIGBUS; the second time it does nothing. */
void interrupt_install(void);
/* Holds them back; release with the mask that hold filled in. */
void interrupt_hold(sigset_t *before);
void interrupt_release(const sigset_t *before);
/* A file to remove if a signal comes: `name` (copied) in the open folder `folder`. Returns what
 * forget wants when the file is gone. Call both with the signals held back. */
int interrupt_note_temporary(int folder, const char *name);
void interrupt_forget_temporary(int note);
/* Removes what is noted; for whoever ends the process in the middle. */
void interrupt_remove_temporaries(void);

#endif
