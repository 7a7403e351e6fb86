/* repository.c - follows the files of a git dir that lead elsewhere (gitrepository-layout(5)), and
 * reads its configuration: of these files alone, whatever they include. */
#include "place/repository.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "format/repository_format.h"
#include "place/detours.h"
#include "place/presence.h"
#include "place/small_file.h"
#include "platform/host.h"

#define CONFIG_MOST ((uint64_t)16 << 20)

void pkr_repository_free(pkr_repository *repository)
{
    if (!repository)
        return;
    free(repository->git_dir);
    free(repository->common_dir);
    free(repository->objects);
    free(repository->work_tree);
    free(repository->refs_folder);
    free(repository->promisor);
    free(repository);
}

/* ---- Whether there is one -------------------------------------------------------------------- */

static int read_common_dir(const char *file, const char *folder, char **common_dir,
                           packread_error *error)
{
    bool is_there;
    int status = pkr_small_file_follow(file, "", folder, common_dir, &is_there, error);

    if (status == PACKREAD_ERROR_NOT_REGULAR)
        return pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, file, "not a regular file");
    if (status == 0 && is_there && !*common_dir)
        return pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, folder,
                             "its commondir file does not say where the repository is");
    return status == 0 && *common_dir ? pkr_presence_check_target(*common_dir, file, error)
                                      : status;
}

static int find_common_dir(const char *folder, char **common_dir, packread_error *error)
{
    char *file = pkr_path_join(folder, "commondir");
    int status = file ? read_common_dir(file, folder, common_dir, error) : pkr_error_memory(error);

    free(file);
    if (status != 0 || *common_dir)
        return status;
    *common_dir = strdup(folder);
    return *common_dir ? 0 : pkr_error_memory(error);
}

static int check_objects(const char *common_dir, bool *is_there, packread_error *error)
{
    char *path = pkr_path_join(common_dir, "objects");
    pkr_stamp stamp;
    int status = path ? pkr_presence_look(common_dir, path, &stamp, is_there, error)
                      : pkr_error_memory(error);

    if (status == 0 && *is_there && stamp.kind != PKR_KIND_FOLDER)
        status = pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, path, "not a folder");
    free(path);
    return status;
}

/* It may be a link to a branch that has yet to come. */
static int check_head(const char *folder, bool *is_there, packread_error *error)
{
    char *head = pkr_path_join(folder, "HEAD");
    pkr_stamp stamp;
    int failure;
    int status = 0;

    if (!head)
        return pkr_error_memory(error);
    failure = pkr_host_look(head, &stamp);
    *is_there = failure == 0 || pkr_host_is_there(head);
    if (failure != 0 && !*is_there && !pkr_host_is_absence(failure))
        status =
            pkr_error_system(error, failure == EACCES ? folder : head, failure, "cannot be read");
    free(head);
    return status;
}

int pkr_repository_is_at(const char *folder, const char *objects, char **common_dir,
                         packread_error *error)
{
    bool is_good = false;
    int status = check_head(folder, &is_good, error);

    *common_dir = NULL;
    if (status != 0 || !is_good)
        return status;
    status = find_common_dir(folder, common_dir, error);
    if (status == 0 && !objects)
        status = check_objects(*common_dir, &is_good, error);
    if (status != 0 || !is_good) {
        free(*common_dir);
        *common_dir = NULL;
    }
    return status;
}

/* ---- What its configuration says ------------------------------------------------------------- */

/* False without memory. */
static bool copy(char **target, pkr_words words)
{
    free(*target);
    *target = words.bytes ? pkr_path_copy(words.bytes, words.size) : NULL;
    return *target || !words.bytes;
}

/* The main work tree's; a linked one has its own. */
static int take_work_tree(pkr_repository *repository, const pkr_repository_format *format,
                          packread_error *error)
{
    char *named = NULL;

    if (!copy(&named, format->work_tree))
        return pkr_error_memory(error);
    if (!named && !(format->is_bare_told && format->is_bare))
        return 0;
    free(repository->work_tree);
    repository->work_tree = NULL;
    if (!named)
        return 0;
    repository->work_tree = pkr_detours_cut(repository->git_dir, named);
    free(named);
    return repository->work_tree ? 0 : pkr_error_memory(error);
}

/* Where nothing else says so: of a git dir that was named itself. A linked work tree's `gitdir`
 * names its .git file; ".git" lies in its work tree. */
static int guess_work_tree(pkr_repository *repository, const pkr_repository_format *format,
                           packread_error *error)
{
    char *file = pkr_path_join(repository->git_dir, "gitdir");
    char *link = NULL;
    bool is_there;
    int status = 0;
    const bool is_linked = strcmp(repository->git_dir, repository->common_dir) != 0;

    if (!file)
        return pkr_error_memory(error);
    if (is_linked)
        status = pkr_small_file_follow(file, "", repository->git_dir, &link, &is_there, error);
    free(file);
    if (status == 0 && link)
        repository->work_tree = pkr_path_folder(link);
    else if (status == 0 && !is_linked && format->is_bare_told && !format->is_bare)
        repository->work_tree = pkr_detours_cut(repository->git_dir, "..");
    else
        return status == PACKREAD_ERROR_NOT_REGULAR ? 0 : status;
    free(link);
    return repository->work_tree ? 0 : pkr_error_memory(error);
}

