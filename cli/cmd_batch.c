/* cmd_batch.c - packread batch: answers names on standard input as git cat-file --batch does. */
#include "ahead.h"
#include "command.h"
#include "line_format.h"
#include "line.h"
#include "message.h"
#include "name.h"
#include "output.h"
#include "progress.h"
#include "failures.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char help[] =
    "packread batch [OPTIONS] WHERE\n"
    "\n"
    "Reads object names from standard input, one a line, and answers each as\n"
    "git cat-file --batch does: ID TYPE SIZE, newline, contents, newline; or\n"
    "NAME missing; or NAME ambiguous.\n"
    "\n"
    "  --check                   no contents\n"
    "  --format=FORMAT           of the first line: %(objectname) %(objecttype)\n"
    "                            %(objectsize) %(objectsize:disk) %(deltabase) %(rest)\n"
    "                            %(offset) %(depth) %(crc32) %(pack)\n"
    "  --buffer                  collect answers; without it each is there at once\n"
    "  --all                     all objects, by id; standard input is not read\n"
    "  --unordered               with --all: as the packs have them, which is faster\n"
    "\n"
    "  echo 1a2b3c4d | packread batch .\n"
    "  packread batch --all --check .\n";

/* For packs that came since, for one name: they may be replaced again meanwhile. */
#define LOOKS_MAX 4

struct batch {
    const struct where *source;
    struct where *renewable; /* the same; NULL with --all, which is of one moment */
    const struct format *format;
    bool headers_only;
    uint64_t done;
    struct failures failures; /* of --all */
    enum status status;
    ahead *ahead; /* of --all; NULL: each object is read in its turn */

    /* Of the object that is being answered. */
    packread_info info; /* what the format wants */
    bool has_info;      /* else type and size come from the stream */
    bool has_begun;
    bool is_again;  /* to be answered anew: packs came or went */
    unsigned looks; /* for such packs */
    bool is_listed; /* not asked for by name: it is in `info` */
    const char *rest;
    size_t rest_length;
};

static int begin_answer(void *context, const packread_id *id, enum packread_type type,
                        uint64_t size)
{
    struct batch *batch = context;

    batch->has_begun = true;
    if (!batch->has_info)
        batch->info = (packread_info){.id = *id};
    /* What is known from the entry alone was not hashed, and may be of a copy that is damaged. */
    batch->info.type = type;
    batch->info.size = size;
    format_print(batch->format, batch->source, &batch->info, batch->rest, batch->rest_length);
    return 0;
}

static int write_answer(void *context, const void *bytes, size_t size)
{
    (void)context;
    output_bytes(bytes, size);
    return 0;
}

static void answer_word(const char *name, size_t length, const char *word)
{
    output_bytes(name, length);
    output_text(word);
}

/* Whether packs came or went since, so that the name is to be answered again. */
static bool is_worth_another_look(struct batch *batch, const packread_error *error)
{
    const bool is_gone = error->code == PACKREAD_ERROR_CHANGED ||
                         (error->code == PACKREAD_ERROR_SYSTEM && error->system_errno == ENOENT);

    if (batch->renewable == NULL || batch->looks == LOOKS_MAX ||
        (!is_gone && error->code != PACKREAD_ERROR_NOT_FOUND))
        return false;
    batch->looks++;
    batch->is_again = where_renew(batch->renewable, is_gone);
    return batch->is_again;
}

/* "NAME missing", and on standard error why. */
static void answer_failure(struct batch *batch, const char *name, size_t length,
                           const packread_id *id, packread_error *error)
{
    enum status status;

    if (is_worth_another_look(batch, error))
        return;
    if (error->id.size == 0 && id != NULL)
        error->id = *id;
    status = batch->is_listed ? failures_add(&batch->failures, &batch->info, error)
                              : message_failure(batch->source->path, error);
    batch->status = status_worse(batch->status, status);
    answer_word(name, length, " missing\n");
}

/* Header and contents. A failure after the header cannot be told in the protocol: the reader of the
 * answers waits for bytes that will not come, so that the only honest way on is to end. */
