/* opening.c - knows what a snapshot has to tell, and what a refusal must leave as it was. */
#include "opening.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "samples.h"
#include "suite.h"

static size_t objects_of(packread_snapshot *snapshot)
{
    size_t objects = 0;

    for (size_t i = 0; i < packread_snapshot_packs(snapshot); i++) {
        packread_pack_info info = {.struct_size = sizeof info};

        ck_assert_int_eq(packread_snapshot_pack(snapshot, i, &info), 0);
        objects += info.objects;
    }
    return objects;
}

void opening_gives(const char *path, size_t packs, size_t objects)
{
    packread_snapshot *snapshot = sample_open(path, NULL);

    ck_assert_msg(packread_snapshot_packs(snapshot) == packs, "%s: %zu packs", path,
                  packread_snapshot_packs(snapshot));
    ck_assert_msg(objects_of(snapshot) == objects, "%s: %zu objects", path, objects_of(snapshot));
    ck_assert_uint_eq(packread_snapshot_problems(snapshot), 0);
    ck_assert_ptr_null(packread_snapshot_problem(snapshot, 0));
    packread_snapshot_free(snapshot);
}

size_t opening_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t count = 0;

    if (!folder)
        return 0;
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

packread_error opening_refused(const char *path, int code)
{
    size_t descriptors = opening_descriptors();
    packread_snapshot *const before = (packread_snapshot *)&descriptors;
    packread_snapshot *snapshot = before;
    packread_error error;
    int status;

    memset(&error, 0x5a, sizeof error);
    status = packread_snapshot_open(path, NULL, &snapshot, &error);
    ck_assert_msg(status == code, "%s: %d %s", path, status, status ? error.text : "");
    ck_assert_int_eq(error.code, code);
    ck_assert_ptr_eq(snapshot, before);
    ck_assert_uint_gt(strlen(error.text), 0);
    ck_assert_uint_gt(strlen(error.file), 0);
    ck_assert_int_eq(packread_snapshot_open(path, NULL, &snapshot, NULL), code);
    ck_assert_uint_eq(opening_descriptors(), descriptors);
    return error;
}

void opening_copy_file(const char *from, const char *to)
{
    char command[8192];

    snprintf(command, sizeof command, "cp '%s' '%s'", from, to);
    ck_assert_msg(system(command) == 0, "%s", command);
}

void opening_copy_types(const char *name)
{
    const sample *of = sample_find("packs/types");
    char *pack = sample_path(of, "pack/pack-types.pack");
    char *index = sample_path(of, "pack/pack-types.idx");
    char place[64];
    char *to;

    snprintf(place, sizeof place, "%s.pack", name);
    to = suite_scratch_path(place);
    opening_copy_file(pack, to);
    free(to);
    snprintf(place, sizeof place, "%s.idx", name);
    to = suite_scratch_path(place);
    opening_copy_file(index, to);
    free(to);
    free(pack);
    free(index);
}
