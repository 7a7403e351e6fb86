/* hash_ways.c - see hash_ways.h. */
#include "hash_ways.h"

#include <stdio.h>
#include <stdlib.h>

/* As where there are no SHA instructions. False: it is so already. */
static bool leave_none_to_sha(pkr_hash_way *way)
{
#if PKR_LANES_X86
    if (!way->flush || way->width == 2)
        return false;
    way->narrow = way->width == 16 ? pkr_sha1_lanes16_run_one : pkr_sha1_lanes8_run_one;
    way->narrow_width = 1;
    way->few = 2;
    way->flush = NULL;
    return true;
#else
    (void)way;
    return false;
#endif
}

void each_hash_way(void (*test)(const pkr_hash_way *way))
{
    static const char *const names[] = {"lanes16", "sha", "lanes8", "plain"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        pkr_hash_way way;

        if (pkr_hash_way_choose(&way, names[i])) {
            test(&way);
            if (leave_none_to_sha(&way))
                test(&way);
        } else {
            printf("not on this machine: %s\n", names[i]);
            if (i == sizeof names / sizeof *names - 1)
                abort();
        }
    }
}
