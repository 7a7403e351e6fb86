/* check_midx_order.c - the preferred pack comes first, then the others by number; in each, by
 * offset. In a chain rows and places count on from those of the older layers; a blocked layer's
 * from any number. */
#include "verify/check_midx_order.h"

#include "base/bytes.h"

/* What an object is ordered by. */
typedef struct key {
    bool is_later; /* not of the preferred pack */
    uint32_t pack;
    uint64_t offset;
} key;

static bool is_above(const key *left, const key *right)
{
    if (left->is_later != right->is_later)
        return left->is_later;
    if (left->pack != right->pack)
        return left->pack > right->pack;
    return left->offset > right->offset;
}

static int number_at(pkr_midx_check *check, uint64_t at, uint32_t *number, pkr_fault *fault)
{
    const unsigned char *bytes;
    int status = pkr_view_need(&check->view, at, 4, &bytes, fault);

    if (status == 0)
        *number = pkr_bytes_u32(bytes);
    return status;
}

/* The row that is `place`-th in the order; `*is_row`: it is one, and has a pack and an offset. */
static int key_at(pkr_midx_check *check, uint32_t place, key *found, bool *is_row, pkr_fault *fault)
{
    const pkr_midx_file *file = check->layer->file;
    const uint64_t base = check->base;
    uint32_t row = 0;
    pkr_fault detail;
    int status = number_at(check, file->head.order.at + 4 * (uint64_t)place, &row, fault);

    *is_row = status == 0 && row >= base && row - base < file->head.count;
    if (!*is_row)
        return status;
    status = pkr_midx_rows_place(&check->rows, file, (uint32_t)(row - base), &found->pack,
                                 &found->offset, &detail);
    *is_row = status == 0;
    return status == 0 || status == PACKREAD_ERROR_CORRUPT ? 0 : pkr_fault_copy(fault, &detail);
}

/* Keys that rise strictly are those of different rows: all of them, since there are as many. The
 * first that does not is told. `*preferred`: the pack of the first, or NO_PACK.
 */
#define NO_PACK UINT32_MAX
static int check_order(pkr_midx_check *check, uint32_t *preferred, pkr_fault *fault)
{
    const pkr_midx_file *file = check->layer->file;
    key last = {0};
    int status = 0;

    *preferred = NO_PACK;
    for (uint32_t i = 0; status == 0 && i < file->head.count && !check->is_stopped; i++) {
        key next = {0};
        bool is_row;

        status = key_at(check, i, &next, &is_row, fault);
        if (status != 0)
            break;
        if (i == 0 && is_row)
            *preferred = next.pack;
        next.is_later = next.pack != *preferred;
        if (!is_row || (i > 0 && !is_above(&next, &last))) {
            pkr_midx_check_report(check, file->head.order.at + 4 * (uint64_t)i, NULL,
                                  "rows in order of packs are out of order");
            *preferred = NO_PACK;
            break;
        }
        last = next;
    }
    return status;
}

/* ---- Where the numbers begin ----------------------------------------------------------------- */

/* What a blocked layer says by itself: the lowest row in its order. */
static int find_lowest(pkr_midx_check *check, pkr_fault *fault)
{
    const pkr_midx *head = &check->layer->file->head;
    uint32_t lowest = UINT32_MAX;
    int status = 0;

    for (uint32_t i = 0; status == 0 && i < head->count && !check->is_stopped; i++) {
        uint32_t row = 0;

        status = number_at(check, head->order.at + 4 * (uint64_t)i, &row, fault);
        lowest = row < lowest ? row : lowest;
    }
    check->base = lowest;
    return status;
}

static int check_rows(pkr_midx_check *check, uint32_t *preferred, pkr_fault *fault)
{
    const bool is_blocked = pkr_midx_check_is_blocked(check);
    int status = is_blocked ? find_lowest(check, fault) : 0;

    if (status == 0)
        status = check_order(check, preferred, fault);
    if (is_blocked && *preferred == NO_PACK)
        check->base = 0; /* nothing is known of it */
    return status;
}

/* ---- Bitmaps --------------------------------------------------------------------------------- */

/* `expected`: where the pack's objects begin in the order, if that is known. */
static int check_bitmap(pkr_midx_check *check, uint32_t pack, bool is_known, uint64_t expected,
                        pkr_fault *fault)
{
    const uint64_t at = check->layer->file->head.bitmaps.at + 8 * (uint64_t)pack;
    const uint64_t base = check->base;
    uint32_t first = 0;
    uint32_t count = 0;
    int status = number_at(check, at, &first, fault);

    if (status == 0)
        status = number_at(check, at + 4, &count, fault);
    if (status != 0)
        return status;
    if (count != check->counts[pack])
        pkr_midx_check_report(check, at + 4, NULL,
                              "a pack has not as many objects as its bitmap is said to have");
    else if (count > 0 &&
             (is_known ? first != expected : first < base || first - base > UINT32_MAX - count))
        pkr_midx_check_report(check, at, NULL, "the bitmap of a pack begins at the wrong object");
    return 0;
}

static int check_bitmaps(pkr_midx_check *check, uint32_t preferred, pkr_fault *fault)
{
    const uint32_t packs = check->layer->file->head.packs;
    const uint64_t base = check->base;
    const uint64_t ahead = preferred < packs ? check->counts[preferred] : 0;
    uint64_t others = base + ahead;
    int status = 0;

    for (uint32_t i = 0; status == 0 && i < packs && !check->is_stopped; i++) {
        status = check_bitmap(check, i, preferred < packs, i == preferred ? base : others, fault);
        others += i == preferred ? 0 : check->counts[i];
    }
    return status;
}

int pkr_check_midx_order(pkr_midx_check *check, pkr_fault *fault)
{
    const pkr_midx *head = &check->layer->file->head;
    uint32_t preferred = NO_PACK;
    int status = 0;

    check->base = pkr_midx_check_is_blocked(check) ? 0 : pkr_midx_check_base(check);
    if (head->order.at && head->order.size != 4 * (uint64_t)head->count)
        pkr_midx_check_report(check, head->order.at, NULL,
                              "rows in order of packs are not as many as objects");
    else if (head->order.at)
        status = check_rows(check, &preferred, fault);
    if (status != 0 || !head->bitmaps.at)
        return status;
    if (head->bitmaps.size != 8 * (uint64_t)head->packs)
        pkr_midx_check_report(check, head->bitmaps.at, NULL,
                              "places of bitmaps are not as many as packs");
    else
        status = check_bitmaps(check, preferred, fault);
    return status;
}