static int take_format(pkr_repository *repository, const pkr_repository_format *format,
                       packread_error *error)
{
    const bool is_linked = strcmp(repository->git_dir, repository->common_dir) != 0;
    int status = 0;

    repository->id_size = format->id_size;
    repository->tells_id_size = format->is_told;
    repository->ignores_replacements = format->ignores_replacements;
    repository->trusts_names = format->trusts_names;
    repository->meant = format->meant;
    repository->ref_storage = format->has_reftables ? PKR_REFS_REFTABLE : PKR_REFS_FILES;
    if (!copy(&repository->refs_folder, format->refs_folder) ||
        !copy(&repository->promisor,
              format->partial_clone.bytes ? format->partial_clone : format->first_promisor))
        return pkr_error_memory(error);
    if (repository->refs_folder)
        pkr_path_unmark(repository->refs_folder);
    if (!is_linked)
        status = take_work_tree(repository, format, error);
    if (status == 0 && !repository->work_tree)
        status = guess_work_tree(repository, format, error);
    return status;
}

/* Reads one configuration, of which its `format` points into `file` then. */
static int read_config(pkr_budget *budget, const char *folder, const char *name,
                       int (*read)(void *bytes, size_t size, pkr_repository_format *format,
                                   char why[PKR_REFUSAL_SIZE]),
                       pkr_small_file *file, pkr_repository_format *format, packread_error *error)
{
    char *path = pkr_path_join(folder, name);
    char why[PKR_REFUSAL_SIZE];
    int status;

    if (!path)
        return pkr_error_memory(error);
    status = pkr_small_file_read(budget, path, CONFIG_MOST, file, error);
    if (status == 0 && file->bytes) {
        status = read(file->bytes, file->size, format, why);
        if (status != 0)
            pkr_error_set(error, status, path, why);
    }
    free(path);
    return status;
}

/* `refs` NULL: nothing is said. */
static int take_named_refs(const pkr_repository *repository, const char *refs,
                           pkr_repository_format *format, packread_error *error)
{
    if (!refs || pkr_repository_format_take_refs(format, (pkr_words){refs, strlen(refs)}))
        return 0;
    return pkr_error_set(error, PACKREAD_ERROR_UNSUPPORTED, repository->git_dir,
                         "GIT_REFERENCE_BACKEND is neither files nor reftable");
}

static int configure(pkr_budget *budget, pkr_repository *repository, const char *refs,
                     packread_error *error)
{
    pkr_repository_format format = {.id_size = 20};
    pkr_small_file common = {0};
    pkr_small_file own = {0};
    int status = read_config(budget, repository->common_dir, "config", pkr_repository_format_read,
                             &common, &format, error);

    if (status == 0 && format.has_worktree_config)
        status = read_config(budget, repository->git_dir, "config.worktree",
                             pkr_repository_format_add, &own, &format, error);
    if (status == 0)
        status = take_named_refs(repository, refs, &format, error);
    if (status == 0)
        status = take_format(repository, &format, error);
    pkr_small_file_free(budget, &own);
    pkr_small_file_free(budget, &common);
    return status;
}

/* ---- Opening -------------------------------------------------------------------------------- */

/* What stands for a repository's own objects folder was named on purpose: it has to be there. */
static int check_named_objects(const char *objects, packread_error *error)
{
    pkr_stamp stamp;
    int failure = objects ? pkr_host_look(objects, &stamp) : 0;

    if (objects && failure == 0 && stamp.kind != PKR_KIND_FOLDER)
        failure = ENOTDIR;
    return failure == 0 ? 0
                        : pkr_error_system(error, objects, failure,
                                           "GIT_OBJECT_DIRECTORY names it as the objects folder, "
                                           "and it cannot be read");
}

static int place_it(pkr_repository *made, const pkr_repository_wanted *wanted,
                    packread_error *error)
{
    char *shallow;
    int status = pkr_repository_is_at(wanted->git_dir, wanted->objects, &made->common_dir, error);

    if (status != 0)
        return status;
    if (!made->common_dir)
        return pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, wanted->git_dir,
                             "not a git repository");
    status = check_named_objects(wanted->objects, error);
    if (status != 0)
        return status;
    made->git_dir = strdup(wanted->git_dir);
    made->objects =
        wanted->objects ? strdup(wanted->objects) : pkr_path_join(made->common_dir, "objects");
    made->work_tree = wanted->work_tree ? strdup(wanted->work_tree) : NULL;
    shallow = pkr_path_join(made->common_dir, "shallow");
    made->is_shallow = shallow && pkr_host_is_there(shallow);
    free(shallow);
    return made->git_dir && made->objects && shallow && (made->work_tree || !wanted->work_tree)
               ? 0
               : pkr_error_memory(error);
}

int pkr_repository_open(pkr_budget *budget, const pkr_repository_wanted *wanted,
                        pkr_repository **repository, packread_error *error)
{
    pkr_repository *made = calloc(1, sizeof *made);
    int status = made ? place_it(made, wanted, error) : pkr_error_memory(error);

    if (status == 0)
        status = configure(budget, made, wanted->refs, error);
    if (status == 0)
        *repository = made;
    else
        pkr_repository_free(made);
    return status;
}
