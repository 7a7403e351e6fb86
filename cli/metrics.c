/* metrics.c - figures as text, JSON or for Prometheus, by the name of the file. */
#include "metrics.h"

#include "ending.h"
#include "interrupt.h"
#include "io.h"
#include "message.h"
#include "replace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct figure {
    const char *name;
    size_t place;    /* of the uint64_t in packread_stats */
    bool is_counter; /* only rises; else a level */
    const char *meaning;
};

#define FIGURE(name, is_counter, meaning)                          \
    {                                                              \
#name, offsetof(packread_stats, name), is_counter, meaning \
    }

static const struct figure figures[] = {
    FIGURE(hits, true, "Uses answered by the window at hand."),
    FIGURE(shared_hits, true, "Uses answered by another window that was there."),
    FIGURE(misses, true, "Uses that made a new window."),
    FIGURE(maps, true, "Windows made by mmap."),
    FIGURE(reads, true, "Windows made by pread."),
    FIGURE(fallbacks, true, "Windows made by pread because mmap was refused."),
    FIGURE(evictions, true, "Idle windows given up to make room."),
    FIGURE(collected, true, "Idle windows given up on demand."),
    FIGURE(failures, true, "Uses that failed."),
    FIGURE(bytes_mapped, false, "Bytes of all windows at the end."),
    FIGURE(bytes_peak, false, "Bytes of all windows at most."),
    FIGURE(bytes_pinned, false, "Bytes of the windows in use at the end."),
    FIGURE(regions, false, "Windows at the end."),
    FIGURE(regions_peak, false, "Windows at most."),
    FIGURE(regions_pinned, false, "Windows in use at the end."),
    FIGURE(files, false, "Files with a window at the end."),
    FIGURE(descriptors, false, "Descriptors held at the end."),
    FIGURE(cursors, false, "Cursors at the end."),
};
#define FIGURE_COUNT (sizeof figures / sizeof figures[0])

static bool is_wanted;
static const char *wanted_file;
static int through = -1; /* that file, open, where it is one that is written to */
static uint64_t sums[FIGURE_COUNT];

void metrics_add(const packread_snapshot *snapshot)
{
    packread_stats stats = {.struct_size = sizeof stats};

    if (!is_wanted)
        return;
    packread_snapshot_stats(snapshot, &stats);
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        uint64_t value;

        memcpy(&value, (const char *)&stats + figures[i].place, sizeof value);
        if (figures[i].is_counter)
            sums[i] += value;
        else if (value > sums[i])
            sums[i] = value;
    }
}

static void print_text(FILE *stream)
{
    for (size_t i = 0; i < FIGURE_COUNT; i++)
        fprintf(stream, "%-15s %" PRIu64 "\n", figures[i].name, sums[i]);
}

static void print_json(FILE *stream)
{
    for (size_t i = 0; i < FIGURE_COUNT; i++)
        fprintf(stream, "%s\"%s\":%" PRIu64, i == 0 ? "{" : ",", figures[i].name, sums[i]);
    fprintf(stream, "}\n");
}

static void print_prometheus(FILE *stream)
{
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        const char *end = figures[i].is_counter ? "_total" : "";

        fprintf(stream, "# HELP packread_window_%s%s %s\n", figures[i].name, end,
                figures[i].meaning);
        fprintf(stream, "# TYPE packread_window_%s%s %s\n", figures[i].name, end,
                figures[i].is_counter ? "counter" : "gauge");
        fprintf(stream, "packread_window_%s%s %" PRIu64 "\n", figures[i].name, end, sums[i]);
    }
}

/* How what these three print begins. */
static const char *const beginnings[] = {"hits            ",
                                         "{\"hits\":", "# HELP packread_window_hits_"};

/* ---- Where they go --------------------------------------------------------------------------- */

/* Only a regular file or a name that is free is replaced: never a device, a pipe, or a symbolic
 * link, which may be the name of a descriptor of ours (/dev/stderr). `*target`, to be freed, is
 * what is replaced; NULL: what is there is written to. 0 or an errno. */
static int find_target(const char *path, char **target)
{
    struct stat present;
    const bool is_there = lstat(path, &present) == 0;

    *target = NULL;
    if (!is_there && errno != ENOENT)
        return errno;
    if (!is_there || S_ISREG(present.st_mode)) {
        *target = strdup(path);
        return *target != NULL ? 0 : ENOMEM;
    }
    if (!S_ISLNK(present.st_mode) || strncmp(path, "/dev/", 5) == 0 ||
        strncmp(path, "/proc/", 6) == 0)
        return 0;
    if (stat(path, &present) != 0)
        return errno;
    if (!S_ISREG(present.st_mode))
        return 0;
    /* The link stays; what it points to is replaced. */
    *target = realpath(path, NULL);
    return *target != NULL ? 0 : errno;
}

static int open_through(const char *path)
{
    return io_open(path, O_WRONLY | O_APPEND | O_NOCTTY);
}

