/* name.c - how a name is looked up, and how one that is not found is explained. */
#include "name.h"

#include "choice.h"
#include "command.h"
#include "ending.h"
#include "message.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 20 /* candidates of an ambiguous prefix */

static bool is_hex(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char digit = text[i];

        if (!((digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') ||
              (digit >= 'A' && digit <= 'F')))
            return false;
    }
    return true;
}

bool name_is_valid(const char *text, size_t length)
{
    return length >= PACKREAD_PREFIX_MIN && length <= PACKREAD_HEX_MAX && is_hex(text, length);
}

int name_look(const struct where *searched, const char *text, size_t length, unsigned flags,
              packread_name *found, packread_error *error)
{
    found->struct_size = sizeof *found;
    return packread_reader_resolve(searched->reader, text, length, flags, found, error);
}

bool name_is_missing_to_git(const char *text, size_t length)
{
    return memchr(text, '{', length) != NULL || memchr(text, ':', length) != NULL;
}

/* Refs that a name could have meant, if they were any. */
static void warn_passed_over(const struct where *searched, const char *base, size_t length,
                             unsigned passed_over)
{
    static const char *const forms[][2] = {
        {"", ""},
        {"refs/", ""},
        {"refs/tags/", ""},
        {"refs/heads/", ""},
        {"refs/remotes/", ""},
        {"refs/remotes/", "/HEAD"},
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (passed_over >> i & 1)
            message_warning("%s: ref %s%.*s%s is broken, or leads to none: it is passed over",
                            searched->path, forms[i][0], (int)length, base, forms[i][1]);
}

void name_warn(const struct where *searched, const char *text, size_t length,
               const packread_name *found)
{
    size_t base = 0;

    while (base < length && strchr("^~:", text[base]) == NULL)
        base++;
    warn_passed_over(searched, text, base, found->passed_over);
    if (!found->is_ambiguous)
        return;
    message_warning("%s: refname '%.*s' is ambiguous; the first is taken, as git does it: of a tag "
                    "and a branch the tag",
                    searched->path, (int)base, text);
}

int name_find_id(const struct where *searched, const char *text, size_t length, packread_id *id,
                 packread_error *error)
{
    packread_name found;
    int failure = name_look(searched, text, length, PACKREAD_NO_REPLACE, &found, error);

    if (failure == 0)
        *id = found.id;
    return failure;
}

int name_find(const struct where *searched, const char *text, size_t length,
              packread_location *location, packread_name *found, packread_error *error)
{
    int failure;

    found->id.size = 0;
    failure = name_look(searched, text, length, 0, found, error);
    if (failure == 0)
        name_warn(searched, text, length, found);
    return failure == 0 ? packread_reader_find(searched->reader, &found->contents, location, error)
                        : failure;
}

enum status name_doubt(const packread_error *error, const char *name, size_t length)
{
    char *pack = other_ending(error->file, ".idx", ".pack");

    if (pack != NULL)
        message_error("%s: %.*s: %s; packread index %s writes it anew if the pack is whole",
                      error->file, (int)length, name, error->text, pack);
    else
        message_error("%s: %.*s: %s", error->file, (int)length, name, error->text);
    free(pack);
    return STATUS_DAMAGED;
}

enum status name_lost_replacement(const struct where *searched, const packread_id *id,
                                  const packread_id *contents)
{
    char replaced[PACKREAD_HEX_MAX + 1];
    char other[PACKREAD_HEX_MAX + 1];

    packread_id_format(id, replaced);
    packread_id_format(contents, other);
    message_error("%s: %s: is replaced (refs/replace/) by %s, which is not there; with "
                  "GIT_NO_REPLACE_OBJECTS=1 in the environment it is read itself",
                  searched->path, replaced, other);
    return status_worse(STATUS_DAMAGED, searched->unread);
}

bool name_is_replaced(const packread_name *found)
{
    return found->id.size != 0 && packread_id_compare(&found->id, &found->contents) != 0;
}

/* What a name begins with: it ends where suffixes, or a path, begin. */
static size_t base_length(const char *text)
{
    return strcspn(text, "^~:");
}

enum status name_check_all(const char *command, char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (names[i][0] == '\0')
            return message_usage(command, "'' is not an object id, nor a name");
    }
    return STATUS_OK;
}

/* A repository, or a bundle. */
static bool has_names(const struct where *opened)
{
    packread_repository_info repository = {.struct_size = sizeof repository};
    packread_pack_info pack = {.struct_size = sizeof pack};

    return packread_snapshot_repository(opened->snapshot, &repository) == 0 ||
           (opened->packs == 1 && packread_snapshot_pack(opened->snapshot, 0, &pack) == 0 &&
            pack.bundle_version != 0);
}

