/* rescue.c - the pack's header and trailer are the witnesses for a layout; the ids for the fanout.
 */
#include "rescue.h"

#include <string.h>

#include "bytes.h"
#include "view.h"

/* The count of a pack whose header is in order. */
static bool read_count(packread_view *view, uint32_t *count)
{
    const unsigned char *bytes;
    uint32_t version;

    if (packread_view_need(view, 0, PACKREAD_PACK_HEADER, &bytes, NULL) != 0 ||
        memcmp(bytes, "PACK", 4) != 0)
        return false;
    version = packread_bytes_u32(bytes + 4);
    *count = packread_bytes_u32(bytes + 8);
    return version == 2 || version == 3;
}

/* Whether the pack's last bytes are those that the index names in this layout. */
static bool is_pair(packread_view *pack, packread_view *index, const packread_idx *idx)
{
    unsigned char sum[PACKREAD_ID_MAX];
    const unsigned char *bytes;

    if (pack->end < PACKREAD_PACK_HEADER + idx->id_size ||
        packread_view_need(pack, pack->end - idx->id_size, idx->id_size, &bytes, NULL) != 0)
        return false;
    memcpy(sum, bytes, idx->id_size);
    return packread_view_need(index, idx->pack_sum, idx->id_size, &bytes, NULL) == 0 &&
           memcmp(sum, bytes, idx->id_size) == 0;
}

/* How many ids begin with a byte up to `first`. */
static bool count_upto(packread_view *index, const packread_idx *idx, unsigned first,
                       uint32_t *total)
{
    uint32_t low = 0;
    uint32_t count = idx->count;

    while (count > 0) {
        uint32_t half = count / 2;
        const unsigned char *bytes;

        if (packread_view_need(index, idx->ids + (uint64_t)(low + half) * idx->id_stride, 1, &bytes,
                               NULL) != 0)
            return false;
        if (bytes[0] <= first) {
            low += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    *total = low;
    return true;
}

/* Rises even if the ids do not: a search that goes up for a byte does so for a higher one. */
static bool make_fanout(packread_view *index, packread_idx *idx)
{
    for (unsigned i = 0; i < 255; i++)
        if (!count_upto(index, idx, i, &idx->fanout[i]))
            return false;
    idx->fanout[255] = idx->count;
    return true;
}

static bool lay_out(packread_view *pack, packread_view *index, packread_idx *idx)
{
    static const size_t id_sizes[] = {20, 32};
    uint32_t count;

    if (!read_count(pack, &count))
        return false;
    for (size_t i = 0; i < sizeof id_sizes / sizeof id_sizes[0]; i++)
        if (packread_idx_assume(index->end, id_sizes[i], count, idx) && is_pair(pack, index, idx))
            return make_fanout(index, idx);
    return false;
}

bool packread_rescue_index(packread_pack *pack)
{
    packread_view data = {0};
    packread_view index = {0};
    packread_idx idx;
    bool found = packread_view_point(&data, pack, pack->data_rest, pack->path,
                                     smmap_cursor_file_size(pack->data_rest), NULL) == 0 &&
                 packread_view_point(&index, pack, pack->index_rest, pack->index_path,
                                     smmap_cursor_file_size(pack->index_rest), NULL) == 0 &&
                 lay_out(&data, &index, &idx);

    packread_view_close(&data);
    packread_view_close(&index);
    if (found)
        pack->idx = idx;
    return found;
}
