/* check_crc.c - tells damage to an entry from bytes behind it that are not its own. */
#include "verify/check_crc.h"

#include <stdio.h>

#include "object/chain.h"
#include "base/fault.h"
#include "store/sum.h"
#include "verify/verify.h"
#include "walk/fence.h"

static void report(pkr_verification *verification, int code, uint64_t at, const char *text,
                   const packread_id *id)
{
    pkr_fault detail;

    pkr_fault_at(&detail, code, verification->pack->path, at, text);
    pkr_fault_name(&detail, id);
    pkr_verify_report(verification, &detail, 0);
}

static void report_bytes(pkr_verification *verification, uint64_t at, uint64_t next)
{
    char text[100];

    if (next - at == 1)
        snprintf(text, sizeof text, "1 byte belongs to no object");
    else
        snprintf(text, sizeof text, "%llu bytes belong to no object",
                 (unsigned long long)(next - at));
    report(verification, PACKREAD_ERROR_CORRUPT, at, text, NULL);
}

/* An entry that is whole, but in no row of the index. After a salvage it is there because its base
 * is not. */
static int report_unnamed(pkr_verification *verification, packread_reader *reader, uint64_t at,
                          pkr_fault *fault)
{
    const pkr_pack *pack = verification->pack;
    pkr_fault detail;
    pkr_entry entry;
    packread_id id = {{0}, 0};
    uint64_t base;
    bool has_base = true;
    int status = pkr_chain_entry(reader, pack, at, &entry, fault);

    if (status != 0)
        return status;
    report(verification, PACKREAD_ERROR_CORRUPT, at, "no row of the index names this entry", NULL);
    if (entry.type <= PACKREAD_TAG)
        return 0;
    status = pkr_chain_base(reader, pack, at, &entry, &base, NULL, &detail);
    if (status == 0)
        has_base = pkr_revindex_find(verification->revindex, base) != PKR_NO_RANK;
    else if (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN)
        has_base = false;
    else if (fault)
        *fault = detail;
    if (!has_base && entry.type == PACKREAD_REF_DELTA)
        pkr_id_set(&id, entry.base_id, pack->idx.id_size);
    if (!has_base)
        report(verification, PACKREAD_ERROR_THIN, at,
               id.size ? "is the base of this delta, and in no row of the index"
                       : "the base of this delta is in no row of the index",
               &id);
    return has_base ? status : 0;
}

/* Looks for a whole entry from `*at` on that ends before `next`; `*end` is where. If there is none,
 * both are `next`. */
static int search(pkr_verification *verification, packread_reader *reader, uint64_t *at,
                  uint64_t next, uint64_t *end, pkr_fault *fault)
{
    const pkr_pack *pack = verification->pack;
    int status = 0;

    *end = *at;
    for (; status == 0 && *at < next && pkr_verify_may_overlap(verification) &&
           !atomic_load_explicit(&verification->stopped, memory_order_relaxed);
         ++*at) {
        size_t size = PKR_ENTRY_HEADER_MAX + 2;
        uint64_t before = reader->work;
        const unsigned char *bytes;
        pkr_entry entry;

        if (size > next - *at)
            size = (size_t)(next - *at);
        status = pkr_view_need(&reader->data, *at, size, &bytes, fault);
        if (status != 0 || !pkr_verify_is_candidate(pack, *at, next, bytes, size, &entry))
            continue;
        status = pkr_verify_measure(verification, reader, *at, next, end, fault);
        pkr_verify_charge(verification, reader, before);
        if (status == 0 && *end > *at)
            return 0;
    }
    *at = *end = next;
    return status;
}

