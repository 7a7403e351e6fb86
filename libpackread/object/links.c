/* links.c - keeps every link of a chain, or each second, each fourth, ... as it gets longer: about
 * as many as lie between two of them. */
#include "object/links.h"

/* So many are a reader's own; more are paid for, and given back once the chain is climbed. */
#define LINKS_FREE ((size_t)256)

void pkr_links_begin(pkr_links *links)
{
    links->kept.row_size = links->part.row_size = sizeof(pkr_link);
    links->kept.count = links->part.count = 0;
    links->stride = 1;
    links->count = 0;
}

static int grow(pkr_table *table, pkr_budget *budget, pkr_fault *fault)
{
    static const pkr_need need = {NULL, "the memory limit has no room for this chain"};

    if (table->rows)
        return pkr_table_grow(table, budget, &need, fault);
    table->rows = pkr_memory_plain(budget, LINKS_FREE * table->row_size);
    if (!table->rows)
        return pkr_fault_memory(fault);
    table->capacity = LINKS_FREE;
    return 0;
}

int pkr_links_add(pkr_table *table, pkr_budget *budget, const pkr_link *link, pkr_fault *fault)
{
    int status = table->count == table->capacity ? grow(table, budget, fault) : 0;

    if (status == 0)
        ((pkr_link *)table->rows)[table->count++] = *link;
    return status;
}

static void free_table(pkr_table *table, pkr_budget *budget)
{
    if (table->rows)
        pkr_memory_free(budget, table->rows, (table->capacity - LINKS_FREE) * table->row_size);
    *table = (pkr_table){.row_size = sizeof(pkr_link)};
}

static void thin_out(pkr_links *links)
{
    pkr_link *kept = links->kept.rows;

    links->kept.count = (links->kept.count + 1) / 2;
    for (size_t i = 0; i < links->kept.count; i++)
        kept[i] = kept[2 * i];
    links->stride *= 2;
}

int pkr_links_push(pkr_links *links, pkr_budget *budget, const pkr_link *link, pkr_fault *fault)
{
    uint64_t step = links->count++;

    if (step % links->stride == 0 && links->kept.count == links->kept.capacity &&
        links->stride < links->kept.capacity)
        thin_out(links);
    return step % links->stride == 0 ? pkr_links_add(&links->kept, budget, link, fault) : 0;
}

void pkr_links_trim(pkr_links *links, pkr_budget *budget)
{
    if (links->kept.capacity > LINKS_FREE)
        free_table(&links->kept, budget);
    free_table(&links->part, budget);
    pkr_links_begin(links);
}

void pkr_links_free(pkr_links *links, pkr_budget *budget)
{
    free_table(&links->kept, budget);
    free_table(&links->part, budget);
}
