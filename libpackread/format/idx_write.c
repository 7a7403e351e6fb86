/* idx_write.c - the layouts of .idx and .rev files. */
#include "format/idx_write.h"

#include <string.h>

#include "base/fault.h"
#include "base/stop.h"
#include "platform/hash.h"

/* Offsets past this go to the 64-bit table of version 2, as git has it. */
#define NARROW_MOST 0x7fffffffu
#define WIDE_MARK 0x80000000u

/* Bytes on their way: collected, hashed, given to the writer. */
typedef struct output {
    packread_writer *write;
    void *context;
    const packread_stop *stop;
    pkr_hash hash;
    size_t used;
    int status;
    unsigned char bytes[16384];
} output;

static void begin(output *out, const pkr_idx_rows *rows, packread_writer *write, void *context)
{
    out->stop = rows->stop;
    out->write = write;
    out->context = context;
    out->used = 0;
    out->status = 0;
    pkr_hash_begin(&out->hash, NULL, rows->pack_sum.size);
}

static void give(output *out)
{
    if (out->status == 0 && pkr_stop_is_asked(out->stop))
        out->status = PACKREAD_ERROR_STOPPED;
    if (out->status == 0 && out->used > 0) {
        pkr_hash_add(&out->hash, out->bytes, out->used);
        out->status = out->write(out->context, out->bytes, out->used);
    }
    out->used = 0;
}

/* `size` is at most that of an id. */
static void put(output *out, const void *bytes, size_t size)
{
    if (size > sizeof out->bytes - out->used)
        give(out);
    memcpy(out->bytes + out->used, bytes, size);
    out->used += size;
}

static void put_u32(output *out, uint32_t number)
{
    const unsigned char bytes[4] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16),
                                    (unsigned char)(number >> 8), (unsigned char)number};

    put(out, bytes, sizeof bytes);
}

/* The two sums that end each of these files. */
static int end(output *out, const packread_id *pack_sum, pkr_fault *fault)
{
    packread_id sum;

    put(out, pack_sum->bytes, pack_sum->size);
    give(out);
    pkr_hash_end(&out->hash, &sum);
    if (out->status == 0)
        out->status = out->write(out->context, sum.bytes, sum.size);
    return out->status == 0 ? 0 : pkr_fault_stopped(fault);
}

static const unsigned char *id_of(const pkr_idx_rows *rows, uint32_t row)
{
    return rows->ids + (size_t)rows->order[row] * rows->pack_sum.size;
}

static uint64_t offset_of(const pkr_idx_rows *rows, uint32_t row)
{
    return rows->offsets[rows->order[row]];
}

static void put_fanout(output *out, const pkr_idx_rows *rows)
{
    uint32_t row = 0;

    for (unsigned first = 0; first < 256; first++) {
        while (row < rows->count && id_of(rows, row)[0] <= first)
            row++;
        put_u32(out, row);
    }
}

static void put_v1(output *out, const pkr_idx_rows *rows)
{
    put_fanout(out, rows);
    for (uint32_t row = 0; out->status == 0 && row < rows->count; row++) {
        put_u32(out, (uint32_t)offset_of(rows, row));
        put(out, id_of(rows, row), rows->pack_sum.size);
    }
}

static void put_v2(output *out, const pkr_idx_rows *rows)
{
    uint32_t wide = 0;

    put(out, "\377tOc", 4);
    put_u32(out, 2);
    put_fanout(out, rows);
    for (uint32_t row = 0; out->status == 0 && row < rows->count; row++)
        put(out, id_of(rows, row), rows->pack_sum.size);
    for (uint32_t row = 0; out->status == 0 && row < rows->count; row++)
        put_u32(out, rows->crcs[rows->order[row]]);
    for (uint32_t row = 0; out->status == 0 && row < rows->count; row++) {
        uint64_t offset = offset_of(rows, row);

        put_u32(out, offset <= NARROW_MOST ? (uint32_t)offset : WIDE_MARK | wide++);
    }
    for (uint32_t row = 0; out->status == 0 && row < rows->count; row++) {
        uint64_t offset = offset_of(rows, row);

        if (offset <= NARROW_MOST)
            continue;
        put_u32(out, (uint32_t)(offset >> 32));
        put_u32(out, (uint32_t)offset);
    }
}

int pkr_idx_check_narrow(const pkr_idx_rows *rows, const char *file, pkr_fault *fault)
{
    for (uint32_t row = 0; row < rows->count; row++)
        if (offset_of(rows, row) > UINT32_MAX)
            return pkr_fault_at(fault, PACKREAD_ERROR_UNSUPPORTED, file, offset_of(rows, row),
                                "a version 1 index cannot hold offsets past 4 GiB");
    return 0;
}

int pkr_idx_write(const pkr_idx_rows *rows, unsigned version, packread_writer *write, void *context,
                  pkr_fault *fault)
{
    output out;

    begin(&out, rows, write, context);
    if (version == 1)
        put_v1(&out, rows);
    else
        put_v2(&out, rows);
    return end(&out, &rows->pack_sum, fault);
}

int pkr_rev_write(const pkr_idx_rows *rows, const uint32_t *positions, packread_writer *write,
                  void *context, pkr_fault *fault)
{
    output out;

    begin(&out, rows, write, context);
    put(&out, "RIDX", 4);
    put_u32(&out, 1);
    put_u32(&out, rows->pack_sum.size == 20 ? 1 : 2);
    for (uint32_t i = 0; out.status == 0 && i < rows->count; i++)
        put_u32(&out, positions[i]);
    return end(&out, &rows->pack_sum, fault);
}
