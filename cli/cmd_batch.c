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

struct batch {
    struct where *source;
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
    bool is_listed; /* not asked for by name: it is in `info` */
    line_reader *input;
    bool goes_on;     /* the line has more than was read of it */
    const char *rest; /* of the line, after the name */
    size_t rest_length;
};

/* ---- A line of input ------------------------------------------------------------------------ */

/* As git has it, a line ends for us at the first NUL. */
static void look_for_end(struct batch *batch, const char *piece, size_t *length)
{
    const size_t size = strnlen(piece, *length);

    batch->goes_on = size == *length && batch->input->is_cut;
    *length = size;
}

/* More of a line that is too long to be held; false at its end. */
static bool read_on(struct batch *batch, const char **piece, size_t *length)
{
    if (!batch->goes_on)
        return false;
    batch->goes_on = line_more(batch->input, piece, length);
    if (batch->goes_on)
        look_for_end(batch, *piece, length);
    else
        *length = 0;
    return *length > 0 || batch->goes_on;
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* What there is of the name: with %(rest) in the format it ends at the first blank. */
static size_t name_length(const struct batch *batch, const char *line, size_t size)
{
    size_t length = 0;

    if (batch->format->rests == 0)
        return size;
    while (length < size && !is_blank(line[length]))
        length++;
    return length;
}

/* What follows the name and the blanks after it. */
static void print_rest(void *context)
{
    struct batch *batch = context;
    const char *piece = batch->rest;
    size_t length = batch->rest_length;
    bool has_begun = false;

    do {
        while (!has_begun && length > 0 && is_blank(*piece)) {
            piece++;
            length--;
        }
        has_begun = has_begun || length > 0;
        output_bytes(piece, length);
    } while (read_on(batch, &piece, &length));
}

static void print_line(struct batch *batch)
{
    format_print(batch->format, batch->source, &batch->info, print_rest, batch);
}

/* ---- One answer ----------------------------------------------------------------------------- */

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
    print_line(batch);
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

/* "NAME missing", and on standard error why. */
static void answer_failure(struct batch *batch, const char *name, size_t length,
                           const packread_id *id, const packread_error *error)
{
    enum status status;

    status = batch->is_listed ? failures_add(&batch->failures, &batch->info, error)
                              : message_object_failure(batch->source->path, id, error);
    batch->status = status_worse(batch->status, status);
    answer_word(name, length, " missing\n");
}

/* Header and contents. A failure after the header cannot be told in the protocol: the reader of the
 * answers waits for bytes that will not come, so that the only honest way on is to end. */
static void answer_contents(struct batch *batch, const char *name, size_t length,
                            const packread_id *id)
{
    const packread_sink sink = {.begin = begin_answer, .data = write_answer, .context = batch};
    packread_error error = {0};

    batch->has_begun = false;
    if (packread_reader_stream(batch->source->reader, id, &sink, &error) == 0) {
        output_byte('\n');
        return;
    }
    if (batch->has_begun) {
        enum status status;

        failures_finish(&batch->failures);
        status = message_object_failure(batch->source->path, id, &error);
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
        print_line(batch);
    else
        answer_contents(batch, name, length, id);
}

static void answer_name(struct batch *batch, const char *name, size_t length)
{
    packread_error error = {0};
    packread_location location;
    packread_id id;
    int failure = name_find(batch->source, name, length, &location, &id, &error);

    where_tell_news(batch->source);
    switch (failure) {
    case 0:
        answer_found(batch, name, length, &id);
        break;
    case PACKREAD_ERROR_NOT_FOUND:
    case PACKREAD_ERROR_DOUBTFUL:
        if (failure == PACKREAD_ERROR_DOUBTFUL)
            batch->status = status_worse(batch->status, name_doubt(&error, name, length));
        batch->status = status_worse(batch->status, batch->source->unread);
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

/* A name that is longer than any that there can be is given back as it is read. */
static void refuse_endless_name(struct batch *batch, const char *piece, size_t length)
{
    size_t part;

    batch->status = status_worse(batch->status, batch->source->unread);
    do {
        part = name_length(batch, piece, length);
        output_bytes(piece, part);
    } while (part == length && read_on(batch, &piece, &length));
    output_text(" missing\n");
}

static void answer_line(struct batch *batch, const char *line, size_t length)
{
    size_t part;

    look_for_end(batch, line, &length);
    part = name_length(batch, line, length);
    batch->rest = line + part;
    batch->rest_length = length - part;
    if (batch->goes_on && part == length) {
        refuse_endless_name(batch, line, length);
    } else if (batch->goes_on && batch->format->rests > 1) {
        message_error("standard input: a line is longer than 16 MiB, and the format has %%(rest) "
                      "more than once");
        batch->status = STATUS_SYSTEM;
        answer_word(line, part, " missing\n");
    } else {
        answer_name(batch, line, part);
    }
}

static void answer_input(struct batch *batch, bool is_buffered)
{
    line_reader reader = {.file = STDIN_FILENO, .before_read = is_buffered ? NULL : output_flush};
    const char *line;
    size_t length;
    int got;

    batch->input = &reader;
    while ((got = line_next(&reader, &line, &length)) > 0)
        answer_line(batch, line, length);
    line_free(&reader);
    if (got < 0)
        batch->status = message_system("standard input", "cannot be read", -got);
}

/* ---- All objects ---------------------------------------------------------------------------- */

/* `data` may have been read already. */
static void answer_object(void *context, const packread_info *info, const void *data)
{
    struct batch *batch = context;
    char name[PACKREAD_HEX_MAX + 1];

    batch->info = *info;
    batch->has_info = true;
    if (data) {
        format_print(batch->format, batch->source, info, NULL, NULL);
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
        if (batch->ahead)
            ahead_settle(batch->ahead);
        batch->info = *info;
        packread_id_format(&info->id, name);
        answer_failure(batch, name, 2u * info->id.size, &info->id, error);
    } else if (batch->headers_only) {
        format_print(batch->format, batch->source, info, NULL, NULL);
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
    /* What is wrong with an object was told when it came. */
    if (packread_reader_list(batch->source->reader, &every, answer_listed, batch, &error) != 0 &&
        error.id.size == 0)
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
        {.name = "filter", .takes = OPTION_LATER},
        {.name = "follow-symlinks", .takes = OPTION_LATER},
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
