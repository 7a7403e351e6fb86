/* place.c - tells packs, folders of packs, objects folders and repositories apart, and follows .git
 * files and commondir files (gitrepository-layout(5)). */
#include "store/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fault.h"
#include "base/path.h"

/* A .git file or commondir file is one short line. */
#define LINE_MAX_SIZE 4096
#define HOPS_MAX 5

void pkr_place_free(pkr_place *place)
{
    free(place->pack);
    free(place->objects);
    free(place->folder);
    memset(place, 0, sizeof *place);
}

/* What keeps a question from being answered is an error; that a file is not there is an answer. */
static bool is_absence(int system_errno)
{
    return system_errno == ENOENT || system_errno == ENOTDIR;
}

static int unreadable(packread_error *error, const char *path, int system_errno)
{
    return pkr_error_system(error, path, system_errno, "cannot be read");
}

/* The type bits of `folder/name`, 0 if it is not there. */
static int kind_of(const char *folder, const char *name, mode_t *kind, packread_error *error)
{
    char *path = pkr_path_join(folder, name);
    struct stat info;
    int status = 0;

    *kind = 0;
    if (!path)
        return pkr_error_memory(error);
    if (stat(path, &info) == 0)
        *kind = info.st_mode & S_IFMT;
    else if (!is_absence(errno))
        status = unreadable(error, errno == EACCES ? folder : path, errno);
    free(path);
    return status;
}

/* As much of a file as LINE_MAX_SIZE holds; an errno where it cannot be read. */
static int read_start(int fd, char *bytes, size_t *length)
{
    *length = 0;
    while (*length < LINE_MAX_SIZE) {
        ssize_t got = read(fd, bytes + *length, LINE_MAX_SIZE - *length);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno;
        if (got == 0)
            break;
        *length += (size_t)got;
    }
    return 0;
}

static int open_to_read(const char *path)
{
    int fd;

    do {
        fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

/* The same of a regular file by its name; nothing of any other. */
static int read_head(const char *path, char *bytes, size_t *length, packread_error *error)
{
    int fd = open_to_read(path);
    struct stat info;
    int failure;

    *length = 0;
    failure = fd < 0 || fstat(fd, &info) != 0 ? errno : 0;
    if (failure == 0 && S_ISREG(info.st_mode))
        failure = read_start(fd, bytes, length);
    if (fd >= 0)
        close(fd);
    return failure == 0 ? 0 : unreadable(error, path, failure);
}

/* The one line of a small regular file, without its end of line; NULL if it has none. */
static int read_line(const char *path, char **line, packread_error *error)
{
    char *bytes = malloc(LINE_MAX_SIZE + 1);
    size_t length;
    int status;

    *line = NULL;
    if (!bytes)
        return pkr_error_memory(error);
    status = read_head(path, bytes, &length, error);
    bytes[length] = '\0';
    bytes[strcspn(bytes, "\r\n")] = '\0';
    if (status == 0 && length < LINE_MAX_SIZE && bytes[0] != '\0')
        *line = bytes;
    else
        free(bytes);
    return status;
}

static int copy(const char *text, char **made, packread_error *error)
{
    *made = strdup(text);
    return *made ? 0 : pkr_error_memory(error);
}

/* `name` as seen from `folder`: it may be absolute. */
static int resolve(const char *folder, const char *name, char **path, packread_error *error)
{
    *path = name[0] == '/' ? strdup(name) : pkr_path_join(folder, name);
    return *path ? 0 : pkr_error_memory(error);
}

/* Where the .git file at `path` points; NULL if it is none. */
static int follow_git_file(const char *path, char **target, packread_error *error)
{
    static const char key[] = "gitdir: ";
    char *line;
    int status = read_line(path, &line, error);

    *target = NULL;
    if (line && strncmp(line, key, sizeof key - 1) == 0) {
        const char *slash = strrchr(path, '/');
        char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");

        status = folder ? resolve(folder, line + sizeof key - 1, target, error)
                        : pkr_error_memory(error);
        free(folder);
    }
    free(line);
    return status;
}

/* Likewise the commondir file in the folder `path`. */
static int follow_commondir(const char *path, char **target, packread_error *error)
{
    char *file = pkr_path_join(path, "commondir");
    char *line = NULL;
    int status = file ? read_line(file, &line, error) : pkr_error_memory(error);

    *target = NULL;
    if (line)
        status = resolve(path, line, target, error);
    free(line);
    free(file);
    return status;
}

static int holds_packs(const char *path, bool *found, packread_error *error)
{
    DIR *folder = opendir(path);
    struct dirent *item = NULL;
    int failure;

    *found = false;
    if (!folder)
        return unreadable(error, path, errno);
    do {
        errno = 0;
        item = readdir(folder);
        failure = errno;
        *found = item && (pkr_path_ends_with(item->d_name, ".pack") ||
                          pkr_path_ends_with(item->d_name, ".idx"));
    } while (item && !*found);
    closedir(folder);
    return failure == 0 || item ? 0 : unreadable(error, path, failure);
}

/* Something else in the place of a file or folder of a repository. */
static int odd_one(packread_error *error, const char *folder, const char *name, const char *text)
{
    char *path = pkr_path_join(folder, name);
    int status = pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, path ? path : folder, text);

    free(path);
    return status;
}

/* A .git or commondir that points elsewhere, in `*next`. */
static int look_for_pointer(const char *path, char **next, packread_error *error)
{
    mode_t kind;
    int status = kind_of(path, ".git", &kind, error);

    *next = NULL;
    if (status == 0 && kind == S_IFDIR)
        return resolve(path, ".git", next, error);
    if (status == 0 && kind == S_IFREG) {
        char *file;

        status = resolve(path, ".git", &file, error);
        if (status == 0) {
            status = follow_git_file(file, next, error);
            free(file);
        }
        if (status == 0 && !*next)
            status = pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, path,
                                   "its .git file does not say where the repository is");
        return status;
    }
    if (status == 0 && kind != 0)
        return odd_one(error, path, ".git", "neither a regular file nor a folder");
    if (status == 0)
        status = kind_of(path, "commondir", &kind, error);
    if (status == 0 && kind != 0 && kind != S_IFREG)
        return odd_one(error, path, "commondir", "not a regular file");
    if (status == 0 && kind != 0) {
        status = follow_commondir(path, next, error);
        if (status == 0 && !*next)
            status = pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, path,
                                   "its commondir file does not say where the repository is");
    }
    return status;
}

