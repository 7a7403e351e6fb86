/* pack_open.c - opens a pack and its index: headers, layout, and that the two can belong together.
 */
#include "store/pack_open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "store/unsorted.h"
#include "base/fault.h"
#include "base/path.h"
#include "store/rescue.h"
#include "store/orders.h"
#include "store/sum.h"

static char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = pkr_path_with_ending(slash ? slash + 1 : path, "");

    return name;
}

static int open_file(smmap_manager *manager, const char *path, smmap_cursor **cursor,
                     pkr_fault *fault)
{
    smmap_error cause;

    if (smmap_cursor_open_path(manager, path, cursor, &cause) == 0)
        return 0;
    return pkr_fault_from_window(fault, &cause, path);
}

/* The id size is not in the files: that of SHA-1 is tried first, and no layout fits both. */
static int read_index_head(pkr_pack *pack, pkr_fault *fault)
{
    pkr_view view = {0};
    const unsigned char *head = NULL;
    uint64_t size = smmap_cursor_file_size(pack->index_rest);
    size_t length = PKR_IDX_HEAD;
    const char *text = "too short for an index";
    int status;

    if (size == 0)
        return pkr_fault_set(fault, PACKREAD_ERROR_NOT_AN_INDEX, pack->index_path, "empty file");
    status = pkr_view_point(&view, pack, pack->index_rest, pack->index_path, size, fault);
    if (status == 0)
        status = pkr_view_upto(&view, 0, &length, &head, fault);
    if (status == 0) {
        status = pkr_idx_parse(head, length, size, 20, &pack->idx, &text);
        if (status != 0 && status != PACKREAD_ERROR_VERSION &&
            pkr_idx_parse(head, length, size, 32, &pack->idx, &(const char *){NULL}) == 0)
            status = 0;
        if (status != 0)
            pkr_fault_set(fault, status, pack->index_path, text);
        if (pkr_view_spoiled(&view))
            status = pkr_view_fault(&view, fault);
    }
    pkr_view_close(&view);
    /* A damaged head, or an end that is not where it should be, must not cost the rows. */
    if (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_NOT_AN_INDEX ||
        status == PACKREAD_ERROR_VERSION) {
        pkr_fault_set(&pack->doubt, status, pack->index_path, text);
        if (pkr_rescue_index(pack) || pkr_rescue_length(pack) || pkr_rescue_tables(pack))
            return 0;
        memset(&pack->doubt, 0, sizeof pack->doubt);
    }
    return status;
}

static int check_pack_head(pkr_pack *pack, const unsigned char *head, pkr_fault *fault)
{
    pack->version = pkr_bytes_u32(head + 4);
    pack->claimed = pkr_bytes_u32(head + 8);
    if (memcmp(head, "PACK", 4) != 0)
        return pkr_fault_set(fault, PACKREAD_ERROR_NOT_A_PACK, pack->path,
                             "does not begin with PACK");
    if (pack->version != 2 && pack->version != 3)
        return pkr_fault_at(fault, PACKREAD_ERROR_VERSION, pack->path, 4,
                            "pack version is neither 2 nor 3");
    if (!pack->alone && pack->claimed != pack->idx.count)
        return pkr_fault_at(fault, PACKREAD_ERROR_MISMATCH, pack->path, 8,
                            "pack and index count different numbers of objects");
    return 0;
}

/* The index names the pack's trailer: two short reads tell whether they belong together. */
static int check_pair(pkr_pack *pack, pkr_view *view, pkr_fault *fault)
{
    pkr_view index = {0};
    packread_id stored;
    packread_id named;
    size_t length = pack->idx.id_size;
    int status;

    if (pack->idx.pack_sum == pack->idx.size)
        return pkr_fault_set(fault, PACKREAD_ERROR_MISMATCH, pack->index_path,
                             "index has no sum of its pack where one would be");
    status = pkr_sum_stored(view, pack->size - length, length, &stored, fault);
    if (status == 0)
        status =
            pkr_view_point(&index, pack, pack->index_rest, pack->index_path, pack->idx.size, fault);
    if (status == 0)
        status = pkr_sum_stored(&index, pack->idx.pack_sum, length, &named, fault);
    if (status == 0 && packread_id_compare(&stored, &named) != 0)
        status = pkr_fault_at(fault, PACKREAD_ERROR_MISMATCH, pack->path, pack->size - length,
                              "pack trailer is not the one that the index names: damaged, cut "
                              "short, or not its index");
    if (pkr_view_spoiled(&index))
        status = pkr_view_fault(&index, fault);
    pkr_view_close(&index);
    return status;
}

