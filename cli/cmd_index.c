/* cmd_index.c - packread index: a pack's .idx (and .rev), from the bytes of the pack alone. */
#include "command.h"
#include "io.h"
#include "ending.h"
#include "finding.h"
#include "interrupt.h"
#include "json.h"
#include "message.h"
#include "metrics.h"
#include "options.h"
#include "output.h"
#include "progress.h"
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char help[] =
    "packread index [OPTIONS] PACK [-o IDX]\n"
    "\n"
    "Writes the .idx of a pack, byte for byte as git index-pack does, and prints the pack's\n"
    "hash. It appears under its name only when it is complete; one that is there is replaced.\n"
    "\n"
    "  -o, --output=IDX          default: PACK with .idx for .pack\n"
    "  --version=1|2             of the index (default: 2)\n"
    "  --rev                     write the .rev too\n"
    "  --salvage                 of a damaged or truncated pack, index all that is whole\n"
    "  --json                    one JSON object instead of the hash\n"
    "\n"
    "  packread index pack-1234.pack\n"
    "  packread index --salvage damaged.pack -o /tmp/damaged.idx\n";

/* One file to be written. */
struct target {
    char *path;
    const char *name; /* its last component */
    replacement file;
    bool is_wanted;
    bool replaces; /* a file that was there before */
};

struct indexing {
    const struct common_options *common;
    const char *pack;
    struct target index;
    struct target reverse;
    int folder; /* of both targets */
    int salvage;
    int version;
    bool is_short;                /* an object does not fit into the memory limit */
    int write_errno;              /* why a writer stopped */
    const struct target *stopped; /* where */
};

static enum status cannot_write(const struct target *target, int failure)
{
    return message_system(target->path, "cannot be written", failure);
}

/* ---- Names ---------------------------------------------------------------------------------- */

static void set_path(struct target *target, char *path)
{
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;

    target->path = path;
    target->name = slash != NULL ? slash + 1 : path;
}

static enum status without_memory(const char *path)
{
    message_error("%s: out of memory", path);
    return STATUS_SYSTEM;
}

/* Of PACK no name for the index can be made. */
static enum status refuse_unnamed(const char *pack)
{
    const char *command = command_index.name;
    struct stat there;

    if (stat(pack, &there) == 0 && S_ISDIR(there.st_mode))
        return message_usage(command, "'%s' is a folder: give one .pack", pack);
    if (ends_with(pack, ".idx"))
        return message_usage(command, "'%s' is named as an index: give the .pack", pack);
    return message_usage(command, "'%s' does not end with .pack: name the index with -o", pack);
}

static enum status name_targets(struct indexing *indexing, const char *output)
{
    const char *command = command_index.name;

    if (output == NULL && !ends_with(indexing->pack, ".pack"))
        return refuse_unnamed(indexing->pack);
    if (output != NULL && strcmp(output, "-") == 0)
        return message_usage(command, "the index is not written to standard output: name a file "
                                      "with -o (./- for one of that name)");
    set_path(&indexing->index,
             output != NULL ? strdup(output) : other_ending(indexing->pack, ".pack", ".idx"));
    if (indexing->index.path == NULL)
        return without_memory(indexing->pack);
    if (*indexing->index.name == '\0')
        return message_usage(command, "-o needs the name of a file");
    if (!indexing->reverse.is_wanted)
        return STATUS_OK;
    if (!ends_with(indexing->index.path, ".idx"))
        return message_usage(command, "--rev needs an index whose name ends with .idx, not '%s'",
                             indexing->index.path);
    set_path(&indexing->reverse, other_ending(indexing->index.path, ".idx", ".rev"));
    return indexing->reverse.path != NULL ? STATUS_OK : without_memory(indexing->pack);
}

/* Whether what is there is a file that may go: it is empty, is named as what is written, or begins
 * as an index does. */
static bool may_be_replaced(const struct target *target, const char *ending,
                            const struct stat *there)
{
    return there->st_size == 0 || ends_with(target->path, ending) ||
           io_begins(target->path, "\377tOc", 4);
}

/* What is written over must not be the pack, nor anything else that is no index. */
static enum status check_target(const struct indexing *indexing, struct target *target,
                                const char *ending)
{
    const char *command = command_index.name;
    struct stat pack;
    struct stat there;

    if (!target->is_wanted)
        return STATUS_OK;
    target->replaces = stat(target->path, &there) == 0;
    if (target->replaces) {
        if (stat(indexing->pack, &pack) == 0 && pack.st_dev == there.st_dev &&
            pack.st_ino == there.st_ino)
            return message_usage(command, "%s is the pack itself", target->path);
        if (S_ISDIR(there.st_mode))
            return cannot_write(target, EISDIR);
        if (!S_ISREG(there.st_mode)) {
            message_error("%s: not a regular file", target->path);
            return STATUS_SYSTEM;
        }
        if (!may_be_replaced(target, ending, &there))
            return message_usage(command,
                                 "%s is there and is no index: name another file, or remove it",
                                 target->path);
    }
    if (ends_with(target->path, ".pack"))
        return message_usage(command, "%s is the name of a pack, not of an index", target->path);
    return STATUS_OK;
}

