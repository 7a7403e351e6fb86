/* tally.c - what a walk counts of an object, and what it reports. */
#include "verify/tally.h"

#include <string.h>

#include "base/fault.h"
#include "verify/check_crc.h"

#define COUNT_AT_ONCE 512

void pkr_walk_flush(pkr_walk *walk)
{
    pkr_verify_count(walk->verification, walk->objects, walk->bytes, walk->deltas, walk->deepest,
                     walk->passed);
    walk->objects = walk->bytes = walk->deltas = walk->passed = 0;
}

void pkr_walk_pass(pkr_walk *walk, uint64_t entries)
{
    walk->passed += entries;
    if (walk->passed >= COUNT_AT_ONCE)
        pkr_walk_flush(walk);
}

void pkr_walk_mark(pkr_walk *walk, uint32_t rank)
{
    pkr_verify_mark(walk->verification, rank, PKR_VERIFY_DONE);
}

void pkr_walk_report_contents(pkr_walk *walk, uint32_t rank, uint64_t dependents)
{
    pkr_verify_report_entry(walk->verification, walk->reader, rank, PACKREAD_ERROR_CORRUPT,
                            "contents do not give the object's id", dependents);
}

static void report_row(pkr_walk *walk, uint32_t rank, const pkr_fault *detail, uint64_t dependents)
{
    if (pkr_verify_is_shortage(detail->code))
        pkr_verify_report_shortage(walk->verification, walk->reader, rank, detail, dependents);
    else
        pkr_verify_report_entry(walk->verification, walk->reader, rank, detail->code, detail->text,
                                dependents);
}

void pkr_walk_report_rows(pkr_walk *walk, uint32_t rank, const pkr_fault *detail,
                          uint64_t dependents)
{
    uint32_t end = pkr_verify_rows_end(walk->verification, rank);

    report_row(walk, rank, detail, dependents);
    for (uint32_t row = rank + 1; row < end; row++)
        report_row(walk, row, detail, 0);
}

/* Whether the contents give the id that the index has; without an index they give it its id. */
static bool is_id(pkr_walk *walk, uint32_t rank, const packread_id *given, pkr_fault *fault,
                  int *status)
{
    const pkr_pack *pack = walk->verification->pack;
    uint32_t position = pkr_revindex_position(walk->verification->revindex, rank);
    const unsigned char *bytes;

    if (pack->alone) {
        pkr_verify_name(walk->verification, rank, given);
        *status = 0;
        return true;
    }
    *status = pkr_rows_id(&walk->reader->rows, pack, position, &bytes, fault);
    return *status == 0 && memcmp(bytes, given->bytes, pack->idx.id_size) == 0;
}

/* The entry's data has to end where the next entry begins. The scan has found it so. */
void pkr_walk_check_end(pkr_walk *walk, uint32_t rank, uint64_t end)
{
    const pkr_verification *verification = walk->verification;
    uint64_t next = pkr_revindex_next(verification->revindex, rank, verification->end);

    pkr_fault detail;
    int status;

    if (end == next || verification->pack->alone)
        return;
    if (end > next) {
        pkr_verify_report_entry(walk->verification, walk->reader, rank, PACKREAD_ERROR_CORRUPT,
                                "entry reaches into what follows it", 0);
        return;
    }
    status = pkr_verify_check_gap(walk->verification, walk->reader, rank, end, &detail);
    if (status != 0)
        pkr_verify_stop(walk->verification, status, &detail);
}

/* An object whose id in the index cannot be read: whether its contents are right is not known. */
static void report_if_finding(pkr_walk *walk, uint32_t rank, int status, const pkr_fault *detail)
{
    if (!pkr_verify_is_finding(walk->verification, status, detail))
        return;
    report_row(walk, rank, detail, 0);
}

static void count_intact(pkr_walk *walk, uint64_t size)
{
    walk->objects++;
    walk->bytes += size;
    walk->deltas += walk->here > 0;
    if (walk->here > walk->deepest)
        walk->deepest = walk->here;
}

uint32_t pkr_walk_count_rows(pkr_walk *walk, uint32_t rank, const packread_id *given, uint64_t size)
{
    uint32_t end = pkr_verify_rows_end(walk->verification, rank);
    uint32_t wrong = 0;

    pkr_walk_mark(walk, rank);
    for (uint32_t row = rank; row < end; row++) {
        pkr_fault detail;
        int status;

        if (is_id(walk, row, given, &detail, &status))
            count_intact(walk, size);
        else if (status == 0)
            wrong++;
        else
            report_if_finding(walk, row, status, &detail);
    }
    pkr_walk_pass(walk, end - rank);
    return wrong;
}

void pkr_walk_report_wrong_rows(pkr_walk *walk, uint32_t row, uint32_t end,
                                const packread_id *given)
{
    for (; row < end && !atomic_load(&walk->verification->stopped); row++) {
        pkr_fault detail;
        int status;

        if (!is_id(walk, row, given, &detail, &status) && status == 0)
            pkr_walk_report_contents(walk, row, 0);
    }
}

void pkr_walk_count(pkr_walk *walk, uint32_t rank, const packread_id *given, uint64_t size)
{
    if (pkr_walk_count_rows(walk, rank, given, size) > 0)
        pkr_walk_report_wrong_rows(walk, rank, pkr_verify_rows_end(walk->verification, rank),
                                   given);
}
