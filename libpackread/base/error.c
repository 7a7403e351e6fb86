/* error.c - the phrases of error codes, and filling the caller's detail. */
#include "base/error.h"

#include <string.h>

const char *packread_error_text(int code)
{
    switch (code) {
    case PACKREAD_OK:
        return "no error";
    case PACKREAD_ERROR_ARGUMENT:
        return "invalid argument";
    case PACKREAD_ERROR_MEMORY:
        return "out of memory";
    case PACKREAD_ERROR_SYSTEM:
        return "system call failed";
    case PACKREAD_ERROR_NOT_REGULAR:
        return "not a regular file";
    case PACKREAD_ERROR_CHANGED:
        return "file changed while it was read";
    case PACKREAD_ERROR_BUDGET:
        return "memory limit too small";
    case PACKREAD_ERROR_NOT_FOUND:
        return "object not found";
    case PACKREAD_ERROR_AMBIGUOUS:
        return "prefix is ambiguous";
    case PACKREAD_ERROR_NOT_A_PACK:
        return "not a pack";
    case PACKREAD_ERROR_NOT_AN_INDEX:
        return "not a pack index";
    case PACKREAD_ERROR_VERSION:
        return "unknown version";
    case PACKREAD_ERROR_NO_INDEX:
        return "pack and index are not both there";
    case PACKREAD_ERROR_MISMATCH:
        return "pack and index do not belong together";
    case PACKREAD_ERROR_CORRUPT:
        return "corrupt";
    case PACKREAD_ERROR_THIN:
        return "delta base is not in this pack";
    case PACKREAD_ERROR_STOPPED:
        return "stopped by the caller";
    case PACKREAD_ERROR_NOT_A_PLACE:
        return "no pack, index or repository";
    case PACKREAD_ERROR_UNSUPPORTED:
        return "not read by this version";
    case PACKREAD_ERROR_TEMPORARY:
        return "no temporary file";
    default:
        return "unknown error";
    }
}

/* A path longer than its place keeps its tail, which names the file. */
static void copy_path(char *place, size_t capacity, const char *path)
{
    size_t length = path ? strlen(path) : 0;

    if (length < capacity) {
        memcpy(place, path ? path : "", length);
        place[length] = '\0';
        return;
    }
    memcpy(place, "...", 3);
    memcpy(place + 3, path + length - (capacity - 4), capacity - 4);
    place[capacity - 1] = '\0';
}

int pkr_fault_set(packread_error *error, int code, const char *file, const char *text)
{
    if (error) {
        size_t length = strlen(text);

        memset(error, 0, sizeof *error);
        error->code = code;
        copy_path(error->file, sizeof error->file, file);
        if (length >= sizeof error->text)
            length = sizeof error->text - 1;
        memcpy(error->text, text, length);
    }
    return code;
}

int pkr_fault_at(packread_error *error, int code, const char *file, uint64_t offset,
                 const char *text)
{
    pkr_fault_set(error, code, file, text);
    if (error) {
        error->has_offset = true;
        error->offset = offset;
    }
    return code;
}

int pkr_fault_system(packread_error *error, const char *file, int system_errno, const char *text)
{
    pkr_fault_set(error, PACKREAD_ERROR_SYSTEM, file, text);
    if (error)
        error->system_errno = system_errno;
    return PACKREAD_ERROR_SYSTEM;
}

bool pkr_fault_is_of(const packread_error *error, const char *file)
{
    char shown[sizeof error->file];

    copy_path(shown, sizeof shown, file);
    return strcmp(shown, error->file) == 0;
}

void pkr_fault_name(packread_error *error, const packread_id *id)
{
    if (error && error->id.size == 0 && id)
        error->id = *id;
}

int pkr_fault_memory(packread_error *error)
{
    return pkr_fault_set(error, PACKREAD_ERROR_MEMORY, NULL, "out of memory");
}

int pkr_fault_null(packread_error *error)
{
    return pkr_fault_set(error, PACKREAD_ERROR_ARGUMENT, NULL, "an argument is missing");
}

static int code_of_window(int code)
{
    switch (code) {
    case SMMAP_ERROR_ARGUMENT:
        return PACKREAD_ERROR_ARGUMENT;
    case SMMAP_ERROR_MEMORY:
        return PACKREAD_ERROR_MEMORY;
    case SMMAP_ERROR_NOT_REGULAR:
        return PACKREAD_ERROR_NOT_REGULAR;
    case SMMAP_ERROR_CHANGED:
    case SMMAP_ERROR_TRUNCATED:
        return PACKREAD_ERROR_CHANGED;
    case SMMAP_ERROR_RANGE:
        return PACKREAD_ERROR_CORRUPT;
    case SMMAP_ERROR_LIMIT:
        return PACKREAD_ERROR_BUDGET;
    default:
        return PACKREAD_ERROR_SYSTEM;
    }
}

int pkr_fault_from_window(packread_error *error, const smmap_error *cause, const char *file)
{
    int code = code_of_window(cause->code);

    const char *text = smmap_error_text(cause->code);

    if (code == PACKREAD_ERROR_CORRUPT)
        text = "the file ends too early";
    else if (code == PACKREAD_ERROR_SYSTEM && cause->system_errno != 0) /* errno says the rest */
        text = cause->size != 0 ? "cannot be read" : "cannot be opened";
    pkr_fault_at(error, code, file, cause->offset, text);
    if (error) {
        error->system_errno = cause->system_errno;
        /* Windows get half of the limit. */
        error->needed = cause->needed < UINT64_MAX / 2 ? 2 * cause->needed : UINT64_MAX;
        error->has_offset = code != PACKREAD_ERROR_NOT_REGULAR && cause->size != 0;
    }
    return code;
}