/* ---- Files ---------------------------------------------------------------------------------- */

/* Begun before the work, so that a folder that cannot be written to is told at once. */
static enum status begin(struct indexing *indexing, struct target *target)
{
    int failure = target->is_wanted ? replace_begin(&target->file, indexing->folder, 0444) : 0;

    return failure == 0 ? STATUS_OK : cannot_write(target, failure);
}

static int write_bytes(struct indexing *indexing, const struct target *target, const void *bytes,
                       size_t size)
{
    indexing->write_errno = io_write_all(target->file.file, bytes, size);
    indexing->stopped = target;
    return indexing->write_errno;
}

static int write_index(void *context, const void *bytes, size_t size)
{
    struct indexing *indexing = context;

    return write_bytes(indexing, &indexing->index, bytes, size);
}

static int write_reverse(void *context, const void *bytes, size_t size)
{
    struct indexing *indexing = context;

    return write_bytes(indexing, &indexing->reverse, bytes, size);
}

static int commit(struct target *target)
{
    if (!target->is_wanted)
        return 0;
    return fsync(target->file.file) == 0 ? replace_commit(&target->file, target->name) : errno;
}

/* What took the place of an older file stays: it is whole, and the older one is gone. */
static void take_back(const struct indexing *indexing, const struct target *target)
{
    if (target->is_wanted && !target->replaces)
        unlinkat(indexing->folder, target->name, 0);
}

static int commit_both(struct indexing *indexing, const struct target **failed)
{
    int failure;

    *failed = &indexing->reverse;
    failure = commit(&indexing->reverse);
    if (failure != 0)
        return failure;
    *failed = &indexing->index;
    failure = commit(&indexing->index);
    if (failure == 0 && fsync(indexing->folder) != 0 && errno != EINVAL) {
        failure = errno;
        take_back(indexing, &indexing->index);
    }
    if (failure != 0)
        take_back(indexing, &indexing->reverse);
    return failure;
}

/* The index comes last: once it is there, all is. */
static enum status commit_all(struct indexing *indexing)
{
    const struct target *failed;
    int failure = commit_both(indexing, &failed);

    return failure == 0 ? STATUS_OK : cannot_write(failed, failure);
}

/* ---- The work ------------------------------------------------------------------------------- */

static int tell_finding(void *context, const packread_finding *finding)
{
    struct indexing *indexing = context;

    if (finding->error->code == PACKREAD_ERROR_BUDGET)
        indexing->is_short = true;
    finding_tell(indexing->pack, finding->error, finding->dependents);
    return 0;
}

static int tell_progress(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    (void)total;
    progress_update(done);
    return 0;
}

static void print_result(const struct indexing *indexing, const packread_index_summary *summary)
{
    if (indexing->common->json) {
        json_open();
        json_text("file", indexing->pack);
        json_boolean("ok", summary->findings == 0);
        json_text("index", indexing->index.path);
        json_text("reverse_index", indexing->reverse.path);
        json_id("pack", &summary->pack);
        json_number("objects", summary->objects);
        json_number("findings", summary->findings);
        json_close();
    } else if (summary->findings == 0) {
        output_id(&summary->pack);
        output_byte('\n');
    }
}

static enum status tell_damage(const struct indexing *indexing, const packread_pack_info *pack,
                               const packread_index_summary *summary)
{
    if (summary->written && summary->objects > pack->objects)
        message_warning("%s: %llu objects are in the index, more than the pack's header counts",
                        indexing->pack, (unsigned long long)summary->objects);
    else if (summary->written)
        message_warning("%s: %llu of %lu objects are in the index", indexing->pack,
                        (unsigned long long)summary->objects, (unsigned long)pack->objects);
    else if (indexing->salvage)
        message_error("%s: nothing in it is whole: no index is written", indexing->pack);
    else
        message_error("%s: no index is written; --salvage indexes what is whole", indexing->pack);
    return STATUS_DAMAGED;
}

/* Something could not be checked; it may be whole. */
static bool is_shortage(int failure)
{
    return failure == PACKREAD_ERROR_BUDGET || failure == PACKREAD_ERROR_TEMPORARY;
}

static enum status index_pack(struct indexing *indexing, packread_snapshot *snapshot)
{
    const packread_index_options options = {
        .threads = indexing->common->threads,
        .finding = tell_finding,
        .progress = tell_progress,
        .context = indexing,
        .version = (unsigned)indexing->version,
        .salvage = indexing->salvage != 0,
        .index = write_index,
        .reverse = indexing->reverse.is_wanted ? write_reverse : NULL,
    };
    packread_index_summary summary = {.struct_size = sizeof summary};
    packread_error error = {0};
    packread_pack_info pack = {.struct_size = sizeof pack};
    enum status status = STATUS_OK;
    int failure;

