/* shelf.c - boards of 1, 2, 4, ... pointers, each allocated when the ones before it are full. */
#include "base/shelf.h"

#include <stdlib.h>
#include <string.h>

#include "packread.h"

/* Which board has an index; what is left of the index is where on it. */
static unsigned board_of(uint32_t *index)
{
    unsigned board = 0;

    while (*index >= UINT32_C(1) << board)
        *index -= UINT32_C(1) << board++;
    return board;
}

void *pkr_shelf_get(const pkr_shelf *shelf, uint32_t index)
{
    unsigned board;

    if (index >= pkr_shelf_count(shelf))
        return NULL;
    board = board_of(&index);
    return shelf->boards[board][index];
}

int pkr_shelf_put(pkr_shelf *shelf, void *item)
{
    uint32_t index = atomic_load_explicit(&shelf->count, memory_order_relaxed);
    uint32_t count = index + 1;
    unsigned board;

    if (count > UINT32_MAX / 2) /* the last board is never full */
        return PACKREAD_ERROR_MEMORY;
    board = board_of(&index);
    if (!shelf->boards[board])
        shelf->boards[board] = calloc((size_t)1 << board, sizeof(void *));
    if (!shelf->boards[board])
        return PACKREAD_ERROR_MEMORY;
    shelf->boards[board][index] = item;
    atomic_store_explicit(&shelf->count, count, memory_order_release);
    return 0;
}

void pkr_shelf_exchange(pkr_shelf *shelf, uint32_t index, void *item)
{
    unsigned board = board_of(&index);

    shelf->boards[board][index] = item;
}

void pkr_shelf_free(pkr_shelf *shelf)
{
    for (size_t i = 0; i < PKR_SHELF_BOARDS; i++)
        free(shelf->boards[i]);
    memset(shelf, 0, sizeof *shelf);
}
