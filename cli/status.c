/* status.c - the one table from the library's error codes to exit states. */
#include "status.h"

#include <packread.h>

enum status status_of_error(int code)
{
    switch (code) {
    case PACKREAD_OK:
        return STATUS_OK;
    case PACKREAD_ERROR_ARGUMENT:
    case PACKREAD_ERROR_NOT_A_PLACE:
        return STATUS_USAGE;
    case PACKREAD_ERROR_NOT_FOUND:
    case PACKREAD_ERROR_AMBIGUOUS:
        return STATUS_ABSENT;
    case PACKREAD_ERROR_NOT_A_PACK:
    case PACKREAD_ERROR_NOT_AN_INDEX:
    case PACKREAD_ERROR_VERSION:
    case PACKREAD_ERROR_NO_INDEX:
    case PACKREAD_ERROR_MISMATCH:
    case PACKREAD_ERROR_CORRUPT:
    case PACKREAD_ERROR_THIN:
    case PACKREAD_ERROR_DOUBTFUL:
    case PACKREAD_ERROR_ASSUMED:
    case PACKREAD_ERROR_UNSUPPORTED: /* refused */
        return STATUS_DAMAGED;
    default:
        return STATUS_SYSTEM;
    }
}

enum status status_worse(enum status left, enum status right)
{
    static const int weight[] = {
        [STATUS_OK] = 0,      [STATUS_ABSENT] = 1, [STATUS_USAGE] = 2,
        [STATUS_DAMAGED] = 3, [STATUS_SYSTEM] = 4,
    };

    return weight[left] >= weight[right] ? left : right;
}
