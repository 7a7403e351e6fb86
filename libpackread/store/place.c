/* place.c - tells packs, folders of packs, objects folders and repositories apart, and follows .git
 * files and commondir files (gitrepository-layout(5)). */
#include "store/place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fault.h"
#include "base/path.h"
#include "platform/host.h"
#include "store/pack_folder.h"

/* A .git file or commondir file is one short line. */
#define LINE_MAX_SIZE 4096
#define GIT_FILE_KEY "gitdir: "
#define HOPS_MAX 5

void pkr_place_free(pkr_place *place)
{
    free(place->pack);
    free(place->objects);
    free(place->folder);
    memset(place, 0, sizeof *place);
}

static int unreadable(packread_error *error, const char *path, int system_errno)
{
    return pkr_error_system(error, path, system_errno, "cannot be read");
}

static int kind_of(const char *folder, const char *name, enum pkr_kind *kind, packread_error *error)
{
    char *path = pkr_path_join(folder, name);
    pkr_stamp stamp = {0};
    int failure;
    int status = 0;

    if (!path)
        return pkr_error_memory(error);
    failure = pkr_host_look(path, &stamp);
    *kind = stamp.kind;
    if (failure != 0 && !pkr_host_is_absence(failure))
        status = unreadable(error, failure == EACCES ? folder : path, failure);
    free(path);
    return status;
}

/* As much of a regular file as LINE_MAX_SIZE holds; nothing of any other. */
static int read_head(const char *path, char *bytes, size_t *length, packread_error *error)
{
    int failure;

    *length = LINE_MAX_SIZE;
    failure = pkr_host_read_head(path, bytes, length);
    return failure == 0 ? 0 : unreadable(error, path, failure);
}

/* `name` as seen from `folder`: it may be absolute. */
static int resolve(const char *folder, const char *name, char **path, packread_error *error)
{
    *path = name[0] == '/' ? strdup(name) : pkr_path_join(folder, name);
    return *path ? 0 : pkr_error_memory(error);
}

/* Where the file `path` points: what stands behind `key` in its one line, as seen from the file's
 * folder; NULL if that is not what it says. */
static int follow(const char *path, const char *key, char **target, packread_error *error)
{
    const char *slash = strrchr(path, '/');
    char line[LINE_MAX_SIZE + 1];
    char *folder;
    size_t length;
    int status = read_head(path, line, &length, error);

    *target = NULL;
    line[length] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    if (status != 0 || length == LINE_MAX_SIZE || line[0] == '\0' ||
        strncmp(line, key, strlen(key)) != 0)
        return status;
    folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    status = folder ? resolve(folder, line + strlen(key), target, error) : pkr_error_memory(error);
    free(folder);
    return status;
}

static bool has_name_of_pack(const char *path)
{
    return pkr_path_ends_with(path, ".pack") || pkr_path_ends_with(path, ".idx");
}

static bool look_for_pack(void *found, const char *name)
{
    *(bool *)found = pkr_pack_folder_takes(name);
    return !*(bool *)found;
}

static int holds_packs(const char *path, bool *found, packread_error *error)
{
    int failure;

    *found = false;
    failure = pkr_host_each_name(path, look_for_pack, found);
    return failure == 0 ? 0 : unreadable(error, path, failure);
}

/* Something else in the place of a file or folder of a repository. */
static int odd_one(packread_error *error, const char *folder, const char *name, const char *text)
{
    char *path = pkr_path_join(folder, name);
    int status = pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, path ? path : folder, text);

    free(path);
    return status;
}

/* What the file `name` in a folder points to. */
static int follow_in(const char *folder, const char *name, const char *key, const char *failure,
                     char **next, packread_error *error)
{
    char *path;
    int status = resolve(folder, name, &path, error);

    if (status == 0)
        status = follow(path, key, next, error);
    if (status == 0 && !*next)
        status = pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, folder, failure);
    free(path);
    return status;
}

/* A .git or commondir that points elsewhere, in `*next`. */
static int look_for_pointer(const char *path, char **next, packread_error *error)
{
    enum pkr_kind kind;
    int status = kind_of(path, ".git", &kind, error);

    if (status != 0)
        return status;
    if (kind == PKR_KIND_FOLDER)
        return resolve(path, ".git", next, error);
    if (kind == PKR_KIND_FILE)
        return follow_in(path, ".git", GIT_FILE_KEY,
                         "its .git file does not say where the repository is", next, error);
    if (kind != PKR_KIND_NONE)
        return odd_one(error, path, ".git", "neither a regular file nor a folder");
    status = kind_of(path, "commondir", &kind, error);
    if (status != 0 || kind == PKR_KIND_NONE)
        return status;
    if (kind != PKR_KIND_FILE)
        return odd_one(error, path, "commondir", "not a regular file");
    return follow_in(path, "commondir", "",
                     "its commondir file does not say where the repository is", next, error);
}

