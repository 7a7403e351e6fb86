/* verify_lacking.c - tells a pack of a folder that stays without its index. */
#include "verify_lacking.h"

#include "ending.h"
#include "finding.h"
#include "output.h"
#include "verify_alone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* Git renames the pack and then its index, with little between: half a second is plenty. */
#define LOOKS_MOST 25
#define LOOK_NANOSECONDS 20000000L

static const char seen_lacking[] = "no index";

static bool is_absent(const char *path)
{
    struct stat there;

    return lstat(path, &there) != 0 && errno == ENOENT;
}

/* Whether the pack is there, and still has no index. */
static bool lacks_index(const char *pack)
{
    char *index = other_ending(pack, ".pack", ".idx");
    bool lacks = index != NULL && is_absent(index) && !is_absent(pack);

    free(index);
    return lacks;
}

/* The next problem from `*next` on that is of such a pack, and was not told in this run; or NULL.
 */
static const packread_error *next_lacking(const struct verification *verification,
                                          const packread_snapshot *snapshot, size_t *next)
{
    while (*next < packread_snapshot_problems(snapshot)) {
        const packread_error *problem = packread_snapshot_problem(snapshot, (*next)++);

        if (verify_is_pack_alone(problem) && lacks_index(problem->file) &&
            !verify_seen_has(&verification->seen, problem->file, seen_lacking))
            return problem;
    }
    return NULL;
}

static size_t count_lacking(const struct verification *verification,
                            const packread_snapshot *snapshot)
{
    size_t count = 0;

    for (size_t next = 0; next_lacking(verification, snapshot, &next) != NULL;)
        count++;
    return count;
}

bool verify_lacking_changes(const struct verification *verification,
                            const packread_snapshot *snapshot)
{
    const struct timespec pause = {.tv_nsec = LOOK_NANOSECONDS};
    const size_t before = count_lacking(verification, snapshot);
    size_t now = before;

    for (unsigned look = 0; look < LOOKS_MOST && now > 0 && now == before; look++) {
        (void)nanosleep(&pause, NULL);
        now = count_lacking(verification, snapshot);
    }
    return now != before;
}

static enum status tell_lacking(struct verification *verification, const packread_error *problem)
{
    static const char what[] = "has no index: its objects are not served";
    packread_error finding = *problem;
    int length = snprintf(finding.text, sizeof finding.text, "%s; packread index %s writes it",
                          what, problem->file);
    enum status status;

    if (length < 0 || (size_t)length >= sizeof finding.text)
        snprintf(finding.text, sizeof finding.text, "%s; packread index writes it", what);
    finding_print_error(verification->common, "", &finding);
    output_flush();
    verification->index_problem = &finding;
    status = verify_alone(verification, problem->file);
    verification->index_problem = NULL;
    return status_worse(STATUS_DAMAGED, status);
}

enum status verify_lacking(struct verification *verification, const packread_snapshot *snapshot)
{
    enum status status = STATUS_OK;
    const packread_error *problem;

    for (size_t next = 0; (problem = next_lacking(verification, snapshot, &next)) != NULL;)
        if (verify_seen_add(&verification->seen, problem->file, seen_lacking))
            status = status_worse(status, tell_lacking(verification, problem));
    return status;
}
