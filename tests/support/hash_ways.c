/* hash_ways.c - see hash_ways.h. */
#include "hash_ways.h"

#include <stdio.h>
#include <stdlib.h>

void each_hash_way(void (*test)(const pkr_hash_way *way))
{
    static const char *const names[] = {"lanes16", "sha", "lanes8", "plain"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        pkr_hash_way way;

        if (pkr_hash_way_choose(&way, names[i])) {
            test(&way);
        } else {
            printf("not on this machine: %s\n", names[i]);
            if (i == sizeof names / sizeof *names - 1)
                abort();
        }
    }
}
