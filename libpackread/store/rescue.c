/* rescue.c - the pack's header and trailer are the witnesses for a layout, or the tables
 * themselves; the ids for the fanout. */
#include "store/rescue.h"

#include <string.h>

#include "base/bytes.h"
#include "base/fault.h"
#include "store/view.h"

#define ROWS_TO_ASK 1024

static const size_t id_sizes[] = {20, 32};

/* The count of a pack whose header is in order. */
static bool read_count(pkr_view *view, uint32_t *count)
{
    const unsigned char *bytes;
    uint32_t version;

    if (pkr_view_need(view, 0, PKR_PACK_HEADER, &bytes, NULL) != 0 || memcmp(bytes, "PACK", 4) != 0)
        return false;
    version = pkr_bytes_u32(bytes + 4);
    *count = pkr_bytes_u32(bytes + 8);
    return version == 2 || version == 3;
}

/* Whether the pack's last bytes are those that the index names in this layout. */
static bool is_pair(pkr_view *pack, pkr_view *index, const pkr_idx *idx)
{
    unsigned char sum[PACKREAD_ID_MAX];
    const unsigned char *bytes;

    if (pack->end < PKR_PACK_HEADER + idx->id_size ||
        pkr_view_need(pack, pack->end - idx->id_size, idx->id_size, &bytes, NULL) != 0)
        return false;
    memcpy(sum, bytes, idx->id_size);
    return pkr_view_need(index, idx->pack_sum, idx->id_size, &bytes, NULL) == 0 &&
           memcmp(sum, bytes, idx->id_size) == 0;
}

