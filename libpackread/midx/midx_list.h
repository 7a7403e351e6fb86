/* midx_list.h - the multi-pack-indexes beside one set of packs, and which packs they name.
 *
 * They say where an id is, but whoever asks looks there in the pack's own index: what is wrong in
 * them costs time, and nothing else. Where the two differ, and it is the pack's index that is
 * damaged, that is not used any more (find/misled.h). */
#ifndef PKR_MIDX_LIST_H
#define PKR_MIDX_LIST_H

#include "base/id.h"
#include "midx/midx_rows.h"
#include "pack/pack.h"

/* Why a layer of a chain is not asked: that of an older line cannot be used. All zeros: it is. */
typedef struct pkr_midx_block {
    uint32_t line; /* of the chain, from 1 */
    int why;       /* the code of what failed with it */
} pkr_midx_block;

typedef struct pkr_midx_layer {
    pkr_midx_file *file;
    pkr_pack **packs; /* by the numbers of the file; NULL: that pack is not there */
    uint64_t charged;
    pkr_midx_block block;
} pkr_midx_layer;

/* Never changed once it is with a set. */
typedef struct pkr_midx_list {
    pkr_budget *budget;
    size_t count;
    pkr_midx_layer *layers; /* in the order in which they are asked */
    uint64_t named;         /* objects in the indexes of packs that they name, each pack once */
    bool is_any_damaged;    /* a file that there is was left out, for its bytes are wrong */
    size_t blocked_count;
    pkr_midx_layer *blocked; /* those that are not asked: they are there to be verified */
} pkr_midx_list;

/* An empty list; NULL without memory. */
pkr_midx_list *pkr_midx_list_new(pkr_budget *budget);
/* Whether they have the same files. NULL is an empty one. */
bool pkr_midx_list_same(const pkr_midx_list *left, const pkr_midx_list *right);
/* Makes room for one more layer, of those that are asked or of those that are not; false without
 * memory. */
bool pkr_midx_list_have_room(pkr_midx_list *list, const pkr_midx_layer *layer);
/* Adds it, where there is room: as the last. Its file is in use, and its packs are the list's. */
void pkr_midx_list_add(pkr_midx_list *list, const pkr_midx_layer *layer);
/* Lets go of all from these numbers on. */
void pkr_midx_list_cut(pkr_midx_list *list, size_t count, size_t blocked_count);
/* NULL is fine. From one thread at a time. */
void pkr_midx_list_free(pkr_midx_list *list);

/* The pack that the first of them with that id names, or NULL: none has it, or it cannot be told.
 * `*offset`: where in that. */
pkr_pack *pkr_midx_list_find(const pkr_midx_list *list, pkr_midx_rows *rows, const packread_id *id,
                             uint64_t *offset);
/* Whether the same row of the first of them names that pack and offset: where it is of that pack
 * alone its rows are the pack's, and so this tells without a search that both say the same. */
bool pkr_midx_list_confirms(const pkr_midx_list *list, pkr_midx_rows *rows, const pkr_pack *pack,
                            uint32_t position, uint64_t offset);
/* Makes `*id` the first one in that layer that is not below; false: its fanout bucket has none. */
bool pkr_midx_layer_next(const pkr_midx_layer *layer, pkr_midx_rows *rows, packread_id *id);

#endif
