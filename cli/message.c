/* message.c - the only writer to standard error. */
#include "message.h"

#include "io.h"
#include "ending.h"
#include "escape.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_quiet;
static uint64_t set_aside;
static bool advises_sliding;
static volatile sig_atomic_t line_is_shown;

/* The line that was written last, and how often it came since; longer ones are always written. */
static struct repeats {
    bool are_counted;
    bool came; /* a line, since the last piece of work */
    uint64_t count;
    size_t length;
    char line[4096];
} repeats;

static void write_to_stderr(const char *bytes, size_t size)
{
    /* Where that fails, there is nowhere left to say so. */
    (void)io_write_all(STDERR_FILENO, bytes, size);
}

static void write_line(const char *line, size_t length)
{
    message_wipe_line();
    write_to_stderr(line, length);
}

static void tell_repeats(void)
{
    char text[80];
    int length;

    if (repeats.count > 0) {
        length = snprintf(text, sizeof text, "packread: the line above: said %" PRIu64 " times\n",
                          repeats.count + 1);
        write_line(text, (size_t)length);
    }
    repeats.count = 0;
}

/* Whether the line is that before it; else it is the one to compare with. */
static bool is_repeated(const char *line, size_t length)
{
    repeats.came = true;
    if (repeats.are_counted && repeats.length == length &&
        memcmp(repeats.line, line, length) == 0) {
        repeats.count++;
        return true;
    }
    tell_repeats();
    repeats.length = length <= sizeof repeats.line ? length : 0;
    memcpy(repeats.line, line, repeats.length);
    return false;
}

/* One write for a whole line, so that messages of several processes do not mix. */
static void print_escaped(const char *text, size_t size)
{
    char fixed[2048];
    char *line = fixed;
    size_t length = 0;

    if (size > (sizeof fixed - 1) / ESCAPE_MAX) {
        line = size < (SIZE_MAX - 1) / ESCAPE_MAX ? malloc(size * ESCAPE_MAX + 1) : NULL;
        if (line == NULL) {
            line = fixed;
            size = (sizeof fixed - 1) / ESCAPE_MAX;
        }
    }
    while (size > 0) {
        size_t written;
        size_t consumed = escape_unit(text, size, line + length, &written);

        text += consumed;
        size -= consumed;
        length += written;
    }
    line[length++] = '\n';
    if (!is_repeated(line, length))
        write_line(line, length);
    if (line != fixed)
        free(line);
}

static void print_formatted(const char *before, const char *after, const char *format,
                            va_list arguments) MESSAGE_FORMAT(3, 0);

static void print_formatted(const char *before, const char *after, const char *format,
                            va_list arguments)
{
    char fixed[1024];
    char *text = fixed;
    size_t before_length = strlen(before);
    size_t after_length = strlen(after);
    size_t room = sizeof fixed;
    size_t length;
    va_list copy;
    int formatted;

    va_copy(copy, arguments);
    formatted = vsnprintf(NULL, 0, format, copy);
    va_end(copy);
    if (formatted < 0)
        return;
    length = (size_t)formatted;
    if (before_length + length + after_length >= sizeof fixed) {
        room = before_length + length + after_length + 1;
        text = malloc(room);
        if (text == NULL) {
            text = fixed;
            room = sizeof fixed;
        }
    }
    snprintf(text, room, "%s", before);
    before_length = strlen(text);
    vsnprintf(text + before_length, room - before_length, format, arguments);
    length = strlen(text);
    snprintf(text + length, room - length, "%s", after);
    print_escaped(text, strlen(text));
    if (text != fixed)
        free(text);
}

void message_set_quiet(bool quiet)
{
    is_quiet = quiet;
}

void message_count_repeats(void)
{
    if (!repeats.came) {
        tell_repeats();
        repeats.length = 0;
    }
    repeats.are_counted = true;
    repeats.came = false;
}

void message_finish(void)
{
    tell_repeats();
}

void message_set_aside(uint64_t bytes)
{
    set_aside = bytes;
}

