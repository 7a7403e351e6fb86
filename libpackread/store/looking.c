/* looking.c - reads the folders of a place, and reads them again until nothing came between. */
#include "store/looking.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"
#include "midx/midx_open.h"
#include "pack/index_blame.h"
#include "place/object_folder.h"

#define READINGS_MOST 64
/* So often the same packs have to be missing a file before a later look takes that for a fact. A
 * first one, which has to tell of it, waits until the folder has not changed for a while. */
#define STRIKES 3
#define NAP_MOST 64 /* milliseconds: a stop is seen after that */
/* What an opened pack takes, its files and their names included. The first ones are free. */
#define PACK_COST 5120
#define PACKS_FREE 1024
/* The same of a folder. */
#define FOLDER_COST 1024
#define FOLDERS_FREE 64

/* One look at the folders, however often they are read for it. */
typedef struct scan {
    pkr_looking *looking;
    const pkr_pack_set *old;
    bool is_first;
    size_t first_new;      /* packs from this number on were opened since */
    pkr_reading reading;   /* the last */
    size_t missing;        /* packs of which a file was not there, in that */
    uint64_t missing_are;  /* a sum over their names */
    uint64_t missing_were; /* in the reading before */
    unsigned strikes;      /* readings in a row in which the same ones were missing */
    int first_errno;       /* of the first of them, in the last reading */
} scan;

/* ---- What a reading finds -------------------------------------------------------------------- */

/* A pack that is known and there as it was need not be opened. */
static void match(scan *on, pkr_pack *pack)
{
    pkr_part *part = pkr_reading_part(&on->reading, pack->folder);
    pkr_pack_name *name = part ? pkr_pack_folder_find(&part->names, pack->path) : NULL;
    unsigned char anew;

    if (!name || !name->has_pack || !name->has_index || !pkr_pack_is_as_it_was(pack))
        return;
    anew = atomic_load(&pack->anew);
    if (anew == PKR_ANEW_WANTED || anew == PKR_ANEW_KEPT)
        name->doubted = pack;
    else
        name->pack = pack;
}

static void match_known(scan *on)
{
    const pkr_packs *packs = on->looking->packs;

    for (size_t i = 0; i < on->old->count; i++)
        match(on, on->old->packs[i]);
    for (size_t number = on->first_new; number < pkr_packs_count(packs); number++)
        match(on, pkr_packs_get(packs, number));
}

/* Whether it may be that a file of the pack went, or has yet to come. */
static bool is_missing(const packread_error *error)
{
    return error->code == PACKREAD_ERROR_CHANGED || error->code == PACKREAD_ERROR_NO_INDEX ||
           (error->code == PACKREAD_ERROR_SYSTEM && error->system_errno == ENOENT);
}

static void note_missing(scan *on, const char *path, const packread_error *error)
{
    uint64_t sum = 0;

    if (on->missing++ == 0)
        on->first_errno = error->system_errno;
    for (; *path; path++)
        sum = sum * 31 + (unsigned char)*path;
    on->missing_are += sum;
}

/* A pack whose index is damaged serves what it can, where no other index can be had for it. */
static bool keep_doubted(pkr_pack_name *name, int status, const packread_error *error)
{
    if (!name->doubted || status == PACKREAD_ERROR_STOPPED || is_missing(error))
        return false;
    atomic_store(&name->doubted->anew, PKR_ANEW_FAILED);
    name->pack = name->doubted;
    return true;
}

static int open_new(scan *on, const pkr_part *part, pkr_pack_name *name, pkr_fault *fault)
{
    const pkr_looking *looking = on->looking;
    const enum pkr_index_state state = pkr_index_state_of(name->doubted);
    packread_error error;
    int status = looking->open(looking->context, name->path, state, &name->pack, &error);

    if (status == 0) {
        name->pack->folder = part->number;
        return 0;
    }
    if (keep_doubted(name, status, &error)) {
        pkr_index_acquit(name->doubted);
        return state == PKR_INDEX_SUSPECT || looking->note(looking->context, &error) == 0
                   ? 0
                   : pkr_fault_memory(fault);
    }
    if (status == PACKREAD_ERROR_STOPPED)
        return pkr_fault_stopped(fault);
    name->problem = status == PACKREAD_ERROR_MEMORY ? NULL : malloc(sizeof error);
    if (!name->problem)
        return pkr_fault_memory(fault);
    *name->problem = error;
    if (is_missing(&error))
        note_missing(on, name->path, &error);
    return 0;
}

