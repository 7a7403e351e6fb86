/* check_midx_head.c - its sum, which names a layer too; chunks that fill the file; packs that are
 * there, each named once. */
#include "verify/check_midx_head.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/path.h"
#include "pack/sum.h"
#include "verify/midx_trust.h"

static int check_sum(pkr_midx_check *check, pkr_fault *fault)
{
    const pkr_midx_file *file = check->layer->file;
    char name[sizeof "multi-pack-index-.midx" + PACKREAD_HEX_MAX] = "multi-pack-index-";
    packread_id stored;
    bool is_right;
    int status = pkr_sum_check(&check->view, file->head.sum, file->head.id_size, NULL, &stored,
                               &is_right, fault);

    if (status != 0)
        return status;
    check->is_sum_right = is_right;
    if (!is_right)
        pkr_midx_check_report(check, file->head.sum, NULL, "multi-pack-index checksum is wrong");
    packread_id_format(&stored, name + strlen(name));
    memcpy(name + strlen(name), ".midx", sizeof ".midx");
    if (file->layer > 0 && !pkr_path_ends_with(file->path, name))
        pkr_midx_check_report(check, file->head.sum, NULL,
                              "checksum is not the one that the file's name has");
    return 0;
}

static void check_sizes(pkr_midx_check *check)
{
    const pkr_midx *head = &check->layer->file->head;

    if (head->bases != 0)
        pkr_midx_check_report(check, 7, NULL, "a byte of the head is not 0");
    if (head->end != head->sum)
        pkr_midx_check_report(check, head->end, NULL, "bytes behind the last chunk belong to none");
    if (head->wide.size % 8 != 0)
        pkr_midx_check_report(check, head->wide.at, NULL, "64-bit offsets do not fill their chunk");
}

typedef struct naming {
    pkr_midx_check *check;
    uint64_t at; /* of the name that comes next */
    uint32_t next;
} naming;

static int take_name(void *context, const char *name)
{
    naming *on = context;
    pkr_midx_check *check = on->check;
    pkr_fault detail;

    pkr_fault_at(&detail, PACKREAD_ERROR_CORRUPT, check->layer->file->path, on->at,
                 "names a pack that is not there");
    if (!check->layer->packs[on->next] && !pkr_midx_trust_is_there(check, name))
        pkr_midx_check_report_fault(check, &detail);
    on->next++;
    on->at += strlen(name) + 1;
    return 0;
}

/* Up to 3 NULs fill the chunk. */
static int check_padding(pkr_midx_check *check, uint64_t at, pkr_fault *fault)
{
    const pkr_midx_chunk *names = &check->layer->file->head.names;
    const uint64_t end = names->at + names->size;
    const unsigned char *bytes;
    int status;

    if (at >= end)
        return 0;
    status = pkr_view_need(&check->view, at, end - at < 4 ? (size_t)(end - at) : 4, &bytes, fault);
    if (status == 0 && (end - at >= 4 || memcmp(bytes, "\0\0\0", (size_t)(end - at)) != 0))
        pkr_midx_check_report(check, at, NULL, "bytes behind the names of packs are none");
    return status;
}

static int compare_packs(const void *left, const void *right)
{
    uintptr_t a = (uintptr_t) * (pkr_pack *const *)left;
    uintptr_t b = (uintptr_t) * (pkr_pack *const *)right;

    return a < b ? -1 : a > b;
}

/* In any order, as version 2 may have them. */
static int check_repeats(pkr_midx_check *check, pkr_fault *fault)
{
    pkr_budget *budget = &check->snapshot->budget;
    const pkr_midx_file *file = check->layer->file;
    const pkr_need need = {file->path, "the memory limit has no room to compare names of packs"};
    const uint64_t size = ((uint64_t)file->head.packs + 1) * sizeof(pkr_pack *);
    pkr_pack **sorted;
    void *memory;
    bool is_told = false;
    int status = pkr_memory_new(budget, size, &need, &memory, fault);

    if (status != 0)
        return status;
    sorted = memory;
    memcpy(sorted, check->layer->packs, file->head.packs * sizeof *sorted);
    qsort(sorted, file->head.packs, sizeof *sorted, compare_packs);
    for (uint32_t i = 1; i < file->head.packs && !is_told; i++) {
        is_told = sorted[i] && sorted[i] == sorted[i - 1];
        if (is_told)
            pkr_midx_check_report(check, file->head.names.at, NULL, "names a pack twice");
    }
    pkr_memory_free(budget, memory, size);
    return 0;
}

int pkr_check_midx_head(pkr_midx_check *check, pkr_fault *fault)
{
    naming on = {.check = check, .at = check->layer->file->head.names.at};
    int status = check_sum(check, fault);

    check_sizes(check);
    if (status == 0)
        status = pkr_midx_file_names(check->layer->file, &check->snapshot->budget, take_name, &on,
                                     fault);
    if (status == 0)
        status = check_padding(check, on.at, fault);
    return status == 0 ? check_repeats(check, fault) : status;
}