/* How many ids begin with a byte up to `first`. */
static bool count_upto(pkr_view *index, const pkr_idx *idx, unsigned first, uint32_t *total)
{
    uint32_t low = 0;
    uint32_t count = idx->count;

    while (count > 0) {
        uint32_t half = count / 2;
        const unsigned char *bytes;

        if (pkr_view_need(index, idx->ids + (uint64_t)(low + half) * idx->id_stride, 1, &bytes,
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
static bool make_fanout(pkr_view *index, pkr_idx *idx)
{
    for (unsigned i = 0; i < 255; i++)
        if (!count_upto(index, idx, i, &idx->fanout[i]))
            return false;
    idx->fanout[255] = idx->count;
    return true;
}

/* Whether most ids rise: in another layout half of them do. Of a large table some are looked at. */
static bool ids_rise(pkr_view *index, const pkr_idx *idx)
{
    const uint32_t step = idx->count / ROWS_TO_ASK + 1;
    uint32_t asked = 0;
    uint32_t rising = 0;

    for (uint64_t row = 1; row < idx->count; row += step) {
        unsigned char before[PACKREAD_ID_MAX];
        const unsigned char *bytes;

        if (pkr_view_need(index, idx->ids + (row - 1) * idx->id_stride, idx->id_size, &bytes,
                          NULL) != 0)
            return false;
        memcpy(before, bytes, idx->id_size);
        if (pkr_view_need(index, idx->ids + row * idx->id_stride, idx->id_size, &bytes, NULL) != 0)
            return false;
        rising += memcmp(before, bytes, idx->id_size) < 0;
        asked++;
    }
    return rising >= asked - asked / 4;
}

/* Whether a cell of the table of offsets leads into the pack. */
static bool is_offset(const pkr_idx *idx, uint64_t pack_size, uint32_t cell)
{
    if (idx->version == 2 && cell & 0x80000000u)
        return (cell & 0x7fffffffu) < idx->wide_count;
    return cell >= PKR_PACK_HEADER && cell < pack_size;
}

/* Rows that would be wrong in this layout. Where it is not the right one, CRCs or the halves of
 * 64-bit offsets are taken for offsets. */
static bool count_wrong(pkr_view *index, const pkr_idx *idx, uint64_t pack_size, uint32_t *wrong)
{
    *wrong = 0;
    for (uint32_t row = 0; row < idx->count; row++) {
        const unsigned char *bytes;

        if (pkr_view_need(index, idx->offsets + (uint64_t)row * idx->offset_stride, 4, &bytes,
                          NULL) != 0)
            return false;
        *wrong += !is_offset(idx, pack_size, pkr_bytes_u32(bytes));
    }
    return true;
}

/* Whether the tables are such as an index has. */
static bool fits_itself(pkr_view *pack, pkr_view *index, const pkr_idx *idx)
{
    uint32_t wrong;

    (void)pack;
    return ids_rise(index, idx) &&
           (idx->wide_count == 0 ||
            (count_wrong(index, idx, UINT64_MAX, &wrong) && wrong <= idx->count / 4));
}

static bool lay_out_with(pkr_view *pack, pkr_view *index, pkr_idx *idx,
                         bool (*is_right)(pkr_view *pack, pkr_view *index, const pkr_idx *idx))
{
    uint32_t count;

    if (!read_count(pack, &count))
        return false;
    for (size_t i = 0; i < sizeof id_sizes / sizeof id_sizes[0]; i++)
        if (pkr_idx_assume(index->end, id_sizes[i], count, idx) && is_right(pack, index, idx))
            return make_fanout(index, idx);
    return false;
}

/* Where the pack's count is no witness, but its sum is. Indexes of packs beyond 2 GB have more than
 * what is looked for here. */
static bool lay_out_by_length(pkr_view *pack, pkr_view *index, pkr_idx *idx)
{
    for (size_t i = 0; i < sizeof id_sizes / sizeof id_sizes[0]; i++) {
        for (unsigned version = 2; version > 0; version--) {
            uint64_t fixed = (version == 2 ? 8u : 0u) + UINT64_C(256) * 4 + 2 * id_sizes[i];
            uint64_t row = id_sizes[i] + (version == 2 ? 8u : 4u);
            uint64_t count = index->end > fixed ? (index->end - fixed) / row : 0;

            if (count > 0 && count <= UINT32_MAX && fixed + count * row == index->end &&
                pkr_idx_assume(index->end, id_sizes[i], (uint32_t)count, idx) &&
                idx->version == version && is_pair(pack, index, idx))
                return make_fanout(index, idx);
        }
    }
    return false;
}

static bool lay_out(pkr_view *pack, pkr_view *index, pkr_idx *idx)
{
    return lay_out_with(pack, index, idx, is_pair);
}

/* Where the pack's sum is no witness: it was cut, or its end is damaged too. */
static bool lay_out_by_tables(pkr_view *pack, pkr_view *index, pkr_idx *idx)
{
    return lay_out_with(pack, index, idx, fits_itself);
}

typedef bool find_layout(pkr_view *pack, pkr_view *index, pkr_idx *idx);

/* The layout that agrees with the pack's count, in `idx`. */
static bool look(pkr_pack *pack, pkr_idx *idx, find_layout *lay_it_out,
                 bool (*is_better)(const pkr_pack *pack, pkr_view *data, pkr_view *index,
                                   const pkr_idx *idx))
{
    pkr_view data = {0};
    pkr_view index = {0};
    bool found = pkr_view_point(&data, pack, pack->data_rest, pack->path,
                                smmap_cursor_file_size(pack->data_rest), NULL) == 0 &&
                 pkr_view_point(&index, pack, pack->index_rest, pack->index_path,
                                smmap_cursor_file_size(pack->index_rest), NULL) == 0 &&
                 lay_it_out(&data, &index, idx) &&
                 (!is_better || is_better(pack, &data, &index, idx));

    pkr_view_close(&data);
    pkr_view_close(&index);
    return found;
}

bool pkr_rescue_index(pkr_pack *pack)
{
    pkr_idx idx;

    if (!look(pack, &idx, lay_out, NULL))
        return false;
    pack->idx = idx;
    return true;
}

bool pkr_rescue_tables(pkr_pack *pack)
{
    pkr_idx idx;

    if (!look(pack, &idx, lay_out_by_length, NULL) && !look(pack, &idx, lay_out_by_tables, NULL))
        return false;
    pack->idx = idx;
    return true;
}

/* A layout in which the index names the pack is better than one in which it does not; else that
 * with fewer wrong rows is. */
static bool is_better_than_own(const pkr_pack *pack, pkr_view *data, pkr_view *index,
                               const pkr_idx *idx)
{
    uint32_t wrong;
    uint32_t wrong_in_own;

    return !is_pair(data, index, &pack->idx) ||
           (count_wrong(index, idx, data->end, &wrong) &&
            count_wrong(index, &pack->idx, data->end, &wrong_in_own) && wrong < wrong_in_own);
}

bool pkr_rescue_count(pkr_pack *pack)
{
    pkr_idx idx;

    if (!look(pack, &idx, lay_out, is_better_than_own))
        return false;
    pkr_fault_at(&pack->doubt, PACKREAD_ERROR_CORRUPT, pack->index_path,
                 (idx.version == 2 ? 8 : 0) + UINT64_C(255) * 4,
                 "index counts another number of objects than its tables and the pack");
    pack->idx = idx;
    return true;
}

/* Whether most ids stand in their buckets of the fanout: in another layout hardly one does. Of a
 * large table some are looked at. */
static bool fits_fanout(pkr_view *index, const pkr_idx *idx)
{
    const uint32_t step = idx->count / ROWS_TO_ASK + 1;
    uint32_t asked = 0;
    uint32_t right = 0;

    for (uint64_t row = 0; row < idx->count; row += step) {
        const unsigned char *bytes;
        uint32_t before;

        if (pkr_view_need(index, idx->ids + row * idx->id_stride, 1, &bytes, NULL) != 0)
            return false;
        before = bytes[0] ? idx->fanout[bytes[0] - 1] : 0;
        right += row >= before && row < idx->fanout[bytes[0]];
        asked++;
    }
    return right >= asked - asked / 2;
}

static bool lay_out_loosely(pkr_view *pack, pkr_view *index, pkr_idx *idx)
{
    unsigned char head[PKR_IDX_HEAD];
    const unsigned char *bytes;
    uint32_t count;

    if (!read_count(pack, &count) || pkr_view_need(index, 0, sizeof head, &bytes, NULL) != 0)
        return false;
    memcpy(head, bytes, sizeof head);
    for (size_t i = 0; i < sizeof id_sizes / sizeof id_sizes[0]; i++)
        if (pkr_idx_loose(head, sizeof head, index->end, id_sizes[i], idx) && idx->count == count &&
            fits_fanout(index, idx))
            return true;
    return false;
}

/* A length that is wrong for one size of ids may be right for the other, or for more 64-bit rows.
 */
static bool fits_better_than_own(const pkr_pack *pack, pkr_view *data, pkr_view *index,
                                 const pkr_idx *idx)
{
    (void)data, (void)idx;
    return pack->idx.version == 0 || !fits_fanout(index, &pack->idx);
}

bool pkr_rescue_length(pkr_pack *pack)
{
    pkr_idx idx;

    if (!look(pack, &idx, lay_out_loosely, fits_better_than_own))
        return false;
    pkr_fault_set(&pack->doubt, PACKREAD_ERROR_CORRUPT, pack->index_path,
                  "index size does not fit its object count");
    pack->idx = idx;
    return true;
}