static uint64_t cost_of(size_t count, size_t free_ones, uint64_t each)
{
    return count > free_ones ? (uint64_t)(count - free_ones) * each : 0;
}

/* Very many packs or folders are paid for. */
static int pay(scan *on, pkr_fault *fault)
{
    pkr_looking *looking = on->looking;
    const uint64_t cost = cost_of(on->reading.names, PACKS_FREE, PACK_COST) +
                          cost_of(on->reading.count, FOLDERS_FREE, FOLDER_COST);

    if (cost > looking->paid && !pkr_budget_take(looking->budget, cost - looking->paid))
        return pkr_budget_short(looking->budget, cost - looking->paid,
                                pkr_watched_get(&looking->folders.watched, 0)->packs,
                                "the memory limit has no room for so many packs", fault);
    if (cost < looking->paid)
        pkr_budget_give(looking->budget, looking->paid - cost);
    looking->paid = cost;
    return 0;
}

static int open_part(scan *on, const pkr_part *part, pkr_fault *fault)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < part->names.count; i++) {
        if (!part->names.list[i].pack)
            status = open_new(on, part, &part->names.list[i], fault);
        if (status == 0 && pkr_stop_is_asked(on->looking->budget->stop))
            status = pkr_fault_stopped(fault);
    }
    return status;
}

static int read_once(scan *on, pkr_fault *fault)
{
    int status;

    pkr_reading_free(&on->reading);
    on->missing = 0;
    on->missing_were = on->missing_are;
    on->missing_are = 0;
    status = pkr_reading_take(&on->looking->folders, on->is_first, &on->reading, fault);
    if (status == 0)
        status = pay(on, fault);
    if (status == 0)
        match_known(on);
    for (size_t i = 0; status == 0 && i < on->reading.count; i++)
        status = open_part(on, &on->reading.parts[i], fault);
    return status;
}

/* ---- Reading until it agrees ----------------------------------------------------------------- */

/* Whether the other file of a pack may still be on its way. */
static bool may_change(const scan *on)
{
    for (size_t i = 0; i < on->reading.count; i++)
        if (on->is_first ? on->reading.parts[i].is_recent : on->reading.parts[i].is_young)
            return true;
    return false;
}

/* Whether the folders stayed as they were while they were read, and nothing in them is missing its
 * half. */
static bool agrees(scan *on)
{
    if (!pkr_reading_stands(&on->reading, &on->looking->folders))
        return false;
    if (on->missing == 0 || !may_change(on))
        return true;
    on->strikes = on->missing_are == on->missing_were ? on->strikes + 1 : 1;
    return !on->is_first && on->strikes >= STRIKES;
}

static int read_until_it_agrees(scan *on, pkr_fault *fault)
{
    unsigned milliseconds = 1;

    for (int reading = 0; reading < READINGS_MOST; reading++) {
        int status = read_once(on, fault);

        if (status != 0 || agrees(on))
            return status;
        /* The other file of a pack takes git a moment. */
        if (on->strikes > 0 && on->is_first) {
            pkr_host_nap(milliseconds);
            if (milliseconds < NAP_MOST)
                milliseconds *= 4;
        }
    }
    if (on->missing == 0) /* all that was there was opened; the next look reads it again */
        return 0;
    return pkr_fault_system(fault, pkr_watched_get(&on->looking->folders.watched, 0)->packs,
                            on->first_errno, "its packs change faster than they can be opened");
}

/* ---- What comes of it ------------------------------------------------------------------------ */

static int compare_numbers(const void *left, const void *right)
{
    uint32_t a = (*(pkr_pack *const *)left)->number;
    uint32_t b = (*(pkr_pack *const *)right)->number;

    return a < b ? -1 : a > b;
}

static bool is_old_set(const scan *on, const pkr_pack_set *set)
{
    return set->count == on->old->count &&
           memcmp(set->packs, on->old->packs, set->count * sizeof(pkr_pack *)) == 0;
}