enum status name_check_opened(const struct where *opened, const char *command, char *const *names,
                              size_t count)
{
    if (has_names(opened))
        return STATUS_OK;
    for (size_t i = 0; i < count; i++) {
        if (!name_is_valid(names[i], base_length(names[i])))
            return message_usage(command,
                                 "'%s' is not an object id: give one of 40 or 64 hex digits, "
                                 "or its first %d or more; names need a repository "
                                 "or a bundle",
                                 names[i], PACKREAD_PREFIX_MIN);
    }
    return STATUS_OK;
}

enum status name_open(struct where *opened, const struct command *command, char *const *operands,
                      size_t count, const struct common_options *common)
{
    enum status status = options_check_count(command, count, 2, SIZE_MAX);

    if (status == STATUS_OK)
        status = name_check_all(command->name, operands + 1, count - 1);
    if (status == STATUS_OK)
        status = where_open(opened, operands[0], common);
    if (status != STATUS_OK)
        return status;
    status = name_check_opened(opened, command->name, operands + 1, count - 1);
    if (status != STATUS_OK)
        where_close(opened);
    return status;
}

/* ---- Why not --------------------------------------------------------------------------------- */

struct candidates {
    packread_reader *reader;
    uint64_t seen;
};

static int show_candidate(void *context, const packread_id *id, enum packread_type type)
{
    struct candidates *candidates = context;

    if (candidates->seen++ < SHOWN_MAX)
        choice_show(candidates->reader, id, type);
    return 0;
}

void name_explain_ambiguous(const struct where *searched, const char *text, size_t length)
{
    struct candidates candidates = {.reader = searched->reader};

    message_error("%s: %.*s: ambiguous: several objects begin so; give more digits", searched->path,
                  (int)length, text);
    /* What was said is enough if the candidates cannot be read. */
    (void)packread_reader_each_candidate(searched->reader, text, length, 0, show_candidate,
                                         &candidates, NULL);
    if (candidates.seen > SHOWN_MAX)
        message_error("  ... and %" PRIu64 " more", candidates.seen - SHOWN_MAX);
}

/* Whether what was not found is an object: a ref is none. */
static bool may_be_elsewhere(const char *text, const packread_error *error)
{
    return strcmp(error->text, "not found") == 0 &&
           (error->id.size != 0 || name_is_valid(text, base_length(text)));
}

bool name_may_be_unread(const struct where *searched, const char *text, const packread_error *error)
{
    return searched->unread != STATUS_OK && may_be_elsewhere(text, error);
}

static bool is_short_prefix(const char *text)
{
    const size_t length = base_length(text);

    return length > 0 && length < PACKREAD_PREFIX_MIN && is_hex(text, length);
}

static enum status explain_absence(const struct where *searched, const char *text,
                                   const packread_error *error)
{
    static const char too_short[] = ": the prefix of an id has 4 digits at least";
    char why[PACKREAD_HEX_MAX + sizeof error->text + 80] = "";
    char hex[PACKREAD_HEX_MAX + 3] = "";
    char unread[2048];
    char elsewhere[512] = "";

    if (error->id.size != 0) {
        packread_id_format(&error->id, hex);
        if (strcmp(hex, text) == 0)
            hex[0] = '\0';
        else
            strcat(hex, ": ");
    }
    if (strcmp(error->text, "not found") != 0)
        snprintf(why, sizeof why, "not found: %s%s", hex, error->text);
    else
        snprintf(why, sizeof why, "%snot found%s", hex, is_short_prefix(text) ? too_short : "");
    if (name_may_be_unread(searched, text, error)) {
        where_describe_unread(searched, unread, sizeof unread);
        message_error("%s: %s: %s, but %s", searched->path, text, why, unread);
        return searched->unread;
    }
    if (may_be_elsewhere(text, error))
        where_describe_elsewhere(searched, elsewhere, sizeof elsewhere);
    message_error("%s: %s: %s%s", searched->path, text, why, elsewhere);
    return STATUS_ABSENT;
}

enum status name_resolve_as(const struct where *searched, const char *text,
                            packread_location *location, packread_name *found)
{
    packread_error error = {0};
    int failure = name_find(searched, text, strlen(text), location, found, &error);

    switch (failure) {
    case 0:
        return STATUS_OK;
    case PACKREAD_ERROR_DOUBTFUL:
        return name_doubt(&error, text, strlen(text));
    case PACKREAD_ERROR_NOT_FOUND:
        if (name_is_replaced(found))
            return name_lost_replacement(searched, &found->id, &found->contents);
        return explain_absence(searched, text, &error);
    case PACKREAD_ERROR_AMBIGUOUS:
        name_explain_ambiguous(searched, text, strlen(text));
        return STATUS_ABSENT;
    default:
        error.code = failure;
        return message_failure(searched->path, &error);
    }
}

enum status name_resolve(const struct where *searched, const char *text,
                         packread_location *location, packread_id *id)
{
    packread_name found;
    enum status status = name_resolve_as(searched, text, location, &found);

    if (status == STATUS_OK)
        *id = found.contents;
    return status;
}
