/* fault.c - the phrases of error codes, faults, and how they become public. */
#include "base/fault.h"

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
    case PACKREAD_ERROR_DOUBTFUL:
        return "not found, but an index is damaged";
    default:
        return "unknown error";
    }
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

int pkr_fault_publish(const pkr_fault *fault, packread_error *error)
{
    size_t length;

    if (!error)
        return fault->code;
    length = strlen(fault->text);
    memset(error, 0, sizeof *error);
    error->code = fault->code;
    error->system_errno = fault->system_errno;
    error->has_offset = fault->has_offset;
    error->offset = fault->offset;
    error->needed = fault->needed;
    error->id = fault->id;
    copy_path(error->file, sizeof error->file, fault->file);
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