/* What is open of packs that are all gone is better than none. */
static bool has_packs(const scan *on)
{
    for (size_t i = 0; i < on->reading.count; i++)
        for (size_t j = 0; j < on->reading.parts[i].names.count; j++)
            if (on->reading.parts[i].names.list[j].pack)
                return true;
    return false;
}

/* The pack that was opened anew may lack objects, being damaged too: then what its own index knows
 * of them is not given up. */
static bool keeps_both(const pkr_pack_name *name)
{
    return name->doubted && name->pack && name->pack != name->doubted &&
           name->pack->derived.findings != 0;
}

static void collect(const pkr_part *part, pkr_pack_set *set)
{
    for (size_t i = 0; i < part->names.count; i++) {
        const pkr_pack_name *name = &part->names.list[i];

        if (name->pack)
            set->packs[set->count++] = name->pack;
        if (keeps_both(name)) {
            atomic_store(&name->doubted->anew, PKR_ANEW_KEPT);
            set->packs[set->count++] = name->doubted;
        }
    }
}

static size_t count_kept(const scan *on)
{
    size_t count = 0;

    for (size_t i = 0; i < on->reading.count; i++)
        for (size_t j = 0; j < on->reading.parts[i].names.count; j++)
            count += keeps_both(&on->reading.parts[i].names.list[j]);
    return count;
}

static void note_beside(const pkr_part *part)
{
    for (size_t i = 0; i < part->names.count; i++)
        if (part->names.list[i].pack)
            atomic_store(&part->names.list[i].pack->beside,
                         part->names.list[i].beside | PKR_BESIDE_KNOWN);
}

/* What was read beside the packs of a set. */
static int have_midx(const scan *on, pkr_pack_set *set, pkr_fault *fault)
{
    const pkr_looking *looking = on->looking;
    pkr_midx_opening opening = {.budget = looking->budget,
                                .files = looking->midx_files,
                                .old = on->old->midx,
                                .packs = set->packs,
                                .count = set->count,
                                .id_size = looking->id_size,
                                .note = looking->note,
                                .context = looking->context};
    int status = 0;

    for (size_t i = 0; status == 0 && i < on->reading.count; i++) {
        const pkr_part *part = &on->reading.parts[i];

        note_beside(part);
        if (!part->names.has_midx)
            continue;
        if (!set->midx)
            set->midx = pkr_midx_list_new(looking->budget);
        opening.is_any_damaged = set->midx ? &set->midx->is_any_damaged : NULL;
        status = set->midx
                     ? pkr_midx_list_add_folder(
                           set->midx, &opening,
                           pkr_watched_get(&looking->folders.watched, part->number)->packs, fault)
                     : pkr_fault_memory(fault);
    }
    return status;
}

/* Which object folders there are; whether others than before. */
static bool mark_folders(const scan *on)
{
    const pkr_folders *folders = &on->looking->folders;
    bool changed = false;

    for (uint32_t i = 0; folders->objects && i < pkr_shelf_count(folders->numbered); i++)
        if (pkr_object_folder_mark(folders->numbered, i, pkr_reading_part(&on->reading, i) != NULL))
            changed = true;
    return changed;
}

static int publish(scan *on, bool *changed, pkr_fault *fault)
{
    pkr_pack_set *set = pkr_pack_set_new(on->reading.names + count_kept(on));
    int status;

    if (!set)
        return pkr_fault_memory(fault);
    for (size_t i = 0; i < on->reading.count; i++)
        collect(&on->reading.parts[i], set);
    /* At first their order is that of their names, however often the folders were read for it;
     * later ones come behind. */
    if (on->is_first && pkr_packs_number(on->looking->packs, set) != 0) {
        pkr_pack_set_free(set);
        return pkr_fault_memory(fault);
    }
    if (!on->is_first && set->count > 0)
        qsort(set->packs, set->count, sizeof(pkr_pack *), compare_numbers);
    status = have_midx(on, set, fault);
    if (status == 0)
        *changed = mark_folders(on) || on->is_first || !is_old_set(on, set);
    if (status == 0 && *changed)
        pkr_packs_publish(on->looking->packs, set);
    else if (status == 0 && !pkr_midx_list_same(set->midx, on->old->midx))
        pkr_packs_exchange(on->looking->packs, set);
    else
        pkr_pack_set_free(set);
    return status;
}

