/* cmd_batch.c - packread batch: answers names on standard input as git cat-file --batch does. */
#include "ahead.h"
#include "batch_all.h"
#include "batch_answer.h"
#include "batch_command.h"
#include "command.h"
#include "message.h"
#include "output.h"

#include <unistd.h>

static const char help[] =
    "packread batch [OPTIONS] WHERE\n"
    "\n"
    "Reads object names from standard input, one a line, and answers each as\n"
    "git cat-file --batch does: ID TYPE SIZE, newline, contents, newline; or\n"
    "NAME missing; or NAME ambiguous.\n"
    "\n"
    "  --check                   no contents\n"
    "  --command                 lines are \"contents NAME\", \"info NAME\" and, with\n"
    "                            --buffer, \"flush\", as git's --batch-command has it;\n"
    "                            \"mailmap BOOLEAN\": names and addresses by .mailmap\n"
    "  --format=FORMAT           of the first line: %(objectname) %(objecttype)\n"
    "                            %(objectsize) %(objectsize:disk) %(deltabase) %(rest)\n"
    "                            %(objectmode) %(offset) %(depth) %(crc32) %(pack)\n"
    "                            %(store) %(file)\n"
    "  --filter=FILTER           others are NAME excluded, or left out with --all:\n"
    "                            blob:none, blob:limit=N[kmg] (those that are smaller),\n"
    "                            object:type=TYPE\n"
    "  --follow-symlinks         in REV:PATH, within the tree: symlink, dangling, loop or\n"
    "                            notdir where that leads to no object\n"
    "  --no-replace              refs/replace/ does not count\n"
    "  --buffer                  collect answers; without it each is there at once\n"
    "  -z                        what comes in ends in NUL, not in newline\n"
    "  -Z                        and so does what goes out\n"
    "  --all                     all objects, by id; standard input is not read\n"
    "  --unordered               with --all: as the packs have them, which is faster\n"
    "\n"
    "  echo 1a2b3c4d | packread batch .\n"
    "  packread batch --all --check .\n";

struct modes {
    int check, buffer, all, unordered, commands;
    int records; /* requests end in NUL */
    int zero;    /* requests and answers do */
    int follow;  /* these two: of enum packread_resolve_flag, or 0 */
    int no_replace;
};

static void answer_names(struct batch *batch, line_reader *input)
{
    const bool splits = batch->format->rests > 0;
    const char *line;
    size_t length;
    int got;

    while ((got = line_next(input, &line, &length)) > 0) {
        struct request request;

        request_begin(&request, input, line, length, splits);
        batch_answer(batch, &request);
    }
    if (got < 0)
        batch->status = message_system("standard input", "cannot be read", -got);
}

static enum status answer_input(struct batch *batch, bool are_commands)
{
    line_reader input = {
        .file = STDIN_FILENO,
        .delimiter = batch->input_end,
        .before_read = batch->is_buffered ? NULL : output_flush,
    };

    if (are_commands)
        batch->status = batch_serve_commands(batch, &input);
    else
        answer_names(batch, &input);
    line_free(&input);
    return batch->status;
}

/* What does not go together. */
static enum status check_modes(const struct command *command, const struct modes *modes)
{
    if (modes->unordered && !modes->all)
        return message_usage(command->name, "--unordered goes with --all only");
    if (modes->commands && modes->check)
        return message_usage(command->name, "--command and --check do not go together: each "
                                            "command says whether contents are wanted");
    if (modes->commands && modes->all)
        return message_usage(command->name,
                             "--command reads requests, --all does not: only one can be given");
    return STATUS_OK;
}

static enum status run(const struct command *command, char **arguments, size_t count)
{
    const char *format_text = FORMAT_DEFAULT;
    const char *filter = NULL;
    struct modes modes = {0};
    const struct option_rule rules[] = {
        {.name = "check",
         .number = &modes.check,
         .value = 1,
         .instead = "did you mean --check --format=FORMAT?"},
        {.name = "format", .takes = OPTION_TEXT, .text = &format_text},
        {.name = "buffer", .number = &modes.buffer, .value = 1},
        {.name = "all", .number = &modes.all, .value = 1},
        {.name = "unordered", .number = &modes.unordered, .value = 1},
        {.name = "command", .number = &modes.commands, .value = 1},
        {.name = "filter", .takes = OPTION_TEXT, .text = &filter},
        {.name = "follow-symlinks", .number = &modes.follow, .value = PACKREAD_FOLLOW_SYMLINKS},
        {.name = "no-replace", .number = &modes.no_replace, .value = PACKREAD_NO_REPLACE},
        {.letter = 'z', .number = &modes.records, .value = 1},
        {.letter = 'Z', .number = &modes.zero, .value = 1},
        {.name = "batch",
         .takes = OPTION_OF_GIT,
         .instead = "packread batch answers so without it, --format=FORMAT gives the format"},
        {.name = "batch-check",
         .takes = OPTION_OF_GIT,
         .instead = "did you mean --check, and --format=FORMAT for its format?"},
        {.name = "batch-command",
         .takes = OPTION_OF_GIT,
         .instead = "did you mean --command, and --format=FORMAT for its format?"},
        {.name = "batch-all-objects", .takes = OPTION_OF_GIT, .instead = "did you mean --all?"},
        {.name = NULL},
    };
    struct common_options common;
    struct format format;
    struct batch batch = {.format = &format};
    const char *where;
    enum status status;
    unsigned threads;
    struct where source;

    if (!options_parse(command, rules, &common, arguments, count, &count, &status))
        return status;
    status = options_take_where(command, arguments, count, 1, &where);
    if (status == STATUS_OK)
        status = check_modes(command, &modes);
    if (status == STATUS_OK && filter != NULL)
        status = batch_filter_parse(&batch.filter, command->name, filter);
    if (status == STATUS_OK)
        status = format_compile(&format, command->name, format_text);
    if (status != STATUS_OK)
        return status;
    format.end = modes.zero ? '\0' : '\n';
    threads = modes.all && !modes.check ? ahead_plan(&common) : 0;
    status = where_open(&source, where, &common);
    if (status == STATUS_OK) {
        batch.source = &source;
        batch.headers_only = modes.check;
        batch.is_buffered = modes.buffer;
        batch.flags = (unsigned)(modes.follow | modes.no_replace);
        batch.input_end = modes.zero || modes.records ? '\0' : '\n';
        if (modes.all)
            status = batch_answer_all(&batch, &common, modes.unordered, threads);
        else
            status = answer_input(&batch, modes.commands);
        batch_mailmap_free(&batch.mailmap);
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
