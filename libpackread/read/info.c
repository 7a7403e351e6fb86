/* info.c - what is known of one object without its contents. */
#include "read/info.h"

#include <string.h>

#include "object/chain.h"
#include "find/copies.h"
#include "base/error.h"
#include "find/find.h"
#include "object/delta_stream.h"
#include "read/read.h"
#include "repair/repair.h"
#include "store/revindex.h"

int pkr_info_size(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                  const pkr_entry *entry, uint64_t *size, packread_error *error)
{
    pkr_delta_sizes sizes;
    pkr_link link = pkr_chain_link(offset, entry);
    int status;

    if (entry->type <= PACKREAD_TAG) {
        *size = entry->size;
        return 0;
    }
    status = pkr_delta_stream_sizes(reader, pack, &link, &sizes, error);
    if (status != 0)
        return status;
    *size = sizes.result;
    return 0;
}

/* Entries passed on a walk, evenly spaced however long it gets: to be remembered once its end is
 * known. */
#define MARKS 64

typedef struct marks {
    struct {
        uint64_t offset;
        uint32_t step;
    } list[MARKS];
    uint32_t count;
    uint32_t stride; /* a mark each so many steps; a power of two */
} marks;

static void pass(marks *passed, uint64_t offset, uint32_t step)
{
    if (step % passed->stride != 0)
        return;
    if (passed->count == MARKS) { /* every second one makes room; this one is the next after them */
        passed->stride *= 2;
        passed->count = MARKS / 2;
        for (uint32_t i = 0; i < MARKS / 2; i++)
            passed->list[i] = passed->list[2 * i];
    }
    passed->list[passed->count].offset = offset;
    passed->list[passed->count++].step = step;
}

/* Headers all the way down, or to an entry whose chain was walked before. */
static int walk_down(packread_reader *reader, const packread_location *location, pkr_entry entry,
                     marks *passed, pkr_memo_row *end, packread_error *error)
{
    const pkr_pack *pack = reader->snapshot->packs[location->pack];
    pkr_guard guard = pkr_guard_begin(location->offset);
    uint64_t offset = location->offset;
    uint32_t step = 0;

    for (; entry.type > PACKREAD_TAG; step++) {
        const pkr_memo_row *known = pkr_memo_find(&reader->memo, location->pack, offset);
        uint64_t base;
        int status;

        if (known && known->status != 0)
            return pkr_memo_error(&reader->memo, known, pack, error);
        if (known) {
            end->end.type = known->end.type;
            end->end.depth = step + known->end.depth;
            return 0;
        }
        pass(passed, offset, step);
        status = pkr_chain_base(reader, pack, offset, &entry, &base, NULL, error);
        if (status != 0)
            return status;
        if (!pkr_guard_pass(&guard, base))
            return pkr_fault_at(error, PACKREAD_ERROR_CORRUPT, pack->path, offset,
                                "delta chain goes round in a cycle");
        offset = base;
        status = pkr_chain_entry(reader, pack, offset, &entry, error);
        if (status != 0)
            return status;
    }
    end->end.depth = step;
    end->end.type = entry.type;
    return 0;
}

/* Type and depth. */
static int follow(packread_reader *reader, const packread_location *location,
                  const pkr_entry *entry, packread_info *info, packread_error *error)
{
    pkr_memo_row end = {.pack = location->pack};
    marks passed = {.stride = PKR_MEMO_STEPS};
    pkr_budget *budget = &reader->snapshot->budget;
    packread_error detail;
    int status = walk_down(reader, location, *entry, &passed, &end, &detail);

    if (status == 0) {
        info->type = end.end.type;
        info->depth = end.end.depth;
    }
    if (status != 0 && error)
        *error = detail;
    if (passed.count > 1 &&
        (status == 0 || pkr_memo_blame(&reader->memo, budget, &end,
                                       reader->snapshot->packs[location->pack], &detail))) {
        for (uint32_t i = 0; i < passed.count; i++) {
            pkr_memo_row row = end;

            row.offset = passed.list[i].offset;
            if (status == 0)
                row.end.depth -= passed.list[i].step;
            pkr_memo_keep(&reader->memo, budget, &row);
        }
    }
    return status;
}

static int find_base(packread_reader *reader, const packread_location *location,
                     const pkr_entry *entry, packread_info *info, packread_error *error)
{
    pkr_pack *pack = reader->snapshot->packs[location->pack];
    uint64_t base;
    uint32_t position = 0;
    int status = pkr_chain_base(reader, pack, location->offset, entry, &base, &position, error);

    if (entry->type == PACKREAD_REF_DELTA) {
        if (status != 0 && status != PACKREAD_ERROR_THIN)
            return status;
        pkr_id_set(&info->base, entry->base_id, pack->idx.id_size);
        info->has_base_location = status == 0;
    } else {
        if (status == 0)
            status = pkr_revindex_position_at(reader, pack, base, &position, error);
        if (status == PACKREAD_ERROR_NOT_FOUND)
            status = pkr_fault_at(error, PACKREAD_ERROR_CORRUPT, pack->path, location->offset,
                                  "delta base is where no entry begins");
        if (status != 0)
            return status;
        info->has_base_location = true;
    }
    if (!info->has_base_location)
        return 0;
    info->base_location = (packread_location){location->pack, position, base};
    return pkr_find_id(reader, &info->base_location, &info->base, error);
}