/* Of packs that have yet to come only a first look says so: later ones look again. */
static int tell_of_part(const scan *on, const pkr_part *part, pkr_fault *fault)
{
    const pkr_looking *looking = on->looking;

    for (size_t i = 0; i < part->names.count; i++) {
        const packread_error *problem = part->names.list[i].problem;

        if (problem && (on->is_first || !part->is_recent || !is_missing(problem)) &&
            looking->note(looking->context, problem) != 0)
            return pkr_fault_memory(fault);
    }
    return 0;
}

static int tell_problems(const scan *on, pkr_fault *fault)
{
    const pkr_looking *looking = on->looking;
    const pkr_table *problems = &on->reading.folders.problems;
    int status = 0;

    for (size_t i = 0; i < problems->count; i++)
        if (looking->note(looking->context, (const packread_error *)problems->rows + i) != 0)
            return pkr_fault_memory(fault);
    for (size_t i = 0; status == 0 && i < on->reading.count; i++)
        status = tell_of_part(on, &on->reading.parts[i], fault);
    return status;
}

/* Packs that were opened and are in no set: they went again, or the look failed. */
static void discard_new(scan *on)
{
    const pkr_packs *packs = on->looking->packs;
    const pkr_pack_set *now = atomic_load(&packs->now);

    for (size_t number = on->first_new; number < pkr_packs_count(packs); number++) {
        pkr_pack *pack = pkr_packs_get(packs, number);

        if (!pkr_pack_set_contains(now, pack))
            pkr_packs_discard(pack);
    }
}

/* How each folder was when it was read. */
static void remember(const scan *on)
{
    pkr_looking *looking = on->looking;
    bool is_touched = false;

    for (uint32_t i = 0; i < pkr_shelf_count(&looking->folders.watched); i++) {
        pkr_watched *watched = pkr_watched_get(&looking->folders.watched, i);
        const pkr_part *part = pkr_reading_part(&on->reading, i);

        watched->is_there = part != NULL;
        if (!part)
            continue;
        is_touched = is_touched || !pkr_stamp_same(&watched->stamp, &part->stamp);
        watched->stamp = part->stamp;
        watched->is_young = part->is_young || (on->missing > 0 && part->is_recent);
        watched->is_refused = part->is_refused;
        watched->names_stamp = part->names_stamp;
        watched->names_are_young = part->names_are_young;
    }
    if (is_touched)
        atomic_fetch_add(&looking->touched, 1);
    looking->checked = atomic_load(&looking->packs->generation);
}

/* With the lock. */
static int look(pkr_looking *looking, bool is_first, bool *changed, packread_error *error,
                pkr_fault *fault)
{
    scan on = {.looking = looking,
               .is_first = is_first,
               .old = atomic_load(&looking->packs->now),
               .first_new = pkr_packs_count(looking->packs)};
    pkr_hold hold = {0};
    int status;

    pkr_hold_join(&hold, looking->packs);
    pkr_hold_take(&hold, looking->packs);
    status = read_until_it_agrees(&on, fault);
    if (error && status != 0) {
        pkr_fault_publish(fault, error);
        if (on.reading.error.code != 0)
            *error = on.reading.error;
    }
    if (status == 0 && (is_first || on.old->count == 0 || has_packs(&on))) {
        status = tell_problems(&on, fault);
        if (status == 0)
            status = publish(&on, changed, fault);
        if (error && status != 0)
            pkr_fault_publish(fault, error);
    }
    if (status == 0)
        remember(&on);
    discard_new(&on);
    pkr_hold_leave(&hold, looking->packs);
    pkr_reading_free(&on.reading);
    return status;
}

static int prepare(pkr_looking *looking, const char *objects, const char *more, const char *folder)
{
    looking->folders.budget = looking->budget;
    looking->folders.objects = objects ? strdup(objects) : NULL;
    looking->folders.more = objects && more ? strdup(more) : NULL;
    if ((objects && !looking->folders.objects) || (objects && more && !looking->folders.more))
        return PACKREAD_ERROR_MEMORY;
    return objects ? 0 : pkr_watched_add_packs(&looking->folders.watched, folder);
}

