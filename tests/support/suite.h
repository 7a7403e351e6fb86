/* suite.h - the frame around every test program: run, summary, scratch folder, seed.
 *
 *     int main(void) { return suite_run(make_suite()); }
 *
 * libcheck forks each test, so what a test changes is gone after it. The time limit of a test case
 * that sets none is 300 s (CK_DEFAULT_TIMEOUT overrides it), so that valgrind fits. */
#ifndef SUITE_H
#define SUITE_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>

/* Runs the suite, prints libcheck's summary, frees it. The value for main to return. */
int suite_run(Suite *suite);
/* The same where a test may not find what the one before it left: each has a process of its own,
 * also with CK_FORK=no (which run.sh sets where a process costs more than what most tests do in
 * it). */
int suite_run_apart(Suite *suite);
/* The same as suite_run, of a suite that is this one test, COUNT times. */
int suite_run_loop(const char *name, const TTest *test, int count);

/* The folder of the fixtures: FIXTURES in the environment, else ".build/fixtures". */
const char *suite_fixtures(void);

/* A folder of this test alone, empty at first; it goes, with all that is in it, when the program
 * ends. Below TMPDIR or /tmp. */
const char *suite_scratch(void);

/* "folder/name" inside the scratch folder. Freed by the caller. */
char *suite_scratch_path(const char *name);
/* Writes a text there, and makes the folders that are in the name. */
void suite_scratch_write(const char *name, const char *text);

/* Creates or replaces a file with these bytes; fails the test where that does not work. */
void suite_write_file(const char *path, const void *bytes, size_t size);

/* SEED in the environment, else a constant; printed at the first call. */
uint64_t suite_seed(void);

/* A number from the environment, e.g. STEPS, else `fallback`. */
uint64_t suite_number(const char *name, uint64_t fallback);

/* splitmix64: the next number; any state is a good one. */
uint64_t suite_random(uint64_t *state);

/* Below `bound`, which must not be 0. */
uint64_t suite_random_below(uint64_t *state, uint64_t bound);

#endif
