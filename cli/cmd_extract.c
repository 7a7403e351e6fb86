/* cmd_extract.c - packread extract: objects into files, each whole and checked or not there. */
#include "command.h"
#include "extract_loose.h"
#include "extract_tree.h"
#include "folder_below.h"
#include "io.h"
#include "interrupt.h"
#include "message.h"
#include "name.h"
#include "options.h"
#include "progress.h"
#include "replace.h"
#include "failures.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "packread extract [OPTIONS] WHERE -o DIR [OBJECT... | --all]\n"
    "\n"
    "Writes each object to a file below DIR, which is made if it is not there. A file\n"
    "appears under its name only when it is complete and checked.\n"
    "\n"
    "  -o, --output=DIR          where to\n"
    "  --as=content              DIR/ID: the contents as they are (default); a file that\n"
    "                            is there is replaced\n"
    "  --as=loose                DIR/ab/cdef...: as git keeps objects that are in no pack;\n"
    "                            one that is there stays, and no symbolic link is followed\n"
    "  --as=tree                 the files of OBJECT, a tree or a commit or tag of one, as\n"
    "                            git checks them out, but as they are stored: attributes\n"
    "                            change no line ends; nothing that is there is replaced,\n"
    "                            and names that are not safe are refused\n"
    "  --all                     all objects\n"
    "\n"
    "  packread extract . -o /tmp/objects 1a2b3c4d 5e6f7a8b\n"
    "  packread extract pack-1234.pack -o new.git/objects --as=loose --all\n"
    "  packread extract . -o /tmp/files --as=tree 1a2b3c4d\n";

enum form { FORM_CONTENT, FORM_LOOSE, FORM_TREE };

struct extraction {
    struct where *source;
    const char *target; /* DIR as it was given */
    int folder;         /* DIR, open */
    bool made_folder;   /* by this run */
    enum form form;
    replacement file;          /* of FORM_CONTENT */
    struct loose_writer loose; /* of FORM_LOOSE */
    bool has_refused[256];     /* the folder of that name, of FORM_LOOSE */
    struct failures failures;  /* of --all */
    int write_errno;           /* why the sink stopped; 0 if it did not */
    uint64_t done;
    enum status status;
};

static int begin_file(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    struct extraction *extraction = context;

    (void)id;
    extraction->write_errno = extraction->form == FORM_LOOSE
                                  ? loose_begin(&extraction->loose, type, size)
                                  : replace_begin(&extraction->file, extraction->folder, 0666);
    return extraction->write_errno;
}

static int write_file(void *context, const void *bytes, size_t size)
{
    struct extraction *extraction = context;

    extraction->write_errno = extraction->form == FORM_LOOSE
                                  ? loose_write(&extraction->loose, bytes, size)
                                  : io_write_all(extraction->file.file, bytes, size);
    return extraction->write_errno;
}

static int finish_file(struct extraction *extraction, const packread_id *id)
{
    char name[PACKREAD_HEX_MAX + 1];

    if (extraction->form == FORM_LOOSE)
        return loose_finish(&extraction->loose);
    packread_id_format(id, name);
    return replace_commit(&extraction->file, name);
}

static void abort_file(struct extraction *extraction)
{
    replace_abort(&extraction->file);
    loose_abort(&extraction->loose);
}

/* Once of each: what is in its place may not even be below DIR. */
static void refuse_folder(struct extraction *extraction, const packread_id *id)
{
    const unsigned char byte = id->bytes[0];

    if (!extraction->has_refused[byte])
        message_error("%s/%02x: refused: a symbolic link, or something else that is no folder, is "
                      "there: objects %02x... are left out; remove it",
                      extraction->target, byte, byte);
    extraction->has_refused[byte] = true;
    extraction->status = status_worse(extraction->status, STATUS_DAMAGED);
}

/* A failure at one name, or at one folder, spoils only that. */
static bool spoils_all(const struct extraction *extraction)
{
    switch (extraction->write_errno) {
    case EISDIR:
        return false;
    case EACCES:
    case EPERM:
    case ENOENT:
        return extraction->form != FORM_LOOSE || folder_below_is_shut(extraction->folder);
    default:
        return true;
    }
}