static void answer_contents(struct batch *batch, const char *name, size_t length,
                            const packread_id *id)
{
    const packread_sink sink = {begin_answer, write_answer, batch};
    packread_error error = {0};

    batch->has_begun = false;
    if (packread_reader_stream(batch->source->reader, id, &sink, &error) == 0) {
        output_byte('\n');
        return;
    }
    if (batch->has_begun) {
        enum status status;

        failures_finish(&batch->failures);
        if (error.id.size == 0)
            error.id = *id;
        status = message_failure(batch->source->path, &error);
        message_error("%s: the answers end in the middle of this object", batch->source->path);
        output_flush();
        exit((int)status);
    }
    answer_failure(batch, name, length, id, &error);
}

static void answer_found(struct batch *batch, const char *name, size_t length,
                         const packread_id *id)
{
    const unsigned from_stream = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE;
    const unsigned want = batch->format->want;
    packread_error error = {0};

    batch->has_info = batch->headers_only || (want & ~from_stream) != 0 || batch->format->has_place;
    if (batch->has_info &&
        packread_reader_describe(batch->source->reader, id, want, &batch->info, &error) != 0) {
        answer_failure(batch, name, length, id, &error);
        return;
    }
    if (batch->headers_only)
        format_print(batch->format, batch->source, &batch->info, batch->rest, batch->rest_length);
    else
        answer_contents(batch, name, length, id);
}

static void answer_once(struct batch *batch, const char *name, size_t length)
{
    packread_error error = {0};
    packread_location location;
    packread_id id;
    int failure = name_find(batch->source, name, length, &location, &id, &error);

    error.code = failure;
    switch (failure) {
    case 0:
        answer_found(batch, name, length, &id);
        break;
    case PACKREAD_ERROR_NOT_FOUND:
        if (is_worth_another_look(batch, &error))
            break;
        if (error.doubtful)
            batch->status = status_worse(batch->status, name_doubt(&error, name, length));
        /* It may be in a pack that could not be opened. */
        batch->status = status_worse(batch->status, where_problems_status(batch->source));
        answer_word(name, length, " missing\n");
        break;
    case PACKREAD_ERROR_AMBIGUOUS:
        answer_word(name, length, " ambiguous\n");
        break;
    default:
        answer_failure(batch, name, length, NULL, &error);
        break;
    }
}

static void answer_name(struct batch *batch, const char *name, size_t length)
{
    batch->looks = 0;
    do {
        batch->is_again = false;
        answer_once(batch, name, length);
    } while (batch->is_again);
}

/* With %(rest) in the format the name ends at the first blank, and the rest begins after the
 * blanks. */
static void answer_line(struct batch *batch, const char *line, size_t length)
{
    size_t name_length = 0;

    length = strnlen(line, length);
    batch->rest = line + length;
    batch->rest_length = 0;
    if (batch->format->has_rest) {
        while (name_length < length && line[name_length] != ' ' && line[name_length] != '\t')
            name_length++;
        batch->rest = line + name_length;
        batch->rest_length = length - name_length;
        while (batch->rest_length > 0 && (*batch->rest == ' ' || *batch->rest == '\t')) {
            batch->rest++;
            batch->rest_length--;
        }
        length = name_length;
    }
    answer_name(batch, line, length);
}

static void answer_input(struct batch *batch, bool is_buffered)
{
    line_reader reader = {.file = STDIN_FILENO, .before_read = is_buffered ? NULL : output_flush};
    const char *line;
    size_t length;
    int got;

    while ((got = line_next(&reader, &line, &length)) > 0)
        answer_line(batch, line, length);
    line_free(&reader);
    if (got == -EOVERFLOW) {
        message_error("standard input: a line is longer than 16 MiB");
        batch->status = STATUS_SYSTEM;
    } else if (got < 0) {
        batch->status = message_system("standard input", "cannot be read", -got);
    }
}

