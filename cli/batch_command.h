/* batch_command.h - batch --command: requests that begin with a word, as git cat-file
 * --batch-command takes them. */
#ifndef BATCH_COMMAND_H
#define BATCH_COMMAND_H

#include "batch.h"
#include "line.h"

/* Serves all requests of `input`. What is no request ends it: STATUS_USAGE, after a message. */
enum status batch_serve_commands(struct batch *batch, line_reader *input);

#endif
