/* name.h - OBJECT: ids, prefixes of ids and, in a repository, names, looked up. */
#ifndef NAME_H
#define NAME_H

#include "where.h"

/* Whether `text` is an id or may be a prefix of one: hex digits, as many as those have. */
bool name_is_valid(const char *text, size_t length);

/* What a name means, silently; `found` need not be filled before. `flags` are those of enum
 * packread_resolve_flag. Returns what packread_reader_resolve does. */
int name_look(const struct where *searched, const char *text, size_t length, unsigned flags,
              packread_name *found, packread_error *error);
/* Whether git says of a name that is AMBIGUOUS that it is missing: it does where a prefix stands
 * before ^{...} or a path. */
bool name_is_missing_to_git(const char *text, size_t length);
/* The id alone, of a name that stands for itself, whatever refs/replace/ says. */
int name_find_id(const struct where *searched, const char *text, size_t length, packread_id *id,
                 packread_error *error);
/* Warns where the name is that of several refs, or of one that is broken, as git does. */
void name_warn(const struct where *searched, const char *text, size_t length,
               const packread_name *found);
/* Looks for the object, too; `location` is where the contents are. Silent but for name_warn.
 * Errors: also those of packread_reader_find: then `found` is filled, else the size of its id is 0.
 */
int name_find(const struct where *searched, const char *text, size_t length,
              packread_location *location, packread_name *found, packread_error *error);
/* Whether another object stands for the one that is named. */
bool name_is_replaced(const packread_name *found);

/* Says that several objects begin so, and which. */
void name_explain_ambiguous(const struct where *searched, const char *text, size_t length);
/* Whether what was not found may be an object that is there, but was not read: a ref is none. */
bool name_may_be_unread(const struct where *searched, const char *text,
                        const packread_error *error);
/* Says that `contents`, which stands for `id`, is not there. */
enum status name_lost_replacement(const struct where *searched, const packread_id *id,
                                  const packread_id *contents);
/* Says that a name was not found in an index that is damaged (DOUBTFUL). */
enum status name_doubt(const packread_error *error, const char *name, size_t length);

/* Complains of the first name that cannot be one: of an empty one. */
enum status name_check_all(const char *command, char *const *names, size_t count);
/* Complains of the first name that cannot be one there: where there is neither a repository nor a
 * bundle, of what is no id and no prefix of one. */
enum status name_check_opened(const struct where *opened, const char *command, char *const *names,
                              size_t count);
/* Opens WHERE, the first of the operands, where one and more objects follow it. Complains of what
 * is wrong with them. On STATUS_OK close it with where_close. */
enum status name_open(struct where *opened, const struct command *command, char *const *operands,
                      size_t count, const struct common_options *common);
/* As name_look and a look for the object, and says on standard error why it was not found.
 * `location` is where the contents are. */
enum status name_resolve_as(const struct where *searched, const char *text,
                            packread_location *location, packread_name *found);
/* The same; `*id` is found->contents. */
enum status name_resolve(const struct where *searched, const char *text,
                         packread_location *location, packread_id *id);

#endif
