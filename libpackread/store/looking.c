/* looking.c - reads a folder of packs, and reads it again until nothing came between. */
#include "store/looking.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"
#include "store/pack_folder.h"

#define READINGS_MOST 64
/* So often the same packs have to be missing a file before that is a fact and not a moment. */
#define STRIKES 3
#define NAP_MOST 64 /* milliseconds: a stop is seen after that */
/* What an opened pack takes, its files and their names included. The first ones are free. */
#define PACK_COST 5120
#define PACKS_FREE 1024

/* One look at a folder, however often it is read for it. */
typedef struct scan {
    pkr_looking *looking;
    const pkr_pack_set *old;
    bool is_first;
    size_t first_new; /* packs from this number on were opened since */
    pkr_stamp stamp;  /* of the folder, before it was read last */
    bool is_young;    /* as of then: what came later may have left no trace in the stamp */
    bool is_recent;   /* likewise: the other file of a pack may have yet to come */
    pkr_pack_folder names;
    size_t missing;        /* packs of which a file was not there, in the last reading */
    uint64_t missing_are;  /* a sum over their names */
    uint64_t missing_were; /* in the reading before */
    unsigned strikes;      /* readings in a row in which the same ones were missing */
    int first_errno;       /* of the first of them, in the last reading */
} scan;

/* ---- What a reading finds -------------------------------------------------------------------- */

