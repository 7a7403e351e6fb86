/* hash_lanes.c - messages into lanes, block by block. */
#include "platform/hash_lanes.h"

#include <string.h>

#include "base/stop.h"

/* ---- One lane ------------------------------------------------------------------------------- */

enum step { MIDDLE, TAIL, DONE };

#define IDLE SIZE_MAX

static void give(pkr_lanes *all, unsigned i, const unsigned char *blocks, size_t count)
{
    all->core.at[i] = blocks;
    all->left[i] = count;
}

/* First what is in front of whole blocks of data, then those where they lie, then what is left. */
static void begin(pkr_lanes *all, unsigned i, pkr_lanes_job *job)
{
    pkr_lanes_passage *message = all->messages[i];
    unsigned char *room = message->room + 64;
    const size_t before = job->prefix_size;
    size_t taken;

    for (unsigned word = 0; word < 5; word++)
        all->core.state[word][i] = pkr_sha1_first_state[word];
    job->is_attack = false;
    job->is_done = false;
    all->core.attacks[i] = &job->is_attack;
    message->job = job;
    pkr_sha1_copy(room, job->prefix, before);
    if (job->size < 120 - before) {
        pkr_sha1_copy(room + before, job->data, job->size);
        message->next = DONE;
        give(all, i, room, pkr_sha1_close(room, before + job->size, before + job->size));
        return;
    }
    taken = before ? 64 - before : 0;
    message->rest = job->data + taken;
    message->rest_size = job->size - taken;
    if (taken) {
        memcpy(room + before, job->data, 64);
        message->next = MIDDLE;
        give(all, i, room, 1);
    } else {
        message->next = TAIL;
        give(all, i, message->rest, message->rest_size / 64);
    }
}

static void take_out(pkr_lanes *all, unsigned i, pkr_lanes_lane *to)
{
    to->message = all->messages[i];
    to->at = all->core.at[i];
    to->left = all->left[i];
    for (unsigned word = 0; word < 5; word++)
        to->state[word] = all->core.state[word][i];
    all->core.attacks[i] = NULL;
    all->left[i] = IDLE;
    all->busy--;
}

static void put_back(pkr_lanes *all, unsigned i, const pkr_lanes_lane *from)
{
    all->messages[i] = from->message;
    for (unsigned word = 0; word < 5; word++)
        all->core.state[word][i] = from->state[word];
    all->core.attacks[i] = &from->message->job->is_attack;
    give(all, i, from->at, from->left);
    all->busy++;
}

static void finish(pkr_lanes *all, unsigned i)
{
    uint32_t state[5];

    for (unsigned word = 0; word < 5; word++)
        state[word] = all->core.state[word][i];
    pkr_sha1_put(all->messages[i]->job->digest, state);
    all->messages[i]->job->is_done = true;
    if (all->waiting_count == 0 && all->jobs_left) {
        all->jobs_left--;
        begin(all, i, *all->jobs++);
        return;
    }
    all->core.attacks[i] = NULL;
    all->left[i] = IDLE;
    all->busy--;
    if (all->waiting_count)
        put_back(all, i, &all->waiting[--all->waiting_count]);
}

/* The lane has no block before it: more of its message, or the next message. */
static void go_on(pkr_lanes *all, unsigned i)
{
    pkr_lanes_passage *message = all->messages[i];
    const size_t whole = message->rest_size / 64;

    if (message->next == DONE) {
        finish(all, i);
    } else if (message->next == MIDDLE && whole) {
        message->next = TAIL;
        give(all, i, message->rest, whole);
    } else {
        const size_t used = message->rest_size % 64;

        /* The last 64 bytes, so that those which are left come to lie at byte 64. */
        memcpy(message->room + used, message->job->data + message->job->size - 64, 64);
        message->next = DONE;
        give(all, i, message->room + 64,
             pkr_sha1_close(message->room + 64, used,
                            (uint64_t)message->job->prefix_size + message->job->size));
    }
}

/* ---- All lanes ------------------------------------------------------------------------------ */

/* Blocks between two looks whether it is to stop. */
#define STEP ((size_t)1 << 14)

