/* cmd_verify.c - packread verify: checks places, and tells all that is wrong with them. */
#include "command.h"
#include "message.h"
#include "verify_list.h"
#include "verify_place.h"

#include <stdint.h>

static const char help[] =
    "packread verify [OPTIONS] WHERE...\n"
    "packread verify [OPTIONS] --from=FILE [WHERE...]\n"
    "\n"
    "Checks everything: sums of pack and index, order, fanout, offsets, CRCs, and every\n"
    "object against its id; .rev, .mtimes and multi-pack-indexes against the packs; of a\n"
    "repository also its loose objects, and all that it borrows objects from. Prints a line\n"
    "for each pack, multi-pack-index and folder of loose objects that is whole, and one for\n"
    "each thing that is wrong; goes on past it. A .pack without .idx, or with one that\n"
    "cannot be used, is checked from its bytes alone; so is any file that begins as a pack.\n"
    "What several places have in common is checked once.\n"
    "\n"
    "  --from=FILE               also the places that FILE names, one a line; -: standard\n"
    "                            input\n"
    "  -0                        a NUL ends each of them, not a newline; by itself: they\n"
    "                            come on standard input\n"
    "  --no-check                changes nothing here: all is checked\n"
    "  --json                    one JSON object a line\n"
    "  -q                        only what is wrong\n"
    "\n"
    "  packread verify .\n"
    "  packread verify --memory-limit=128M a.pack b.pack\n"
    "  find /srv/git -name '*.git' -print0 | packread verify -q -0\n";

struct wanted {
    const char *from; /* NULL: no file names places */
    int zero;
};

static enum status verify_all(struct verification *verification, const struct wanted *wanted,
                              char *const *places, size_t count)
{
    enum status status = STATUS_OK;
    size_t listed = 0;

    for (size_t i = 0; i < count; i++)
        status = status_worse(status, verify_place(verification, places[i]));
    if (wanted->from != NULL)
        status = status_worse(
            status, verify_list(verification, wanted->from, wanted->zero ? '\0' : '\n', &listed));
    if (count + listed == 0 && status == STATUS_OK)
        return message_usage("verify", "nothing was verified: no place is named");
    return status;
}

static enum status run(const struct command *command, char **arguments, size_t count)
{
    struct wanted wanted = {0};
    const struct option_rule rules[] = {
        {.name = "from", .takes = OPTION_TEXT, .text = &wanted.from},
        {.letter = '0', .number = &wanted.zero, .value = 1},
        {.name = "shard", .takes = OPTION_LATER},
        {.name = NULL},
    };
    struct common_options common;
    struct verification verification = {.common = &common, .lock = PTHREAD_MUTEX_INITIALIZER};
    enum status status = STATUS_OK;
    const char *where = NULL;

    if (!options_parse(command, rules, &common, arguments, count, &count, &status))
        return status;
    if (wanted.zero && wanted.from == NULL)
        wanted.from = "-";
    if (wanted.from == NULL)
        status = options_take_where(command, arguments, count, SIZE_MAX, &where);
    if (status != STATUS_OK)
        return status;
    common.library.flags &= ~(unsigned)PACKREAD_NO_CHECK;
    verification.tells_good_ones = !common.quiet;
    if (count == 0 && wanted.from == NULL)
        status = verify_place(&verification, where);
    else
        status = verify_all(&verification, &wanted, arguments, count);
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
