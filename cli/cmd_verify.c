/* cmd_verify.c - packread verify: checks places, and tells all that is wrong with them. */
#include "command.h"
#include "verify_place.h"

#include <stdint.h>

static const char help[] =
    "packread verify [OPTIONS] WHERE...\n"
    "\n"
    "Checks everything: sums of pack and index, order, fanout, offsets, CRCs, and every\n"
    "object against its id; .rev, .mtimes and multi-pack-indexes against the packs.\n"
    "Prints a line for each pack or multi-pack-index that is whole, and one for each\n"
    "thing that is wrong; goes on past it. A .pack without .idx, or with one that cannot\n"
    "be used, is checked from its bytes alone; so is any file that begins as a pack.\n"
    "Loose objects are not checked in this version.\n"
    "\n"
    "  --no-check                changes nothing here: all is checked\n"
    "  --json                    one JSON object a line\n"
    "  -q                        only what is wrong\n"
    "\n"
    "  packread verify .\n"
    "  packread verify --memory-limit=128M a.pack b.pack\n";

static enum status run(const struct command *command, char **arguments, size_t count)
{
    const struct option_rule rules[] = {
        {.name = "from", .letter = '0', .takes = OPTION_LATER},
        {.name = "shard", .takes = OPTION_LATER},
        {.name = NULL},
    };
    struct common_options common;
    struct verification verification = {.common = &common, .lock = PTHREAD_MUTEX_INITIALIZER};
    enum status status;

    if (!options_parse(command, rules, &common, arguments, count, &count, &status))
        return status;
    status = options_check_count(command, count, 1, SIZE_MAX);
    if (status != STATUS_OK)
        return status;
    common.library.flags &= ~(unsigned)PACKREAD_NO_CHECK;
    verification.tells_good_ones = !common.quiet;
    for (size_t i = 0; i < count; i++)
        status = status_worse(status, verify_place(&verification, arguments[i]));
    verify_seen_free(&verification.seen);
    return status;
}

const struct command command_verify = {
    .name = "verify",
    .summary = "check everything, and tell all that is wrong",
    .help = help,
    .takes_json = true,
    .run = run,
};