static int find_size_on_disk(packread_reader *reader, pkr_pack *pack, uint64_t offset,
                             uint64_t *size, packread_error *error)
{
    const pkr_revindex *revindex;
    uint32_t rank;
    int status = pkr_revindex_get(reader, pack, &revindex, error);

    if (status != 0)
        return status;
    rank = pkr_revindex_find(revindex, offset);
    if (rank != PKR_NO_RANK)
        *size = pkr_revindex_next(revindex, rank, pack->end) - offset;
    else
        status = pkr_fault_set(error, PACKREAD_ERROR_ARGUMENT, pack->path,
                               "no entry begins at that offset");
    pkr_revindex_done(pack);
    return status;
}

static int fill(packread_reader *reader, const packread_location *location, unsigned want,
                packread_info *info, packread_error *error)
{
    pkr_pack *pack = reader->snapshot->packs[location->pack];
    const unsigned of_entry =
        PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE | PACKREAD_WANT_DEPTH | PACKREAD_WANT_BASE;
    pkr_entry entry;
    int status = pkr_reader_select(reader, pack, error);

    if (status == 0 && want & of_entry) {
        status = pkr_chain_entry(reader, pack, location->offset, &entry, error);
        if (status == 0)
            info->stored_type = entry.type;
        if (status == 0 && want & PACKREAD_WANT_SIZE)
            status = pkr_info_size(reader, pack, location->offset, &entry, &info->size, error);
        if (status == 0 && want & PACKREAD_WANT_BASE && entry.type > PACKREAD_TAG)
            status = find_base(reader, location, &entry, info, error);
        if (status == 0 && want & (PACKREAD_WANT_TYPE | PACKREAD_WANT_DEPTH))
            status = follow(reader, location, &entry, info, error);
    }
    if (status == 0 && want & PACKREAD_WANT_DISK)
        status = find_size_on_disk(reader, pack, location->offset, &info->size_on_disk, error);
    if (status == 0 && want & PACKREAD_WANT_CRC && pack->idx.version == 2) {
        info->has_crc = true;
        status = pkr_rows_crc(&reader->rows, pack, location->position, &info->crc32, error);
    }
    return status;
}

int pkr_info_fill(packread_reader *reader, const packread_location *location, const packread_id *id,
                  unsigned want, packread_info *info, packread_error *error)
{
    packread_info made;
    int status;

    memset(&made, 0, sizeof made);
    made.id = *id;
    made.location = *location;
    status = fill(reader, location, want, &made, error);
    if (status == 0)
        *info = made;
    else
        pkr_fault_name(error, id);
    return status;
}

int packread_reader_info(packread_reader *reader, const packread_location *location, unsigned want,
                         packread_info *info, packread_error *error)
{
    packread_id id;
    int status;

    if (!reader || !location || !info || want & ~(unsigned)PACKREAD_WANT_ALL)
        return pkr_fault_null(error);
    pkr_reader_begin(reader);
    status = pkr_find_id(reader, location, &id, error);
    if (status == 0)
        status = pkr_info_fill(reader, location, &id, want, info, error);
    return pkr_reader_settle(reader, status, error);
}

/* What is asked, and where the answer goes. */
typedef struct describing {
    packread_reader *reader;
    const packread_id *id;
    unsigned want;
    packread_info *info;
} describing;

static int use_copy(void *context, const packread_location *copy, packread_error *error)
{
    const describing *asked = context;
    int status = pkr_info_fill(asked->reader, copy, asked->id, asked->want, asked->info, error);

    return pkr_reader_settle(asked->reader, status, error);
}

int pkr_info_mended(packread_reader *reader, const packread_id *id, unsigned want,
                    packread_info *info, int failure, packread_error *error)
{
    const unsigned told = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE;
    describing asked = {reader, id, want & ~told, info};
    pkr_copies copies = {.use = use_copy, .context = &asked};
    packread_object object;
    int status;

    if (!pkr_copies_may_differ(failure) || want & PACKREAD_WANT_DEPTH)
        return failure;
    status = pkr_repair(reader, id, &object, failure, error);
    if (status != 0)
        return status;
    pkr_blob_release(&reader->cache, reader->object);
    reader->object = NULL;
    status = pkr_copies_try(reader, id, &copies, error);
    info->type = object.type;
    info->size = object.size;
    return status;
}

int packread_reader_describe(packread_reader *reader, const packread_id *id, unsigned want,
                             packread_info *info, packread_error *error)
{
    packread_info made;
    describing asked = {reader, id, want, &made};
    pkr_copies copies = {.use = use_copy, .context = &asked};
    packread_error detail;
    int status;

    if (!reader || !id || !info)
        return pkr_fault_null(error);
    pkr_reader_begin(reader);
    if (want & ~(unsigned)PACKREAD_WANT_ALL)
        return pkr_fault_set(error, PACKREAD_ERROR_ARGUMENT, NULL, "unknown want");
    status = pkr_copies_try(reader, id, &copies, &detail);
    if (status != 0)
        status = pkr_info_mended(reader, id, want, &made, status, &detail);
    if (status != 0)
        return pkr_read_failed(reader, id, status, &detail, error);
    *info = made;
    return 0;
}