void message_advise_sliding(void)
{
    advises_sliding = true;
}

void message_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    print_formatted("packread: ", "", format, arguments);
    va_end(arguments);
}

void message_warning(const char *format, ...)
{
    va_list arguments;

    if (is_quiet)
        return;
    va_start(arguments, format);
    print_formatted("packread: ", "", format, arguments);
    va_end(arguments);
}

static bool is_question(const char *format, va_list arguments) MESSAGE_FORMAT(1, 0);

static bool is_question(const char *format, va_list arguments)
{
    char text[512];
    int length = vsnprintf(text, sizeof text, format, arguments);

    return length > 0 && (size_t)length < sizeof text && text[length - 1] == '?';
}

enum status message_usage(const char *command, const char *format, ...)
{
    char before[64];
    char after[64];
    const char *joint = "; see";
    va_list arguments;

    va_start(arguments, format);
    if (is_question(format, arguments))
        joint = " See";
    va_end(arguments);
    if (command != NULL) {
        snprintf(before, sizeof before, "packread %s: ", command);
        snprintf(after, sizeof after, "%s packread %s --help", joint, command);
    } else {
        snprintf(before, sizeof before, "packread: ");
        snprintf(after, sizeof after, "%s packread --help", joint);
    }
    va_start(arguments, format);
    print_formatted(before, after, format, arguments);
    va_end(arguments);
    return STATUS_USAGE;
}

/* What the user can do about an index; NULL where there is nothing. */
static const char *index_advice(const packread_error *error)
{
    switch (error->code) {
    case PACKREAD_ERROR_NO_INDEX:
        return ends_with(error->file, ".pack") ? "writes it if the pack is whole" : NULL;
    case PACKREAD_ERROR_NOT_AN_INDEX:
    case PACKREAD_ERROR_VERSION:
    case PACKREAD_ERROR_MISMATCH:
    case PACKREAD_ERROR_CORRUPT:
        return ends_with(error->file, ".idx") ? "writes it anew if the pack is whole" : NULL;
    default:
        return NULL;
    }
}

/* The same about anything else. */
static const char *advice(const packread_error *error)
{
    static const char damaged[] = "restore it, or fetch again; what is whole can be read, and "
                                  "packread index --salvage -o FILE makes an index of it";

    switch (error->code) {
    case PACKREAD_ERROR_MISMATCH:
        /* Ids of another size than a repository's are no damage. */
        return ends_with(error->file, ".pack") && error->has_offset ? damaged : NULL;
    case PACKREAD_ERROR_CORRUPT: /* of a pack as a whole */
        return ends_with(error->file, ".pack") && error->has_offset && error->id.size == 0 ? damaged
                                                                                           : NULL;
    case PACKREAD_ERROR_ASSUMED:
        return "give --object-format=sha256 if they are not";
    case PACKREAD_ERROR_CHANGED:
        return "run it again once the file is at rest";
    case PACKREAD_ERROR_MEMORY:
        if (advises_sliding)
            return "give --manager=sliding, which reads no file whole";
        return "give a smaller --memory-limit, and --threads=1";
    case PACKREAD_ERROR_SYSTEM:
        if (error->system_errno != ENOMEM)
            return NULL;
        return advises_sliding ? "give --manager=sliding, which reads no file whole"
                               : "give a smaller --memory-limit";
    default:
        return NULL;
    }
}

void message_describe(const packread_error *error, char *text, size_t size)
{
    const char *what = error->text[0] != '\0' ? error->text : packread_error_text(error->code);
    char cause[128] = "";
    size_t first;

    if (error->system_errno != 0 && strerror_r(error->system_errno, cause, sizeof cause) != 0)
        snprintf(cause, sizeof cause, "error %d", error->system_errno);
    /* What comes of it stands behind a semicolon. */
    first = cause[0] != '\0' ? strcspn(what, ";") : strlen(what);
    snprintf(text, size, "%.*s%s%s%s", (int)first, what, cause[0] != '\0' ? ": " : "", cause,
             what + first);
}

