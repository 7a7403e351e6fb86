/* suite.c - knows how a test program starts, where it may write, and what it leaves: nothing. */
#include "suite.h"

#include <errno.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[256];    /* made before the first fork, removed after the last test */
static char scratch[320]; /* of the process `scratch_of` */
static pid_t scratch_of;

/* Before main, because libcheck reads it when a test case is made. */
__attribute__((constructor)) static void suite_set_timeout(void)
{
    setenv("CK_DEFAULT_TIMEOUT", "300", 0);
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    (void)place;
    if (type == FTW_DNR || type == FTW_D)
        chmod(path, 0700);
    remove(path);
    return 0;
}

static void remove_root(void)
{
    if (root[0])
        nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    root[0] = 0;
}

static void make_root(void)
{
    const char *base = getenv("TMPDIR");

    if (!base || !*base || strlen(base) > sizeof root - 32)
        base = "/tmp";
    snprintf(root, sizeof root, "%s/suite-XXXXXX", base);
    if (!mkdtemp(root)) {
        fprintf(stderr, "cannot make a scratch folder in %s: %s\n", base, strerror(errno));
        exit(EXIT_FAILURE);
    }
}

static int run(Suite *suite, bool apart)
{
    SRunner *runner = srunner_create(suite);
    int failed;

    if (apart)
        srunner_set_fork_status(runner, CK_FORK);
    make_root();
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    remove_root();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

int suite_run(Suite *suite)
{
    return run(suite, false);
}

int suite_run_apart(Suite *suite)
{
    return run(suite, true);
}

int suite_run_loop(const char *name, const TTest *test, int count)
{
    Suite *suite = suite_create(name);
    TCase *cases = tcase_create(name);

    tcase_add_loop_test(cases, test, 0, count);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}

const char *suite_fixtures(void)
{
    const char *folder = getenv("FIXTURES");
    return folder && *folder ? folder : ".build/fixtures";
}

const char *suite_scratch(void)
{
    if (scratch_of != getpid()) {
        ck_assert_msg(root[0], "suite_scratch outside suite_run");
        snprintf(scratch, sizeof scratch, "%s/test-XXXXXX", root);
        ck_assert_msg(mkdtemp(scratch) != NULL, "%s: %s", scratch, strerror(errno));
        scratch_of = getpid();
    }
    return scratch;
}

char *suite_scratch_path(const char *name)
{
    const char *folder = suite_scratch();
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);

    ck_assert_ptr_nonnull(path);
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

void suite_scratch_write(const char *name, const char *text)
{
    char *path = suite_scratch_path(name);

    for (char *slash = strchr(path + strlen(suite_scratch()) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700);
        *slash = '/';
    }
    suite_write_file(path, text, strlen(text));
    free(path);
}

void suite_write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
    ck_assert_uint_eq(fwrite(bytes, 1, size, file), size);
    ck_assert_msg(fclose(file) == 0, "%s: %s", path, strerror(errno));
}

uint64_t suite_number(const char *name, uint64_t fallback)
{
    const char *text = getenv(name);
    return text && *text ? strtoull(text, NULL, 0) : fallback;
}

uint64_t suite_seed(void)
{
    static int printed;
    uint64_t seed = suite_number("SEED", UINT64_C(0x5eed2024));

    if (!printed) {
        printf("SEED=%llu\n", (unsigned long long)seed);
        fflush(stdout);
        printed = 1;
    }
    return seed;
}

uint64_t suite_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint64_t suite_random_below(uint64_t *state, uint64_t bound)
{
    return suite_random(state) % bound;
}
