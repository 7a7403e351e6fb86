/* cmd_list.c - packread list: one line per object. */
#include "command.h"
#include "line_format.h"
#include "message.h"
#include "output.h"
#include "progress.h"
#include "failures.h"

#include <string.h>

static const char help[] =
    "packread list [OPTIONS] WHERE\n"
    "\n"
    "Prints one line per object: ID TYPE SIZE, sorted by id, as\n"
    "git cat-file --batch-all-objects --batch-check does.\n"
    "\n"
    "  --order=id|pack           by id (default), or as the packs have them\n"
    "  --type=blob,tree,...      only these: blob, tree, commit, tag\n"
    "  --format=FORMAT           %(objectname) %(objecttype) %(objectsize)\n"
    "                            %(objectsize:disk) %(deltabase) %(offset) %(depth)\n"
    "                            %(crc32) %(pack) %(store) %(file)\n"
    "  --json                    one JSON object a line, with id, type, size, and the\n"
    "                            store and its pack or file; --format chooses others\n"
    "\n"
    "  packread list .\n"
    "  packread list --type=commit --format='%(objectname) %(depth)' a.pack\n";

struct listing {
    const struct where *source;
    const struct format *format;
    bool as_json;
    struct failures failures;
    uint64_t done;
    enum status status;
};

static int print_object(void *context, const packread_info *info, const packread_error *error)
{
    struct listing *listing = context;

    progress_update(++listing->done);
    if (error != NULL) {
        listing->status =
            status_worse(listing->status, failures_add(&listing->failures, info, error));
    } else if (listing->as_json) {
        format_print_json(listing->format, listing->source, info);
    } else {
        format_print(listing->format, listing->source, info, NULL);
    }
    return 0;
}

static int hand_on(void *context)
{
    (void)context;
    output_hand_on();
    return 0;
}

static enum status parse_types(const struct command *command, const char *text, unsigned *types)
{
    const char *rest = text;

    for (;;) {
        size_t length = strcspn(rest, ",");
        enum packread_type type = packread_type_parse(rest, length);

        if (type == PACKREAD_NONE)
            return message_usage(command->name,
                                 "--type takes blob, tree, commit and tag, with commas between, "
                                 "not '%s'",
                                 text);
        *types |= 1u << type;
        if (rest[length] == '\0')
            return STATUS_OK;
        rest += length + 1;
    }
}

static enum status list(const char *where, const struct common_options *common,
                        const struct format *format, packread_list_options *wanted)
{
    struct listing listing = {.format = format, .as_json = common->json};
    packread_error error = {0};
    struct where source;
    enum status status = where_open(&source, where, common);

    if (status != STATUS_OK)
        return status;
    listing.source = &source;
    listing.failures = (struct failures){.source = &source, .tells_each = common->json};
    listing.status = where_problems_status(&source);
    wanted->threads = common->threads;
    wanted->pause = hand_on;
    wanted->want = format->want | (wanted->types != 0 ? (unsigned)PACKREAD_WANT_TYPE : 0);
    progress_begin(common, "listing", source.objects, true);
    /* What is wrong with an object was told when it came. */
    if (packread_reader_list(source.reader, wanted, print_object, &listing, &error) != 0 &&
        error.id.size == 0)
        listing.status = status_worse(listing.status, message_failure(where, &error));
    progress_end();
    failures_finish(&listing.failures);
    listing.status = status_worse(listing.status, where_news_status(&source));
    where_close(&source);
    return listing.status;
}

static enum status run(const struct command *command, char **arguments, size_t count)
{
    static const struct option_word orders[] = {
        {"id", PACKREAD_BY_ID}, {"pack", PACKREAD_BY_OFFSET}, {NULL, 0}};
    int order = PACKREAD_BY_ID;
    const char *format_text = NULL;
    const char *types = NULL;
    const struct option_rule rules[] = {
        {.name = "order", .takes = OPTION_WORD, .number = &order, .words = orders},
        {.name = "format", .takes = OPTION_TEXT, .text = &format_text},
        {.name = "type", .takes = OPTION_TEXT, .text = &types},
        {.name = NULL},
    };
    packread_list_options wanted = {.struct_size = sizeof wanted};
    struct common_options common;
    struct format format;
    const char *where;
    enum status status;

    if (!options_parse(command, rules, &common, arguments, count, &count, &status))
        return status;
    status = options_take_where(command, arguments, count, 1, &where);
    if (status == STATUS_OK && types != NULL)
        status = parse_types(command, types, &wanted.types);
    if (status == STATUS_OK)
        status = format_compile(&format, command->name, format_text ? format_text : FORMAT_DEFAULT);
    format.tells_place = format_text == NULL;
    if (status == STATUS_OK && common.json && !format.has_facts) {
        format_free(&format);
        status = message_usage(command->name, "--json needs an atom in --format: each is a member");
    }
    if (status != STATUS_OK)
        return status;
    wanted.order = order == PACKREAD_BY_OFFSET ? PACKREAD_BY_OFFSET : PACKREAD_BY_ID;
    wanted.once = true;
    status = list(where, &common, &format, &wanted);
    format_free(&format);
    return status;
}

const struct command command_list = {
    .name = "list",
    .summary = "one line per object: id, type, size",
    .help = help,
    .takes_json = true,
    .run = run,
};