/* `data` may have been read already. */
static void answer_object(void *context, const packread_info *info, const void *data)
{
    struct batch *batch = context;
    char name[PACKREAD_HEX_MAX + 1];

    batch->info = *info;
    batch->has_info = true;
    if (data) {
        format_print(batch->format, batch->source, info, NULL, 0);
        output_bytes(data, (size_t)info->size);
        output_byte('\n');
        return;
    }
    packread_id_format(&info->id, name);
    answer_contents(batch, name, 2u * info->id.size, &batch->info.id);
}

static int answer_listed(void *context, const packread_info *info, const packread_error *error)
{
    struct batch *batch = context;
    char name[PACKREAD_HEX_MAX + 1];

    progress_update(++batch->done);
    batch->is_listed = true;
    if (error != NULL) {
        packread_error told = *error;

        if (batch->ahead)
            ahead_settle(batch->ahead);
        batch->info = *info;
        packread_id_format(&info->id, name);
        answer_failure(batch, name, 2u * info->id.size, &info->id, &told);
    } else if (batch->headers_only) {
        format_print(batch->format, batch->source, info, NULL, 0);
    } else if (batch->ahead) {
        ahead_add(batch->ahead, info);
    } else {
        answer_object(batch, info, NULL);
    }
    return 0;
}

static void answer_all(struct batch *batch, const struct common_options *common, bool is_unordered,
                       unsigned threads)
{
    const packread_list_options every = {
        .order = is_unordered ? PACKREAD_BY_OFFSET : PACKREAD_BY_ID,
        .want = batch->format->want | (threads ? PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE : 0u),
        .once = true,
    };
    packread_error error = {0};

    batch->status = where_problems_status(batch->source);
    progress_begin(common, "answering", batch->source->objects, true);
    if (threads)
        batch->ahead = ahead_begin(batch->source, threads, answer_object, batch);
    if (packread_reader_list(batch->source->reader, &every, answer_listed, batch, &error) != 0)
        batch->status = status_worse(batch->status, message_failure(batch->source->path, &error));
    if (batch->ahead)
        ahead_settle(batch->ahead);
    ahead_end(batch->ahead);
    progress_end();
    failures_finish(&batch->failures);
}

static enum status run(const struct command *command, char **arguments, size_t count)
{
    int check = 0, buffer = 0, all = 0, unordered = 0;
    const char *format_text = FORMAT_DEFAULT;
    const struct option_rule rules[] = {
        {.name = "check", .number = &check, .value = 1},
        {.name = "format", .takes = OPTION_TEXT, .text = &format_text},
        {.name = "buffer", .number = &buffer, .value = 1},
        {.name = "all", .number = &all, .value = 1},
        {.name = "unordered", .number = &unordered, .value = 1},
        {.name = "command", .takes = OPTION_LATER},
        {.letter = 'z', .takes = OPTION_LATER},
        {.letter = 'Z', .takes = OPTION_LATER},
        {.name = NULL},
    };
    struct common_options common;
    struct format format;
    struct batch batch = {.format = &format};
    enum status status;
    unsigned threads;
    struct where source;

    if (!options_parse(command, rules, &common, arguments, count, &count, &status))
        return status;
    status = options_check_count(command, count, 1, 1);
    if (status != STATUS_OK)
        return status;
    if (unordered && !all)
        return message_usage(command->name, "--unordered goes with --all only");
    status = format_compile(&format, command->name, format_text);
    if (status != STATUS_OK)
        return status;
    threads = all && !check ? ahead_plan(&common) : 0;
    status = where_open(&source, arguments[0], &common);
    if (status == STATUS_OK) {
        batch.source = &source;
        batch.renewable = all ? NULL : &source;
        batch.failures.source = &source;
        batch.headers_only = check;
        if (all)
            answer_all(&batch, &common, unordered, threads);
        else
            answer_input(&batch, buffer);
        status = batch.status;
        where_close(&source);
    }
    format_free(&format);
    return status;
}

const struct command command_batch = {
    .name = "batch",
    .summary = "answer names on standard input as git cat-file --batch",
    .help = help,
    .names_come_in = true,
    .run = run,
};
