/* naming.c - opens what a test made, and resolves names in it. */
#include "naming.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"

packread_snapshot *naming_open(const char *name)
{
    const packread_options options = {.struct_size = sizeof options,
                                      .flags = PACKREAD_NO_ENVIRONMENT};
    char *path = suite_scratch_path(name);
    packread_snapshot *snapshot;
    packread_error error = {0};

    if (packread_snapshot_open(path, &options, &snapshot, &error) != 0)
        ck_abort_msg("%s: %s", error.file, error.text);
    free(path);
    return snapshot;
}

int naming_resolve(packread_snapshot *snapshot, const char *name, packread_name *found,
                   packread_error *error)
{
    packread_reader *reader;
    int status;

    *found = (packread_name){.struct_size = sizeof *found};
    *error = (packread_error){.code = 0};
    ck_assert_int_eq(packread_reader_new(snapshot, &reader, NULL), 0);
    status = packread_reader_resolve(reader, name, strlen(name), 0, found, error);
    packread_reader_free(reader);
    return status;
}
