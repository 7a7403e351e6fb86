/* choice.c - finds day, subject and name in the headers of commits and tags. */
#include "choice.h"

#include "message.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define TEXT_MAX 200
#define DAY_SIZE 16

/* What stands behind `word` in a line of the header; NULL: there is none. */
static const char *header_line(const char *data, size_t size, const char *word, size_t *length)
{
    const size_t before = strlen(word);

    while (size > 0 && *data != '\n') {
        const char *end = memchr(data, '\n', size);
        size_t line = end != NULL ? (size_t)(end - data) : size;

        if (line >= before && memcmp(data, word, before) == 0) {
            *length = line - before;
            return data + before;
        }
        line += end != NULL ? 1 : 0;
        data += line;
        size -= line;
    }
    return NULL;
}

/* "NAME <ADDRESS> SECONDS +HHMM", as a day there; empty if it is none. */
static void describe_day(const char *who, size_t length, bool is_local, char day[DAY_SIZE])
{
    char text[64] = "";
    char *rest;
    long long seconds;
    long zone;
    time_t time;
    struct tm parts;

    day[0] = '\0';
    while (length > 0 && who[length - 1] != '>')
        length--;
    memcpy(text, who + length,
           strcspn(who + length, "\n") < sizeof text ? strcspn(who + length, "\n")
                                                     : sizeof text - 1);
    seconds = strtoll(text, &rest, 10);
    zone = strtol(rest, NULL, 10);
    if (rest == text || zone < -9999 || zone > 9999 || seconds < 0)
        return;
    time = (time_t)(seconds + (is_local ? (zone / 100 * 60 + zone % 100) * 60 : 0));
    if (gmtime_r(&time, &parts) == NULL || strftime(day, DAY_SIZE, "%Y-%m-%d", &parts) == 0)
        day[0] = '\0';
}

/* The first paragraph behind the header, in one line. */
static void describe_subject(const char *data, size_t size, char subject[TEXT_MAX])
{
    size_t at = 0;
    size_t used = 0;

    while (at + 1 < size && !(data[at] == '\n' && data[at + 1] == '\n'))
        at++;
    while (at < size && data[at] == '\n')
        at++;
    for (; at < size && used + 1 < TEXT_MAX; at++) {
        if (data[at] == '\n' && (at + 1 == size || data[at + 1] == '\n'))
            break;
        subject[used++] = data[at] == '\n' ? ' ' : data[at];
    }
    subject[used] = '\0';
}

/* Both need a NUL behind the contents to end at. */
static void describe_commit(const char *data, size_t size, char day[DAY_SIZE], char text[TEXT_MAX])
{
    size_t length;
    const char *who = header_line(data, size, "author ", &length);

    if (who != NULL)
        describe_day(who, length, true, day);
    describe_subject(data, size, text);
}

static void describe_tag(const char *data, size_t size, char day[DAY_SIZE], char text[TEXT_MAX])
{
    size_t length;
    const char *who = header_line(data, size, "tagger ", &length);
    const char *name;

    if (who != NULL)
        describe_day(who, length, false, day);
    name = header_line(data, size, "tag ", &length);
    if (name == NULL)
        return;
    if (length >= TEXT_MAX)
        length = TEXT_MAX - 1;
    memcpy(text, name, length);
    text[length] = '\0';
}

/* False: it cannot be read, or there is nothing to tell. */
static bool describe(packread_reader *reader, const packread_id *id, char day[DAY_SIZE],
                     char text[TEXT_MAX])
{
    packread_object object;
    char *copy;

    if (packread_reader_read(reader, id, &object, NULL) != 0 || object.size > (size_t)1 << 20)
        return false;
    copy = malloc(object.size + 1);
    if (copy == NULL)
        return false;
    memcpy(copy, object.data, object.size);
    copy[object.size] = '\0';
    if (object.type == PACKREAD_COMMIT)
        describe_commit(copy, object.size, day, text);
    else
        describe_tag(copy, object.size, day, text);
    free(copy);
    return true;
}

void choice_show(packread_reader *reader, const packread_id *id, enum packread_type type)
{
    char hex[PACKREAD_HEX_MAX + 1];
    char day[DAY_SIZE] = "";
    char text[TEXT_MAX] = "";

    packread_id_format(id, hex);
    if (type == PACKREAD_NONE)
        message_error("  %s cannot be read", hex);
    else if ((type == PACKREAD_COMMIT || type == PACKREAD_TAG) && describe(reader, id, day, text))
        message_error("  %s %s %s - %s", hex, packread_type_name(type), day, text);
    else
        message_error("  %s %s", hex, packread_type_name(type));
}
