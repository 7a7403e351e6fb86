/* message.h - standard error: messages, and one line that comes and goes (progress).
 *
 * Every byte of a message is escaped here, so that nothing from a file or an argument reaches a
 * terminal raw. May be called from several threads, one at a time. */
#ifndef MESSAGE_H
#define MESSAGE_H

#include "status.h"

#include <packread.h>

#if defined(__GNUC__)
#define MESSAGE_FORMAT(at, first) __attribute__((format(printf, at, first)))
#else
#define MESSAGE_FORMAT(at, first)
#endif

/* Silences warnings; errors are always printed. */
void message_set_quiet(bool quiet);
/* So much of the memory limit is not the library's: what it asks for is more by that. */
void message_set_aside(uint64_t bytes);
/* Files are read whole: where memory is short, windows that slide are advised. */
void message_advise_sliding(void);

/* For work that is asked for again and again: a line that is the same as the one before it is only
 * counted from now on, and when another comes, or none, or at the end, it is told how often it
 * would have been there. To be called after each piece of work. */
void message_count_repeats(void);
/* At the end of the program: says what was counted. */
void message_finish(void);

/* "packread: " and the text. */
void message_error(const char *format, ...) MESSAGE_FORMAT(1, 2);
/* The same, unless quiet. */
void message_warning(const char *format, ...) MESSAGE_FORMAT(1, 2);
/* "packread COMMAND: TEXT; see packread COMMAND --help". Returns STATUS_USAGE. `command` may be
 * NULL. */
enum status message_usage(const char *command, const char *format, ...) MESSAGE_FORMAT(2, 3);
/* A failure of the library, with what to do about it. `where` stands in where the error names no
 * file. Returns the exit state. */
enum status message_failure(const char *where, const packread_error *error);
/* The same of an object, which is named where the error names none. `id` may be NULL. */
enum status message_object_failure(const char *where, const packread_id *id,
                                   const packread_error *error);
/* The problems that the snapshot of a pack without an index has so far. What has no version of a
 * pack is none, which is all that is to be said, unless it is salvaged. */
void message_problems(const char *where, const packread_snapshot *snapshot, bool salvages);
/* A failed system call. Returns STATUS_SYSTEM. */
enum status message_system(const char *subject, const char *what, int system_errno);

/* `error->text` and its cause; the second puts "offset N: ID: " before it, as far as known. */
void message_describe(const packread_error *error, char *text, size_t size);
void message_describe_place(const packread_error *error, char *text, size_t size);

/* Shows `line` (plain ASCII) in place of the last one; the next message wipes it. */
void message_show_line(const char *line);
/* Leaves the line that is shown and goes to the next one; or wipes it. */
void message_keep_line(void);
void message_wipe_line(void);
/* For signal handlers: leaves a shown line by a newline. */
void message_leave_line_in_handler(void);

#endif