/* Takes over the path of an objects folder; NULL: there was no memory for it. */
static int name_objects(char *objects, pkr_place *place, packread_error *error)
{
    place->objects = objects;
    place->folder = objects ? pkr_path_join(objects, "pack") : NULL;
    return place->folder ? 0 : pkr_error_memory(error);
}

/* What a folder is; `*next` receives a path to look at instead, if it points elsewhere. Nothing is
 * set where it is none of ours. */
static int look_at_folder(const char *path, pkr_place *place, char **next, packread_error *error)
{
    enum pkr_kind objects = PKR_KIND_NONE;
    enum pkr_kind head = PKR_KIND_NONE;
    enum pkr_kind pack = PKR_KIND_NONE;
    bool found = false;
    int status = look_for_pointer(path, next, error);

    if (status == 0 && !*next)
        status = kind_of(path, "objects", &objects, error);
    if (status == 0 && objects != PKR_KIND_NONE)
        status = kind_of(path, "HEAD", &head, error);
    if (status != 0 || *next)
        return status;
    if (objects == PKR_KIND_FOLDER && head != PKR_KIND_NONE)
        return name_objects(pkr_path_join(path, "objects"), place, error);
    status = holds_packs(path, &found, error);
    if (status == 0 && found) {
        place->folder = strdup(path);
        return place->folder ? 0 : pkr_error_memory(error);
    }
    if (status == 0)
        status = kind_of(path, "pack", &pack, error);
    if (status == 0 && pack == PKR_KIND_FOLDER)
        return name_objects(strdup(path), place, error);
    if (status == 0 && head != PKR_KIND_NONE)
        return odd_one(error, path, "objects", "not a folder");
    return status;
}

static int not_a_place(packread_error *error, const char *where)
{
    return pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, where,
                         "neither a pack, an index, a folder of packs nor a repository");
}

/* A regular file: one that points elsewhere, a pack or index by its name, or a pack by how it
 * begins, such as what a fetch that broke off leaves. */
static int look_at_file(const char *path, pkr_place *place, char **next, packread_error *error)
{
    char head[LINE_MAX_SIZE];
    size_t length;
    int status;

    if (!has_name_of_pack(path)) {
        status = follow(path, GIT_FILE_KEY, next, error);
        if (status == 0 && !*next)
            status = read_head(path, head, &length, error);
        if (status != 0 || *next || length < 4 || memcmp(head, "PACK", 4) != 0)
            return status;
        place->any_name = true;
    }
    place->pack = place->any_name ? strdup(path) : pkr_path_with_ending(path, ".pack");
    return place->pack ? 0 : pkr_error_memory(error);
}

/* What has an index's name and is no file costs the pack beside it nothing. */
static int look_beside(const char *path, pkr_place *place, packread_error *error)
{
    pkr_stamp stamp = {0};
    char *pack = pkr_path_with_ending(path, ".pack");

    if (!pack)
        return pkr_error_memory(error);
    if (pkr_host_look(pack, &stamp) == 0 && stamp.kind == PKR_KIND_FILE)
        place->pack = pack;
    else
        free(pack);
    return 0;
}

/* One step: sets a part of `place`, or `*next` where the path points elsewhere, or neither. */
static int look_at(const char *path, pkr_place *place, char **next, packread_error *error)
{
    pkr_stamp stamp = {0};
    int failure = pkr_host_look(path, &stamp);
    int status = 0;

    *next = NULL;
    if (failure == 0 && stamp.kind == PKR_KIND_FILE)
        return look_at_file(path, place, next, error);
    if (failure == 0 && stamp.kind == PKR_KIND_FOLDER)
        status = look_at_folder(path, place, next, error);
    if (status == 0 && !place->folder && !*next && pkr_path_ends_with(path, ".idx") &&
        (failure == 0 || pkr_host_is_there(path)))
        status = look_beside(path, place, error);
    if (status != 0 || place->pack || place->folder || *next)
        return status;
    if (failure != 0)
        return pkr_error_system(error, path, failure, "cannot be opened");
    if (has_name_of_pack(path))
        return pkr_error_set(error, PACKREAD_ERROR_NOT_REGULAR, path, "not a regular file");
    if (stamp.kind == PKR_KIND_OTHER)
        return pkr_error_set(error, PACKREAD_ERROR_NOT_REGULAR, path,
                             "neither a regular file nor a folder");
    return 0;
}

int pkr_place_find(const char *where, pkr_place *place, packread_error *error)
{
    char *path = strdup(where);
    int status = path ? 0 : pkr_error_memory(error);

    memset(place, 0, sizeof *place);
    for (int hop = 0; status == 0 && !place->pack && !place->folder; hop++) {
        char *next = NULL;

        status = look_at(path, place, &next, error);
        if (status == 0 && !place->pack && !place->folder && (!next || hop == HOPS_MAX))
            status = not_a_place(error, where);
        if (next) {
            free(path);
            path = next;
        }
    }
    if (status != 0)
        pkr_place_free(place);
    free(path);
    return status;
}