int pkr_verify_report_gap(pkr_verification *verification, packread_reader *reader, uint64_t at,
                          uint64_t next, pkr_fault *fault)
{
    int status = 0;

    while (status == 0 && at < next && !atomic_load(&verification->stopped)) {
        uint64_t found = at;
        uint64_t end;

        status = pkr_verify_measure(verification, reader, at, next, &end, fault);
        if (status == 0 && end == at) {
            found = at + 1;
            status = search(verification, reader, &found, next, &end, fault);
        }
        if (status == 0 && found > at)
            report_bytes(verification, at, found);
        if (status == 0 && found < next)
            status = report_unnamed(verification, reader, found, fault);
        at = end;
    }
    return status;
}

static int stored_crc(const pkr_verification *verification, packread_reader *reader, uint32_t rank,
                      uint32_t *crc, pkr_fault *fault)
{
    return pkr_rows_crc(&reader->rows, verification->pack,
                        pkr_revindex_position(verification->revindex, rank), crc, fault);
}

/* Of the entry's own bytes, if it can be told where they end. */
static int measure(pkr_verification *verification, packread_reader *reader, pkr_crcs *crcs,
                   pkr_fault *fault)
{
    int status = pkr_verify_measure(verification, reader, crcs->at, crcs->next, &crcs->end, fault);

    if (status == 0 && crcs->end > crcs->at)
        status = pkr_sum_crc(&reader->data, crcs->at, crcs->end, &crcs->to_end, fault);
    crcs->measured = status == 0;
    return status;
}

int pkr_verify_check_crc(pkr_verification *verification, packread_reader *reader, uint32_t rank,
                         pkr_crcs *crcs, pkr_fault *fault)
{
    uint64_t at = pkr_revindex_offset(verification->revindex, rank);
    uint32_t stored = 0;
    int status = stored_crc(verification, reader, rank, &stored, fault);

    if (status == 0 && crcs->at != at) {
        *crcs = (pkr_crcs){
            .at = at, .next = pkr_revindex_next(verification->revindex, rank, verification->end)};
        status = pkr_sum_crc(&reader->data, at, crcs->next, &crcs->to_next, fault);
    }
    if (status != 0 || stored == crcs->to_next)
        return status;
    if (!crcs->measured)
        status = measure(verification, reader, crcs, fault);
    if (status != 0)
        return status;
    if (crcs->end == at || crcs->end == crcs->next || stored != crcs->to_end) {
        pkr_verify_report_entry(verification, reader, rank, PACKREAD_ERROR_CORRUPT,
                                "CRC-32 of the entry is not the one in the index", 0);
        return 0;
    }
    if (!crcs->told)
        status = pkr_verify_report_gap(verification, reader, crcs->end, crcs->next, fault);
    crcs->told = true;
    return status;
}

/* Whether a row of the entry at `rank` has this CRC. */
static int has_row(const pkr_verification *verification, packread_reader *reader, uint32_t rank,
                   uint32_t crc, bool *found, pkr_fault *fault)
{
    uint32_t end = pkr_verify_rows_end(verification, rank);
    int status = 0;

    for (*found = false; status == 0 && !*found && rank < end; rank++) {
        uint32_t stored = 0;

        status = stored_crc(verification, reader, rank, &stored, fault);
        *found = status == 0 && stored == crc;
    }
    return status;
}

int pkr_verify_check_gap(pkr_verification *verification, packread_reader *reader, uint32_t rank,
                         uint64_t end, pkr_fault *fault)
{
    uint64_t at = pkr_revindex_offset(verification->revindex, rank);
    uint64_t next = pkr_revindex_next(verification->revindex, rank, verification->end);
    uint32_t to_next = 0;
    uint32_t to_end = 0;
    bool told = false;
    int status = 0;

    if (verification->pack->idx.version == 2) {
        status = pkr_sum_crc(&reader->data, at, next, &to_next, fault);
        if (status == 0)
            status = pkr_sum_crc(&reader->data, at, end, &to_end, fault);
        if (status == 0 && to_end != to_next)
            status = has_row(verification, reader, rank, to_end, &told, fault);
    }
    if (status != 0 || told)
        return status;
    return pkr_verify_report_gap(verification, reader, end, next, fault);
}
