/* hash_lanes.c - messages into lanes, block by block. */
#include "platform/hash_lanes.h"

#include <string.h>

#include "base/stop.h"
#include "platform/sha1_message.h"

/* ---- One lane ------------------------------------------------------------------------------- */

enum step { MIDDLE, TAIL, DONE };

/* A message on its way. */
typedef struct passage {
    pkr_lanes_job *job;
    const unsigned char *rest; /* of the data, once `room` is empty */
    size_t rest_size;
    enum step next; /* after the blocks that the lane has before it */
    /* From byte 64 on: blocks that do not lie in the data as they are. In front of it is room for
     * copies of a fixed size, which are faster. */
    unsigned char room[64 + PKR_SHA1_ROOM];
} passage;

typedef struct lane {
    passage *message;
    uint32_t state[5];
    const unsigned char *at;
    size_t left;
} lane;

#define IDLE SIZE_MAX

typedef struct batch {
    pkr_sha1_lanes core;
    size_t left[PKR_LANES_MOST]; /* blocks that each lane has before it, or IDLE */
    passage *messages[PKR_LANES_MOST];
    unsigned width;
    unsigned busy; /* lanes that are not idle */
    unsigned waiting_count;
    lane waiting[PKR_LANES_MOST]; /* taken out of lanes that are no longer there */
    pkr_lanes_job *jobs;
    size_t jobs_left;
    passage passages[PKR_LANES_MOST];
} batch;

static void give(batch *all, unsigned i, const unsigned char *blocks, size_t count)
{
    all->core.at[i] = blocks;
    all->left[i] = count;
}

/* First what is in front of whole blocks of data, then those where they lie, then what is left. */
static void begin(batch *all, unsigned i, pkr_lanes_job *job)
{
    passage *message = all->messages[i];
    unsigned char *room = message->room + 64;
    const size_t before = job->prefix_size;
    size_t taken;

    for (unsigned word = 0; word < 5; word++)
        all->core.state[word][i] = pkr_sha1_first_state[word];
    job->is_attack = false;
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

static void take_out(batch *all, unsigned i, lane *to)
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

static void put_back(batch *all, unsigned i, const lane *from)
{
    all->messages[i] = from->message;
    for (unsigned word = 0; word < 5; word++)
        all->core.state[word][i] = from->state[word];
    all->core.attacks[i] = &from->message->job->is_attack;
    give(all, i, from->at, from->left);
    all->busy++;
}

static void finish(batch *all, unsigned i)
{
    uint32_t state[5];

    for (unsigned word = 0; word < 5; word++)
        state[word] = all->core.state[word][i];
    pkr_sha1_put(all->messages[i]->job->digest, state);
    if (all->waiting_count == 0 && all->jobs_left) {
        all->jobs_left--;
        begin(all, i, all->jobs++);
        return;
    }
    all->core.attacks[i] = NULL;
    all->left[i] = IDLE;
    all->busy--;
    if (all->waiting_count)
        put_back(all, i, &all->waiting[--all->waiting_count]);
}

/* The lane has no block before it: more of its message, or the next message. */
static void go_on(batch *all, unsigned i)
{
    passage *message = all->messages[i];
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
static void run_once(batch *all, pkr_sha1_run *run)
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
    run(&all->core, count);
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
static void narrow(batch *all, unsigned width)
{
    for (unsigned i = 0; i < all->width; i++)
        if (all->left[i] != IDLE)
            take_out(all, i, &all->waiting[all->waiting_count++]);
    all->width = width;
    for (unsigned i = 0; i < width && all->waiting_count; i++)
        put_back(all, i, &all->waiting[--all->waiting_count]);
}

int pkr_lanes_hash(const pkr_hash_way *way, pkr_lanes_job *jobs, size_t count,
                   const packread_stop *stop)
{
    batch all;
    pkr_sha1_run *run = way->run;
    bool is_narrow = false;
    int status = 0;

    pkr_sha1_lanes_init(&all.core);
    all.width = way->width;
    all.waiting_count = 0;
    all.jobs = jobs;
    all.jobs_left = count;
    all.busy = 0;
    for (unsigned i = 0; i < all.width; i++) {
        all.messages[i] = &all.passages[i];
        all.left[i] = IDLE;
        all.core.attacks[i] = NULL;
        if (all.jobs_left) {
            all.jobs_left--;
            all.busy++;
            begin(&all, i, all.jobs++);
        }
    }
    while (status == 0 && all.busy) {
        if (!is_narrow && all.jobs_left == 0 && all.busy <= way->few) {
            narrow(&all, way->narrow_width);
            run = way->narrow;
            is_narrow = true;
        } else if (all.left[0] == IDLE && all.width <= way->narrow_width) {
            narrow(&all, all.width); /* whoever is alone is the first */
        }
        run_once(&all, run);
        if (pkr_stop_is_asked(stop))
            status = PACKREAD_ERROR_STOPPED;
    }
    pkr_hash_way_settle(way, &all.core);
    return status;
}