/* What a folder is; `*next` receives a path to look at instead, if it points elsewhere. Nothing is
 * set where it is none of ours. */
static int look_at_folder(const char *path, pkr_place *place, char **next, packread_error *error)
{
    mode_t objects = 0;
    mode_t head = 0;
    mode_t pack = 0;
    bool found = false;
    int status = look_for_pointer(path, next, error);

    if (status == 0 && !*next)
        status = kind_of(path, "objects", &objects, error);
    if (status == 0 && objects != 0)
        status = kind_of(path, "HEAD", &head, error);
    if (status != 0 || *next)
        return status;
    if (objects == S_IFDIR && head != 0) {
        status = resolve(path, "objects", &place->objects, error);
    } else {
        status = holds_packs(path, &found, error);
        if (status == 0 && !found)
            status = kind_of(path, "pack", &pack, error);
        if (status == 0 && found)
            status = copy(path, &place->folder, error);
        else if (status == 0 && pack == S_IFDIR)
            status = copy(path, &place->objects, error);
        else if (status == 0 && head != 0)
            status = odd_one(error, path, "objects", "not a folder");
    }
    if (status == 0 && place->objects)
        status = resolve(place->objects, "pack", &place->folder, error);
    return status;
}

static int not_a_place(packread_error *error, const char *where)
{
    return pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, where,
                         "neither a pack, an index, a folder of packs nor a repository");
}

/* Any other file: one that points elsewhere, or a pack under a name that no pack has. */
static int look_at_file(const char *path, char **next, packread_error *error)
{
    char head[LINE_MAX_SIZE];
    size_t length;
    int status = follow_git_file(path, next, error);

    if (status != 0 || *next)
        return status;
    status = read_head(path, head, &length, error);
    if (status == 0 && length >= 4 && memcmp(head, "PACK", 4) == 0)
        return pkr_error_set(error, PACKREAD_ERROR_NOT_A_PLACE, path,
                             "begins as a pack does, but its name does not end in .pack");
    return status;
}

/* One step: sets a part of `place`, or `*next` where the path points elsewhere, or neither. */
static int look_at(const char *path, pkr_place *place, char **next, packread_error *error)
{
    struct stat info;

    *next = NULL;
    if (stat(path, &info) != 0)
        return pkr_error_system(error, path, errno, "cannot be opened");
    if (pkr_path_ends_with(path, ".pack") || pkr_path_ends_with(path, ".idx")) {
        if (!S_ISREG(info.st_mode))
            return pkr_error_set(error, PACKREAD_ERROR_NOT_REGULAR, path, "not a regular file");
        place->pack = pkr_path_with_ending(path, ".pack");
        return place->pack ? 0 : pkr_error_memory(error);
    }
    if (S_ISDIR(info.st_mode))
        return look_at_folder(path, place, next, error);
    if (S_ISREG(info.st_mode))
        return look_at_file(path, next, error);
    return pkr_error_set(error, PACKREAD_ERROR_NOT_REGULAR, path,
                         "neither a regular file nor a folder");
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
