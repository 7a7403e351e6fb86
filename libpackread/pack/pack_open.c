/* pack_open.c - opens the files of a pack, and decides whether its index is used. */
#include "pack/pack_open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/memory.h"
#include "base/path.h"
#include "pack/bundle_head.h"
#include "pack/first_commit.h"
#include "pack/orders.h"
#include "pack/pair.h"
#include "pack/sum.h"
#include "pack/unsorted.h"
#include "platform/host.h"

/* ---- The files ------------------------------------------------------------------------------ */

static int open_file(smmap_manager *manager, const char *path, const pkr_pack_given *given,
                     pkr_source *source, pkr_fault *fault)
{
    smmap_error cause;
    int status;

    if (given && given->fd < 0) {
        *source = (pkr_source){.bytes = given->bytes, .size = given->size};
        return 0;
    }
    status = given ? smmap_cursor_open_fd(manager, given->fd, &source->rest, &cause)
                   : smmap_cursor_open_path(manager, path, &source->rest, &cause);
    if (status != 0)
        return pkr_fault_from_window(fault, &cause, path);
    source->size = smmap_cursor_file_size(source->rest);
    return 0;
}

static bool is_absent(int status, const pkr_fault *fault)
{
    return status == PACKREAD_ERROR_SYSTEM && fault->system_errno == ENOENT;
}

/* A missing pack next to an index that is there is a cause of its own. */
static int open_data(pkr_pack *pack, smmap_manager *manager, const pkr_pack_given *given,
                     pkr_fault *fault)
{
    int status = open_file(manager, pack->path, given, &pack->data, fault);

    if (!given && is_absent(status, fault)) {
        pkr_source probe = {0};

        if (open_file(manager, pack->index_path, NULL, &probe, NULL) == 0) {
            smmap_cursor_close(probe.rest);
            return pkr_fault_set(fault, PACKREAD_ERROR_NO_INDEX, pack->index_path,
                                 "there is no .pack beside it");
        }
    }
    return status;
}

/* A symbolic link that leads nowhere is there. */
static int open_index(pkr_pack *pack, smmap_manager *manager, const pkr_pack_given *given,
                      pkr_fault *fault)
{
    int status = open_file(manager, pack->index_path, given, &pack->index, fault);
    bool is_lacking = given ? given->fd < 0 && !given->bytes
                            : is_absent(status, fault) && !pkr_host_is_there(pack->index_path);

    if (is_lacking)
        return pkr_fault_set(fault, PACKREAD_ERROR_NO_INDEX, pack->path,
                             "there is no .idx beside it");
    if (!given && is_absent(status, fault)) /* or it came just now */
        status = open_file(manager, pack->index_path, NULL, &pack->index, fault);
    return status;
}

/* ---- A pack with its index ------------------------------------------------------------------ */

static int sum_index(const pkr_pack *pack, pkr_view *index, pkr_fault *fault)
{
    const size_t id_size = pack->idx.id_size;
    packread_id stored;
    bool is_right;
    int status =
        pkr_sum_check(index, index->end - id_size, id_size, NULL, &stored, &is_right, fault);

    return status != 0 || is_right ? status
                                   : pkr_fault_set(fault, PACKREAD_ERROR_CORRUPT, pack->index_path,
                                                   "the index is damaged, its checksum is wrong");
}

/* That has no place in the table of 64-bit ones. */
#define LARGEST_PLAIN_OFFSET 0x7fffffffu

/* Whether it has 64-bit offsets that no offset in the pack needs: git writes such an index only if
 * it is asked to. Else bytes came in, and all rows behind them are where others should be. */
static bool is_odd(const pkr_pack *pack)
{
    return pack->idx.wide_count > 0 && pack->size <= LARGEST_PLAIN_OFFSET;
}

static int use_index(pkr_pack *pack, bool has_magic, const pkr_pack_wanted *wanted, pkr_view *data,
                     pkr_fault *fault)
{
    pkr_view index = {.budget = data->budget};
    int status = pkr_view_point(&index, &pack->index, &pack->index, pack->index_path,
                                pack->index.size, fault);

    if (status == 0)
        status = pkr_pair_check(pack, has_magic, data, &index, fault);
    if (status == 0 &&
        (wanted->index_state == PKR_INDEX_WRONG || (wanted->sums_odd_index && is_odd(pack))))
        status = sum_index(pack, &index, fault);
    if (status == 0 && wanted->index_state > PKR_INDEX_WRONG)
        status = pkr_fault_set(fault, PACKREAD_ERROR_CORRUPT, pack->index_path,
                               "the index is damaged, though its checksum is right");
    if (pkr_view_spoiled(&index))
        status = pkr_view_fault(&index, fault);
    pkr_view_close(&index);
    return status;
}

