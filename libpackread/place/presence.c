/* presence.c - one call of the system for each part, and what its failure means. */
#include "place/presence.h"

#include <errno.h>

#include "base/path.h"

int pkr_presence_look(const char *folder, const char *path, pkr_stamp *stamp, bool *is_there,
                      packread_error *error)
{
    int failure = pkr_host_look(path, stamp);

    *is_there = failure == 0;
    if (failure == 0 || pkr_host_is_absence(failure))
        return 0;
    return pkr_error_system(error, failure == EACCES ? folder : path, failure, "cannot be read");
}

int pkr_presence_check_target(const char *path, const char *from, packread_error *error)
{
    char text[PKR_ERROR_TEXT];
    pkr_stamp stamp;
    int failure = pkr_host_look(path, &stamp);

    if (failure != 0) {
        pkr_path_put(text, sizeof text, "", from, " leads here, but it cannot be opened");
        return pkr_error_system(error, path, failure, text);
    }
    if (stamp.kind == PKR_KIND_OTHER) {
        pkr_path_put(text, sizeof text, "", from,
                     " leads here, but it is neither a regular file nor a folder");
        return pkr_error_set(error, PACKREAD_ERROR_NOT_REGULAR, path, text);
    }
    return 0;
}

bool pkr_presence_is_refused(int failure)
{
    return failure == EACCES || failure == EPERM;
}

bool pkr_presence_may_pass(int failure, bool is_first)
{
    switch (failure) {
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        return true;
    case ENOENT:
    case ENOTDIR:
    case EACCES:
    case EPERM:
    case ELOOP:
    case ENAMETOOLONG:
        return false;
    default:
        return !is_first;
    }
}
