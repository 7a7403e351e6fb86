/* holes.c - looks for runs of zeros where no entry can be read, and knows how far they go. */
#include "verify/holes.h"

#include <string.h>

static bool is_all_zeros(const unsigned char *bytes, size_t size)
{
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

static int are_zeros(packread_reader *reader, uint64_t at, uint64_t next, bool *are,
                     pkr_fault *fault)
{
    int status = 0;
    size_t size;

    for (*are = true; status == 0 && *are && at < next; at += size) {
        const unsigned char *bytes;

        status = pkr_view_use(&reader->data, at, PKR_VIEW_ALL, &bytes, &size, fault);
        if (status != 0)
            break;
        if (size > next - at)
            size = (size_t)(next - at);
        *are = is_all_zeros(bytes, size);
    }
    return status;
}

static void end_run(pkr_holes *holes)
{
    if (holes->end - holes->first >= PKR_HOLE_LEAST && holes->count < PKR_HOLES_MOST) {
        holes->list[holes->count].first = holes->first;
        holes->list[holes->count].end = holes->end;
        holes->count++;
    }
    holes->first = holes->end = 0;
}

/* Rows that name one entry are all in the run, or none is. */
static bool is_same_entry(const pkr_holes *holes, const pkr_forest *forest, uint32_t rank)
{
    return holes->end > holes->first && holes->end == rank &&
           pkr_forest_offset(forest, rank - 1) == pkr_forest_offset(forest, rank);
}

int pkr_holes_look(pkr_holes *holes, const pkr_forest *forest, packread_reader *reader,
                   uint32_t rank, bool *is_zeros, pkr_fault *fault)
{
    int status = 0;

    *is_zeros = is_same_entry(holes, forest, rank);
    if (!*is_zeros && pkr_forest_state(forest, rank) == PKR_FOREST_BROKEN)
        status = are_zeros(reader, pkr_forest_offset(forest, rank), pkr_forest_next(forest, rank),
                           is_zeros, fault);
    if (status != 0)
        return status;
    if (!*is_zeros) {
        if (holes->end > holes->first)
            end_run(holes);
        return 0;
    }
    if (holes->end == holes->first)
        holes->first = rank;
    holes->end = rank + 1;
    return 0;
}

void pkr_holes_seal(pkr_holes *holes)
{
    end_run(holes);
}

pkr_hole *pkr_holes_find(pkr_holes *holes, uint32_t rank)
{
    for (unsigned i = 0; i < holes->count; i++)
        if (rank >= holes->list[i].first && rank < holes->list[i].end)
            return &holes->list[i];
    return NULL;
}
