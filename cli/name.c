/* name.c - how a name is looked up, and how one that is not found is explained. */
#include "name.h"

#include "command.h"
#include "ending.h"
#include "message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN_MAX 20 /* candidates of an ambiguous prefix */

bool name_is_valid(const char *text, size_t length)
{
    if (length < PACKREAD_PREFIX_MIN || length > PACKREAD_HEX_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        char digit = text[i];

        if (!((digit >= '0' && digit <= '9') || (digit >= 'a' && digit <= 'f') ||
              (digit >= 'A' && digit <= 'F')))
            return false;
    }
    return true;
}

int name_find_id(const struct where *searched, const char *text, size_t length, packread_id *id,
                 packread_error *error)
{
    if (!name_is_valid(text, length))
        return PACKREAD_ERROR_NOT_FOUND;
    if (length == 2 * searched->id_size)
        return packread_id_parse(text, length, id);
    return packread_reader_find_prefix(searched->reader, text, length, id, error);
}

int name_find(const struct where *searched, const char *text, size_t length,
              packread_location *location, packread_id *id, packread_error *error)
{
    packread_id found;
    int failure = name_find_id(searched, text, length, &found, error);

    if (failure == 0)
        failure = packread_reader_find(searched->reader, &found, location, error);
    if (failure == 0)
        *id = found;
    return failure;
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

enum status name_check_all(const char *command, char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!name_is_valid(names[i], strlen(names[i])))
            return message_usage(command,
                                 "'%s' is not an object id: give one of 40 or 64 hex digits, "
                                 "or its first %d or more",
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
    return status == STATUS_OK ? where_open(opened, operands[0], common) : status;
}

struct candidates {
    packread_id first[SHOWN_MAX];
    uint64_t seen;
};

static int note_candidate(void *context, const packread_id *id)
{
    struct candidates *candidates = context;

    if (candidates->seen < SHOWN_MAX)
        candidates->first[candidates->seen] = *id;
    candidates->seen++;
    return 0;
}

static void show_candidate(packread_reader *reader, const packread_id *id)
{
    packread_info info = {.struct_size = sizeof info};
    char hex[PACKREAD_HEX_MAX + 1];

    packread_id_format(id, hex);
    if (packread_reader_describe(reader, id, PACKREAD_WANT_TYPE, &info, NULL) == 0)
        message_error("  %s %s", hex, packread_type_name(info.type));
    else
        message_error("  %s", hex);
}

void name_explain_ambiguous(const struct where *searched, const char *text, size_t length)
{
    struct candidates candidates = {.seen = 0};

    message_error("%s: %.*s: ambiguous: several objects begin so; give more digits", searched->path,
                  (int)length, text);
    /* What was said is enough if the candidates cannot be read. */
    (void)packread_reader_each_prefix(searched->reader, text, length, note_candidate, &candidates,
                                      NULL);
    /* Only now: the visitor may not use the reader. */
    for (uint64_t i = 0; i < candidates.seen && i < SHOWN_MAX; i++)
        show_candidate(searched->reader, &candidates.first[i]);
    if (candidates.seen > SHOWN_MAX)
        message_error("  ... and %" PRIu64 " more", candidates.seen - SHOWN_MAX);
}

enum status name_resolve(const struct where *searched, const char *text,
                         packread_location *location, packread_id *id)
{
    packread_error error = {0};
    int failure = name_find(searched, text, strlen(text), location, id, &error);
    char unread[2048];

    switch (failure) {
    case 0:
        return STATUS_OK;
    case PACKREAD_ERROR_DOUBTFUL:
        return name_doubt(&error, text, strlen(text));
    case PACKREAD_ERROR_NOT_FOUND:
        if (searched->unread != STATUS_OK) {
            where_describe_unread(searched, unread, sizeof unread);
            message_error("%s: %s: not found, but %s", searched->path, text, unread);
            return searched->unread;
        }
        message_error("%s: %s: not found", searched->path, text);
        return STATUS_ABSENT;
    case PACKREAD_ERROR_AMBIGUOUS:
        name_explain_ambiguous(searched, text, strlen(text));
        return STATUS_ABSENT;
    default:
        error.code = failure;
        return message_failure(searched->path, &error);
    }
}