/* `run` takes the lanes as far as one of them has blocks. */
static void run_once(pkr_lanes *all)
{
    size_t count = STEP;
    unsigned some = 0;

    for (unsigned i = 0; i < all->width; i++) {
        if (all->left[i] < count)
            count = all->left[i];
        if (all->left[i] != IDLE)
            some = i;
    }
    if (all->busy < all->width) /* something to read for the idle ones */
        for (unsigned i = 0; i < all->width; i++)
            if (all->left[i] == IDLE)
                all->core.at[i] = all->core.at[some];
    all->run(&all->core, count);
    for (unsigned i = 0; i < all->width; i++) {
        if (all->left[i] == IDLE)
            continue;
        all->core.at[i] += 64 * count;
        all->left[i] -= count;
        if (all->left[i] == 0)
            go_on(all, i);
    }
}

/* What is left in `all->width` lanes goes on in `width` of them, the first ones. */
static void narrow(pkr_lanes *all, unsigned width)
{
    for (unsigned i = 0; i < all->width; i++)
        if (all->left[i] != IDLE)
            take_out(all, i, &all->waiting[all->waiting_count++]);
    all->width = width;
    for (unsigned i = 0; i < width && all->waiting_count; i++)
        put_back(all, i, &all->waiting[--all->waiting_count]);
}

void pkr_lanes_begin(pkr_lanes *lanes, const pkr_hash_way *way)
{
    pkr_sha1_lanes_init(&lanes->core);
    lanes->way = way;
    lanes->run = way->run;
    lanes->width = way->width;
    lanes->waiting_count = 0;
    lanes->busy = 0;
    for (unsigned i = 0; i < lanes->width; i++) {
        lanes->messages[i] = &lanes->passages[i];
        lanes->left[i] = IDLE;
        lanes->core.attacks[i] = NULL;
    }
}

static void fill(pkr_lanes *all)
{
    for (unsigned i = 0; i < all->width && all->jobs_left; i++) {
        if (all->left[i] != IDLE)
            continue;
        all->jobs_left--;
        all->busy++;
        begin(all, i, *all->jobs++);
    }
}

/* With no more messages to come, all that are left are done; few of them not side by side. */
static int drain(pkr_lanes *all, const packread_stop *stop)
{
    const pkr_hash_way *way = all->way;
    bool is_narrow = false;

    while (all->busy) {
        if (!is_narrow && all->busy <= way->few) {
            narrow(all, way->narrow_width);
            all->run = way->narrow;
            is_narrow = true;
        } else if (all->left[0] == IDLE && all->width <= way->narrow_width) {
            narrow(all, all->width); /* whoever is alone is the first */
        }
        run_once(all);
        if (pkr_stop_is_asked(stop))
            return PACKREAD_ERROR_STOPPED;
    }
    return 0;
}

int pkr_lanes_run(pkr_lanes *lanes, pkr_lanes_job **jobs, size_t count, bool all,
                  const packread_stop *stop)
{
    int status = 0;

    lanes->jobs = jobs;
    lanes->jobs_left = count;
    fill(lanes);
    /* As long as no lane has to be left empty. */
    while (status == 0 && lanes->busy == lanes->width && (lanes->jobs_left || all)) {
        run_once(lanes);
        if (pkr_stop_is_asked(stop))
            status = PACKREAD_ERROR_STOPPED;
    }
    if (status == 0 && all)
        status = drain(lanes, stop);
    pkr_hash_way_settle(lanes->way, &lanes->core);
    if (all && status == 0)
        pkr_lanes_begin(lanes, lanes->way);
    return status;
}

#define JOBS_AT_ONCE 64

int pkr_lanes_hash(const pkr_hash_way *way, pkr_lanes_job *jobs, size_t count,
                   const packread_stop *stop)
{
    pkr_lanes lanes;
    pkr_lanes_job *list[JOBS_AT_ONCE];
    int status = 0;

    pkr_lanes_begin(&lanes, way);
    while (status == 0 && count > 0) {
        const size_t taken = count < JOBS_AT_ONCE ? count : JOBS_AT_ONCE;

        for (size_t i = 0; i < taken; i++)
            list[i] = jobs++;
        count -= taken;
        status = pkr_lanes_run(&lanes, list, taken, count == 0, stop);
    }
    return status;
}
