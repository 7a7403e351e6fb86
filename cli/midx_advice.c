/* midx_advice.c - git uses rows of a multi-pack-index that is there for the one that it writes, or
 * dies of it, so it has to go first; of a chain all layers, for each counts on from those before.
 */
#include "midx_advice.h"

#include "ending.h"
#include "message.h"
#include "status.h"

#include <stdlib.h>
#include <string.h>

#define CHAIN_FOLDER "/multi-pack-index.d"

bool midx_advice_fits(const packread_error *problem)
{
    return names_midx(problem->file) && status_of_error(problem->code) == STATUS_DAMAGED;
}

char *midx_advice_subject(const char *path)
{
    char *subject = strdup(path);
    char *slash = subject != NULL ? strrchr(subject, '/') : NULL;

    if (slash == NULL)
        return subject;
    *slash = '\0';
    if (!ends_with(subject, CHAIN_FOLDER))
        *slash = '/';
    return subject;
}

void midx_advice_tell(const char *subject, enum packs_indexes indexes)
{
    static const char *const first[] = {
        [INDEXES_WHOLE] = "no object is lost by it, the packs' own indexes are used; remove it",
        [INDEXES_UNKNOWN] = "the packs' own indexes are used; no object is lost by it if packread "
                            "verify finds those whole: remove it then",
        [INDEXES_DAMAGED] = "the packs' own indexes are used, and not all of them are whole: have "
                            "those written anew first; then remove it",
        [PACKS_GONE] =
            "packs that it names are gone, with what only they had: bring them back; where "
            "that cannot be, remove it",
    };

    message_warning("%s: %s, and git multi-pack-index write%s writes it anew", subject,
                    first[indexes], ends_with(subject, CHAIN_FOLDER) ? " --incremental" : "");
}
