/* above.c - goes up from a folder, level by level, and asks each in git's order for a .git file, a
 * .git folder, and for being a git dir itself. */
#include "place/above.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "format/config.h"
#include "place/presence.h"
#include "place/repository.h"
#include "place/small_file.h"
#include "platform/host.h"

#define HEAD_SIZE 256

void pkr_found_free(pkr_found *found)
{
    free(found->git_dir);
    free(found->work_tree);
    *found = (pkr_found){0};
}

static int take(const char *git_dir, const char *work_tree, pkr_found *found, packread_error *error)
{
    found->git_dir = strdup(git_dir);
    found->work_tree = work_tree ? strdup(work_tree) : NULL;
    if (found->git_dir && (found->work_tree || !work_tree))
        return 0;
    pkr_found_free(found);
    return pkr_error_memory(error);
}

static int not_there(packread_error *error, const char *path, const char *text)
{
    return pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, path, text);
}

/* ---- A .git --------------------------------------------------------------------------------- */

/* The git dir that `file` leads to. */
static int check_target(const char *file, const char *git_dir, const char *objects,
                        packread_error *error)
{
    char text[PKR_ERROR_TEXT];
    char *common_dir = NULL;
    int status = pkr_presence_check_target(git_dir, file, error);

    if (status == 0)
        status = pkr_repository_is_at(git_dir, objects, &common_dir, error);
    if (status == 0 && !common_dir) {
        pkr_path_put(text, sizeof text, "not a git repository, though ", file, " leads here");
        status = not_there(error, git_dir, text);
    }
    free(common_dir);
    return status;
}

int pkr_above_follow(const char *file, const char *objects, pkr_found *found, packread_error *error)
{
    char *folder = pkr_path_folder(file);
    char *git_dir = NULL;
    bool is_there;
    int status = folder
                     ? pkr_small_file_follow(file, "gitdir: ", folder, &git_dir, &is_there, error)
                     : pkr_error_memory(error);

    if (status == 0 && git_dir) {
        const bool has_name = pkr_path_ends_with(file, "/.git") || strcmp(file, ".git") == 0;

        status = check_target(file, git_dir, objects, error);
        if (status == 0)
            status = take(git_dir, has_name ? folder : NULL, found, error);
    }
    free(git_dir);
    free(folder);
    return status;
}

static int look_at_folder(const char *git, const char *work_tree, const char *objects,
                          pkr_found *found, packread_error *error)
{
    char *common_dir;
    int status = pkr_repository_is_at(git, objects, &common_dir, error);

    if (status == 0 && common_dir)
        status = take(git, work_tree, found, error);
    free(common_dir);
    return status;
}

static int look_at(const char *git, const char *folder, const char *objects, pkr_found *found,
                   packread_error *error)
{
    pkr_stamp stamp;
    bool is_there;
    int status = pkr_presence_look(folder, git, &stamp, &is_there, error);

    if (status != 0 || !is_there)
        return status;
    if (stamp.kind == PKR_KIND_FOLDER)
        return look_at_folder(git, folder, objects, found, error);
    if (stamp.kind != PKR_KIND_FILE)
        return not_there(error, git, "neither a regular file nor a folder");
    status = pkr_above_follow(git, objects, found, error);
    if (status == 0 && !found->git_dir)
        status = not_there(error, folder, "its .git file does not say where the repository is");
    return status;
}

int pkr_above_look_in(const char *folder, const char *objects, pkr_found *found,
                      packread_error *error)
{
    char *git = pkr_path_join(folder, ".git");
    int status = git ? look_at(git, folder, objects, found, error) : pkr_error_memory(error);

    free(git);
    return status;
}

/* ---- Whether what was met on the way up is one ------------------------------------------------
 */

static int unreadable(packread_error *error, const char *path, int failure)
{
    return pkr_error_system(error, path, failure, "cannot be read");
}

static bool says_where_head_is(const char *text)
{
    if (strncmp(text, "ref:", 4) != 0)
        return strspn(text, "0123456789abcdefABCDEF") >= 40;
    text += 4;
    return strncmp(text + strspn(text, " \t\r\n"), "refs/", 5) == 0;
}

/* Many folders have a file of this name: its contents count. */
static int check_head(const char *path, bool *is_one, packread_error *error)
{
    char bytes[HEAD_SIZE + 1];
    size_t length = HEAD_SIZE;
    char *link;
    int failure = pkr_host_link(path, &link);

    *is_one = failure == 0 && link && strncmp(link, "refs/", 5) == 0;
    free(link);
    if (failure == 0 && !*is_one) {
        failure = pkr_host_read_head(path, bytes, &length);
        bytes[length] = '\0';
        *is_one = failure == 0 && says_where_head_is(bytes);
    }
    return failure == 0 || pkr_host_is_absence(failure) ? 0 : unreadable(error, path, failure);
}

static int check_folder(const char *folder, const char *name, bool *is_one, packread_error *error)
{
    char *path = pkr_path_join(folder, name);
    pkr_stamp stamp;
    int status =
        path ? pkr_presence_look(folder, path, &stamp, is_one, error) : pkr_error_memory(error);

    *is_one = status == 0 && *is_one && stamp.kind == PKR_KIND_FOLDER;
    free(path);
    return status;
}

