/* links.c - keeps every link of a chain, or each second, each fourth, ... as it gets longer: about
 * as many as lie between two of them. */
#include "object/links.h"

#include <stdlib.h>

#include "base/fault.h"
#include "base/memory.h"

/* So many are a reader's own; more are paid for, and given back once the chain is climbed. */
#define LINKS_FREE ((size_t)256)

void pkr_links_begin(pkr_links *links)
{
    links->kept_count = 0;
    links->part_count = 0;
    links->stride = 1;
    links->count = 0;
}

int pkr_links_grow(pkr_link **links, size_t *capacity, size_t wanted, pkr_budget *budget,
                   pkr_fault *fault)
{
    size_t paid = *capacity > LINKS_FREE ? *capacity : LINKS_FREE;
    uint64_t charge = wanted > paid ? (wanted - paid) * sizeof **links : 0;
    pkr_link *grown;

    if (!pkr_budget_take(budget, charge))
        return pkr_budget_short(budget, charge, NULL, "the memory limit has no room for this chain",
                                fault);
    grown = pkr_memory_resize(budget, *links, wanted * sizeof *grown);
    if (!grown) {
        pkr_budget_give(budget, charge);
        return pkr_fault_memory(fault);
    }
    *links = grown;
    *capacity = wanted;
    return 0;
}

static void thin_out(pkr_links *links)
{
    links->kept_count = (links->kept_count + 1) / 2;
    for (size_t i = 0; i < links->kept_count; i++)
        links->kept[i] = links->kept[2 * i];
    links->stride *= 2;
}

int pkr_links_push(pkr_links *links, pkr_budget *budget, const pkr_link *link, pkr_fault *fault)
{
    uint64_t step = links->count++;
    int status = 0;

    if (step % links->stride != 0)
        return 0;
    if (links->kept_count == links->kept_capacity && links->stride < links->kept_capacity) {
        thin_out(links);
        if (step % links->stride != 0)
            return 0;
    }
    if (links->kept_count == links->kept_capacity)
        status = pkr_links_grow(&links->kept, &links->kept_capacity,
                                links->kept_capacity ? 2 * links->kept_capacity : LINKS_FREE,
                                budget, fault);
    if (status == 0)
        links->kept[links->kept_count++] = *link;
    return status;
}

static void free_table(pkr_link **table, size_t *capacity, pkr_budget *budget)
{
    if (*capacity > LINKS_FREE)
        pkr_budget_give(budget, (*capacity - LINKS_FREE) * sizeof **table);
    free(*table);
    *table = NULL;
    *capacity = 0;
}

void pkr_links_trim(pkr_links *links, pkr_budget *budget)
{
    if (links->kept_capacity > LINKS_FREE) {
        free_table(&links->kept, &links->kept_capacity, budget);
        pkr_links_begin(links);
    }
    if (links->part_capacity > 0)
        free_table(&links->part, &links->part_capacity, budget);
}

void pkr_links_free(pkr_links *links, pkr_budget *budget)
{
    free_table(&links->kept, &links->kept_capacity, budget);
    free_table(&links->part, &links->part_capacity, budget);
}
