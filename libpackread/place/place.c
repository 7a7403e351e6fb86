/* place.c - tells packs, folders of packs, objects folders and repositories apart. */
#include "place/place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "format/beside.h"
#include "format/bundle.h"
#include "place/above.h"
#include "place/pack_folder.h"
#include "place/presence.h"
#include "platform/host.h"

#define MAGIC "PACK"

typedef struct search {
    pkr_budget *budget;
    const char *where;
    bool environment;
    const char *objects; /* that the environment names instead of a repository's own; or NULL */
    const char *refs;    /* what it says of where a repository's refs are; or NULL */
    pkr_place *place;
} search;

void pkr_place_free(pkr_place *place)
{
    pkr_repository_free(place->repository);
    free(place->pack);
    free(place->objects);
    free(place->folder);
    memset(place, 0, sizeof *place);
}

static int unreadable(packread_error *error, const char *path, int system_errno)
{
    return pkr_error_system(error, path, system_errno, "cannot be read");
}

static bool is_found(const search *on)
{
    return on->place->pack || on->place->folder;
}

/* ---- What is found -------------------------------------------------------------------------- */

/* Takes over the path of an objects folder; NULL: there was no memory for it. */
static int name_objects(search *on, char *objects, packread_error *error)
{
    on->place->objects = objects;
    on->place->folder = objects ? pkr_path_join(objects, "pack") : NULL;
    return on->place->folder ? 0 : pkr_error_memory(error);
}

static int open_repository(search *on, const pkr_found *found, packread_error *error)
{
    const pkr_repository_wanted wanted = {.git_dir = found->git_dir,
                                          .work_tree = found->work_tree,
                                          .objects = on->objects,
                                          .refs = on->refs};
    int status = pkr_repository_open(on->budget, &wanted, &on->place->repository, error);

    return status == 0 ? name_objects(on, strdup(on->place->repository->objects), error) : status;
}

/* ---- Files ---------------------------------------------------------------------------------- */

static bool has_name_of_pack(const char *path)
{
    return pkr_path_ends_with(path, ".pack") || pkr_path_ends_with(path, ".idx");
}

/* As a pack or a bundle. */
static int begins_as_pack(const char *path, bool *does, packread_error *error)
{
    char head[PKR_BUNDLE_MAGIC];
    size_t length = sizeof head;
    int failure = pkr_host_read_head(path, head, &length);

    *does = failure == 0 && ((length >= strlen(MAGIC) && memcmp(head, MAGIC, strlen(MAGIC)) == 0) ||
                             pkr_bundle_begins((const unsigned char *)head, length));
    return failure == 0 ? 0 : unreadable(error, path, failure);
}

/* A regular file: one that leads elsewhere, a pack or index by its name, or a pack by how it
 * begins, such as what a fetch that broke off leaves. */
static int look_at_file(search *on, packread_error *error)
{
    pkr_found found = {0};
    int status;

    if (has_name_of_pack(on->where)) {
        on->place->pack = pkr_path_with_ending(on->where, ".pack");
        return on->place->pack ? 0 : pkr_error_memory(error);
    }
    status = pkr_above_follow(on->where, on->objects, &found, error);
    if (status == 0 && found.git_dir)
        status = open_repository(on, &found, error);
    else if (status == 0)
        status = begins_as_pack(on->where, &on->place->any_name, error);
    pkr_found_free(&found);
    if (status != 0 || !on->place->any_name)
        return status;
    on->place->pack = strdup(on->where);
    return on->place->pack ? 0 : pkr_error_memory(error);
}

/* What has an index's name and is no file costs the pack beside it nothing. */
static int look_beside(search *on, packread_error *error)
{
    pkr_stamp stamp = {0};
    char *pack = pkr_path_with_ending(on->where, ".pack");

    if (!pack)
        return pkr_error_memory(error);
    if (pkr_host_look(pack, &stamp) == 0 && stamp.kind == PKR_KIND_FILE)
        on->place->pack = pack;
    else
        free(pack);
    return 0;
}

/* ---- Folders -------------------------------------------------------------------------------- */

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

