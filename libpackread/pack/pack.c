/* pack.c - what is wrong with the files of a pack, and what became of them since they were opened.
 */
#include "pack/pack.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/path.h"
#include "platform/host.h"

uint64_t pkr_pack_faults(const pkr_pack *pack)
{
    return pkr_source_faults(&pack->data) + pkr_source_faults(&pack->index);
}

int pkr_pack_fault(const pkr_pack *pack, pkr_fault *fault)
{
    const pkr_view data = {.cursor = pack->data.rest, .file = pack->path};
    const pkr_view index = {.cursor = pack->index.rest, .file = pack->index_path};

    return pkr_view_fault(pkr_source_faults(&pack->index) ? &index : &data, fault);
}

int pkr_pack_check(const pkr_pack *pack, pkr_fault *fault)
{
    int status = pkr_source_check(&pack->data, pack->path, fault);

    return status == 0 ? pkr_source_check(&pack->index, pack->index_path, fault) : status;
}

int pkr_pack_damaged(const pkr_pack *pack, uint64_t at, const char *text, pkr_fault *fault)
{
    return pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, pack->path, at, text);
}

unsigned pkr_pack_beside(const pkr_pack *pack)
{
    unsigned beside = atomic_load(&pack->beside);

    if (beside != 0 || pack->is_given)
        return beside & ~(unsigned)PKR_BESIDE_KNOWN;
    for (size_t i = 0; i < PKR_PACK_ENDINGS; i++) {
        char *path = pkr_path_with_ending(pack->path, pkr_pack_endings[i]);

        if (path && pkr_host_is_there(path))
            beside |= 1u << i;
        free(path);
    }
    return beside;
}

static void tell_index(const pkr_pack *pack, packread_error *told)
{
    pkr_fault_publish(&pack->index_doubt, told);
    if (pack->derived.bytes)
        snprintf(told->text, sizeof told->text, "%s; an index made from the pack is used instead",
                 pack->index_doubt.text);
}

/* What it takes stands in the error already. */
static void tell_shortage(const pkr_pack *pack, packread_error *told)
{
    pkr_fault fault = pack->derived.shortage;

    if (!fault.file)
        fault.file = pack->path;
    pkr_fault_publish(&fault, told);
    snprintf(told->text, sizeof told->text,
             "%s; without that, and all that is built on it, the index made from the pack has %lu "
             "of %lu objects",
             fault.code == PACKREAD_ERROR_BUDGET ? "the memory limit has no room for an object"
                                                 : fault.text,
             (unsigned long)pack->idx.count, (unsigned long)pack->claimed);
}

static void tell_damage(const pkr_pack *pack, packread_error *told)
{
    pkr_error_set(told, pack->derived.findings, pack->path,
                  "the pack is damaged: the index made from it may lack objects");
    if (pack->derived.findings == PACKREAD_ERROR_THIN && pack->idx.count < pack->claimed &&
        pack->bundle.required > 0)
        snprintf(told->text, sizeof told->text,
                 "the pack is thin: %lu of its %lu objects are deltas on objects that it does not "
                 "have; the bundle has %llu %s",
                 (unsigned long)(pack->claimed - pack->idx.count), (unsigned long)pack->claimed,
                 (unsigned long long)pack->bundle.required,
                 pack->bundle.required == 1 ? "prerequisite" : "prerequisites");
    else if (pack->derived.findings == PACKREAD_ERROR_THIN && pack->idx.count < pack->claimed)
        snprintf(told->text, sizeof told->text,
                 "the pack is thin: %lu of its %lu objects are deltas on objects that it does not "
                 "have",
                 (unsigned long)(pack->claimed - pack->idx.count), (unsigned long)pack->claimed);
    else if (pack->idx.count != pack->claimed)
        snprintf(told->text, sizeof told->text,
                 "the pack is damaged: its header counts %lu objects, the index made from it has "
                 "%lu",
                 (unsigned long)pack->claimed, (unsigned long)pack->idx.count);
}

size_t pkr_pack_doubts(const pkr_pack *pack, packread_error told[PKR_PACK_DOUBTS_MOST])
{
    size_t count = 0;

    if (pack->index_doubt.code != 0)
        tell_index(pack, &told[count++]);
    if (pack->bundle_doubt.code != 0)
        pkr_fault_publish(&pack->bundle_doubt, &told[count++]);
    if (pack->doubt.code != 0)
        pkr_fault_publish(&pack->doubt, &told[count++]);
    /* Of a header that is damaged was told already. */
    if (pack->derived.shortage.code != 0)
        tell_shortage(pack, &told[count++]);
    else if (pack->derived.findings != 0 &&
             (pack->doubt.code == 0 || pack->idx.count < pack->claimed))
        tell_damage(pack, &told[count++]);
    return count;
}

int pkr_pack_gone(const pkr_pack *pack, pkr_fault *fault)
{
    return pkr_fault_set(fault, PACKREAD_ERROR_CHANGED, pack->path,
                         "the pack is not there any more");
}

static void release(smmap_cursor **rest)
{
    if (!*rest)
        return;
    smmap_cursor_release_file(*rest, NULL);
    smmap_cursor_close(*rest);
    *rest = NULL;
}

void pkr_pack_release(pkr_pack *pack)
{
    release(&pack->data.rest);
    release(&pack->index.rest);
}

bool pkr_pack_is_as_it_was(const pkr_pack *pack)
{
    pkr_fault fault;
    int status = pkr_pack_check(pack, &fault);

    return status == 0 ||
           (status == PACKREAD_ERROR_SYSTEM && !pkr_host_is_absence(fault.system_errno));
}
