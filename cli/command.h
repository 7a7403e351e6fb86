/* command.h - the table of commands. A new command is a file cmd_NAME.c and a line in main.c. */
#ifndef COMMAND_H
#define COMMAND_H

#include "status.h"

#include <stdbool.h>
#include <stddef.h>

struct command {
    const char *name;
    const char *summary; /* for packread --help */
    const char *help;    /* for packread NAME --help; options of every command are added */
    bool takes_json;
    bool names_come_in; /* on standard input, not as operands */
    /* `arguments` are those after the name. */
    enum status (*run)(const struct command *command, char **arguments, size_t count);
};

extern const struct command command_list;
extern const struct command command_info;
extern const struct command command_cat;
extern const struct command command_extract;
extern const struct command command_verify;
extern const struct command command_batch;
extern const struct command command_index;

#endif