static int is_folder_in(const char *folder, const char *name, bool *is_one, packread_error *error)
{
    char *path = pkr_path_join(folder, name);
    pkr_stamp stamp;
    int failure;

    if (!path)
        return pkr_error_memory(error);
    failure = pkr_host_look(path, &stamp);
    *is_one = stamp.kind == PKR_KIND_FOLDER;
    free(path);
    return failure == 0 || pkr_host_is_absence(failure) ? 0 : unreadable(error, folder, failure);
}

/* A repository that is named by the folder that has a .git. */
static int look_for_git(search *on, packread_error *error)
{
    pkr_found found = {0};
    int status = pkr_above_look_in(on->where, on->objects, &found, error);

    if (status == 0 && found.git_dir)
        status = open_repository(on, &found, error);
    pkr_found_free(&found);
    return status;
}

/* Or by its git dir; `odd` receives why it is none, though it has a HEAD. */
static int look_for_git_dir(search *on, packread_error *odd, packread_error *error)
{
    pkr_found found = {0};
    char *common_dir;
    packread_error why = {0};
    int status = pkr_repository_is_at(on->where, on->objects, &common_dir, &why);

    if (status == 0 && common_dir) {
        found.git_dir = strdup(on->where);
        status = found.git_dir ? open_repository(on, &found, error) : pkr_error_memory(error);
    } else if (status == PACKREAD_ERROR_NOT_A_PLACE) {
        *odd = why;
        status = 0;
    } else if (status != 0 && error) {
        *error = why;
    }
    free(common_dir);
    pkr_found_free(&found);
    return status;
}

static int look_for_packs(search *on, packread_error *error)
{
    bool is_one;
    int status = holds_packs(on->where, &is_one, error);

    if (status != 0 || !is_one)
        return status;
    on->place->folder = strdup(on->where);
    return on->place->folder ? 0 : pkr_error_memory(error);
}

static bool look_for_loose(void *found, const char *name)
{
    *(bool *)found = strlen(name) == 2 && strspn(name, "0123456789abcdef") == 2;
    return !*(bool *)found;
}

/* In a work tree any folder may have one named pack; that of an objects folder has packs in it, or
 * there is an `info` beside it, or folders of loose objects. If it may not be read, and there is
 * nothing else to tell by, that is an error. */
static int looks_as_objects(const char *pack, const char *folder, bool *does, packread_error *error)
{
    int closed = 0;
    int failure;
    int status = is_folder_in(folder, "info", does, error);

    if (status != 0 || *does)
        return status;
    failure = pkr_host_each_name(pack, look_for_pack, does);
    if (pkr_presence_is_refused(failure))
        closed = failure;
    else if (failure != 0)
        return unreadable(error, pack, failure);
    if (*does)
        return 0;
    failure = pkr_host_each_name(folder, look_for_loose, does);
    if (failure != 0)
        return unreadable(error, folder, failure);
    return *does || closed == 0 ? 0 : unreadable(error, pack, closed);
}

static int look_for_objects(search *on, bool is_sure, packread_error *error)
{
    char *pack;
    bool is_one;
    int status = is_folder_in(on->where, "pack", &is_one, error);

    if (status != 0 || !is_one)
        return status;
    pack = pkr_path_join(on->where, "pack");
    if (!pack)
        return pkr_error_memory(error);
    if (!is_sure)
        status = looks_as_objects(pack, on->where, &is_one, error);
    free(pack);
    return status == 0 && is_one ? name_objects(on, strdup(on->where), error) : status;
}

static int look_above(search *on, packread_error *error)
{
    pkr_found found = {0};
    int status = pkr_above_find(on->where, on->objects, on->environment, &found, error);

    if (status == 0 && found.git_dir)
        status = open_repository(on, &found, error);
    pkr_found_free(&found);
    return status;
}

/* What the folder is, or else what it lies in. */
static int look_at_folder(search *on, packread_error *error)
{
    packread_error odd = {0};
    int status = look_for_git(on, error);

    if (status == 0 && !is_found(on))
        status = look_for_git_dir(on, &odd, error);
    if (status == 0 && !is_found(on))
        status = look_for_packs(on, error);
    if (status == 0 && !is_found(on))
        status = look_for_objects(on, false, error);
    if (status == 0 && !is_found(on) && !has_name_of_pack(on->where))
        status = look_above(on, error);
    if (status == 0 && !is_found(on))
        status = look_for_objects(on, true, error);
    if (status != 0 || is_found(on) || odd.code == 0)
        return status;
    if (error)
        *error = odd;
    return odd.code;
}