/* What is written to is open from here on; but a pipe, which may have no reader before the end. */
static int try_through(const char *path)
{
    struct stat present;

    if (stat(path, &present) != 0)
        return errno;
    if (S_ISFIFO(present.st_mode))
        return access(path, W_OK) == 0 ? 0 : errno;
    through = open_through(path);
    return through >= 0 ? 0 : errno;
}

/* Appends to what is there already: a device, a pipe, a descriptor under its name in /dev. 0 or an
 * errno. */
static int write_through(const char *path, const char *text, size_t size)
{
    int file = through >= 0 ? through : open_through(path);
    int failure;

    if (file < 0)
        return errno;
    through = -1;
    failure = io_write_all(file, text, size);
    if (close(file) != 0 && failure == 0 && errno != EINTR)
        failure = errno;
    return failure;
}

static bool is_of_earlier_run(const char *bytes, size_t size)
{
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        const size_t length = strlen(beginnings[i]);

        if (size >= length && memcmp(bytes, beginnings[i], length) == 0)
            return true;
    }
    return size == 0;
}

/* Whether what is there, if anything, may go: 0, or EEXIST where it is none of ours, or an errno.
 */
static int check_present(const char *path)
{
    char start[64];
    struct stat there;
    ssize_t size;
    int failure = 0;
    /* Should it be a pipe or a device by now, opening does not wait for anything. */
    int file = io_open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);

    if (file < 0)
        return errno == ENOENT ? 0 : errno;
    if (fstat(file, &there) != 0)
        failure = errno;
    else if (!S_ISREG(there.st_mode))
        failure = EEXIST;
    size = failure == 0 ? io_read(file, start, sizeof start) : 0;
    if (size < 0)
        failure = errno;
    else if (failure == 0 && !is_of_earlier_run(start, (size_t)size))
        failure = EEXIST;
    close(file);
    return failure;
}

/* Whether a file may be put there. */
static int try_anew(const char *path)
{
    const char *name;
    int folder = replace_open_folder(path, &name);
    int failure = 0;

    if (folder < 0)
        return errno;
    if (faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) != 0)
        failure = errno;
    close(folder);
    return failure;
}

/* Puts a whole file in the place of `path`, which is not a symbolic link. 0 or an errno. */
static int write_anew(const char *path, const char *text, size_t size)
{
    const char *name;
    replacement replaced;
    int folder = replace_open_folder(path, &name);
    int failure;

    if (folder < 0)
        return errno;
    failure = replace_begin(&replaced, folder, 0666);
    if (failure == 0) {
        failure = io_write_all(replaced.file, text, size);
        if (failure == 0)
            failure = replace_commit(&replaced, name);
        else
            replace_abort(&replaced);
    }
    close(folder);
    return failure;
}

static int write_to_file(const char *path, const char *text, size_t size)
{
    char *target;
    int failure = find_target(path, &target);

    /* Something else may have been put there meanwhile. */
    if (failure == 0 && target != NULL)
        failure = check_present(target);
    if (failure == 0)
        failure = target != NULL ? write_anew(target, text, size) : write_through(path, text, size);
    free(target);
    return failure;
}

/* EEXIST: what is there is none of ours. */
static int try_file(const char *path)
{
    char *target;
    int failure = find_target(path, &target);

    if (failure == 0 && target != NULL)
        failure = check_present(target);
    if (failure == 0)
        failure = target != NULL ? try_anew(target) : try_through(path);
    free(target);
    return failure;
}

/* ---- What is asked for ----------------------------------------------------------------------- */

static enum status refuse(int failure)
{
    return message_system(wanted_file != NULL ? wanted_file : "metrics", "cannot be written",
                          failure);
}

enum status metrics_request(const char *command, const char *file)
{
    int failure;

    interrupt_install();
    wanted_file = file;
    failure = file != NULL ? try_file(file) : 0;
    is_wanted = failure == 0;
    if (failure == EEXIST)
        return message_usage(command,
                             "--metrics does not write over '%s', which holds something else than "
                             "figures of an earlier run: name another file, or remove it",
                             file);
    return is_wanted ? STATUS_OK : refuse(failure);
}

enum status metrics_write(void)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream;
    int failure = 0;

    if (!is_wanted)
        return STATUS_OK;
    stream = open_memstream(&text, &size);
    if (stream == NULL)
        return refuse(errno);
    if (wanted_file != NULL && ends_with(wanted_file, ".json"))
        print_json(stream);
    else if (wanted_file != NULL && ends_with(wanted_file, ".prom"))
        print_prometheus(stream);
    else
        print_text(stream);
    if (fclose(stream) != 0)
        failure = errno;
    else if (wanted_file == NULL)
        io_write_all(STDERR_FILENO, text, size);
    else
        failure = write_to_file(wanted_file, text, size);
    free(text);
    return failure == 0 ? STATUS_OK : refuse(failure);
}