static int check_all(const char *git_dir, const char *objects, bool *is_one, packread_error *error)
{
    char *head = pkr_path_join(git_dir, "HEAD");
    char *common_dir = NULL;
    int status = head ? check_head(head, is_one, error) : pkr_error_memory(error);

    if (status == 0 && *is_one) {
        status = pkr_repository_is_at(git_dir, objects, &common_dir, error);
        *is_one = common_dir != NULL;
    }
    if (common_dir)
        status = check_folder(common_dir, "refs", is_one, error);
    free(common_dir);
    free(head);
    if (status == PACKREAD_ERROR_NOT_A_PLACE) {
        *is_one = false;
        status = 0;
    }
    return status;
}

/* A folder named .git that is no git dir is passed by; a file of that name is not. */
static int look_in_git(const char *folder, const char *objects, pkr_found *found,
                       packread_error *error)
{
    char *git = pkr_path_join(folder, ".git");
    bool is_folder = false;
    bool is_one = true;
    int status = git ? check_folder(folder, ".git", &is_folder, error) : pkr_error_memory(error);

    if (status == 0 && is_folder)
        status = check_all(git, objects, &is_one, error);
    if (status == 0 && is_one)
        status = look_at(git, folder, objects, found, error);
    free(git);
    return status;
}

static int look_at_level(const char *folder, const char *objects, pkr_found *found,
                         packread_error *error)
{
    bool is_one;
    int status = look_in_git(folder, objects, found, error);

    if (status != 0 || found->git_dir)
        return status;
    status = check_all(folder, objects, &is_one, error);
    return status == 0 && is_one ? take(folder, NULL, found, error) : status;
}

/* ---- How far up ----------------------------------------------------------------------------- */

static size_t length_without_slash(const char *path)
{
    size_t length = strlen(path);

    return length > 0 && path[length - 1] == '/' ? length - 1 : length;
}

/* The length of a ceiling if the path lies below it, else -1. */
static ptrdiff_t measure(const char *path, const char *ceiling)
{
    const size_t length = length_without_slash(ceiling);

    if (strncmp(path, ceiling, length) != 0 || path[length] != '/' || !path[length + 1])
        return -1;
    return (ptrdiff_t)length;
}

/* Links in a ceiling are followed, as they were in the path, unless it stands behind an empty
 * entry. One that is not there is none. */
static int measure_real(const char *path, const char *ceiling, ptrdiff_t *length,
                        packread_error *error)
{
    char *real;
    int failure = pkr_host_real_path(ceiling, &real);

    *length = failure == 0 ? measure(path, real) : -1;
    free(real);
    return failure == ENOMEM ? pkr_error_memory(error) : 0;
}

static int longest_of(char *list, const char *path, ptrdiff_t *longest, packread_error *error)
{
    bool is_exact = false;
    int status = 0;

    for (char *at = list, *next; status == 0 && at; at = next) {
        ptrdiff_t length = -1;

        next = strchr(at, ':');
        if (next)
            *next++ = '\0';
        is_exact = is_exact || !*at;
        if (*at == '/' && is_exact)
            length = measure(path, at);
        else if (*at == '/')
            status = measure_real(path, at, &length, error);
        if (length > *longest)
            *longest = length;
    }
    return status;
}

/* The length of the longest ceiling above the path; -1: none. */
static int find_ceiling(const char *path, ptrdiff_t *longest, packread_error *error)
{
    const char *variable = pkr_host_environment("GIT_CEILING_DIRECTORIES");
    char *list = variable ? strdup(variable) : NULL;
    int status;

    *longest = -1;
    if (variable && !list)
        return pkr_error_memory(error);
    status = longest_of(list, path, longest, error);
    free(list);
    return status;
}

/* What git takes for true. */
static bool crosses_borders(void)
{
    const char *variable = pkr_host_environment("GIT_DISCOVERY_ACROSS_FILESYSTEM");
    bool value = false;

    if (variable) {
        const pkr_config_entry entry = {.value = variable, .value_size = strlen(variable)};

        (void)pkr_config_bool(&entry, &value);
    }
    return value;
}

/* One level up, in place; false at the top or at the ceiling. */
static bool cut_last(char *path, ptrdiff_t ceiling)
{
    ptrdiff_t length = (ptrdiff_t)strlen(path);

    if (length <= 1)
        return false;
    do
        length--;
    while (length > ceiling && path[length] != '/');
    if (length <= ceiling)
        return false;
    path[length > 0 ? length : 1] = '\0';
    return true;
}

static int go_up(char *path, const char *objects, bool environment, pkr_found *found,
                 packread_error *error)
{
    const bool crosses = environment && crosses_borders();
    pkr_stamp first;
    pkr_stamp stamp;
    ptrdiff_t ceiling = -1;
    int failure = pkr_host_look(path, &first);
    int status = 0;

    if (environment)
        status = find_ceiling(path, &ceiling, error);
    while (status == 0 && failure == 0 && !found->git_dir && cut_last(path, ceiling)) {
        failure = pkr_host_look(path, &stamp);
        if (failure == 0 && !crosses && stamp.device != first.device)
            break;
        if (failure == 0)
            status = look_at_level(path, objects, found, error);
    }
    return failure == 0 ? status : pkr_error_system(error, path, failure, "cannot be read");
}

int pkr_above_find(const char *folder, const char *objects, bool environment, pkr_found *found,
                   packread_error *error)
{
    char *real;
    int failure = pkr_host_real_path(folder, &real);
    int status;

    if (failure != 0)
        return pkr_error_system(error, folder, failure, "cannot be read");
    status = go_up(real, objects, environment, found, error);
    free(real);
    return status;
}