static bool is_verdict(int status)
{
    return status == PACKREAD_ERROR_NOT_A_PACK || status == PACKREAD_ERROR_VERSION ||
           status == PACKREAD_ERROR_MISMATCH;
}

/* All of a pack's file, and the bytes of its header. */
static int view_pack(pkr_pack *pack, pkr_view *view, const unsigned char **head, pkr_fault *fault)
{
    int status;

    pack->size = smmap_cursor_file_size(pack->data_rest);
    if (pack->size < PKR_PACK_HEADER + pack->idx.id_size)
        return pkr_fault_set(fault, PACKREAD_ERROR_NOT_A_PACK, pack->path,
                             pack->size ? "too short for a pack" : "empty file");
    status = pkr_view_point(view, pack, pack->data_rest, pack->path, pack->size, fault);
    return status == 0 ? pkr_view_need(view, 0, PKR_PACK_HEADER, head, fault) : status;
}

/* Head and trailer are two witnesses that pack and index are a pair. Damage to one of them must not
 * cost the objects between; when both speak against it, it is none. */
static int read_pack_ends(pkr_pack *pack, pkr_fault *fault)
{
    pkr_view view = {0};
    const unsigned char *bytes;
    pkr_fault of_head;
    pkr_fault of_pair;
    int head = 0;
    int pair = 0;
    int status;

    status = view_pack(pack, &view, &bytes, fault);
    if (status == 0) {
        head = check_pack_head(pack, bytes, &of_head);
        pair = check_pair(pack, &view, &of_pair);
        if (pair != 0 && (head != 0 || !is_verdict(pair))) {
            status = head != 0 && is_verdict(pair) ? head : pair;
            if (fault)
                *fault = status == head ? of_head : of_pair;
        }
        if (pkr_view_spoiled(&view))
            status = pkr_view_fault(&view, fault);
    }
    pkr_view_close(&view);
    if (status == 0 && (head != 0 || pair != 0) && pack->doubt.code == 0)
        pack->doubt = head != 0 ? of_head : of_pair;
    /* An index that lost eight bytes at its end looks like one of a 64-bit row less. */
    if (status == 0 && pair != 0)
        pkr_idx_widen(&pack->idx);
    /* A pack that was cut short has its last object where a trailer would be. */
    pack->end = head != 0 || pair != 0 ? pack->size : pack->size - pack->idx.id_size;
    return status;
}

/* A missing index next to a pack that is there, or the reverse, is a cause of its own. */
static int open_pair(pkr_pack *pack, smmap_manager *manager, pkr_fault *fault)
{
    pkr_fault detail;
    int status = open_file(manager, pack->path, &pack->data_rest, &detail);

    if (status == 0) {
        status = open_file(manager, pack->index_path, &pack->index_rest, &detail);
        if (status == PACKREAD_ERROR_SYSTEM && detail.system_errno == ENOENT)
            return pkr_fault_set(fault, PACKREAD_ERROR_NO_INDEX, pack->path,
                                 "there is no .idx beside it");
    } else if (status == PACKREAD_ERROR_SYSTEM && detail.system_errno == ENOENT) {
        smmap_cursor *probe = NULL;

        if (open_file(manager, pack->index_path, &probe, NULL) == 0) {
            smmap_cursor_close(probe);
            return pkr_fault_set(fault, PACKREAD_ERROR_NO_INDEX, pack->index_path,
                                 "there is no .pack beside it");
        }
    }
    if (status != 0 && fault)
        *fault = detail;
    return status;
}

static pkr_pack *new_pack(const char *path)
{
    pkr_pack *pack = calloc(1, sizeof *pack);

    if (pack && pkr_orders_open(pack) != 0) {
        free(pack);
        return NULL;
    }
    if (pack) {
        pack->index_path = pkr_path_with_ending(path, ".idx");
        pack->name = name_of(path);
    }
    return pack;
}

/* Where the two count differently, one of the counts is damaged: the index's would lay its tables
 * out wrongly. So would a length that is wrong by chance for another layout. */
