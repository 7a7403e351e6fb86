/* fault.c - the phrases of error codes, faults, and how they become public. */
#include "base/fault.h"

#include <string.h>

#include "base/id.h"
#include "base/path.h"

/* By the code's distance from 0. */
static const char *const texts[] = {
    [-PACKREAD_OK] = "no error",
    [-PACKREAD_ERROR_ARGUMENT] = "invalid argument",
    [-PACKREAD_ERROR_MEMORY] = "out of memory",
    [-PACKREAD_ERROR_SYSTEM] = "system call failed",
    [-PACKREAD_ERROR_NOT_REGULAR] = "not a regular file",
    [-PACKREAD_ERROR_CHANGED] = "file changed while it was read",
    [-PACKREAD_ERROR_BUDGET] = "memory limit too small",
    [-PACKREAD_ERROR_NOT_FOUND] = "object not found",
    [-PACKREAD_ERROR_AMBIGUOUS] = "prefix is ambiguous",
    [-PACKREAD_ERROR_NOT_A_PACK] = "not a pack",
    [-PACKREAD_ERROR_NOT_AN_INDEX] = "not a pack index",
    [-PACKREAD_ERROR_VERSION] = "unknown version",
    [-PACKREAD_ERROR_NO_INDEX] = "pack and index are not both there",
    [-PACKREAD_ERROR_MISMATCH] = "pack and index do not belong together",
    [-PACKREAD_ERROR_CORRUPT] = "corrupt",
    [-PACKREAD_ERROR_THIN] = "delta base is not in this pack",
    [-PACKREAD_ERROR_STOPPED] = "stopped by the caller",
    [-PACKREAD_ERROR_NOT_A_PLACE] = "no pack, index or repository",
    [-PACKREAD_ERROR_UNSUPPORTED] = "not read by this version",
    [-PACKREAD_ERROR_TEMPORARY] = "no temporary file",
    [-PACKREAD_ERROR_DOUBTFUL] = "not found, but not all ids are known",
    [-PACKREAD_ERROR_ASSUMED] = "taken to be SHA-1",
};

const char *packread_error_text(int code)
{
    return code > 0 || code < PACKREAD_ERROR_ASSUMED ? "unknown error" : texts[-code];
}

int pkr_fault_set(pkr_fault *fault, int code, const char *file, const char *text)
{
    if (fault)
        *fault = (pkr_fault){.code = code, .file = file, .text = text};
    return code;
}

int pkr_fault_at(pkr_fault *fault, int code, const char *file, uint64_t offset, const char *text)
{
    if (fault)
        *fault = (pkr_fault){
            .code = code, .file = file, .text = text, .has_offset = true, .offset = offset};
    return code;
}

int pkr_fault_system(pkr_fault *fault, const char *file, int system_errno, const char *text)
{
    if (fault)
        *fault = (pkr_fault){.code = PACKREAD_ERROR_SYSTEM,
                             .file = file,
                             .text = text,
                             .system_errno = system_errno};
    return PACKREAD_ERROR_SYSTEM;
}

int pkr_fault_copy(pkr_fault *fault, const pkr_fault *cause)
{
    if (fault)
        *fault = *cause;
    return cause->code;
}

void pkr_fault_name(pkr_fault *fault, const packread_id *id)
{
    if (fault && fault->id.size == 0 && id)
        fault->id = *id;
}

int pkr_fault_memory(pkr_fault *fault)
{
    return pkr_fault_set(fault, PACKREAD_ERROR_MEMORY, NULL, "out of memory");
}

int pkr_fault_stopped(pkr_fault *fault)
{
    return pkr_fault_set(fault, PACKREAD_ERROR_STOPPED, NULL,
                         packread_error_text(PACKREAD_ERROR_STOPPED));
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

int pkr_fault_from_window(pkr_fault *fault, const smmap_error *cause, const char *file)
{
    int code = code_of_window(cause->code);
    const char *text = smmap_error_text(cause->code);

    if (code == PACKREAD_ERROR_CORRUPT)
        text = "the file ends too early";
    else if (code == PACKREAD_ERROR_SYSTEM && cause->system_errno != 0) /* errno says the rest */
        text = cause->size != 0 ? "cannot be read" : "cannot be opened";
    pkr_fault_at(fault, code, file, cause->offset, text);
    if (fault) {
        fault->system_errno = cause->system_errno;
        /* Windows get half of the limit. */
        fault->needed = cause->needed < UINT64_MAX / 2 ? 2 * cause->needed : UINT64_MAX;
        fault->has_offset = code != PACKREAD_ERROR_NOT_REGULAR && cause->size != 0;
    }
    return code;
}

/* A path longer than its place keeps its tail, which names the file. `name` is of a file below it,
 * or empty. */
static void copy_path(char *place, size_t capacity, const char *whole, const char *name)
{
    const char *path = whole ? pkr_path_shown(whole) : "";
    size_t length = strlen(path);
    size_t below = strlen(name);

    if (length + below < capacity) {
        memcpy(place, path, length);
    } else {
        size_t most = capacity - 1 - below;

        memmove(place, path + (length - most), most);
        memcpy(place, "...", 3);
        length = most;
    }
    memcpy(place + length, name, below + 1);
}

int pkr_fault_publish(const pkr_fault *fault, packread_error *error)
{
    char name[PKR_LOOSE_NAME_MAX] = "";
    size_t length;

    if (!error)
        return fault->code;
    if (fault->loose.size > 0)
        pkr_id_loose_name(&fault->loose, name);
    length = strlen(fault->text);
    memset(error, 0, sizeof *error);
    error->code = fault->code;
    error->system_errno = fault->system_errno;
    error->has_offset = fault->has_offset;
    error->offset = fault->offset;
    error->needed = fault->needed;
    error->id = fault->id;
    copy_path(error->file, sizeof error->file, fault->file, name);
    if (length >= sizeof error->text)
        length = sizeof error->text - 1;
    memcpy(error->text, fault->text, length);
    return fault->code;
}

int pkr_error_set(packread_error *error, int code, const char *file, const char *text)
{
    const pkr_fault fault = {.code = code, .file = file, .text = text};

    return pkr_fault_publish(&fault, error);
}

int pkr_error_system(packread_error *error, const char *file, int system_errno, const char *text)
{
    pkr_fault fault;

    pkr_fault_system(&fault, file, system_errno, text);
    return pkr_fault_publish(&fault, error);
}

int pkr_error_memory(packread_error *error)
{
    pkr_fault fault;

    pkr_fault_memory(&fault);
    return pkr_fault_publish(&fault, error);
}

int pkr_error_argument(packread_error *error, const char *text)
{
    return pkr_error_set(error, PACKREAD_ERROR_ARGUMENT, NULL, text);
}

int pkr_error_null(packread_error *error)
{
    return pkr_error_argument(error, "an argument is missing");
}
