/* options.c - the option parser, and the options that every command takes. */
#include "options.h"

#include "command.h"
#include "ending.h"
#include "message.h"
#include "metrics.h"
#include "nearest.h"
#include "output.h"
#include "size.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SMALLEST_LIMIT (UINT64_C(1) << 20) /* of packread_options.memory_limit */
#define MOST_THREADS 4096

static const char common_help[] =
    "\n"
    "Options of every command:\n"
    "  --manager=sliding|static  windows that slide (default), or whole files mapped\n"
    "  --window-size=SIZE        of one window: 64K, 32M; default: 4M\n"
    "  --memory-limit=SIZE       one bound over windows, indexes, caches, buffers; 1M or\n"
    "                            more, default: 1G, or half of what the system leaves\n"
    "  --io=auto|mmap|pread      how windows are filled\n"
    "  --object-format=sha1|sha256\n"
    "                            of ids, for a pack that is too damaged to tell; one with\n"
    "                            others is refused\n"
    "  --threads=N               default: all processors that may be used\n"
    "  --no-check                read without hashing\n"
    "  --metrics[=FILE]          window figures at the end; FILE.json and FILE.prom by name\n"
    "  --progress, --no-progress default: on a terminal, after a second\n"
    "  -q, --quiet               no warnings, no progress\n"
    "  -h, --help                this text\n";

/* What one run of the parser works on. */
struct parser {
    const struct command *command;
    const struct option_rule *rules;  /* the command's */
    const struct option_rule *common; /* everyone's */
    char **arguments;
    size_t count;
    size_t next;
};

static const struct option_rule *find_among(const struct option_rule *rules, const char *name,
                                            size_t length, char letter)
{
    for (; rules->name != NULL || rules->letter != '\0'; rules++) {
        if (name != NULL && rules->name != NULL && strlen(rules->name) == length &&
            memcmp(rules->name, name, length) == 0)
            return rules;
        if (name == NULL && rules->letter == letter)
            return rules;
    }
    return NULL;
}

static const struct option_rule *find_rule(const struct parser *parser, const char *name,
                                           size_t length, char letter)
{
    const struct option_rule *rule = find_among(parser->rules, name, length, letter);

    return rule != NULL ? rule : find_among(parser->common, name, length, letter);
}

static bool takes_value(const struct option_rule *rule)
{
    return rule->takes == OPTION_WORD || rule->takes == OPTION_SIZE ||
           rule->takes == OPTION_COUNT || rule->takes == OPTION_TEXT;
}

static enum status refuse_value(const char *command, const struct option_rule *rule,
                                const char *shown)
{
    return rule->instead != NULL
               ? message_usage(command, "%s takes no value: %s", shown, rule->instead)
               : message_usage(command, "%s takes no value", shown);
}

static enum status set_word(const struct parser *parser, const struct option_rule *rule,
                            const char *shown, const char *value)
{
    char known[120] = "";
    unsigned count = 0;

    for (const struct option_word *word = rule->words; word->word != NULL; word++) {
        size_t length = strlen(known);

        if (strcmp(word->word, value) == 0) {
            if (word->value == OPTION_WORD_LATER)
                return message_usage(parser->command->name,
                                     "%s=%s is not available in this version", shown, value);
            *rule->number = word->value;
            return STATUS_OK;
        }
        if (word->value == OPTION_WORD_LATER)
            continue;
        count++;
        snprintf(known + length, sizeof known - length, "%s%s", length > 0 ? ", " : "", word->word);
    }
    return message_usage(parser->command->name, "%s takes %s%s, not '%s'", shown,
                         count > 1 ? "one of " : "", known, value);
}

