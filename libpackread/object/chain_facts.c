/* chain_facts.c - walks down a chain by headers, and remembers where that led. */
#include "object/chain_facts.h"

#include "base/fault.h"

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
static int walk_down(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                     pkr_entry entry, marks *passed, pkr_memo_row *end, pkr_fault *fault)
{
    pkr_guard guard = pkr_guard_begin(offset);
    pkr_memo_row known;
    uint32_t step = 0;

    for (; entry.type > PACKREAD_TAG; step++) {
        const bool is_known = pkr_memo_find(&reader->memo, pack->number, offset, &known);
        int status;

        if (is_known && known.status != 0)
            return pkr_memo_fault(&known, pack, fault);
        if (is_known) {
            end->end.type = known.end.type;
            end->end.depth = step + known.end.depth;
            return 0;
        }
        pass(passed, offset, step);
        status = pkr_chain_step(reader, pack, &guard, &entry, &offset, fault);
        if (status == 0)
            status = pkr_chain_entry(reader, pack, offset, &entry, fault);
        if (status != 0)
            return status;
    }
    end->end.depth = step;
    end->end.type = entry.type;
    return 0;
}

int pkr_chain_facts(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                    const pkr_entry *entry, enum packread_type *type, uint32_t *depth,
                    pkr_fault *fault)
{
    pkr_memo_row end = {.pack = pack->number};
    marks passed = {.stride = PKR_MEMO_STEPS};
    pkr_fault detail;
    int status = walk_down(reader, pack, offset, *entry, &passed, &end, &detail);

    if (status == 0) {
        *type = end.end.type;
        *depth = end.end.depth;
    }
    if (status != 0)
        pkr_fault_copy(fault, &detail);
    if (passed.count > 1 && (status == 0 || pkr_memo_blame(&end, pack, &detail))) {
        for (uint32_t i = 0; i < passed.count; i++) {
            pkr_memo_row row = end;

            row.offset = passed.list[i].offset;
            if (status == 0)
                row.end.depth -= passed.list[i].step;
            pkr_memo_keep(&reader->memo, &row);
        }
    }
    return status;
}
