/* loss_map.c - tables of two bits a row. */
#include "object/loss_map.h"

#include <string.h>

#include "base/memory.h"

#define ROWS_PER_BYTE 4
#define BITS_PER_ROW 2

/* Each of these with the lock. */

static uint64_t table_size(const pkr_loss_map *lost, size_t pack)
{
    return pkr_packs_get(&lost->snapshot->packs, pack)->idx.count / ROWS_PER_BYTE + 1;
}

static uint64_t list_size(const pkr_loss_map *lost)
{
    return lost->count * sizeof *lost->packs;
}

/* That of the row; NULL where there is no table. */
static unsigned char *byte_of(const pkr_loss_map *lost, uint32_t pack, uint32_t row)
{
    if (!lost->packs || pack >= lost->count || !lost->packs[pack])
        return NULL;
    return &lost->packs[pack][row / ROWS_PER_BYTE];
}

static enum pkr_loss find(const pkr_loss_map *lost, uint32_t pack, uint32_t row)
{
    const unsigned char *byte = byte_of(lost, pack, row);

    return byte ? (enum pkr_loss)(*byte >> (row % ROWS_PER_BYTE * BITS_PER_ROW) & 3)
                : PKR_LOSS_NONE;
}

static uint64_t give(pkr_giver *giver, uint64_t wanted)
{
    pkr_loss_map *lost = (pkr_loss_map *)giver;
    uint64_t given = 0;

    (void)wanted;
    if (!lost->packs)
        return 0;
    for (size_t i = 0; i < lost->count; i++) {
        if (lost->packs[i]) {
            pkr_memory_free(lost->budget, lost->packs[i], table_size(lost, i));
            given += table_size(lost, i);
        }
    }
    pkr_memory_free(lost->budget, lost->packs, list_size(lost));
    lost->packs = NULL;
    return given + list_size(lost);
}

static void set(pkr_loss_map *lost, uint32_t pack, uint32_t row, enum pkr_loss loss)
{
    unsigned shift = row % ROWS_PER_BYTE * BITS_PER_ROW;
    unsigned char *byte = byte_of(lost, pack, row);

    if (byte && find(lost, pack, row) != PKR_LOSS_SURE)
        *byte = (unsigned char)((*byte & ~(3u << shift)) | (unsigned)loss << shift);
}

/* ---- Without -------------------------------------------------------------------------------- */

int pkr_loss_map_open(pkr_loss_map *lost, packread_snapshot *snapshot)
{
    memset(lost, 0, sizeof *lost);
    lost->snapshot = snapshot;
    lost->budget = &snapshot->budget;
    if (pkr_giver_begin(&lost->giver, PKR_GIVER_TABLE, give) != 0)
        return PACKREAD_ERROR_MEMORY;
    pkr_giver_join(&lost->giver, lost->budget);
    return 0;
}

void pkr_loss_map_clear(pkr_loss_map *lost)
{
    pkr_giver_lock(&lost->giver);
    give(&lost->giver, UINT64_MAX);
    pkr_giver_unlock(&lost->giver);
    lost->walked = lost->searched = 0;
    lost->doubt.code = 0;
}

void pkr_loss_map_close(pkr_loss_map *lost)
{
    pkr_giver_end(&lost->giver);
    give(&lost->giver, UINT64_MAX);
}

enum pkr_loss pkr_loss_map_find(pkr_loss_map *lost, uint32_t pack, uint32_t row)
{
    enum pkr_loss loss;

    pkr_giver_lock(&lost->giver);
    loss = find(lost, pack, row);
    pkr_giver_unlock(&lost->giver);
    return loss;
}

/* Other threads only take away. What they take before it is used is not remembered. */
static void make_room(pkr_loss_map *lost, uint32_t pack)
{
    void *list = NULL;
    void *table = NULL;
    bool has_list;
    bool has_table;

    pkr_giver_lock(&lost->giver);
    has_list = lost->packs != NULL;
    if (!has_list) /* packs that come later are not in it, until all is forgotten for them */
        lost->count = pkr_packs_count(&lost->snapshot->packs);
    has_table = byte_of(lost, pack, 0) != NULL;
    pkr_giver_unlock(&lost->giver);
    if (has_table || pack >= lost->count)
        return;
    table = pkr_memory_optional(lost->budget, table_size(lost, pack));
    if (table && !has_list)
        list = pkr_memory_optional(lost->budget, list_size(lost));
    pkr_giver_lock(&lost->giver);
    if (list)
        lost->packs = list;
    if (table && lost->packs) {
        lost->packs[pack] = table;
        table = NULL;
    }
    pkr_giver_unlock(&lost->giver);
    if (table)
        pkr_memory_free(lost->budget, table, table_size(lost, pack));
}

void pkr_loss_map_keep(pkr_loss_map *lost, uint32_t pack, uint32_t row, enum pkr_loss loss)
{
    make_room(lost, pack);
    pkr_giver_lock(&lost->giver);
    set(lost, pack, row, loss);
    pkr_giver_unlock(&lost->giver);
}