/* Applies one option. `shown` is how it was written; `value` is NULL if none was given. */
static enum status apply(const struct parser *parser, const struct option_rule *rule,
                         const char *shown, const char *value)
{
    const char *command = parser->command->name;
    uint64_t number;

    if (value != NULL && rule->takes == OPTION_NOTHING)
        return refuse_value(command, rule, shown);
    if (value == NULL && takes_value(rule))
        return message_usage(command, "%s needs a value", shown);
    switch (rule->takes) {
    case OPTION_NOTHING:
        *rule->number = rule->value;
        return STATUS_OK;
    case OPTION_WORD:
        return set_word(parser, rule, shown, value);
    case OPTION_SIZE:
        if (!size_parse(value, &number))
            return message_usage(command,
                                 "%s takes a size such as 64K, 32M or 2G, below 2^64, not '%s'",
                                 shown, value);
        if (number < rule->least)
            return message_usage(command, "%s=%s is too small: the least is %llu byte%s", shown,
                                 value, (unsigned long long)rule->least,
                                 rule->least == 1 ? "" : "s");
        *rule->size = number;
        return STATUS_OK;
    case OPTION_COUNT:
        if (!size_parse_count(value, &number) || number < rule->least || number > rule->most)
            return message_usage(command, "%s takes a number from %llu to %llu, not '%s'", shown,
                                 (unsigned long long)rule->least, (unsigned long long)rule->most,
                                 value);
        *rule->size = number;
        return STATUS_OK;
    case OPTION_TEXT:
        *rule->text = value;
        return STATUS_OK;
    case OPTION_MAYBE_TEXT:
        if (value != NULL && *value == '\0')
            return message_usage(command, "%s= needs a file name", shown);
        *rule->number = rule->value;
        *rule->text = value;
        return STATUS_OK;
    case OPTION_OF_GIT:
        return message_usage(command, "unknown option '%s': %s", shown, rule->instead);
    case OPTION_LATER:
        break;
    }
    return message_usage(command, "%s is not available in this version", shown);
}

/* The next argument as an option's value, or NULL if there is none. */
static const char *take_value(struct parser *parser)
{
    return parser->next < parser->count ? parser->arguments[parser->next++] : NULL;
}

static void try_names(struct nearest *meant, const struct option_rule *rules)
{
    for (; rules->name != NULL || rules->letter != '\0'; rules++)
        if (rules->name != NULL && rules->takes != OPTION_LATER && rules->takes != OPTION_OF_GIT)
            nearest_try(meant, rules->name);
}

static enum status refuse_long(const struct parser *parser, const char *name, size_t length)
{
    struct nearest meant = {.word = name, .length = length};
    const char *command = parser->command->name;

    try_names(&meant, parser->rules);
    try_names(&meant, parser->common);
    if (meant.found != NULL)
        return message_usage(command, "unknown option '--%.*s': did you mean --%s?", (int)length,
                             name, meant.found);
    return message_usage(command, "unknown option '--%.*s'", (int)length, name);
}

static enum status parse_long(struct parser *parser, const char *argument)
{
    const char *name = argument + 2;
    size_t length = strcspn(name, "=");
    const char *value = name[length] == '=' ? name + length + 1 : NULL;
    const struct option_rule *rule = find_rule(parser, name, length, '\0');
    char shown[40];

    if (rule == NULL)
        return refuse_long(parser, name, length);
    snprintf(shown, sizeof shown, "--%s", rule->name);
    if (value == NULL && takes_value(rule))
        value = take_value(parser);
    return apply(parser, rule, shown, value);
}

/* -t, -o DIR, -oDIR, -qt. */
static enum status parse_letters(struct parser *parser, const char *argument)
{
    for (const char *letter = argument + 1; *letter != '\0'; letter++) {
        const struct option_rule *rule = find_rule(parser, NULL, 0, *letter);
        char shown[3] = {'-', *letter, '\0'};
        enum status status;

        if (rule == NULL)
            return message_usage(parser->command->name, "unknown option '%s'",
                                 letter == argument + 1 && letter[1] == '\0' ? argument : shown);
        if (takes_value(rule)) {
            const char *value = letter[1] != '\0' ? letter + 1 : take_value(parser);

            return apply(parser, rule, shown, value);
        }
        status = apply(parser, rule, shown, NULL);
        if (status != STATUS_OK)
            return status;
    }
    return STATUS_OK;
}

static enum status parse_all(struct parser *parser, size_t *operands)
{
    size_t kept = 0;
    bool options_end = false;

    while (parser->next < parser->count) {
        char *argument = parser->arguments[parser->next++];
        enum status status = STATUS_OK;

        if (options_end || argument[0] != '-' || argument[1] == '\0')
            parser->arguments[kept++] = argument;
        else if (strcmp(argument, "--") == 0)
            options_end = true;
        else if (argument[1] == '-')
            status = parse_long(parser, argument);
        else
            status = parse_letters(parser, argument);
        if (status != STATUS_OK)
            return status;
    }
    *operands = kept;
    return STATUS_OK;
}

/* The figures replace the file that they are written to; nobody means one of these. */
static bool is_part_of_pack(const char *path)
{
    return ends_with(path, ".pack") || ends_with(path, ".idx") || ends_with(path, ".rev");
}

