/* tell_holes.c - a finding for each hole in a pack. */
#include "verify/tell_holes.h"

#include <stdio.h>

#include "base/fault.h"
#include "base/location.h"

static void name(const pkr_forest *forest, packread_reader *reader, uint32_t rank, packread_id *id)
{
    const packread_location location =
        pkr_location(forest->pack->number, pkr_revindex_position(forest->order, rank),
                     pkr_forest_offset(forest, rank));

    if (pkr_reader_id(reader, &location, id, NULL) != 0)
        id->size = 0;
}

static void report(pkr_findings *findings, packread_reader *reader, pkr_hole *hole)
{
    const pkr_forest *forest = findings->forest;
    const uint64_t at = pkr_forest_offset(forest, hole->first);
    const uint64_t end = pkr_forest_next(forest, hole->end - 1);
    char text[PACKREAD_HEX_MAX + 96];
    char last[PACKREAD_HEX_MAX + 1] = "";
    packread_id id = {.size = 0};
    pkr_fault detail;

    name(forest, reader, hole->end - 1, &id);
    packread_id_format(&id, last);
    snprintf(text, sizeof text, "a hole of %llu zeros, where %lu objects were, the last of them %s",
             (unsigned long long)(end - at), (unsigned long)(hole->end - hole->first), last);
    pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, forest->pack->path, at, text);
    name(forest, reader, hole->first, &detail.id);
    pkr_findings_report_many(findings, &detail, hole->end - hole->first,
                             atomic_load(&hole->dependents));
}

void pkr_tell_holes(pkr_findings *findings, packread_reader *reader)
{
    for (unsigned i = 0; i < findings->holes.count && !pkr_forest_stopped(findings->forest); i++)
        report(findings, reader, &findings->holes.list[i]);
}
