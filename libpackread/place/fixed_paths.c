/* fixed_paths.c - fixes what is relative to where the process is. */
#include "place/fixed_paths.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "place/here.h"
#include "platform/host.h"
#include "platform/tempfile.h"

static bool is_relative(const char *path)
{
    return path && path[0] != '/';
}

/* Of a list any path may be, but it is seldom there at all. */
static bool may_environment_be_relative(void)
{
    return is_relative(pkr_host_environment("TMPDIR")) ||
           is_relative(pkr_host_environment("GIT_OBJECT_DIRECTORY")) ||
           pkr_host_environment("GIT_ALTERNATE_OBJECT_DIRECTORIES");
}

/* What is from the root in the environment is taken as it is there when it is needed. */
static const char *choose_folder(const packread_options *options)
{
    const char *named = pkr_host_environment("TMPDIR");

    if (options->temporary_folder)
        return options->temporary_folder;
    if (options->flags & PACKREAD_NO_ENVIRONMENT)
        return PKR_TEMPFILE_FOLDER;
    return is_relative(named) ? named : NULL;
}

bool pkr_fixed_paths_take(pkr_fixed_paths *paths, const char *path, const char *name,
                          const packread_options *options)
{
    const char *folder = choose_folder(options);
    const bool is_needed =
        is_relative(path) || is_relative(folder) ||
        (!(options->flags & PACKREAD_NO_ENVIRONMENT) && may_environment_be_relative());

    if (is_needed && !pkr_here_find(path ? path : "", &paths->here))
        return false;
    paths->where = path ? pkr_path_fix(paths->here, path) : strdup(name);
    if (folder)
        paths->temporary_folder = pkr_path_fix(paths->here, folder);
    return paths->where && (paths->temporary_folder || !folder);
}

void pkr_fixed_paths_free(pkr_fixed_paths *paths)
{
    free(paths->here);
    free(paths->where);
    free(paths->temporary_folder);
    *paths = (pkr_fixed_paths){0};
}
