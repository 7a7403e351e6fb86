/* follow.c - tags, commits and their parents. */
#include "names/follow.h"

#include "base/stop.h"
#include "format/headers.h"

static int about(const pkr_following *on, int code, const packread_id *id, const char *text)
{
    pkr_fault fault;

    pkr_fault_set(&fault, code, on->reader->snapshot->paths.where, text);
    pkr_fault_name(&fault, id);
    return pkr_fault_publish(&fault, on->error);
}

int pkr_follow_nowhere(const pkr_following *on, const packread_id *id, const char *text)
{
    return about(on, PACKREAD_ERROR_NOT_FOUND, id, text);
}

static int damaged(const pkr_following *on, const packread_id *id, const char *text)
{
    return about(on, PACKREAD_ERROR_CORRUPT, id, text);
}

static int stopped(const pkr_following *on)
{
    pkr_fault fault;

    pkr_fault_stopped(&fault);
    return pkr_fault_publish(&fault, on->error);
}

static bool is_to_stop(const pkr_following *on)
{
    return pkr_stop_is_asked(on->reader->budget->stop);
}

int pkr_follow_replaced(const pkr_following *on, const packread_id *id, packread_id *contents)
{
    const uint64_t generation = atomic_load(&on->reader->snapshot->packs.generation);

    *contents = *id;
    if (!on->replaces)
        return 0;
    return pkr_replace_find(&on->names->replace, generation, on->looks, id, contents, on->error);
}

/* The contents of a replacement were looked for in vain: the object that is replaced is not what is
 * missing. */
static int lack(const pkr_following *on, const packread_id *id, const packread_id *contents,
                int status)
{
    if (status != PACKREAD_ERROR_NOT_FOUND || packread_id_compare(id, contents) == 0)
        return status;
    return damaged(on, id, "is replaced (refs/replace/) by an object that is not there");
}

int pkr_follow_type(const pkr_following *on, const packread_id *id, enum packread_type *type)
{
    packread_info info = {.struct_size = sizeof info};
    packread_id contents;
    int status = pkr_follow_replaced(on, id, &contents);

    if (status == 0)
        status = lack(
            on, id, &contents,
            packread_reader_describe(on->reader, &contents, PACKREAD_WANT_TYPE, &info, on->error));
    if (status == 0)
        *type = info.type;
    return status;
}

int pkr_follow_read(const pkr_following *on, const packread_id *id, packread_object *object)
{
    packread_id contents;
    int status = pkr_follow_replaced(on, id, &contents);

    if (status != 0)
        return status;
    return lack(on, id, &contents, packread_reader_read(on->reader, &contents, object, on->error));
}

/* ---- Tags and trees -------------------------------------------------------------------------- */

/* Finds out that ids go in a circle (Brent's way): each is compared with one that was kept, and
 * that is replaced by the one at hand after 1, 2, 4, ... steps. So it takes at most three times as
 * many steps as there are different ids. */
typedef struct cycle {
    packread_id kept;
    uint64_t steps; /* since it was kept */
    uint64_t most;  /* that it is kept for */
} cycle;

static bool is_cycle(cycle *seen, const packread_id *id)
{
    seen->steps++;
    if (packread_id_compare(&seen->kept, id) == 0)
        return true;
    if (seen->steps >= seen->most) {
        seen->most = seen->most ? 2 * seen->most : 1;
        seen->kept = *id;
        seen->steps = 0;
    }
    return false;
}

/* From a tag or commit to what it names. */
static int lead_on(const pkr_following *on, packread_id *id, enum packread_type *claimed)
{
    packread_object object;
    bool is_right = false;
    packread_id next;
    int status = pkr_follow_read(on, id, &object);

    if (status != 0)
        return status;
    if (object.type == PACKREAD_TAG)
        is_right = pkr_tag_object(object.data, object.size, on->id_size, &next, claimed);
    else if (object.type == PACKREAD_COMMIT)
        is_right = pkr_commit_tree(object.data, object.size, on->id_size, &next);
    if (object.type == PACKREAD_COMMIT)
        *claimed = PACKREAD_TREE;
    if (!is_right)
        return damaged(on, id, "its first lines are not those of a tag or commit");
    *id = next;
    return 0;
}

