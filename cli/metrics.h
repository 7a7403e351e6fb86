/* metrics.h - the window manager's figures, added up over all that was opened. */
#ifndef METRICS_H
#define METRICS_H

#include "status.h"

#include <packread.h>

/* Asks for the figures at the end: on standard error, or in `file` (kept, not copied). One that
 * cannot be written, or has anything in it but figures of an earlier run, is refused, with its
 * message, before anything is done; nothing is changed by the look. */
enum status metrics_request(const char *command, const char *file);
/* Adds the figures of a snapshot; before it is freed. */
void metrics_add(const packread_snapshot *snapshot);
/* Writes them, if they were asked for. */
enum status metrics_write(void);

#endif
