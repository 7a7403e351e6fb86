/* ref.c - fills refs in. */
#include "names/ref.h"

#include <string.h>

bool pkr_ref_point(pkr_ref *ref, const char *target, size_t length)
{
    if (!pkr_ref_name_is_valid(target, length))
        return false;
    memset(&ref->id, 0, sizeof ref->id);
    memset(&ref->peeled, 0, sizeof ref->peeled);
    ref->knows_peeled = false;
    memcpy(ref->target, target, length);
    ref->target[length] = '\0';
    ref->target_length = length;
    return true;
}
