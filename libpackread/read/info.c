/* info.c - what is known of one object without its contents. */
#include "read/info.h"

#include "base/fault.h"
#include "base/id.h"
#include "base/location.h"
#include "base/sized.h"
#include "find/copies.h"
#include "find/find.h"
#include "find/misled.h"
#include "object/chain_facts.h"
#include "object/delta_stream.h"
#include "object/loose_file.h"
#include "pack/orders.h"
#include "read/read.h"
#include "repair/repair.h"

int pkr_info_size(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                  const pkr_entry *entry, uint64_t *size, pkr_fault *fault)
{
    pkr_delta_sizes sizes;
    pkr_link link = pkr_chain_link(offset, entry);
    int status;

    if (entry->type <= PACKREAD_TAG) {
        *size = entry->size;
        return 0;
    }
    status = pkr_delta_stream_sizes(reader, pack, &link, &sizes, fault);
    if (status != 0)
        return status;
    *size = sizes.result;
    return 0;
}

static int find_base(packread_reader *reader, const packread_location *location,
                     const pkr_entry *entry, packread_info *info, pkr_fault *fault)
{
    pkr_pack *pack = pkr_reader_pack(reader, location->store);
    uint64_t base;
    uint32_t position = 0;
    int status = pkr_chain_base(reader, pack, location->offset, entry, &base, &position, fault);

    if (entry->type == PACKREAD_REF_DELTA) {
        if (status != 0 && status != PACKREAD_ERROR_THIN)
            return status;
        pkr_id_set(&info->base, entry->base_id, pack->idx.id_size);
        info->has_base_location = status == 0;
    } else {
        if (status == 0)
            status =
                pkr_orders_position_at(reader->budget, &reader->rows, pack, base, &position, fault);
        if (status == PACKREAD_ERROR_NOT_FOUND)
            status = pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, pack->path, location->offset,
                                  "delta base is where no entry begins");
        if (status != 0)
            return status;
        info->has_base_location = true;
    }
    if (!info->has_base_location)
        return 0;
    info->base_location = pkr_location(location->store, position, base);
    return pkr_reader_id(reader, &info->base_location, &info->base, fault);
}

static int find_size_on_disk(packread_reader *reader, pkr_pack *pack, uint64_t offset,
                             uint64_t *size, pkr_fault *fault)
{
    const pkr_revindex *revindex;
    uint32_t rank;
    int status = pkr_orders_get(reader->budget, &reader->rows, pack, &revindex, fault);

    if (status != 0)
        return status;
    rank = pkr_revindex_find(revindex, offset);
    if (rank != PKR_NO_RANK)
        *size = pkr_revindex_next(revindex, rank, pack->end) - offset;
    else
        status = pkr_fault_set(fault, PACKREAD_ERROR_ARGUMENT, pack->path,
                               "no entry begins at that offset");
    pkr_orders_done(pack);
    return status;
}

static int fill(packread_reader *reader, const packread_location *location, unsigned want,
                packread_info *info, pkr_fault *fault)
{
    pkr_pack *pack = pkr_reader_pack(reader, location->store);
    const unsigned of_entry =
        PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE | PACKREAD_WANT_DEPTH | PACKREAD_WANT_BASE;
    pkr_entry entry;
    int status = pkr_reader_select(reader, pack, fault);

    if (status == 0 && want & of_entry) {
        status = pkr_chain_entry(reader, pack, location->offset, &entry, fault);
        if (status == 0)
            info->stored_type = entry.type;
        if (status == 0 && want & PACKREAD_WANT_SIZE)
            status = pkr_info_size(reader, pack, location->offset, &entry, &info->size, fault);
        if (status == 0 && want & PACKREAD_WANT_BASE && entry.type > PACKREAD_TAG)
            status = find_base(reader, location, &entry, info, fault);
        if (status == 0 && want & (PACKREAD_WANT_TYPE | PACKREAD_WANT_DEPTH))
            status = pkr_chain_facts(reader, pack, location->offset, &entry, &info->type,
                                     &info->depth, fault);
    }
    if (status == 0 && want & PACKREAD_WANT_DISK)
        status = find_size_on_disk(reader, pack, location->offset, &info->size_on_disk, fault);
    if (status == 0 && want & PACKREAD_WANT_CRC && pack->idx.version == 2) {
        info->has_crc = true;
        status = pkr_rows_crc(&reader->rows, pack, location->position, &info->crc32, fault);
    }
    return status;
}

