/* check_large.c - checks an object that memory has no room for, as it is streamed; what hangs on
 * it waits until its turn, when it is built by itself. */
#include "verify/check_large.h"

#include "base/fault.h"
#include "platform/hash.h"
#include "object/build_large.h"
#include "verify/check_alone.h"
#include "walk/fence.h"
#include "verify/tally.h"

static int hash_object(pkr_walk *walk, pkr_large *large, packread_id *given, uint64_t *end,
                       pkr_fault *fault)
{
    pkr_hash hash;
    int status;

    pkr_hash_begin_object(&hash, walk->verification->pack->idx.id_size, large->type, large->size);
    status = pkr_large_run(large, pkr_hash_piece, &hash, end, fault);
    if (status == 0)
        pkr_hash_end(&hash, given);
    return status;
}

/* They go before those that wait already: their base is at hand now. */
static void put_first(pkr_walk *walk, uint32_t first)
{
    pkr_verification *verification = walk->verification;
    uint32_t last = first;

    while (verification->next_sibling[last] != PKR_NO_RANK)
        last = verification->next_sibling[last];
    verification->next_sibling[last] = walk->late;
    walk->late = first;
}

void pkr_walk_put_off(pkr_walk *walk, uint32_t rank)
{
    pkr_verification *verification = walk->verification;
    uint32_t child = verification->first_child[rank];

    verification->first_child[rank] = PKR_NO_RANK;
    if (walk->alone && child != PKR_NO_RANK)
        put_first(walk, child);
    for (; !walk->alone && child != PKR_NO_RANK; child = verification->next_sibling[child])
        pkr_verify_mark(verification, child, PKR_VERIFY_LATER);
}

/* What the object's contents give, once its base is at hand. */
static int check(pkr_walk *walk, uint32_t rank, pkr_large *large, packread_id *given, uint64_t *end,
                 pkr_fault *fault)
{
    pkr_verification *verification = walk->verification;
    uint64_t offset = pkr_revindex_offset(verification->revindex, rank);
    int status;

    pkr_verify_fence(verification, walk->reader, rank);
    do {
        status = pkr_large_begin(large, walk->reader, verification->pack, verification->number,
                                 offset, fault);
        if (status == 0) {
            status = hash_object(walk, large, given, end, fault);
            pkr_large_end(large);
        }
    } while (pkr_verify_go_beyond(verification, walk->reader, rank, &status, fault));
    return status;
}

void pkr_walk_large(pkr_walk *walk, uint32_t rank)
{
    pkr_verification *verification = walk->verification;
    pkr_large large;
    pkr_fault detail;
    packread_id given;
    uint64_t end = 0;
    int status = check(walk, rank, &large, &given, &end, &detail);

    if (status != 0) {
        if (pkr_verify_is_finding(verification, status, &detail))
            pkr_walk_report(walk, rank, &detail);
        return;
    }
    pkr_walk_check_end(walk, rank, end);
    pkr_walk_count(walk, rank, &given, large.size);
    pkr_walk_put_off(walk, rank);
}
