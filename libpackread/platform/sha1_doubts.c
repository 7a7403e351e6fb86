/* sha1_doubts.c - collected, vector by vector. */
#include "platform/sha1_doubts.h"

#include <string.h>

#include "platform/sha1_disturbances.h"

static void add(pkr_sha1_doubts *doubts, const pkr_sha1_suspect *suspect,
                const pkr_disturbance *disturbance)
{
    const unsigned number = doubts->count++;
    const uint32_t *same = disturbance->is_late ? suspect->late : suspect->early;

    for (unsigned i = 0; i < 64; i += 8) {
        uint64_t bytes;
        uint64_t change;

        memcpy(&bytes, suspect->block + i, sizeof bytes);
        memcpy(&change, disturbance->changes + i, sizeof change);
        bytes ^= change;
        memcpy(doubts->others[number] + i, &bytes, sizeof bytes);
    }
    for (unsigned i = 0; i < 5; i++) {
        doubts->same[i][number] = same[i];
        doubts->after[i][number] = suspect->after[i];
    }
    doubts->late[number] = disturbance->is_late ? UINT32_MAX : 0;
    doubts->attacks[number] = suspect->attack;
}

void pkr_sha1_doubts_add(pkr_sha1_doubts *doubts, pkr_sha1_decide *decide,
                         const pkr_sha1_suspect *suspect)
{
    for (unsigned type = 1; type <= 2; type++) {
        for (uint32_t left = suspect->fits[type - 1]; left; left &= left - 1) {
            const pkr_disturbance disturbance =
                pkr_disturbance_of(type, (unsigned)__builtin_ctz(left));

            if (doubts->count == PKR_LANES_MOST)
                decide(doubts);
            add(doubts, suspect, &disturbance);
        }
    }
}
