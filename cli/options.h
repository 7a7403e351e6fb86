/* options.h - the command line: which options there are, and what they set.
 *
 * A command describes its own options as an array of rules, which point at its own variables; those
 * that every command takes are known here. Options and operands may stand in any order; "--" ends
 * the options. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "status.h"

#include <packread.h>

struct command;

enum option_takes {
    OPTION_NOTHING = 0, /* sets *number to `value` */
    OPTION_WORD,        /* one of `words`: sets *number to the word's value */
    OPTION_SIZE,        /* 64K, 2G: sets *size, `least` or more */
    OPTION_COUNT,       /* decimal: sets *size, between `least` and `most` */
    OPTION_TEXT,        /* anything: sets *text */
    OPTION_MAYBE_TEXT,  /* --name or --name=TEXT: sets *number to `value`, and *text */
    OPTION_LATER,       /* of the contract, not of this version */
    OPTION_OF_GIT       /* none: git has it, `instead` says what is meant */
};

#define OPTION_WORD_LATER (-1) /* a word of the contract, not of this version */

struct option_word {
    const char *word; /* NULL ends the list */
    int value;
};

struct option_rule {
    const char *name; /* without the dashes; NULL if there is only a letter */
    char letter;      /* '\0' if there is only a name */
    enum option_takes takes;
    int value;
    int *number;
    uint64_t *size;
    const char **text;
    const struct option_word *words;
    uint64_t least;
    uint64_t most;
    const char *instead; /* where a value is given that is not taken: what was probably meant */
};

enum progress_choice {
    PROGRESS_AUTO = 0, /* where standard error is a terminal, after a second */
    PROGRESS_ALWAYS = 1,
    PROGRESS_NEVER = 2
};

struct common_options {
    packread_options library;
    unsigned threads; /* 0: all processors that may be used */
    int progress;     /* enum progress_choice */
    int json;         /* where the command takes it */
    int quiet;
};

/* Reads the arguments after the command's name. `rules` ends with an empty one. On true the
 * operands are arguments[0 .. *operands). On false the command ends with *status: --help was
 * printed, or an error. */
bool options_parse(const struct command *command, const struct option_rule *rules,
                   struct common_options *common, char **arguments, size_t count, size_t *operands,
                   enum status *status);

/* Complains unless there are `least` to `most` operands; `least` is 1 for WHERE alone, 2 where
 * objects must follow it. */
enum status options_check_count(const struct command *command, size_t operands, size_t least,
                                size_t most);
/* The same for commands that take WHERE alone, `most` times: where none is given, `*where` is
 * GIT_DIR of the environment, else the first that is. */
enum status options_take_where(const struct command *command, char *const *operands, size_t count,
                               size_t most, const char **where);

#endif