/* A pack that is known and there as it was need not be opened. */
static void match(scan *on, pkr_pack *pack)
{
    pkr_pack_name *name = pkr_pack_folder_find(&on->names, pack);

    if (name && name->has_pack && name->has_index && pkr_pack_check(pack, NULL) == 0)
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

static int open_new(scan *on, pkr_pack_name *name, pkr_fault *fault)
{
    const pkr_looking *looking = on->looking;
    packread_error error;
    int status = looking->open(looking->context, name->path, &name->pack, &error);

    if (status == 0)
        return 0;
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

/* Very many packs are paid for. */
static int pay(scan *on, pkr_fault *fault)
{
    pkr_looking *looking = on->looking;
    uint64_t cost =
        on->names.count > PACKS_FREE ? (uint64_t)(on->names.count - PACKS_FREE) * PACK_COST : 0;

    if (cost > looking->paid && !pkr_budget_take(looking->budget, cost - looking->paid))
        return pkr_budget_short(looking->budget, cost - looking->paid, looking->folder,
                                "the memory limit has no room for so many packs", fault);
    if (cost < looking->paid)
        pkr_budget_give(looking->budget, looking->paid - cost);
    looking->paid = cost;
    return 0;
}

static int read_once(scan *on, pkr_fault *fault)
{
    int status;

    pkr_pack_folder_free(&on->names);
    on->missing = 0;
    on->missing_were = on->missing_are;
    on->missing_are = 0;
    pkr_host_look(on->looking->folder, &on->stamp);
    on->is_young = pkr_stamp_is_young(&on->stamp);
    on->is_recent = pkr_stamp_is_recent(&on->stamp);
    status = pkr_pack_folder_read(on->looking->folder, &on->names, fault);
    if (status == 0)
        status = pay(on, fault);
    if (status == 0)
        match_known(on);
    for (size_t i = 0; status == 0 && i < on->names.count; i++) {
        if (!on->names.list[i].pack)
            status = open_new(on, &on->names.list[i], fault);
        if (status == 0 && pkr_stop_is_asked(on->looking->budget->stop))
            status = pkr_fault_stopped(fault);
    }
    return status;
}

/* ---- Reading until it agrees ----------------------------------------------------------------- */

/* Whether the folder stayed as it was while it was read, and nothing in it is missing its half. */
static bool agrees(scan *on)
{
    pkr_stamp now;

    pkr_host_look(on->looking->folder, &now);
    if (!pkr_stamp_same(&now, &on->stamp))
        return false;
    if (on->missing == 0 || !on->is_young)
        return true;
    on->strikes = on->missing_are == on->missing_were ? on->strikes + 1 : 1;
    return on->strikes >= STRIKES;
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
    return pkr_fault_system(fault, on->looking->folder, on->first_errno,
                            "its packs change faster than they can be opened");
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
    for (size_t i = 0; i < on->names.count; i++)
        if (on->names.list[i].pack)
            return true;
    return false;
}

/* What was read beside the packs of a set. */
static int have_midx(const scan *on, pkr_pack_set *set, pkr_fault *fault)
{
    const pkr_looking *looking = on->looking;
    const pkr_midx_opening opening = {.budget = looking->budget,
                                      .files = looking->midx_files,
                                      .old = on->old->midx,
                                      .packs = set->packs,
                                      .count = set->count,
                                      .id_size = looking->id_size,
                                      .note = looking->note,
                                      .context = looking->context};

    for (size_t i = 0; i < on->names.count; i++)
        if (on->names.list[i].pack)
            atomic_store(&on->names.list[i].pack->beside,
                         on->names.list[i].beside | PKR_BESIDE_KNOWN);
    if (!on->names.has_midx)
        return 0;
    set->midx = pkr_midx_list_new(looking->budget);
    return set->midx ? pkr_midx_list_add_folder(set->midx, &opening, looking->folder, fault)
                     : pkr_fault_memory(fault);
}

static int publish(scan *on, bool *changed, pkr_fault *fault)
{
    pkr_pack_set *set = pkr_pack_set_new(on->names.count);
    int status;

    if (!set)
        return pkr_fault_memory(fault);
    for (size_t i = 0; i < on->names.count; i++)
        if (on->names.list[i].pack)
            set->packs[set->count++] = on->names.list[i].pack;
    if (set->count > 0)
        qsort(set->packs, set->count, sizeof(pkr_pack *), compare_numbers);
    status = have_midx(on, set, fault);
    *changed = status == 0 && (on->is_first || !is_old_set(on, set));
    if (*changed)
        pkr_packs_publish(on->looking->packs, set);
    else if (status == 0 && !pkr_midx_list_same(set->midx, on->old->midx))
        pkr_packs_exchange(on->looking->packs, set);
    else
        pkr_pack_set_free(set);
    return status;
}

/* Of packs that have yet to come only a first look says so: later ones look again. */
static int tell_problems(const scan *on, pkr_fault *fault)
{
    const pkr_looking *looking = on->looking;

    for (size_t i = 0; i < on->names.count; i++) {
        const packread_error *problem = on->names.list[i].problem;

        if (problem && (on->is_first || !on->is_recent || !is_missing(problem)) &&
            looking->note(looking->context, problem) != 0)
            return pkr_fault_memory(fault);
    }
    return 0;
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

/* With the lock. */
static int look(pkr_looking *looking, bool is_first, bool *changed, pkr_fault *fault)
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
    if (status == 0 && (is_first || on.old->count == 0 || has_packs(&on))) {
        status = tell_problems(&on, fault);
        if (status == 0)
            status = publish(&on, changed, fault);
    }
    if (status == 0) {
        looking->stamp = on.stamp;
        looking->is_young = on.is_young || (on.missing > 0 && on.is_recent);
        looking->checked = atomic_load(&looking->packs->generation);
    }
    discard_new(&on);
    pkr_hold_leave(&hold, looking->packs);
    pkr_pack_folder_free(&on.names);
    return status;
}

int pkr_looking_begin(pkr_looking *looking, const char *folder, pkr_fault *fault)
{
    bool changed;

    looking->folder = strdup(folder);
    if (!looking->folder)
        return pkr_fault_memory(fault);
    if (!pkr_lock_make(&looking->lock)) {
        free(looking->folder);
        looking->folder = NULL;
        return pkr_fault_memory(fault);
    }
    return look(looking, true, &changed, fault);
}

void pkr_looking_end(pkr_looking *looking)
{
    if (!looking->folder)
        return;
    pkr_budget_give(looking->budget, looking->paid);
    pkr_lock_unmake(&looking->lock);
    free(looking->folder);
    looking->folder = NULL;
}

static bool is_worth_it(const pkr_looking *looking, const pkr_stamp *now, uint64_t seen,
                        bool is_gone)
{
    return looking->is_young || !pkr_stamp_same(now, &looking->stamp) ||
           (is_gone && looking->checked != seen);
}

int pkr_looking_again(pkr_looking *looking, uint64_t seen, bool is_gone, bool *changed,
                      pkr_fault *fault)
{
    pkr_stamp now;
    int status = 0;

    *changed = false;
    if (!looking->folder)
        return 0;
    *changed = atomic_load(&looking->packs->generation) != seen;
    if (*changed)
        return 0;
    pkr_host_look(looking->folder, &now);
    pkr_lock_take(&looking->lock);
    *changed = atomic_load(&looking->packs->generation) != seen;
    if (!*changed && is_worth_it(looking, &now, seen, is_gone))
        status = look(looking, false, changed, fault);
    pkr_lock_give(&looking->lock);
    return status;
}
