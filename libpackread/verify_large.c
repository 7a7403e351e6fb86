/* verify_large.c - checks an object that memory has no room for, as it is streamed; what hangs on
 * it waits until its turn, when it is built by itself. */
#include "verify_large.h"

#include "error.h"
#include "hash.h"
#include "large.h"
#include "verify_cut.h"
#include "verify_fence.h"
#include "verify_tell.h"

static int hash_object(packread_walk *walk, packread_large *large, packread_id *given,
                       uint64_t *end, packread_error *error)
{
    packread_hash hash;
    int status;

    packread_hash_begin_object(&hash, walk->verification->pack->idx.id_size, large->type,
                               large->size);
    status = packread_large_run(large, packread_hash_piece, &hash, end, error);
    if (status == 0)
        packread_hash_end(&hash, given);
    return status;
}

/* They go before those that wait already: their base is at hand now. */
static void put_first(packread_walk *walk, uint32_t first)
{
    packread_verification *verification = walk->verification;
    uint32_t last = first;

    while (verification->next_sibling[last] != PACKREAD_NO_RANK)
        last = verification->next_sibling[last];
    verification->next_sibling[last] = walk->late;
    walk->late = first;
}

void packread_walk_put_off(packread_walk *walk, uint32_t rank)
{
    packread_verification *verification = walk->verification;
    uint32_t child = verification->first_child[rank];

    verification->first_child[rank] = PACKREAD_NO_RANK;
    if (walk->alone && child != PACKREAD_NO_RANK)
        put_first(walk, child);
    for (; !walk->alone && child != PACKREAD_NO_RANK; child = verification->next_sibling[child])
        packread_verify_mark(verification, child, PACKREAD_VERIFY_LATER);
}

/* What the object's contents give, once its base is at hand. */
static int check(packread_walk *walk, uint32_t rank, packread_large *large, packread_id *given,
                 uint64_t *end, packread_error *error)
{
    packread_verification *verification = walk->verification;
    uint64_t offset = packread_revindex_offset(verification->revindex, rank);
    int status;

    packread_verify_fence(verification, walk->reader, rank);
    do {
        status = packread_large_begin(large, walk->reader, verification->pack, verification->number,
                                      offset, error);
        if (status == 0) {
            status = hash_object(walk, large, given, end, error);
            packread_large_end(large);
        }
    } while (packread_verify_go_beyond(verification, walk->reader, rank, &status, error));
    return status;
}

void packread_walk_large(packread_walk *walk, uint32_t rank)
{
    packread_verification *verification = walk->verification;
    packread_large large;
    packread_error detail;
    packread_id given;
    uint64_t end = 0;
    int status = check(walk, rank, &large, &given, &end, &detail);

    if (status != 0) {
        if (packread_verify_is_finding(verification, status, &detail))
            packread_walk_report(walk, rank, &detail);
        return;
    }
    packread_walk_check_end(walk, rank, end);
    packread_walk_count(walk, rank, &given, large.size);
    packread_walk_put_off(walk, rank);
}