/* Whether it is the index that cannot be used, and not we who cannot go on. */
static bool is_of_index(const pkr_pack *pack, int status, const pkr_fault *fault)
{
    switch (status) {
    case PACKREAD_ERROR_NOT_AN_INDEX:
    case PACKREAD_ERROR_NOT_A_PACK:
    case PACKREAD_ERROR_VERSION:
    case PACKREAD_ERROR_MISMATCH:
    case PACKREAD_ERROR_CORRUPT:
        return true;
    case PACKREAD_ERROR_NOT_REGULAR:
        return fault->file == pack->index_path;
    case PACKREAD_ERROR_SYSTEM:
        return fault->file == pack->index_path && fault->system_errno != EMFILE &&
               fault->system_errno != ENFILE && fault->system_errno != ENOMEM;
    default:
        return false;
    }
}

/* ---- A pack without its index --------------------------------------------------------------- */

/* The hash whose sum of the pack is its trailer is the one that makes its ids; else `end` is the
 * end of the file. */
static int sum_up(pkr_pack *pack, pkr_view *view, pkr_fault *fault)
{
    const size_t likely = pack->idx.id_size;
    const size_t sizes[] = {likely, 20 + 32 - likely};
    int status = 0;

    pack->end = pack->size;
    for (size_t i = 0; status == 0 && i < 2 && pack->end == pack->size; i++) {
        uint64_t end = pack->size - sizes[i];
        bool is_right;

        if (pack->size < PKR_PACK_HEADER + sizes[i])
            continue;
        status = pkr_sum_check(view, end, sizes[i], NULL, &pack->trailer, &is_right, fault);
        if (is_right) {
            pack->idx.id_size = sizes[i];
            pack->end = end;
        }
    }
    return status;
}

/* `known`: the size of ids as the caller has it, or the index; 0: nobody says. The pack's own
 * commits know better. */
static int tell_hash(pkr_pack *pack, size_t known, pkr_view *view, pkr_fault *fault)
{
    size_t told;
    int status = sum_up(pack, view, fault);

    if (status != 0 || pack->end < pack->size)
        return status;
    status = pkr_first_commit_id_size(view, &told, fault);
    if (status != 0)
        return status;
    if (told != 0)
        pack->idx.id_size = told;
    pack->assumes_sha1 = told == 0 && known == 0;
    if (pack->size < PKR_PACK_HEADER + pack->idx.id_size)
        return pkr_fault_set(fault, PACKREAD_ERROR_NOT_A_PACK, pack->path, "too short for a pack");
    return pkr_sum_stored(view, pack->size - pack->idx.id_size, pack->idx.id_size, &pack->trailer,
                          fault);
}

/* What has neither the magic nor a version of a pack is none, unless the caller knows better. */
static int read_alone(pkr_pack *pack, const pkr_pack_wanted *wanted, bool has_magic, pkr_view *view,
                      pkr_fault *fault)
{
    const size_t told = pack->bundle.version != 0 ? pack->bundle.id_size : pack->idx.id_size;
    const size_t known = wanted->id_size ? wanted->id_size : told;

    smmap_cursor_close(pack->index.rest);
    pack->index = (pkr_source){0};
    pack->idx = (pkr_idx){.id_size = known ? known : 20};
    pack->alone = true;
    if (pkr_pair_check_head(pack, has_magic, &pack->doubt) != 0 && !wanted->alone && !has_magic &&
        pack->version != 2 && pack->version != 3) {
        *fault = pack->doubt;
        return fault->code;
    }
    return tell_hash(pack, known, view, fault);
}

/* ---- Opening and closing -------------------------------------------------------------------- */

/* From here on the pack in the bundle is the file: offsets are those in the pack. */
static int skip_bundle_head(pkr_pack *pack, pkr_view *view, pkr_fault *fault)
{
    pkr_bundle_head head;
    int status = pkr_bundle_head_read(view, &head, NULL, NULL, fault);

    if (status != 0)
        return status;
    pack->bundle = head.bundle;
    pack->bundle_head = head.end;
    pack->bundle_doubt = head.doubt;
    if (pack->data.bytes)
        pack->data.bytes += pack->bundle_head;
    else
        pack->data.begin = pack->bundle_head;
    pack->data.size -= pack->bundle_head;
    pack->size = pack->data.size;
    view->owner = NULL; /* it shows another part of the same file */
    return pkr_view_point(view, pack, &pack->data, pack->path, pack->size, fault);
}

static int read_head_bytes(const pkr_pack *pack, pkr_view *view, const unsigned char **head,
                           pkr_fault *fault)
{
    if (pack->size < PKR_PACK_HEADER + 20)
        return pkr_fault_set(fault, PACKREAD_ERROR_NOT_A_PACK, pack->path,
                             pack->size ? "too short for a pack" : "empty file");
    return pkr_view_need(view, 0, PKR_PACK_HEADER, head, fault);
}