/* Returns false where going on makes no sense. */
static bool tell_unwritten(struct extraction *extraction, const packread_id *id)
{
    const bool is_loose = extraction->form == FORM_LOOSE;
    char hex[PACKREAD_HEX_MAX + 1];
    char path[512];

    if (is_loose && folder_below_is_taken(extraction->write_errno)) {
        refuse_folder(extraction, id);
        return true;
    }
    packread_id_format(id, hex);
    snprintf(path, sizeof path, "%s/%.*s%s%s", extraction->target, is_loose ? 2 : 0, hex,
             is_loose ? "/" : "", is_loose ? hex + 2 : hex);
    message_system(path, "cannot be written", extraction->write_errno);
    extraction->status = STATUS_SYSTEM;
    return !spoils_all(extraction);
}

/* `info` is NULL for an object that was asked for by name. */
static enum status tell_unreadable(struct extraction *extraction, const packread_id *id,
                                   const packread_info *info, const packread_error *error)
{
    return info != NULL ? failures_add(&extraction->failures, info, error)
                        : message_object_failure(extraction->source->path, id, error);
}

/* Extracts one. Returns false where going on makes no sense: no file can be written. */
static bool extract_object(struct extraction *extraction, const packread_id *id,
                           const packread_info *info)
{
    const packread_sink sink = {.begin = begin_file, .data = write_file, .context = extraction};
    packread_error error = {0};
    bool is_there;
    int failure;

    extraction->write_errno = 0;
    if (extraction->form == FORM_LOOSE) {
        extraction->write_errno = loose_look(&extraction->loose, id, &is_there);
        if (extraction->write_errno != 0)
            return tell_unwritten(extraction, id);
        if (is_there)
            return true;
    }
    failure = packread_reader_stream(extraction->source->reader, id, &sink, &error);
    if (failure != 0 && info != NULL && extraction->write_errno == 0) {
        abort_file(extraction);
        where_stream_again(extraction->source, id, &sink, &failure, &error);
    }
    if (failure == 0) {
        extraction->write_errno = finish_file(extraction, id);
    } else {
        abort_file(extraction);
        if (extraction->write_errno == 0) {
            extraction->status =
                status_worse(extraction->status, tell_unreadable(extraction, id, info, &error));
            return true;
        }
    }
    return extraction->write_errno == 0 || tell_unwritten(extraction, id);
}

static int extract_listed(void *context, const packread_info *info, const packread_error *error)
{
    struct extraction *extraction = context;

    /* What a listing could not read may have another copy: the stream finds out. */
    (void)error;
    progress_update(++extraction->done);
    return extract_object(extraction, &info->id, info) ? 0 : 1;
}

static void extract_all(struct extraction *extraction, const struct common_options *common)
{
    /* In pack order, so that bases and windows are used while they are at hand. */
    const packread_list_options every = {.order = PACKREAD_BY_OFFSET, .once = true};
    packread_error error = {0};
    int failure;

    extraction->status = where_problems_status(extraction->source);
    progress_begin(common, "extracting", extraction->source->objects, false);
    failure = packread_reader_list(extraction->source->reader, &every, extract_listed, extraction,
                                   &error);
    /* Of an object that a listing cannot read, the stream knew better. */
    if (failure != 0 && failure != PACKREAD_ERROR_STOPPED && error.id.size == 0)
        extraction->status =
            status_worse(extraction->status, message_failure(extraction->source->path, &error));
    progress_end();
    failures_finish(&extraction->failures);
    extraction->status = status_worse(extraction->status, where_news_status(extraction->source));
}

static void extract_named(struct extraction *extraction, char *const *names, size_t count,
                          const struct common_options *common)
{
    progress_begin(common, "extracting", count, false);
    for (size_t i = 0; i < count; i++) {
        packread_location location;
        packread_id id;
        enum status status = name_resolve(extraction->source, names[i], &location, &id);

        progress_update(i + 1);
        extraction->status = status_worse(extraction->status, status);
        if (status == STATUS_OK && !extract_object(extraction, &id, NULL))
            break;
    }
    progress_end();
}

static void extract_files(struct extraction *extraction, const char *name,
                          const struct common_options *common)
{
    packread_location location;
    packread_id id;

    extraction->status = name_resolve(extraction->source, name, &location, &id);
    if (extraction->status != STATUS_OK)
        return;
    progress_begin(common, "extracting", 0, false);
    extraction->status =
        extract_tree(extraction->source, &id, extraction->folder, extraction->target);
    progress_end();
}