int pkr_looking_begin(pkr_looking *looking, const char *objects, const char *more,
                      const char *folder, packread_error *error)
{
    pkr_fault fault;
    packread_error failure;
    bool changed;
    int status;

    if (!pkr_lock_make(&looking->lock))
        return pkr_error_memory(error);
    looking->is_begun = true;
    if (prepare(looking, objects, more, folder) != 0)
        return pkr_error_memory(error);
    status = look(looking, true, &changed, &failure, &fault);
    if (status != 0 && error)
        *error = failure;
    return status;
}

void pkr_looking_end(pkr_looking *looking)
{
    if (!looking->is_begun)
        return;
    pkr_budget_give(looking->budget, looking->paid);
    pkr_lock_unmake(&looking->lock);
    pkr_watched_end(&looking->folders.watched);
    free(looking->folders.objects);
    free(looking->folders.more);
    looking->folders.objects = NULL;
    looking->folders.more = NULL;
    looking->is_begun = false;
}

/* ---- Later looks ---------------------------------------------------------------------------- */

/* So many folders are looked at before the lock is taken. */
#define AHEAD 4

typedef struct ahead {
    pkr_stamp stamps[AHEAD];
    uint32_t count;
} ahead;

/* What a folder's path is never changes; the rest of what is watched does. */
static void look_ahead(const pkr_looking *looking, ahead *on)
{
    on->count = pkr_shelf_count(&looking->folders.watched);
    if (on->count > AHEAD)
        on->count = AHEAD;
    for (uint32_t i = 0; i < on->count; i++)
        pkr_host_look(pkr_watched_get(&looking->folders.watched, i)->packs, &on->stamps[i]);
}

/* With the lock. */
static bool is_any_other(const pkr_looking *looking, const ahead *seen)
{
    for (uint32_t i = 0; i < pkr_shelf_count(&looking->folders.watched); i++) {
        const pkr_watched *watched = pkr_watched_get(&looking->folders.watched, i);
        pkr_stamp now;

        if (i < seen->count)
            now = seen->stamps[i];
        else if (watched->is_there)
            pkr_host_look(watched->packs, &now);
        else
            continue;
        if (pkr_watched_is_other(watched, &now))
            return true;
    }
    return false;
}

static bool names_any_others(const pkr_looking *looking)
{
    for (uint32_t i = 0; i < pkr_shelf_count(&looking->folders.watched); i++)
        if (pkr_watched_names_others(pkr_watched_get(&looking->folders.watched, i)))
            return true;
    return false;
}

/* Whether a pack waits to be opened anew. With the lock. */
static bool has_doubted(const pkr_looking *looking)
{
    const pkr_pack_set *set = atomic_load(&looking->packs->now);

    for (size_t i = 0; i < set->count; i++)
        if (atomic_load(&set->packs[i]->anew) == PKR_ANEW_WANTED)
            return true;
    return false;
}

static int look_again(pkr_looking *looking, uint64_t seen, bool is_gone, bool with_names,
                      bool *changed, pkr_fault *fault)
{
    ahead stamps;
    int status = 0;

    *changed = false;
    if (!looking->is_begun)
        return 0;
    *changed = atomic_load(&looking->packs->generation) != seen;
    if (*changed)
        return 0;
    look_ahead(looking, &stamps);
    pkr_lock_take(&looking->lock);
    *changed = atomic_load(&looking->packs->generation) != seen;
    if (!*changed && (is_any_other(looking, &stamps) ||
                      (is_gone && (looking->checked != seen || has_doubted(looking))) ||
                      (with_names && names_any_others(looking))))
        status = look(looking, false, changed, NULL, fault);
    pkr_lock_give(&looking->lock);
    return status;
}

int pkr_looking_again(pkr_looking *looking, uint64_t seen, bool is_gone, bool *changed,
                      pkr_fault *fault)
{
    return look_again(looking, seen, is_gone, false, changed, fault);
}

int pkr_looking_refresh(pkr_looking *looking, uint64_t seen, bool *changed, pkr_fault *fault)
{
    return look_again(looking, seen, true, true, changed, fault);
}