    if (packread_snapshot_pack(snapshot, 0, &pack) != 0)
        return STATUS_SYSTEM;
    progress_begin(indexing->common, "indexing", pack.objects, false);
    failure = packread_index(snapshot, 0, &options, &summary, &error);
    progress_end();
    if (indexing->write_errno != 0)
        return cannot_write(indexing->stopped, indexing->write_errno);
    /* Without findings the failure is another: a header that is no pack's, an offset too far. */
    if (failure != 0 && summary.findings == 0) {
        status = message_failure(indexing->pack, &error);
        if (indexing->is_short && !indexing->salvage)
            message_error("%s: no index is written; --salvage indexes all else", indexing->pack);
        /* What has neither the magic nor a version of a pack is none. */
        if (failure == PACKREAD_ERROR_VERSION ||
            (failure == PACKREAD_ERROR_NOT_A_PACK && (pack.version == 2 || pack.version == 3)))
            message_error("%s: no index is written; --salvage indexes what is whole",
                          indexing->pack);
        return status;
    }
    if (failure == 0 || summary.written)
        status = commit_all(indexing);
    if (status == STATUS_OK && summary.written)
        print_result(indexing, &summary);
    if (failure == 0 || status != STATUS_OK)
        return status;
    if (is_shortage(failure))
        status = message_failure(indexing->pack, &error);
    return status_worse(status, tell_damage(indexing, &pack, &summary));
}

static enum status open_and_index(struct indexing *indexing)
{
    packread_options options = indexing->common->library;
    packread_snapshot *snapshot;
    packread_error error = {0};
    enum status status;

    options.flags |= PACKREAD_WITHOUT_INDEX;
    if (packread_snapshot_open(indexing->pack, &options, &snapshot, &error) != 0)
        return message_failure(indexing->pack, &error);
    message_problems(indexing->pack, snapshot, indexing->salvage != 0);
    status = begin(indexing, &indexing->index);
    if (status == STATUS_OK)
        status = begin(indexing, &indexing->reverse);
    if (status == STATUS_OK)
        status = index_pack(indexing, snapshot);
    replace_abort(&indexing->reverse.file);
    replace_abort(&indexing->index.file);
    metrics_add(snapshot);
    packread_snapshot_free(snapshot);
    return status;
}

/* An index from before the damage knows more than can be derived from what is left. */
static enum status check_salvage(const struct indexing *indexing, const char *output)
{
    struct stat there;

    if (!indexing->salvage || output != NULL || stat(indexing->index.path, &there) != 0)
        return STATUS_OK;
    message_error("%s: is there already, and may know more than can be salvaged; name another "
                  "file with -o, or this one to replace it",
                  indexing->index.path);
    return STATUS_DAMAGED;
}

static enum status run(const struct command *command, char **arguments, size_t count)
{
    static const struct option_word versions[] = {{"1", 1}, {"2", 2}, {NULL, 0}};
    struct common_options common;
    struct indexing indexing = {.common = &common, .version = 2, .index.is_wanted = true};
    const char *output = NULL;
    int reverse = 0;
    const struct option_rule rules[] = {
        {.name = "output", .letter = 'o', .takes = OPTION_TEXT, .text = &output},
        {.name = "version", .takes = OPTION_WORD, .number = &indexing.version, .words = versions},
        {.name = "rev", .number = &reverse, .value = 1},
        {.name = "salvage", .number = &indexing.salvage, .value = 1},
        {.name = NULL},
    };
    enum status status;

    if (!options_parse(command, rules, &common, arguments, count, &count, &status))
        return status;
    if (count == 0)
        return message_usage(command->name, "PACK is missing");
    if (count > 1)
        return message_usage(command->name, "too many arguments");
    indexing.pack = arguments[0];
    indexing.reverse.is_wanted = reverse != 0;
    status = name_targets(&indexing, output);
    if (status == STATUS_OK)
        status = check_target(&indexing, &indexing.index, ".idx");
    if (status == STATUS_OK)
        status = check_target(&indexing, &indexing.reverse, ".rev");
    if (status == STATUS_OK)
        status = check_salvage(&indexing, output);
    interrupt_install();
    if (status == STATUS_OK) {
        indexing.folder = replace_open_folder(indexing.index.path, &indexing.index.name);
        if (indexing.folder < 0)
            status = cannot_write(&indexing.index, errno);
    }
    if (status == STATUS_OK) {
        status = open_and_index(&indexing);
        close(indexing.folder);
    }
    free(indexing.index.path);
    free(indexing.reverse.path);
    return status;
}

const struct command command_index = {
    .name = "index",
    .summary = "write a pack's .idx, from the pack alone",
    .help = help,
    .takes_json = true,
    .run = run,
};
