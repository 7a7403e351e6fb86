/* cmd_cat.c - packread cat: contents, type, size or existence of objects. */
#include "command.h"
#include "message.h"
#include "name.h"
#include "output.h"
#include "pretty.h"

#include <string.h>

static const char help[] =
    "packread cat [-t | -s | -e | -p] [OPTIONS] WHERE OBJECT...\n"
    "\n"
    "Writes the contents of each object to standard output, raw, one after the other.\n"
    "\n"
    "  -t                        the type instead\n"
    "  -s                        the size instead\n"
    "  -e                        nothing: exit status 0 if all are there, 3 if not,\n"
    "                            1 if it is not found and not everything could be read,\n"
    "                            4 if that is the system's doing, as a folder that is closed\n"
    "  -p                        trees as lines, as git cat-file -p; others raw\n"
    "\n"
    "  packread cat . 1a2b3c4d\n"
    "  packread cat -p . HEAD v1.0^{tree} main:README.md\n";

enum mode {
    MODE_CONTENTS = 0,
    MODE_TYPE = 't',
    MODE_SIZE = 's',
    MODE_EXISTS = 'e',
    MODE_PRETTY = 'p'
};

/* One object on its way to standard output. */
struct printing {
    bool is_pretty; /* trees as lines */
    bool is_tree;
    struct pretty_tree tree;
    packread_error error; /* why printing stopped */
};

static int begin_object(void *context, const packread_id *id, enum packread_type type,
                        uint64_t size)
{
    struct printing *printing = context;

    (void)size;
    printing->is_tree = type == PACKREAD_TREE;
    printing->tree.id_size = id->size;
    return 0;
}

static int print_bytes(void *context, const void *bytes, size_t size)
{
    struct printing *printing = context;

    if (printing->is_pretty && printing->is_tree)
        return pretty_print(&printing->tree, bytes, size, &printing->error);
    output_bytes(bytes, size);
    return 0;
}

static enum status print_contents(const struct where *source, const packread_id *id, bool is_pretty)
{
    struct printing printing = {.is_pretty = is_pretty};
    const packread_sink sink = {.begin = begin_object, .data = print_bytes, .context = &printing};
    packread_error error = {0};
    int failure = packread_reader_stream(source->reader, id, &sink, &error);

    if (failure == 0)
        failure = pretty_finish(&printing.tree, &error);
    else if (failure == PACKREAD_ERROR_STOPPED)
        error = printing.error;
    pretty_free(&printing.tree);
    return failure == 0 ? STATUS_OK : message_object_failure(source->path, id, &error);
}

static enum status print_header(const struct where *source, const packread_id *id, enum mode mode)
{
    unsigned want = mode == MODE_TYPE ? PACKREAD_WANT_TYPE : PACKREAD_WANT_SIZE;
    packread_error error = {0};
    packread_info info = {.struct_size = sizeof info};

    if (packread_reader_describe(source->reader, id, want, &info, &error) != 0)
        return message_object_failure(source->path, id, &error);
    if (mode == MODE_TYPE)
        output_text(packread_type_name(info.type));
    else
        output_number(info.size);
    output_byte('\n');
    return STATUS_OK;
}

/* As the name says: silent but for what keeps it from knowing. */
static enum status check_exists(const struct where *source, const char *name)
{
    packread_error error = {0};
    packread_location location;
    packread_name found;
    int failure = name_find(source, name, strlen(name), &location, &found, &error);

    if (failure == PACKREAD_ERROR_DOUBTFUL)
        return name_doubt(&error, name, strlen(name));
    if (failure == PACKREAD_ERROR_NOT_FOUND && name_is_replaced(&found))
        return name_lost_replacement(source, &found.id, &found.contents);
    if (failure == PACKREAD_ERROR_NOT_FOUND && name_may_be_unread(source, name, &error))
        return source->unread;
    if (failure == 0 || failure == PACKREAD_ERROR_NOT_FOUND || failure == PACKREAD_ERROR_AMBIGUOUS)
        return status_of_error(failure);
    return message_failure(source->path, &error);
}

static enum status print_object(const struct where *source, const char *name, enum mode mode)
{
    packread_location location;
    packread_id id;
    enum status status;

    if (mode == MODE_EXISTS)
        return check_exists(source, name);
    status = name_resolve(source, name, &location, &id);
    if (status != STATUS_OK)
        return status;
    switch (mode) {
    case MODE_TYPE:
    case MODE_SIZE:
        return print_header(source, &id, mode);
    default:
        return print_contents(source, &id, mode == MODE_PRETTY);
    }
}

static enum status run(const struct command *command, char **arguments, size_t count)
{
    int type = 0, size = 0, exists = 0, pretty = 0;
    const struct option_rule rules[] = {
        {.letter = 't', .number = &type, .value = MODE_TYPE},
        {.letter = 's', .number = &size, .value = MODE_SIZE},
        {.letter = 'e', .number = &exists, .value = MODE_EXISTS},
        {.letter = 'p', .number = &pretty, .value = MODE_PRETTY},
        {.name = NULL},
    };
    struct common_options common;
    enum status status;
    struct where source;

    if (!options_parse(command, rules, &common, arguments, count, &count, &status))
        return status;
    if ((type != 0) + (size != 0) + (exists != 0) + (pretty != 0) > 1)
        return message_usage(command->name, "only one of -t, -s, -e and -p can be given");
    status = name_open(&source, command, arguments, count, &common);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 1; i < count; i++)
        status = status_worse(status, print_object(&source, arguments[i],
                                                   (enum mode)(type + size + exists + pretty)));
    where_close(&source);
    return status;
}

const struct command command_cat = {
    .name = "cat",
    .summary = "the contents of objects; -t type, -s size, -e exists, -p pretty",
    .help = help,
    .run = run,
};
