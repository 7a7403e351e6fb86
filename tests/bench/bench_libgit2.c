/* bench_libgit2.c - libgit2 at the jobs of bench_read, with the same arguments and the same line of
 * output. Built without libgit2 it says so and exits with 77. */
#include "bench_tally.h"

#include <stdlib.h>

#ifndef HAVE_LIBGIT2

int main(void)
{
    fprintf(stderr, "bench_libgit2: built without libgit2\n");
    return 77;
}

#else

#include <git2.h>

static struct tally tally;

static _Noreturn void fail(const char *what)
{
    const git_error *error = git_error_last();

    fprintf(stderr, "bench_libgit2: %s: %s\n", what, error ? error->message : "failed");
    exit(1);
}

static int count_header(const git_oid *id, void *context)
{
    git_object_t type;
    size_t size;

    if (git_odb_read_header(&size, &type, context, id) != 0)
        fail("list");
    tally_add(&tally, (unsigned)type, size, NULL);
    return 0;
}

static int count_contents(const git_oid *id, void *context)
{
    git_odb_object *object;

    if (git_odb_read(&object, context, id) != 0)
        fail("read");
    tally_add(&tally, (unsigned)git_odb_object_type(object), git_odb_object_size(object),
              git_odb_object_data(object));
    git_odb_object_free(object);
    return 0;
}

static void read_ids(git_odb *database, const char *path)
{
    char line[GIT_OID_HEXSZ + 2];
    FILE *ids = fopen(path, "r");

    if (!ids) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, ids)) {
        git_oid id;

        if (git_oid_fromstr(&id, line) != 0)
            fail(path);
        count_contents(&id, database);
    }
    fclose(ids);
}

int main(int argc, char **argv)
{
    git_repository *repository;
    git_odb *database;
    const char *job;

    git_libgit2_init();
    for (; argc > 1 && strncmp(argv[1], "--", 2) == 0; argc--, argv++) {
        if (strcmp(argv[1], "--no-check") == 0)
            git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
        else if (strcmp(argv[1], "--sum") == 0)
            tally.wants_sum = true;
        else if (strcmp(argv[1], "--version") == 0)
            return printf("%s\n", LIBGIT2_VERSION) < 0;
    }
    job = argc > 1 ? argv[1] : "";
    if (argc != (strcmp(job, "read") == 0 ? 4 : 3)) {
        fprintf(stderr, "usage: bench_libgit2 [--no-check] [--sum] list|all|read WHERE [IDS]\n");
        return 2;
    }
    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
    tally.start = tally_seconds();
    if (git_repository_open_bare(&repository, argv[2]) != 0 ||
        git_repository_odb(&database, repository) != 0)
        fail(argv[2]);
    if (strcmp(job, "read") == 0)
        read_ids(database, argv[3]);
    else if (git_odb_foreach(database, strcmp(job, "list") == 0 ? count_header : count_contents,
                             database) != 0)
        fail(job);
    tally_print(&tally, job);
    git_odb_free(database);
    git_repository_free(repository);
    git_libgit2_shutdown();
    return 0;
}

#endif
