/* copies.c - goes through the copies of an object. */
#include "find/copies.h"

#include "base/fault.h"
#include "base/location.h"
#include "find/built_in.h"
#include "find/find.h"
#include "find/misled.h"
#include "pack/unsorted.h"

bool pkr_copies_may_differ(int status)
{
    return status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN ||
           status == PACKREAD_ERROR_CHANGED || status == PACKREAD_ERROR_SYSTEM;
}

static bool is_damage(int status)
{
    return status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_THIN;
}

/* Whether another copy is tried after that. */
static bool goes_on(int status)
{
    return status == PACKREAD_ERROR_BUDGET || pkr_copies_may_differ(status);
}

/* Whether `later` is to be told instead: a copy that could not be read may be intact. */
static bool says_more(int later, int earlier)
{
    return earlier == 0 || (is_damage(earlier) && !is_damage(later) && !pkr_is_absence(later));
}

/* The copies of one pack. */
static int try_rows(pkr_copies *copies, packread_location *copy, pkr_fault *fault)
{
    int status = copies->use(copies, copy, fault);

    for (int twin = 0; !copies->is_final && goes_on(status) && twin < PKR_TWINS_MOST &&
                       pkr_find_twin(copies->reader, copies->id, copy);
         twin++) {
        pkr_fault detail;
        int again = copies->use(copies, copy, &detail);

        if (again == 0 || copies->is_final || says_more(again, status)) {
            status = again;
            *fault = detail;
        }
    }
    return status;
}

/* Of the packs that there are. */
static int try_all(pkr_copies *copies, pkr_fault *fault)
{
    size_t from = 0;
    int failure = 0;

    do {
        packread_location copy;
        pkr_fault detail;
        int status = pkr_find_next(copies->reader, copies->id, &from, &copy, &detail);

        if (status == 0) {
            status = try_rows(copies, &copy, &detail);
            if (status == 0)
                return 0;
        }
        if (copies->is_final || says_more(status, failure)) {
            failure = status;
            *fault = detail;
        }
    } while (!copies->is_final && pkr_find_more(copies->reader, from) && goes_on(failure));
    return failure;
}

/* Says rather than damage that a place could not be seen into: what lies there may be intact. */
static void tell_blind(const pkr_copies *copies, uint64_t blind, int *status, pkr_fault *fault)
{
    const packread_reader *reader = copies->reader;

    if (copies->is_final || !is_damage(*status) || reader->blind.count == blind)
        return;
    *fault = reader->blind.fault;
    pkr_fault_name(fault, copies->id);
    *status = fault->code;
}

/* Where no copy that is stored can be had. */
static bool is_built_in(const pkr_copies *copies, int status)
{
    return status != 0 && !copies->is_final &&
           (pkr_is_absence(status) || pkr_copies_may_differ(status)) &&
           pkr_built_in_has(copies->reader, copies->id);
}

int pkr_copies_try(pkr_copies *copies, pkr_fault *fault)
{
    packread_location copy;
    packread_reader *reader = copies->reader;
    int status;

    reader->may_look = true;
    do {
        const uint64_t blind = reader->blind.count;

        status = try_all(copies, fault);
        tell_blind(copies, blind, &status, fault);
        if (is_damage(status) && !copies->is_final &&
            !pkr_misled_about(reader, copies->id, &status, fault))
            pkr_misled_by_row(reader, copies->id, &status, fault);
    } while (!copies->is_final && pkr_reader_look(reader, &status, fault));
    reader->may_look = false;
    if (!is_built_in(copies, status))
        return status;
    copy = pkr_location_built_in(copies->id->size);
    return copies->use(copies, &copy, fault);
}