/* Why DIR cannot be made: it may be the folder above that is not there. */
static void tell_unmade(const char *target, int cause)
{
    size_t end = strlen(target);
    char *parent;

    while (end > 0 && target[end - 1] == '/')
        end--;
    while (end > 0 && target[end - 1] != '/')
        end--;
    while (end > 1 && target[end - 1] == '/')
        end--;
    parent = strndup(target, end);
    if (cause == ENOENT && end > 0 && parent && access(parent, F_OK) != 0)
        message_error("%s: the folder cannot be made: there is no folder %.*s to make it in",
                      target, (int)end, target);
    else
        message_system(target, "the folder cannot be made", cause);
    free(parent);
}

/* DIR, made if needed; -1 after a message. */
static int open_target(const char *target, bool *is_made)
{
    int folder;

    *is_made = mkdir(target, 0777) == 0;
    if (!*is_made && errno != EEXIST) {
        tell_unmade(target, errno);
        return -1;
    }
    folder = io_open(target, O_RDONLY | O_DIRECTORY);
    if (folder < 0)
        message_system(target, "cannot be opened as a folder", errno);
    return folder;
}

static enum status check_usage(const struct command *command, const char *target, enum form form,
                               bool all, char *const *operands, size_t count)
{
    enum status status = options_check_count(command, count, 1, SIZE_MAX);

    if (status != STATUS_OK)
        return status;
    if (target == NULL)
        return message_usage(command->name, "-o DIR is missing");
    if (*target == '\0')
        return message_usage(command->name, "-o needs the name of a folder");
    if (strcmp(target, "-") == 0)
        return message_usage(command->name, "objects are not extracted to standard output: "
                                            "packread cat writes them there (-o ./- is a folder)");
    if (form == FORM_TREE && (all || count > 2))
        return message_usage(command->name, "--as=tree takes one OBJECT");
    if (all && count > 1)
        return message_usage(command->name, "--all and OBJECT exclude each other");
    if (!all && count == 1)
        return message_usage(command->name, form == FORM_TREE ? "OBJECT is missing"
                                                              : "OBJECT is missing, or --all");
    return name_check_all(command->name, operands + 1, count - 1);
}

static enum status run(const struct command *command, char **arguments, size_t count)
{
    static const struct option_word forms[] = {
        {"content", FORM_CONTENT}, {"loose", FORM_LOOSE}, {"tree", FORM_TREE}, {NULL, 0}};
    const char *target = NULL;
    int all = 0, form = FORM_CONTENT;
    const struct option_rule rules[] = {
        {.name = "output", .letter = 'o', .takes = OPTION_TEXT, .text = &target},
        {.name = "as", .takes = OPTION_WORD, .number = &form, .words = forms},
        {.name = "all", .number = &all, .value = 1},
        {.name = NULL},
    };
    struct extraction extraction = {.status = STATUS_OK};
    struct common_options common;
    enum status status;
    struct where source;

    if (!options_parse(command, rules, &common, arguments, count, &count, &status))
        return status;
    status = check_usage(command, target, (enum form)form, all, arguments, count);
    interrupt_install();
    if (status == STATUS_OK)
        status = where_open(&source, arguments[0], &common);
    if (status != STATUS_OK)
        return status;
    status = name_check_opened(&source, command->name, arguments + 1, count - 1);
    if (status != STATUS_OK) {
        where_close(&source);
        return status;
    }
    extraction.source = &source;
    extraction.failures.source = &source;
    extraction.target = target;
    extraction.folder = open_target(target, &extraction.made_folder);
    if (extraction.folder < 0) {
        extraction.status = STATUS_SYSTEM;
    } else {
        extraction.form = (enum form)form;
        extraction.loose.folder = extraction.folder;
        if (form == FORM_TREE)
            extract_files(&extraction, arguments[1], &common);
        else if (all)
            extract_all(&extraction, &common);
        else
            extract_named(&extraction, arguments + 1, count - 1, &common);
        loose_end(&extraction.loose);
        close(extraction.folder);
        /* What failed leaves nothing behind; a folder with files in it stays. */
        if (extraction.made_folder && extraction.status != STATUS_OK)
            (void)rmdir(target);
    }
    where_close(&source);
    return extraction.status;
}

const struct command command_extract = {
    .name = "extract",
    .summary = "objects into files, or all files of a tree",
    .help = help,
    .run = run,
};