/* ---- Anything ------------------------------------------------------------------------------- */

static bool is_multi_pack_index(const char *name)
{
    static const char first[] = "multi-pack-index"; /* -HASH.midx, -chain, -HASH.rev */

    return strncmp(name, first, strlen(first)) == 0 || pkr_path_ends_with(name, ".midx");
}

static bool stands_beside_pack(const char *name)
{
    for (size_t i = 0; i < PKR_PACK_ENDINGS; i++)
        if (pkr_path_ends_with(name, pkr_pack_endings[i]))
            return true;
    return false;
}

/* "12/3456..." */
static bool is_loose_object(const char *where, const char *name)
{
    static const char digits[] = "0123456789abcdef";
    const size_t rest = strspn(name, digits);
    const size_t before = (size_t)(name - where);

    return (rest == 38 || rest == 62) && !name[rest] && before >= 3 && name[-1] == '/' &&
           strspn(name - 3, digits) == 2 && (before == 3 || name[-4] == '/');
}

/* What a file of a repository is, and what to name in its place. */
static int not_a_place(packread_error *error, const char *where, bool is_file)
{
    const char *slash = strrchr(where, '/');
    const char *name = slash ? slash + 1 : where;
    const char *text = "neither a pack, an index, a folder of packs nor a repository";

    if (is_file && is_multi_pack_index(name))
        text = "a multi-pack-index is read with its packs: name the repository, or the folder of "
               "the packs";
    else if (is_file && stands_beside_pack(name))
        text = "stands beside a pack, with which it is read: name the .pack, or the repository";
    else if (is_file && is_loose_object(where, name))
        text = "a loose object is read by its id: name the repository, or the objects folder";
    else if (is_file)
        text = "neither a pack, an index, a folder of packs nor a repository; if it lies in one, "
               "name its folder";
    return pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, where, text);
}

static int look(search *on, packread_error *error)
{
    pkr_stamp stamp = {0};
    int failure = pkr_host_look(on->where, &stamp);
    int status = 0;

    if (failure == 0 && stamp.kind == PKR_KIND_FILE)
        status = look_at_file(on, error);
    else if (failure == 0 && stamp.kind == PKR_KIND_FOLDER)
        status = look_at_folder(on, error);
    if (status == 0 && !is_found(on) && stamp.kind != PKR_KIND_FILE &&
        pkr_path_ends_with(on->where, ".idx") && (failure == 0 || pkr_host_is_there(on->where)))
        status = look_beside(on, error);
    if (status != 0 || is_found(on))
        return status;
    if (failure != 0)
        return pkr_error_system(error, on->where, failure, "cannot be opened");
    if (stamp.kind != PKR_KIND_FILE && has_name_of_pack(on->where))
        return pkr_error_set(error, PACKREAD_ERROR_NOT_REGULAR, on->where, "not a regular file");
    if (stamp.kind == PKR_KIND_OTHER)
        return pkr_error_set(error, PACKREAD_ERROR_NOT_REGULAR, on->where,
                             "neither a regular file nor a folder");
    return not_a_place(error, on->where, stamp.kind == PKR_KIND_FILE);
}

int pkr_place_find(pkr_budget *budget, const char *where, bool environment, const char *here,
                   pkr_place *place, packread_error *error)
{
    const char *named = environment ? pkr_host_environment("GIT_OBJECT_DIRECTORY") : NULL;
    char *objects = named ? pkr_path_fix(here, named) : NULL;
    search on = {.budget = budget,
                 .where = where,
                 .environment = environment,
                 .objects = objects,
                 .refs = environment ? pkr_host_environment("GIT_REFERENCE_BACKEND") : NULL,
                 .place = place};
    int status;

    memset(place, 0, sizeof *place);
    status = objects || !named ? look(&on, error) : pkr_error_memory(error);
    free(objects);
    if (status != 0)
        pkr_place_free(place);
    return status;
}