/* A loose object is a whole one: what its file begins with tells all. */
static int fill_loose(packread_reader *reader, const packread_location *location,
                      const packread_id *id, unsigned want, packread_info *info, pkr_fault *fault)
{
    pkr_loose_file file;
    int status;

    if ((want & ~(unsigned)PACKREAD_WANT_CRC) == 0)
        return 0;
    status = pkr_loose_open(&file, reader, location->store, id, PKR_LOOSE_FACTS, fault);
    if (status != 0)
        return status;
    info->type = info->stored_type = file.header.type;
    info->size = file.header.size;
    info->size_on_disk = file.stamp.size;
    pkr_loose_close(&file);
    return 0;
}

int pkr_info_fill(packread_reader *reader, const packread_location *location, const packread_id *id,
                  unsigned want, packread_info *info, pkr_fault *fault)
{
    packread_info made = pkr_info_blank(location, id);
    int status = 0;

    if (pkr_location_is_built_in(location))
        made.type = made.stored_type = PACKREAD_TREE;
    else if (pkr_location_is_loose(location))
        status = fill_loose(reader, location, id, want, &made, fault);
    else
        status = fill(reader, location, want, &made, fault);

    if (status == 0)
        *info = made;
    else
        pkr_fault_name(fault, id);
    return status;
}

static void give(packread_info *info, const packread_info *made)
{
    pkr_sized_give(info, PKR_END_OF(packread_info, has_base_location), made, sizeof *made);
}

int packread_reader_info(packread_reader *reader, const packread_location *location, unsigned want,
                         packread_info *info, packread_error *error)
{
    packread_info made;
    packread_id id;
    pkr_fault fault;
    int status;

    if (!reader || !location || !info)
        return pkr_error_null(error);
    if (want & ~(unsigned)PACKREAD_WANT_ALL)
        return pkr_error_argument(error, "unknown want");
    if (!pkr_sized_can_be_given(info))
        return pkr_error_argument(error, PKR_NO_SIZE);
    pkr_reader_enter(reader);
    status = pkr_reader_id(reader, location, &id, &fault);
    if (status == 0)
        status = pkr_info_fill(reader, location, &id, want, &made, &fault);
    if (status == 0)
        give(info, &made);
    return pkr_reader_leave(reader, status, &fault, error);
}

/* What is asked, and where the answer goes. */
typedef struct describing {
    unsigned want;
    packread_info *info;
} describing;

static int use_copy(pkr_copies *asked, const packread_location *copy, pkr_fault *fault)
{
    const describing *what = asked->context;
    int status;

    if (pkr_misled_to(asked->reader, asked->id, copy, &status, fault))
        return status;
    status = pkr_info_fill(asked->reader, copy, asked->id, what->want, what->info, fault);

    return pkr_reader_settle(asked->reader, status, fault);
}

int pkr_info_mended(packread_reader *reader, const packread_id *id, unsigned want,
                    packread_info *info, int failure, pkr_fault *fault)
{
    const unsigned told = PACKREAD_WANT_TYPE | PACKREAD_WANT_SIZE;
    describing rest = {want & ~told, info};
    pkr_copies copies = {reader, id, use_copy, &rest, false};
    packread_object object;
    int status;

    if (!pkr_copies_may_differ(failure) || want & PACKREAD_WANT_DEPTH)
        return failure;
    status = pkr_repair(reader, id, &object, failure, fault);
    if (status != 0)
        return status;
    pkr_blob_release(&reader->spares, reader->object);
    reader->object = NULL;
    status = pkr_copies_try(&copies, fault);
    info->type = object.type;
    info->size = object.size;
    return status;
}

int pkr_info_describe(packread_reader *reader, const packread_id *id, unsigned want,
                      packread_info *info, pkr_fault *fault)
{
    describing what = {want, info};
    pkr_copies copies = {reader, id, use_copy, &what, false};
    int status = pkr_copies_try(&copies, fault);

    return status == 0 ? 0 : pkr_info_mended(reader, id, want, info, status, fault);
}

int packread_reader_describe(packread_reader *reader, const packread_id *id, unsigned want,
                             packread_info *info, packread_error *error)
{
    packread_info made;
    pkr_fault fault;
    int status;

    if (!reader || !id || !info)
        return pkr_error_null(error);
    if (!pkr_id_is_whole(id))
        return pkr_error_argument(error, PKR_NO_ID);
    if (want & ~(unsigned)PACKREAD_WANT_ALL)
        return pkr_error_argument(error, "unknown want");
    if (!pkr_sized_can_be_given(info))
        return pkr_error_argument(error, PKR_NO_SIZE);
    pkr_reader_enter(reader);
    status = pkr_info_describe(reader, id, want, &made, &fault);
    if (status == 0)
        give(info, &made);
    return pkr_read_leave(reader, id, status, &fault, error);
}
