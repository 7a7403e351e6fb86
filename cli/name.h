/* name.h - OBJECT: ids and prefixes of ids, looked up. */
#ifndef NAME_H
#define NAME_H

#include "where.h"

/* Whether `text` can name an object: hex digits, as many as a prefix or an id has. */
bool name_is_valid(const char *text, size_t length);
/* What a name means, silently; of a whole id, whether or not it is there. Returns as name_find. */
int name_find_id(const struct where *searched, const char *text, size_t length, packread_id *id,
                 packread_error *error);
/* Looks a valid or invalid name up, silently. Returns 0, PACKREAD_ERROR_NOT_FOUND (for an invalid
 * one, too), PACKREAD_ERROR_AMBIGUOUS, or what went wrong. */
int name_find(const struct where *searched, const char *text, size_t length,
              packread_location *location, packread_id *id, packread_error *error);

/* Says that several objects begin so, and which. */
void name_explain_ambiguous(const struct where *searched, const char *text, size_t length);
/* Says that a name was not found in an index that is damaged (DOUBTFUL). */
enum status name_doubt(const packread_error *error, const char *name, size_t length);

/* Complains of the first operand that is not valid. */
enum status name_check_all(const char *command, char *const *names, size_t count);
/* Opens WHERE, the first of the operands, where one and more objects follow it. Complains of what
 * is wrong with them. On STATUS_OK close it with where_close. */
enum status name_open(struct where *opened, const struct command *command, char *const *operands,
                      size_t count, const struct common_options *common);
/* As name_find, and says on standard error why it was not found. */
enum status name_resolve(const struct where *searched, const char *text,
                         packread_location *location, packread_id *id);

#endif