void message_describe_place(const packread_error *error, char *text, size_t size)
{
    char offset[40] = "";
    char id[PACKREAD_HEX_MAX + 3] = "";
    char what[400];

    if (error->has_offset)
        snprintf(offset, sizeof offset, "offset %" PRIu64 ": ", error->offset);
    if (error->id.size != 0) {
        packread_id_format(&error->id, id);
        strcat(id, ": ");
    }
    message_describe(error, what, sizeof what);
    snprintf(text, size, "%s%s%s", offset, id, what);
}

/* How much memory or disk it takes; nothing where that is not the trouble. */
static void describe_needed(const packread_error *error, char *text, size_t size)
{
    const char *or_else = advises_sliding ? ", or --manager=sliding" : "";
    const uint64_t mebibyte = UINT64_C(1) << 20;
    uint64_t bytes = error->needed;

    text[0] = '\0';
    if (error->code == PACKREAD_ERROR_TEMPORARY)
        snprintf(text, size,
                 "; %" PRIu64 " bytes are needed there: let TMPDIR name a folder with room", bytes);
    if (error->code != PACKREAD_ERROR_BUDGET)
        return;
    if (bytes == 0) {
        snprintf(text, size, "; give a larger --memory-limit%s", or_else);
        return;
    }
    bytes = bytes < UINT64_MAX - set_aside ? bytes + set_aside : UINT64_MAX;
    snprintf(text, size,
             "; at least %" PRIu64 " bytes are needed: give --memory-limit=%" PRIu64 "M or more%s",
             bytes, (bytes - 1) / mebibyte + 1, or_else);
}

enum status message_failure(const char *where, const packread_error *error)
{
    const char *file = error->file[0] != '\0' ? error->file : where;
    const char *todo = advice(error);
    const char *of_index = index_advice(error);
    char *pack = of_index != NULL ? pack_of(error->file) : NULL;
    char what[600];
    char needed[160];

    if (*file == '\0')
        file = "''";
    message_describe_place(error, what, sizeof what);
    describe_needed(error, needed, sizeof needed);
    if (pack != NULL)
        message_error("%s: %s; packread index %s %s", file, what, pack, of_index);
    else
        message_error("%s: %s%s%s%s", file, what, needed, todo != NULL ? "; " : "",
                      todo != NULL ? todo : "");
    free(pack);
    return status_of_error(error->code);
}

enum status message_object_failure(const char *where, const packread_id *id,
                                   const packread_error *error)
{
    packread_error named = *error;

    if (named.id.size == 0 && id != NULL)
        named.id = *id;
    return message_failure(where, &named);
}

void message_problems(const char *where, const packread_snapshot *snapshot, bool salvages)
{
    packread_pack_info pack = {.struct_size = sizeof pack};

    if (!salvages && packread_snapshot_pack(snapshot, 0, &pack) == 0 && pack.version != 2 &&
        pack.version != 3)
        return;
    for (size_t i = 0; i < packread_snapshot_problems(snapshot); i++)
        message_failure(where, packread_snapshot_problem(snapshot, i));
}

enum status message_system(const char *subject, const char *what, int system_errno)
{
    char cause[128];

    if (strerror_r(system_errno, cause, sizeof cause) != 0)
        snprintf(cause, sizeof cause, "error %d", system_errno);
    message_error("%s: %s: %s", subject, what, cause);
    return STATUS_SYSTEM;
}

void message_show_line(const char *line)
{
    char text[160];

    snprintf(text, sizeof text, "\r%s\033[K", line);
    line_is_shown = 1;
    write_to_stderr(text, strlen(text));
}

void message_keep_line(void)
{
    if (line_is_shown)
        write_to_stderr("\n", 1);
    line_is_shown = 0;
}

void message_wipe_line(void)
{
    if (line_is_shown)
        write_to_stderr("\r\033[K", 4);
    line_is_shown = 0;
}

void message_leave_line_in_handler(void)
{
    if (line_is_shown)
        io_write_in_handler(STDERR_FILENO, '\n');
}
