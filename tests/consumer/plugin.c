/* A program that loads an installed copy as a plugin would be, and unloads it again: a handler of
 * SIGBUS that was there before gets what is not the library's, while it is loaded and afterwards.
 */
#define _GNU_SOURCE
#include <packread.h>

#include <dlfcn.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static sigjmp_buf back;

static void on_bad_page(int number)
{
    (void)number;
    siglongjmp(back, 1);
}

/* Whether a page behind the end of a file comes to the handler above. */
static int is_ours(void)
{
    FILE *file = tmpfile();
    long page = sysconf(_SC_PAGESIZE);
    volatile const char *bytes;

    if (!file || ftruncate(fileno(file), page) != 0)
        return 0;
    bytes = mmap(NULL, 2 * (size_t)page, PROT_READ, MAP_PRIVATE, fileno(file), 0);
    fclose(file);
    if (sigsetjmp(back, 1) == 0)
        return bytes[page] - bytes[page];
    return 1;
}

static int fail(const char *what)
{
    fprintf(stderr, "%s\n", what);
    return 1;
}

/* POSIX has functions come out of dlsym as objects. */
static void find(void *library, const char *name, void *function)
{
    void *found = dlsym(library, name);

    memcpy(function, &found, sizeof found);
}

int main(int argc, char **argv)
{
    int (*open_snapshot)(const char *, const packread_options *, packread_snapshot **,
                         packread_error *);
    void (*free_snapshot)(packread_snapshot *);
    packread_options options = {0};
    packread_snapshot *snapshot;
    void *library;

    if (argc != 3)
        return fail("usage: plugin LIBRARY WHERE");
    signal(SIGBUS, on_bad_page);
    library = dlopen(argv[1], RTLD_NOW);
    if (!library)
        return fail(dlerror());
    find(library, "packread_snapshot_open", &open_snapshot);
    find(library, "packread_snapshot_free", &free_snapshot);
    if (!open_snapshot || !free_snapshot)
        return fail("a call is not there");
    options.flags = PACKREAD_GUARD;
    if (open_snapshot(argv[2], &options, &snapshot, NULL) != 0)
        return fail("cannot be opened");
    if (!is_ours())
        return fail("not handed on");
    free_snapshot(snapshot);
    if (dlclose(library) != 0)
        return fail(dlerror());
    return is_ours() ? 0 : fail("not handed on after it was unloaded");
}
