/* midx_layers.c - each line of a chain names a layer; git uses those up to the first that it cannot
 * open. The others are opened too, so that they can be verified.
 */
#include "midx/midx_layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/path.h"
#include "midx/midx_add.h"
#include "midx/midx_chain_file.h"

#define FOLDER "multi-pack-index.d/"
#define CHAIN FOLDER "multi-pack-index-chain"

/* Of lines without a layer that can be opened: the rest is not looked at, for a chain may have as
 * many as its bytes allow. */
#define FAILED_MOST 64
/* So often a chain is read from its beginning because it was replaced. */
#define READINGS_MOST 8
#define REPLACED 1

typedef struct walk {
    pkr_midx_list *list;
    pkr_midx_naming *naming;
    pkr_midx_chain chain;
    pkr_stamp stamp;      /* of the chain, before it was opened */
    bool may_be_again;    /* read, if it was replaced */
    size_t first;         /* of its layers in the list, */
    size_t first_blocked; /* of those that are blocked */
    uint64_t at;          /* where the line at hand begins */
    uint32_t line;        /* its number, from 1 */
    bool is_none;         /* the line before was no line, and that is noted */
    unsigned failed;      /* lines without a layer */
    pkr_midx_block block;
} walk;

/* ---- One line -------------------------------------------------------------------------------- */

/* The line at hand has no layer that can be used. */
static void block(walk *on, int why)
{
    if (on->block.line == 0)
        on->block = (pkr_midx_block){.line = on->line, .why = why};
    on->failed++;
}

static int note_line(const walk *on, const char *text, pkr_fault *fault)
{
    packread_error error;

    pkr_fault_at(fault, PACKREAD_ERROR_CORRUPT, on->chain.path, on->at, text);
    pkr_fault_publish(fault, &error);
    return pkr_midx_leave_out(on->naming->opening, &error, fault);
}

#define NAME_SIZE (sizeof "multi-pack-index-.midx" + PACKREAD_HEX_MAX)

/* In the folder of the chain. */
static void name_layer(const packread_id *sum, char name[NAME_SIZE])
{
    char hex[PACKREAD_HEX_MAX + 1];

    packread_id_format(sum, hex);
    snprintf(name, NAME_SIZE, "multi-pack-index-%s.midx", hex);
}

static bool is_among(const pkr_midx_layer *layers, size_t first, size_t count, const char *path)
{
    for (size_t i = first; i < count; i++)
        if (strcmp(layers[i].file->path, path) == 0)
            return true;
    return false;
}

/* A layer that is named twice is refused, so that a chain is no longer than there are files. */
static bool is_listed(const walk *on, const char *path)
{
    const pkr_midx_list *list = on->list;

    return is_among(list->layers, on->first, list->count, path) ||
           is_among(list->blocked, on->first_blocked, list->blocked_count, path);
}

static bool is_replaced(const walk *on)
{
    pkr_stamp now;

    return on->may_be_again &&
           (pkr_host_look(on->chain.path, &now) != 0 || !pkr_stamp_same(&now, &on->stamp));
}

/* What is wrong with the name itself; what a chain said that was replaced since says nothing. */
static int refuse(walk *on, const char *name, const char *what, pkr_fault *fault)
{
    char text[NAME_SIZE + 64];

    if (is_replaced(on))
        return REPLACED;
    block(on, PACKREAD_ERROR_CORRUPT);
    snprintf(text, sizeof text, "names %s%s", name, what);
    return note_line(on, text, fault);
}

static int add_at(walk *on, const char *name, const char *path, pkr_fault *fault)
{
    int status;
    int why;

    if (is_listed(on, path))
        return refuse(on, name, " a second time", fault);
    status = pkr_midx_add(on->list, on->naming, path, on->line, &on->block, &why, fault);
    if (status != 0 || why == 0)
        return status;
    if (!pkr_host_is_there(path))
        return refuse(on, name, ", which is not there", fault);
    block(on, why);
    return 0;
}

static int add_layer(walk *on, const packread_id *sum, pkr_fault *fault)
{
    char in_folder[sizeof FOLDER + NAME_SIZE] = FOLDER;
    char *name = in_folder + strlen(FOLDER);
    char *path;
    int status;

    name_layer(sum, name);
    path = pkr_path_join(on->naming->folder, in_folder);
    if (!path)
        return pkr_fault_memory(fault);
    status = add_at(on, name, path, fault);
    free(path);
    return status;
}

/* ---- All lines ------------------------------------------------------------------------------- */

/* `*at`: of the next line; where the chain cannot be read on, of its end. */
static int take_line(walk *on, uint64_t *at, pkr_fault *fault)
{
    const bool was_none = on->is_none;
    packread_error error;
    packread_id sum;
    int status;

    on->at = *at;
    on->line++;
    status = pkr_midx_chain_next(&on->chain, at, &sum, &error);
    on->is_none = status == PACKREAD_ERROR_CORRUPT;
    if (status == 0)
        return add_layer(on, &sum, fault);
    if (status != PACKREAD_ERROR_CORRUPT)
        *at = on->chain.source.size;
    block(on, status);
    return was_none && on->is_none ? 0 : pkr_midx_leave_out(on->naming->opening, &error, fault);
}

static int take_lines(walk *on, pkr_fault *fault)
{
    uint64_t at = 0;
    int status = 0;

    while (status == 0 && at < on->chain.source.size && on->failed < FAILED_MOST)
        status = take_line(on, &at, fault);
    if (status != 0 || at >= on->chain.source.size)
        return status;
    on->at = at;
    return note_line(on, "so much is wrong with the chain that the rest of it is not looked at",
                     fault);
}

/* The newest layer is asked first. */
static void turn_round(pkr_midx_list *list, size_t first)
{
    for (size_t end = list->count; first + 1 < end; first++) {
        pkr_midx_layer layer = list->layers[first];

        list->layers[first] = list->layers[--end];
        list->layers[end] = layer;
    }
}

static void begin(walk *on)
{
    const pkr_midx_opening *opening = on->naming->opening;

    on->chain = (pkr_midx_chain){.path = pkr_path_join(on->naming->folder, CHAIN),
                                 .id_size = opening->id_size};
    if (on->chain.id_size == 0)
        on->chain.id_size = opening->count > 0 ? opening->packs[0]->idx.id_size : 20;
    if (on->chain.path)
        pkr_host_look(on->chain.path, &on->stamp);
}

static int read_chain(walk *on, pkr_fault *fault)
{
    packread_error error;
    int status;

    begin(on);
    if (!on->chain.path)
        return pkr_fault_memory(fault);
    status = pkr_midx_chain_open(&on->chain, on->naming->opening->budget, &error);
    status = status == 0 ? take_lines(on, fault)
                         : pkr_midx_leave_out(on->naming->opening, &error, fault);
    pkr_midx_chain_close(&on->chain);
    return status;
}

int pkr_midx_layers_add(pkr_midx_list *list, pkr_midx_naming *naming, pkr_fault *fault)
{
    const size_t first = list->count;
    const size_t first_blocked = list->blocked_count;
    const uint64_t named = list->named;
    int status = REPLACED;

    for (int reading = 1; status == REPLACED; reading++) {
        walk on = {.list = list,
                   .naming = naming,
                   .may_be_again = reading < READINGS_MOST,
                   .first = first,
                   .first_blocked = first_blocked};

        status = read_chain(&on, fault);
        if (status == REPLACED) {
            pkr_midx_list_cut(list, first, first_blocked);
            list->named = named;
        }
    }
    turn_round(list, first);
    return status;
}