bool options_parse(const struct command *command, const struct option_rule *rules,
                   struct common_options *common, char **arguments, size_t count, size_t *operands,
                   enum status *status)
{
    static const struct option_word managers[] = {
        {"sliding", PACKREAD_SLIDING}, {"static", PACKREAD_STATIC}, {NULL, 0}};
    static const struct option_word ios[] = {{"auto", PACKREAD_IO_AUTO},
                                             {"mmap", PACKREAD_IO_MMAP},
                                             {"pread", PACKREAD_IO_PREAD},
                                             {NULL, 0}};
    static const struct option_word formats[] = {{"sha1", 20}, {"sha256", 32}, {NULL, 0}};
    int help = 0, quiet = 0, no_check = 0, metrics = 0, manager = PACKREAD_SLIDING;
    int io = PACKREAD_IO_AUTO, progress = PROGRESS_AUTO, json = 0, id_size = 0;
    uint64_t window_size = 0, memory_limit = 0, threads = 0;
    const char *metrics_file = NULL;
    const struct option_rule everyone[] = {
        {.name = "help", .letter = 'h', .number = &help, .value = 1},
        {.name = "quiet", .letter = 'q', .number = &quiet, .value = 1},
        {.name = "no-check", .number = &no_check, .value = 1},
        {.name = "json", .number = &json, .value = 1},
        {.name = "progress", .number = &progress, .value = PROGRESS_ALWAYS},
        {.name = "no-progress", .number = &progress, .value = PROGRESS_NEVER},
        {.name = "manager", .takes = OPTION_WORD, .number = &manager, .words = managers},
        {.name = "io", .takes = OPTION_WORD, .number = &io, .words = ios},
        {.name = "object-format", .takes = OPTION_WORD, .number = &id_size, .words = formats},
        {.name = "window-size", .takes = OPTION_SIZE, .size = &window_size, .least = 1},
        {.name = "memory-limit",
         .takes = OPTION_SIZE,
         .size = &memory_limit,
         .least = SMALLEST_LIMIT},
        {.name = "threads", .takes = OPTION_COUNT, .size = &threads, .most = MOST_THREADS},
        {.name = "metrics",
         .takes = OPTION_MAYBE_TEXT,
         .number = &metrics,
         .value = 1,
         .text = &metrics_file},
        {.name = NULL},
    };
    struct parser parser = {command, rules, everyone, arguments, count, 0};

    *status = parse_all(&parser, operands);
    if (*status != STATUS_OK)
        return false;
    /* Whoever asks for help need not name a pack. */
    if (help) {
        output_text(command->help);
        output_text(common_help);
        return false;
    }
    if (json && !command->takes_json) {
        *status = message_usage(command->name, "--json is not taken here");
        return false;
    }
    if (metrics_file != NULL && is_part_of_pack(metrics_file)) {
        *status = message_usage(command->name,
                                "--metrics does not write over packs: name another "
                                "file than '%s'",
                                metrics_file);
        return false;
    }
    *common = (struct common_options){
        .library = {.flags = PACKREAD_GUARD | (no_check ? PACKREAD_NO_CHECK : 0u),
                    .manager = manager == PACKREAD_STATIC ? PACKREAD_STATIC : PACKREAD_SLIDING,
                    .io = io == PACKREAD_IO_MMAP    ? PACKREAD_IO_MMAP
                          : io == PACKREAD_IO_PREAD ? PACKREAD_IO_PREAD
                                                    : PACKREAD_IO_AUTO,
                    .window_size = window_size,
                    .memory_limit = memory_limit,
                    .id_size = (unsigned)id_size},
        .threads = (unsigned)threads,
        .progress = quiet ? PROGRESS_NEVER : progress,
        .json = json,
        .quiet = quiet,
    };
    message_set_quiet(quiet);
    if (manager == SMMAP_STATIC)
        message_advise_sliding();
    if (metrics)
        *status = metrics_request(command->name, metrics_file);
    return *status == STATUS_OK;
}

enum status options_check_count(const struct command *command, size_t operands, size_t least,
                                size_t most)
{
    if (operands == 0)
        return message_usage(command->name, "WHERE is missing: a pack, a folder or a repository");
    if (operands < least)
        return message_usage(command->name, "OBJECT is missing: an id or a prefix of one (packread "
                                            "list WHERE tells all ids), or in "
                                            "a repository or bundle a name, as HEAD or main");
    if (operands > most)
        return message_usage(command->name, "too many arguments: only WHERE is taken%s",
                             command->names_come_in ? ", objects are named on standard input" : "");
    return STATUS_OK;
}

enum status options_take_where(const struct command *command, char *const *operands, size_t count,
                               size_t most, const char **where)
{
    const char *git_dir = getenv("GIT_DIR");

    *where = count > 0 ? operands[0] : git_dir;
    if (count == 0 && git_dir != NULL && git_dir[0] != '\0')
        return STATUS_OK;
    return options_check_count(command, count, 1, most);
}