/* lead_on for one of many steps: they may go in a circle, and the caller may ask to stop. */
static int go_on(const pkr_following *on, cycle *seen, packread_id *at, enum packread_type *claimed)
{
    if (is_cycle(seen, at))
        return damaged(on, at, "leads to itself");
    return is_to_stop(on) ? stopped(on) : lead_on(on, at, claimed);
}

static bool is_there(enum pkr_step_kind kind, enum packread_type wanted, enum packread_type type)
{
    return kind == PKR_STEP_ANY || (kind == PKR_STEP_NO_TAG && type != PACKREAD_TAG) ||
           (kind == PKR_STEP_PEEL && type == wanted);
}

int pkr_follow_peel(const pkr_following *on, enum pkr_step_kind kind, enum packread_type wanted,
                    packread_id *id)
{
    enum packread_type claimed = PACKREAD_NONE;
    packread_id at = *id;
    cycle seen = {.most = 0};

    for (;;) {
        enum packread_type type;
        int status = pkr_follow_type(on, &at, &type);

        if (status != 0)
            return status;
        if (claimed != PACKREAD_NONE && type != claimed)
            return damaged(on, &at, "is of another type than the tag or commit on it says");
        if (is_there(kind, wanted, type)) {
            *id = at;
            return 0;
        }
        if (type != PACKREAD_TAG && (type != PACKREAD_COMMIT || wanted != PACKREAD_TREE))
            return pkr_follow_nowhere(on, &at, "leads to no object of that type");
        status = go_on(on, &seen, &at, &claimed);
        if (status != 0)
            return status;
    }
}

int pkr_follow_tree(const pkr_following *on, packread_id *id, packread_object *tree)
{
    enum packread_type claimed;
    packread_id at = *id;
    cycle seen = {.most = 0};

    for (;;) {
        int status = pkr_follow_read(on, &at, tree);

        if (status != 0)
            return status;
        if (tree->type == PACKREAD_TREE) {
            *id = at;
            return 0;
        }
        if (tree->type == PACKREAD_BLOB)
            return pkr_follow_nowhere(on, &at, "is not a tree, and has none");
        status = go_on(on, &seen, &at, &claimed);
        if (status != 0)
            return status;
    }
}

/* ---- Parents --------------------------------------------------------------------------------- */

/* `*id`, a commit, becomes that parent of it. */
static int to_parent(const pkr_following *on, uint64_t number, packread_id *id)
{
    packread_object commit;
    packread_id parent;
    int status = pkr_follow_read(on, id, &commit);

    if (status != 0)
        return status;
    if (commit.type != PACKREAD_COMMIT)
        return damaged(on, id, "is a parent, and no commit");
    if (pkr_grafts_find(&on->names->grafts, id, number, &parent)) {
        if (parent.size == 0)
            return pkr_follow_nowhere(on, id, "the commit has no such parent");
    } else if (!pkr_commit_parent(commit.data, commit.size, on->id_size, number, &parent)) {
        return pkr_follow_nowhere(on, id, "the commit has no such parent");
    }
    *id = parent;
    return 0;
}

/* Replacements can make a commit its own ancestor: then whole rounds are left out. */
static int to_ancestor(const pkr_following *on, uint64_t generations, packread_id *id)
{
    cycle seen = {.most = 0};

    while (generations > 0) {
        int status;

        if (is_cycle(&seen, id)) {
            generations %= seen.steps;
            seen = (cycle){.most = UINT64_MAX};
            continue;
        }
        if (is_to_stop(on))
            return stopped(on);
        status = to_parent(on, 1, id);
        if (status != 0)
            return status;
        generations--;
    }
    return 0;
}

int pkr_follow_step(const pkr_following *on, const pkr_step *step, packread_id *id)
{
    packread_id at = *id;
    int status;

    if (step->kind != PKR_STEP_PARENT && step->kind != PKR_STEP_ANCESTOR)
        return pkr_follow_peel(on, step->kind, step->type, id);
    status = pkr_follow_peel(on, PKR_STEP_PEEL, PACKREAD_COMMIT, &at);
    if (status == 0 && step->number > 0)
        status = pkr_grafts_look(&on->names->grafts, on->error);
    if (status == 0 && step->kind == PKR_STEP_ANCESTOR)
        status = to_ancestor(on, step->number, &at);
    else if (status == 0 && step->number > 0)
        status = to_parent(on, step->number, &at);
    if (status == 0)
        *id = at;
    return status;
}