/* The bytes of the header, and what they say. */
static int read_head(pkr_pack *pack, pkr_view *view, bool *has_magic, pkr_fault *fault)
{
    const unsigned char *head;
    int status = read_head_bytes(pack, view, &head, fault);

    if (status == 0 && pkr_bundle_begins(head, PKR_PACK_HEADER)) {
        status = skip_bundle_head(pack, view, fault);
        if (status == 0)
            status = read_head_bytes(pack, view, &head, fault);
    }

    if (status != 0)
        return status;
    *has_magic = memcmp(head, "PACK", 4) == 0;
    pack->version = pkr_bytes_u32(head + 4);
    pack->claimed = pkr_bytes_u32(head + 8);
    pkr_view_rest(view); /* the index may need the room of its window */
    return 0;
}

/* `has_index`: whether one was opened; else why not is a doubt already. */
static int read_files(pkr_pack *pack, pkr_budget *budget, const pkr_pack_wanted *wanted,
                      bool has_index, pkr_fault *fault)
{
    pkr_view view = {.budget = budget};
    bool has_magic = false;
    int status = pkr_view_point(&view, pack, &pack->data, pack->path, pack->size, fault);

    if (status == 0)
        status = read_head(pack, &view, &has_magic, fault);
    if (status == 0 && has_index) {
        status = use_index(pack, has_magic, wanted, &view, fault);
        /* One that went again says nothing of the pack: the folder is looked at once more. */
        if (!is_absent(status, fault) && is_of_index(pack, status, fault)) {
            pack->index_doubt = *fault;
            has_index = false;
            status = 0;
        }
    }
    if (status == 0 && !has_index)
        status = read_alone(pack, wanted, has_magic, &view, fault);
    if (pkr_view_spoiled(&view))
        status = pkr_view_fault(&view, fault);
    pkr_view_close(&view);
    return status;
}

static int open_files(pkr_pack *pack, smmap_manager *manager, pkr_budget *budget,
                      const pkr_pack_wanted *wanted, pkr_fault *fault)
{
    bool has_index = false;
    int status = open_data(pack, manager, wanted->data, fault);

    pack->size = pack->data.size;
    if (status == 0 && !wanted->alone) {
        status = open_index(pack, manager, wanted->index, fault);
        has_index = status == 0;
        if (!wanted->index && is_of_index(pack, status, fault)) {
            pack->index_doubt = *fault;
            status = 0;
        } else if (status == PACKREAD_ERROR_NO_INDEX && wanted->may_lack_index) {
            status = 0;
        }
    }
    return status == 0 ? read_files(pack, budget, wanted, has_index, fault) : status;
}

static char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return pkr_path_with_ending(slash ? slash + 1 : path, "");
}

static pkr_pack *new_pack(const pkr_pack_wanted *wanted, pkr_budget *budget)
{
    const char *path = wanted->path;
    pkr_pack *pack = calloc(1, sizeof *pack);

    if (!pack || pkr_orders_open(pack) != 0) {
        free(pack);
        return NULL;
    }
    pack->path =
        wanted->alone || wanted->index ? strdup(path) : pkr_path_with_ending(path, ".pack");
    pack->index_path =
        wanted->index_path ? strdup(wanted->index_path) : pkr_path_with_ending(path, ".idx");
    pack->name = name_of(path);
    pack->is_given = wanted->data || wanted->index;
    pack->unsorted = pkr_unsorted_new();
    if (pack->path && pack->index_path && pack->name && pack->unsorted)
        return pack;
    pkr_pack_close(pack, budget);
    return NULL;
}

int pkr_pack_open(smmap_manager *manager, pkr_budget *budget, const pkr_pack_wanted *wanted,
                  pkr_pack **pack, packread_error *error)
{
    pkr_pack *opened = new_pack(wanted, budget);
    pkr_fault fault;
    int status;

    if (!opened)
        return pkr_error_memory(error);
    status = open_files(opened, manager, budget, wanted, &fault);
    if (status == 0) {
        *pack = opened;
        return 0;
    }
    pkr_fault_publish(&fault, error); /* it names files of the pack */
    pkr_pack_close(opened, budget);
    return status;
}

void pkr_pack_close(pkr_pack *pack, pkr_budget *budget)
{
    pkr_orders_close(pack);
    pkr_unsorted_free(pack->unsorted, budget);
    pkr_memory_free(budget, pack->derived.bytes, pack->derived.charged);
    smmap_cursor_close(pack->data.rest);
    smmap_cursor_close(pack->index.rest);
    free(pack->path);
    free(pack->index_path);
    free(pack->name);
    free(pack->counts);
    free(pack);
}
