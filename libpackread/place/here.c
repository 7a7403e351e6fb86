/* here.c - asks which folder the process is in, and whether the answer leads there. */
#include "place/here.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "platform/host.h"

/* What is joined to a place: folders of refs and of objects, names of files. */
#define BELOW 1024

#ifdef PATH_MAX
#define PATH_MOST PATH_MAX
#else
#define PATH_MOST 4096
#endif

static bool is_same(const char *left, const char *right)
{
    pkr_stamp a;
    pkr_stamp b;

    return pkr_host_look(left, &a) == 0 && pkr_host_look(right, &b) == 0 && a.device == b.device &&
           a.file == b.file;
}

bool pkr_here_find(const char *where, char **here)
{
    const size_t below = strlen(where) + BELOW;
    const int failure = pkr_host_real_path(".", here);

    if (failure != 0) {
        *here = NULL;
        return failure != ENOMEM;
    }
    if (below >= PATH_MOST || strlen(*here) >= PATH_MOST - below || !is_same(".", *here)) {
        free(*here);
        *here = NULL;
    }
    return true;
}
