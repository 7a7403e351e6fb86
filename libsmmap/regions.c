/* regions.c - knows how a file's regions are kept sorted: rows in leaves, leaves in an array. */
#include "regions.h"

#include <string.h>

#define LEAF_ROWS 64

/* The offset stands beside the pointer so that a search touches no region. */
struct row {
    uint64_t begin;
    struct smm_region *region;
};

struct smm_leaf {
    size_t count;
    struct row rows[LEAF_ROWS];
};

/* How many leaves begin before `offset`. */
static size_t leaves_before(const struct smm_regions *regions, uint64_t offset)
{
    size_t low = 0;
    size_t high = regions->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (regions->leaves[middle]->rows[0].begin < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t rows_before(const struct smm_leaf *leaf, uint64_t offset)
{
    size_t low = 0;
    size_t high = leaf->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (leaf->rows[middle].begin < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct smm_region *smm_regions_before(const struct smm_regions *regions, uint64_t offset)
{
    size_t leaves = leaves_before(regions, offset);
    const struct smm_leaf *leaf;

    if (!leaves)
        return NULL;
    leaf = regions->leaves[leaves - 1];
    return leaf->rows[rows_before(leaf, offset) - 1].region;
}

struct smm_region *smm_regions_from(const struct smm_regions *regions, uint64_t offset)
{
    size_t leaves = leaves_before(regions, offset);

    if (leaves) {
        const struct smm_leaf *leaf = regions->leaves[leaves - 1];
        size_t rows = rows_before(leaf, offset);
        struct smm_region *before = leaf->rows[rows - 1].region;

        if (smm_region_end(before) > offset)
            return before;
        if (rows < leaf->count)
            return leaf->rows[rows].region;
    }
    return leaves < regions->count ? regions->leaves[leaves]->rows[0].region : NULL;
}

static bool put_leaf(struct smm_regions *regions, size_t place, struct smm_leaf *leaf,
                     const struct smm_system *system)
{
    if (regions->count == regions->capacity) {
        size_t capacity = regions->capacity ? regions->capacity * 2 : 4;
        struct smm_leaf **leaves;

        if (capacity > SIZE_MAX / sizeof(struct smm_leaf *))
            return false;
        leaves = system->reallocate(regions->leaves, capacity * sizeof(struct smm_leaf *));
        if (!leaves)
            return false;
        regions->leaves = leaves;
        regions->capacity = capacity;
    }
    memmove(regions->leaves + place + 1, regions->leaves + place,
            (regions->count - place) * sizeof(struct smm_leaf *));
    regions->leaves[place] = leaf;
    regions->count++;
    return true;
}

static void take_leaf(struct smm_regions *regions, size_t place, const struct smm_system *system)
{
    system->release(regions->leaves[place]);
    regions->count--;
    memmove(regions->leaves + place, regions->leaves + place + 1,
            (regions->count - place) * sizeof(struct smm_leaf *));
}

/* Puts a new leaf at `place`, with the upper half of the one before if that is full. */
static bool make_leaf(struct smm_regions *regions, size_t place, const struct smm_system *system)
{
    struct smm_leaf *leaf = system->allocate(sizeof *leaf);

    if (!leaf)
        return false;
    leaf->count = 0;
    if (!put_leaf(regions, place, leaf, system)) {
        system->release(leaf);
        return false;
    }
    if (place) {
        struct smm_leaf *full = regions->leaves[place - 1];

        full->count = leaf->count = LEAF_ROWS / 2;
        memcpy(leaf->rows, full->rows + LEAF_ROWS / 2, LEAF_ROWS / 2 * sizeof(struct row));
    }
    return true;
}

bool smm_regions_put(struct smm_regions *regions, struct smm_region *region,
                     const struct smm_system *system)
{
    size_t place = leaves_before(regions, region->begin);
    struct smm_leaf *leaf;
    size_t row;

    if (!regions->count && !make_leaf(regions, 0, system))
        return false;
    place -= place != 0;
    if (regions->leaves[place]->count == LEAF_ROWS) {
        if (!make_leaf(regions, place + 1, system))
            return false;
        place += regions->leaves[place + 1]->rows[0].begin < region->begin;
    }
    leaf = regions->leaves[place];
    row = rows_before(leaf, region->begin);
    memmove(leaf->rows + row + 1, leaf->rows + row, (leaf->count - row) * sizeof(struct row));
    leaf->rows[row].begin = region->begin;
    leaf->rows[row].region = region;
    leaf->count++;
    return true;
}

void smm_regions_remove(struct smm_regions *regions, const struct smm_region *region,
                        const struct smm_system *system)
{
    size_t place = leaves_before(regions, region->begin);
    struct smm_leaf *leaf;
    size_t row;

    if (place == regions->count || regions->leaves[place]->rows[0].begin != region->begin)
        place--;
    leaf = regions->leaves[place];
    row = rows_before(leaf, region->begin);
    leaf->count--;
    memmove(leaf->rows + row, leaf->rows + row + 1, (leaf->count - row) * sizeof(struct row));
    if (!leaf->count) {
        take_leaf(regions, place, system);
    } else if (place + 1 < regions->count &&
               leaf->count + regions->leaves[place + 1]->count <= LEAF_ROWS / 2) {
        const struct smm_leaf *next = regions->leaves[place + 1];

        memcpy(leaf->rows + leaf->count, next->rows, next->count * sizeof(struct row));
        leaf->count += next->count;
        take_leaf(regions, place + 1, system);
    }
}

void smm_regions_destroy(struct smm_regions *regions, const struct smm_system *system)
{
    system->release(regions->leaves);
    regions->leaves = NULL;
    regions->capacity = 0;
}