static int compare_ends(pkr_pack *pack, pkr_fault *fault)
{
    int status = read_pack_ends(pack, fault);
    bool in_doubt = is_verdict(status) || (status == 0 && pack->doubt.code != 0);
    bool same_count = pack->claimed == pack->idx.count;

    if (in_doubt && (same_count ? pkr_rescue_length(pack) : pkr_rescue_count(pack)))
        status = read_pack_ends(pack, fault);
    return status;
}

static int open_both(pkr_pack *pack, smmap_manager *manager, pkr_fault *fault)
{
    int status = open_pair(pack, manager, fault);

    if (status == 0)
        status = read_index_head(pack, fault);
    return status == 0 ? compare_ends(pack, fault) : status;
}

/* The pack is the caller's, or goes. */
static int finish(pkr_pack *opened, int status, const pkr_fault *fault, pkr_pack **pack,
                  packread_error *error)
{
    if (status == 0) {
        *pack = opened;
        return 0;
    }
    pkr_fault_publish(fault, error); /* it names files of the pack */
    pkr_pack_close(opened, NULL);
    return status;
}

int pkr_pack_open(smmap_manager *manager, const char *path, pkr_pack **pack, packread_error *error)
{
    pkr_pack *opened = new_pack(path);
    pkr_fault fault;
    int status;

    if (opened) {
        opened->path = pkr_path_with_ending(path, ".pack");
        opened->unsorted = pkr_unsorted_new();
    }
    if (!opened || !opened->path || !opened->index_path || !opened->name || !opened->unsorted)
        status = pkr_fault_memory(&fault);
    else
        status = open_both(opened, manager, &fault);
    return finish(opened, status, &fault, pack, error);
}

/* The hash whose sum of the pack is its trailer is the one that makes its ids. */
static int tell_hash(pkr_pack *pack, pkr_view *view, size_t wanted, pkr_fault *fault)
{
    static const size_t sizes[] = {20, 32};
    int status = 0;

    pack->end = pack->size;
    for (size_t i = 0; status == 0 && i < 2 && pack->end == pack->size; i++) {
        uint64_t end = pack->size - sizes[i];
        packread_id sum;

        if ((wanted && wanted != sizes[i]) || pack->size < PKR_PACK_HEADER + sizes[i])
            continue;
        status = pkr_sum(view, end, sizes[i], NULL, &sum, fault);
        if (status == 0)
            status = pkr_sum_stored(view, end, sizes[i], &pack->trailer, fault);
        if (status == 0 && packread_id_compare(&sum, &pack->trailer) == 0) {
            pack->idx.id_size = sizes[i];
            pack->end = end;
        }
    }
    if (status == 0 && pack->end == pack->size)
        status = pkr_sum_stored(view, pack->size - pack->idx.id_size, pack->idx.id_size,
                                &pack->trailer, fault);
    return status;
}

static int read_alone(pkr_pack *pack, smmap_manager *manager, size_t id_size, pkr_fault *fault)
{
    pkr_view view = {0};
    const unsigned char *head;
    int status = open_file(manager, pack->path, &pack->data_rest, fault);

    if (status == 0)
        status = view_pack(pack, &view, &head, fault);
    if (status == 0) {
        check_pack_head(pack, head, &pack->doubt);
        status = tell_hash(pack, &view, id_size, fault);
    }
    pkr_view_close(&view);
    return status;
}

int pkr_pack_open_alone(smmap_manager *manager, const char *path, size_t id_size, pkr_pack **pack,
                        packread_error *error)
{
    pkr_pack *opened = new_pack(path);
    pkr_fault fault;
    int status;

    if (opened)
        opened->path = strdup(path);
    if (!opened || !opened->path || !opened->index_path || !opened->name) {
        status = pkr_fault_memory(&fault);
    } else {
        opened->alone = true;
        opened->idx.id_size = id_size ? id_size : 20;
        status = read_alone(opened, manager, id_size, &fault);
    }
    return finish(opened, status, &fault, pack, error);
}

void pkr_pack_close(pkr_pack *pack, pkr_budget *budget)
{
    if (!pack)
        return;
    pkr_orders_close(pack);
    pkr_unsorted_free(pack->unsorted, budget);
    smmap_cursor_close(pack->data_rest);
    smmap_cursor_close(pack->index_rest);
    free(pack->path);
    free(pack->index_path);
    free(pack->name);
    free(pack);
}
