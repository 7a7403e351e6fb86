/* verify_list.c - reads names of places, and has each verified before the next is read. */
#include "verify_list.h"

#include "io.h"
#include "line.h"
#include "message.h"
#include "output.h"
#include "verify_place.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A name may hold any byte but NUL, and none is as long as what a line reader cuts. */
static enum status verify_name(struct verification *verification, const char *file,
                               const char *name, size_t length, bool is_cut)
{
    enum status status;
    char *where;

    if (is_cut || memchr(name, '\0', length) != NULL) {
        message_error("%s: has a line that is no name of a place: %s", file,
                      is_cut ? "it is too long" : "it has a NUL in it, which -0 takes for its end");
        return STATUS_USAGE;
    }
    where = malloc(length + 1);
    if (where == NULL)
        return message_system(file, "cannot be read on", ENOMEM);
    memcpy(where, name, length);
    where[length] = '\0';
    status = verify_place(verification, where);
    free(where);
    return status;
}

enum status verify_list(struct verification *verification, const char *file, char delimiter,
                        size_t *places)
{
    const bool is_input = strcmp(file, "-") == 0;
    const char *shown = is_input ? "standard input" : file;
    line_reader names = {
        .file = is_input ? STDIN_FILENO : io_open(file, O_RDONLY),
        .delimiter = delimiter,
        .before_read = output_flush,
    };
    enum status status = STATUS_OK;
    const char *name;
    size_t length;
    int got;

    if (names.file < 0)
        return message_system(shown, "cannot be opened", errno);
    while ((got = line_next(&names, &name, &length)) > 0) {
        if (length == 0) /* an empty line names nothing */
            continue;
        ++*places;
        status = status_worse(status, verify_name(verification, shown, name, length, names.is_cut));
    }
    if (got < 0)
        status = status_worse(status, message_system(shown, "cannot be read", -got));
    if (!is_input)
        close(names.file);
    line_free(&names);
    return status;
}
