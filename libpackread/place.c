/* place.c - tells packs, folders of packs, objects folders and repositories apart, and follows .git
 * files and commondir files (gitrepository-layout(5)). */
#include "place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "pack.h"

/* A .git file or commondir file is one short line. */
#define LINE_MAX_SIZE 4096
#define HOPS_MAX 5

char *packread_place_join(const char *folder, const char *name)
{
    size_t length = strlen(folder);
    char *path = malloc(length + strlen(name) + 2);

    if (!path)
        return NULL;
    memcpy(path, folder, length);
    if (length > 0 && folder[length - 1] != '/')
        path[length++] = '/';
    strcpy(path + length, name);
    return path;
}

void packread_place_free(packread_place *place)
{
    free(place->pack);
    free(place->objects);
    free(place->folder);
    memset(place, 0, sizeof *place);
}

static bool ends_with(const char *path, const char *ending)
{
    size_t length = strlen(path);
    size_t tail = strlen(ending);

    return length > tail && strcmp(path + length - tail, ending) == 0;
}

/* The type bits of `folder/name`, 0 if it is not there. */
static mode_t kind_of(const char *folder, const char *name)
{
    char *path = packread_place_join(folder, name);
    struct stat status;
    mode_t kind = 0;

    if (path && stat(path, &status) == 0)
        kind = status.st_mode & S_IFMT;
    free(path);
    return kind;
}

/* The one line of a small regular file, without its end of line; NULL if it has none. */
static char *read_line(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char *line = malloc(LINE_MAX_SIZE + 1);
    size_t length = 0;
    struct stat status;

    if (fd < 0 || !line || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        goto none;
    while (length < LINE_MAX_SIZE) {
        ssize_t got = read(fd, line + length, LINE_MAX_SIZE - length);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            goto none;
        if (got == 0)
            break;
        length += (size_t)got;
    }
    line[length] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    if (length == LINE_MAX_SIZE || line[0] == '\0')
        goto none;
    close(fd);
    return line;
none:
    if (fd >= 0)
        close(fd);
    free(line);
    return NULL;
}

/* `name` as seen from `folder`: it may be absolute. */
static char *resolve(const char *folder, const char *name)
{
    return name[0] == '/' ? strdup(name) : packread_place_join(folder, name);
}

/* Where the .git file at `path` points; NULL if it is none. */
static char *follow_git_file(const char *path)
{
    static const char key[] = "gitdir: ";
    char *line = read_line(path);
    char *target = NULL;

    if (line && strncmp(line, key, sizeof key - 1) == 0) {
        const char *slash = strrchr(path, '/');
        char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");

        if (folder)
            target = resolve(folder, line + sizeof key - 1);
        free(folder);
    }
    free(line);
    return target;
}

static bool holds_packs(const char *path)
{
    DIR *folder = opendir(path);
    struct dirent *item;
    bool found = false;

    while (folder && !found && (item = readdir(folder)))
        found = ends_with(item->d_name, ".pack") || ends_with(item->d_name, ".idx");
    if (folder)
        closedir(folder);
    return found;
}

/* What a folder is; `*next` receives a path to look at instead, if it points elsewhere. */
static bool look_at_folder(const char *path, packread_place *place, char **next)
{
    char *file;

    switch (kind_of(path, ".git")) {
    case S_IFDIR:
        *next = packread_place_join(path, ".git");
        return true;
    case S_IFREG:
        file = packread_place_join(path, ".git");
        *next = file ? follow_git_file(file) : NULL;
        free(file);
        return *next != NULL;
    default:
        break;
    }
    if (kind_of(path, "commondir") == S_IFREG) {
        char *line;

        file = packread_place_join(path, "commondir");
        line = file ? read_line(file) : NULL;
        *next = line ? resolve(path, line) : NULL;
        free(line);
        free(file);
        return *next != NULL;
    }
    if (kind_of(path, "objects") == S_IFDIR && kind_of(path, "HEAD") != 0)
        place->objects = packread_place_join(path, "objects");
    else if (holds_packs(path))
        place->folder = strdup(path);
    else if (kind_of(path, "pack") == S_IFDIR)
        place->objects = strdup(path);
    else
        return false;
    if (place->objects)
        place->folder = packread_place_join(place->objects, "pack");
    return true;
}

/* A folder that tells nothing because it may not be read is another matter than one that is none.
 */
static int check_readable(const char *path, packread_error *error)
{
    DIR *folder = opendir(path);

    if (!folder && errno != ENOTDIR)
        return packread_error_system(error, path, errno, "cannot be read");
    if (folder)
        closedir(folder);
    return 0;
}

int packread_place_find(const char *where, packread_place *place, packread_error *error)
{
    char *path = strdup(where);
    int status = path ? 0 : packread_error_memory(error);
    bool known = true;

    memset(place, 0, sizeof *place);
    for (int hop = 0; status == 0 && known && !place->pack && !place->folder; hop++) {
        struct stat info;
        char *next = NULL;

        if (stat(path, &info) != 0) {
            status = packread_error_system(error, path, errno, "cannot be opened");
        } else if (ends_with(path, ".pack") || ends_with(path, ".idx")) {
            if (S_ISREG(info.st_mode))
                place->pack = packread_pack_other_name(path, ".pack");
            else
                status = packread_error_set(error, PACKREAD_ERROR_NOT_REGULAR, path,
                                            "not a regular file");
        } else if (S_ISDIR(info.st_mode)) {
            known = look_at_folder(path, place, &next);
        } else if (S_ISREG(info.st_mode)) {
            next = follow_git_file(path);
            known = next != NULL;
        } else {
            status = packread_error_set(error, PACKREAD_ERROR_NOT_REGULAR, path,
                                        "neither a regular file nor a folder");
        }
        if (next) {
            free(path);
            path = next;
            known = hop < HOPS_MAX;
        } else if (status == 0 && known && !place->pack && !place->folder) {
            status = packread_error_memory(error);
        }
    }
    if (status == 0 && !known)
        status = check_readable(path, error);
    if (status == 0 && !known)
        status = packread_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, where,
                                    "neither a pack, an index, a folder of packs nor a repository");
    if (status != 0)
        packread_place_free(place);
    free(path);
    return status;
}
