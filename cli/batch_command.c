/* batch_command.c - which commands there are, and when each is carried out: with --buffer at the
 * next "flush" or the end of input, in one go; else at once. */
#include "batch_command.h"

#include "batch_answer.h"
#include "batch_queue.h"
#include "message.h"
#include "output.h"
#include "size.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#define SHOWN_MAX 200 /* bytes of a request in a message */

static const struct command_word {
    const char *word;
    char kind; /* in the queue */
    bool takes_argument;
} words[] = {
    {"contents", 'c', true},
    {"flush", 'f', false},
    {"info", 'i', true},
    {"mailmap", 'm', true},
};
#define WORD_COUNT (sizeof words / sizeof words[0])

struct session {
    struct batch *batch;
    line_reader *input; /* of the request at hand */
    batch_queue queue;
    enum status refused; /* STATUS_USAGE: a request that is none ends it all */
};

static int shown(size_t length)
{
    return length < SHOWN_MAX ? (int)length : SHOWN_MAX;
}

static bool refuse(struct session *session)
{
    session->refused = STATUS_USAGE;
    return false;
}

/* ---- Carrying out ---------------------------------------------------------------------------- */

/* As git reads a number in its configuration, in the range of an int. */
static bool parse_int(const char *text, bool *is_not_zero)
{
    intmax_t value;
    unsigned shift;
    char *end;

    errno = 0;
    value = strtoimax(text, &end, 0);
    if (errno != 0 || end == text || !size_parse_git_unit(end, &shift))
        return false;
    *is_not_zero = value != 0;
    return value <= INT_MAX >> shift && value >= INT_MIN / (1 << shift);
}

static bool is_among(const char *text, const char *const *among, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(text, among[i]) == 0)
            return true;
    return false;
}

static bool parse_boolean(const char *text, bool *value)
{
    static const char *const yes[] = {"true", "yes", "on"};
    static const char *const no[] = {"", "false", "no", "off"};

    *value = is_among(text, yes, sizeof yes / sizeof yes[0]);
    return *value || is_among(text, no, sizeof no / sizeof no[0]) || parse_int(text, value);
}

static void use_mailmap(struct batch *batch, bool is_used)
{
    if (is_used)
        batch->status =
            status_worse(batch->status, batch_mailmap_use(&batch->mailmap, batch->source));
    else
        batch->mailmap.is_used = false;
}

static bool set_mailmap(struct session *session, const char *text, size_t length)
{
    char copy[SHOWN_MAX + 1];
    bool value;

    if (length < sizeof copy) {
        memcpy(copy, text, length);
        copy[length] = '\0';
        if (parse_boolean(copy, &value)) {
            use_mailmap(session->batch, value);
            return true;
        }
    }
    message_error("standard input: mailmap: invalid boolean '%.*s'", shown(length), text);
    return refuse(session);
}

/* False ends it all. */
static bool carry_out(void *context, char kind, const char *argument, size_t length)
{
    struct session *session = context;
    struct request request;

    if (kind == 'm')
        return set_mailmap(session, argument, request_text(argument, length));
    request_begin(&request, session->input, argument, length, false);
    session->batch->headers_only = kind == 'i';
    batch_answer(session->batch, &request);
    return true;
}

/* ---- The queue ------------------------------------------------------------------------------- */

/* False ends it all. */
static bool dispatch(struct session *session)
{
    line_reader *input = session->input;
    line_reader held = {.file = -1}; /* what waited is whole */
    int failure;

    session->input = &held;
    failure = batch_queue_drain(&session->queue, carry_out, session);
    session->input = input;
    if (failure != 0) {
        session->batch->status =
            status_worse(session->batch->status, message_system("requests that wait for flush",
                                                                "cannot be read back", failure));
        session->refused = session->batch->status;
        return false;
    }
    return session->refused == STATUS_OK;
}

/* A request that cannot wait, since it is not held as a whole or there is no room for it, is
 * carried out now, after those before it. */
static bool add(struct session *session, char kind, const char *argument, size_t length)
{
    if (!session->input->is_cut &&
        batch_queue_add(&session->queue, kind, argument, request_text(argument, length)) == 0)
        return true;
    return dispatch(session) && carry_out(session, kind, argument, length);
}

/* ---- Requests -------------------------------------------------------------------------------- */

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

/* The command that a line begins with, or NULL after a message. `length`: up to the first NUL. */
static const struct command_word *find_word(const char *line, size_t length)
{
    for (size_t i = 0; i < WORD_COUNT; i++) {
        const size_t size = strlen(words[i].word);

        if (length < size || memcmp(line, words[i].word, size) != 0)
            continue;
        if (words[i].takes_argument && (length == size || line[size] != ' ')) {
            message_error("standard input: %s requires arguments", words[i].word);
            return NULL;
        }
        if (!words[i].takes_argument && length > size) {
            message_error("standard input: %s takes no arguments", words[i].word);
            return NULL;
        }
        return &words[i];
    }
    message_error("standard input: unknown command: '%.*s'", shown(length), line);
    return NULL;
}

/* False ends it all. */
static bool serve(struct session *session, const char *line, size_t length)
{
    const bool is_buffered = session->batch->is_buffered;
    const size_t text = request_text(line, length);
    const struct command_word *word;
    size_t begin;

    if (length == 0) {
        message_error("standard input: empty command in input");
        return refuse(session);
    }
    if (is_space(line[0])) {
        message_error("standard input: whitespace before command: '%.*s'", shown(text), line);
        return refuse(session);
    }
    word = find_word(line, text);
    if (word == NULL)
        return refuse(session);
    begin = strlen(word->word) + 1;
    if (word->kind != 'f')
        return is_buffered ? add(session, word->kind, line + begin, length - begin)
                           : carry_out(session, word->kind, line + begin, length - begin);
    if (!is_buffered) {
        message_error("standard input: flush is only for --buffer mode");
        return refuse(session);
    }
    if (!dispatch(session))
        return false;
    output_flush();
    return true;
}

enum status batch_serve_commands(struct batch *batch, line_reader *input)
{
    struct session session = {.batch = batch, .input = input};
    const char *line;
    size_t length;
    bool goes_on = true;
    int got = 0;

    while (goes_on && (got = line_next(input, &line, &length)) > 0)
        goes_on = serve(&session, line, length);
    if (goes_on)
        (void)dispatch(&session);
    if (got < 0)
        batch->status = message_system("standard input", "cannot be read", -got);
    batch_queue_free(&session.queue);
    return session.refused != STATUS_OK ? session.refused : batch->status;
}
