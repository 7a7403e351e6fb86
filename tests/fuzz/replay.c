/* replay.c - runs a fuzz target over kept inputs, without libFuzzer and with any compiler.
 *
 *     replay_NAME FILE|FOLDER...     folders are walked to their end, in order of name */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long replayed;

static bool complain(const char *path)
{
    fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
    return false;
}

/* In memory of just that size, so that a sanitizer sees one byte too far. */
static bool replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size ? size : 1);
    bool whole = file && data && fread(data, 1, size, file) == size;

    if (!whole)
        complain(path);
    if (file)
        fclose(file);
    if (whole) {
        LLVMFuzzerTestOneInput(data, size);
        replayed++;
    }
    free(data);
    return whole;
}

static bool replay(const char *path);

static bool replay_folder(const char *path)
{
    struct dirent **items;
    int count = scandir(path, &items, NULL, alphasort);
    bool good = true;

    if (count < 0)
        return complain(path);
    for (int i = 0; i < count; i++) {
        char below[4096];

        if (items[i]->d_name[0] != '.') {
            int length = snprintf(below, sizeof below, "%s/%s", path, items[i]->d_name);

            errno = ENAMETOOLONG;
            good = (length < (int)sizeof below ? replay(below) : complain(path)) && good;
        }
        free(items[i]);
    }
    free(items);
    return good;
}

static bool replay(const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return complain(path);
    if (S_ISDIR(status.st_mode))
        return replay_folder(path);
    return replay_file(path, (size_t)status.st_size);
}

int main(int argc, char **argv)
{
    bool good = argc > 1;

    for (int i = 1; i < argc; i++)
        good = replay(argv[i]) && good;
    printf("replay: %lu inputs\n", replayed);
    if (replayed == 0)
        fprintf(stderr, "usage: replay FILE|FOLDER...\n");
    return good && replayed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
