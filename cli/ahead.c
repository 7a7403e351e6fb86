/* ahead.c - a ring of lots: the caller fills them, the threads read them, the caller answers them.
 */
#include "ahead.h"

#include "message.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* A lot is read by one thread, so that what lies together in a pack is decoded together. */
#define LOT_BYTES ((size_t)8 << 20)
#define LOT_ITEMS 4096u
#define LOT_ITEMS_FIRST 64u       /* then twice as many each time, up to LOT_ITEMS */
#define ITEM_MOST (LOT_BYTES / 4) /* larger ones are not read ahead */
#define THREADS_MOST 8u
#define LOTS_MOST (THREADS_MOST + 2)
#define OBJECTS_LEAST 1000u
/* Of the memory limit, at most one part in so many goes to what is read ahead. */
#define PART_OF_LIMIT 4u
#define DEFAULT_LIMIT ((uint64_t)1 << 30)

struct item {
    packread_info info;
    bool wanted;
    const void *data; /* in the lot's bytes, once it is read */
};

struct lot {
    struct item *items;
    size_t count;
    unsigned char *bytes; /* LOT_BYTES */
    size_t used;
    bool is_read; /* with the lock */
};

struct ahead {
    const struct where *source;
    ahead_answer *answer;
    void *context;
    pthread_mutex_t lock;
    pthread_cond_t filled; /* or ending */
    pthread_cond_t read;
    pthread_t threads[THREADS_MOST];
    unsigned thread_count;
    unsigned threads_most;
    struct lot lots[LOTS_MOST]; /* number n of all lots is lots[n % lot_count] */
    unsigned lot_count;
    size_t lot_items;   /* that the lot being filled takes */
    uint64_t submitted; /* with the lock: lots handed to the threads */
    uint64_t taken;     /* with the lock: of these, taken by a thread */
    uint64_t answered;  /* the caller's */
    bool ending;        /* with the lock */
};

/* Each thread's stack and heap reserve far more addresses than they use. */
static bool has_address_space(void)
{
    struct rlimit limit;

    return getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY;
}

static size_t lots_for(unsigned threads)
{
    return threads + 2u;
}

unsigned ahead_plan(struct common_options *common)
{
    uint64_t limit = common->library.memory_limit;
    unsigned threads = common->threads != 0 ? common->threads : packread_processors();
    uint64_t bytes;

    if (threads > THREADS_MOST)
        threads = THREADS_MOST;
    bytes = lots_for(threads) * (LOT_BYTES + LOT_ITEMS * sizeof(struct item));
    if (limit == 0 && common->library.manager != PACKREAD_STATIC)
        limit = DEFAULT_LIMIT;
    if (threads < 2 || limit / PART_OF_LIMIT < bytes || !has_address_space())
        return 0;
    common->library.memory_limit = limit - bytes;
    message_set_aside(bytes);
    return threads;
}

/* ---- The threads --------------------------------------------------------------------------------
 */

/* A location finds a loose object by reading a folder, its id by its name. */
static int read_object(packread_reader *reader, const packread_info *info, packread_object *object)
{
    return info->location.kind == PACKREAD_STORE_LOOSE
               ? packread_reader_read(reader, &info->id, object, NULL)
               : packread_reader_read_at(reader, &info->location, object, NULL);
}

static void read_item(packread_reader *reader, struct lot *lot, struct item *item, size_t *used)
{
    unsigned char *room = lot->bytes + *used;
    packread_object object;

    if (read_object(reader, &item->info, &object) != 0 || object.type != item->info.type ||
        object.size != item->info.size || packread_id_compare(&object.id, &item->info.id) != 0)
        return;
    if (object.size > 0)
        memcpy(room, object.data, object.size);
    *used += object.size;
    item->data = room;
}

static void read_lot(packread_reader *reader, struct lot *lot)
{
    size_t used = 0;

    for (size_t i = 0; i < lot->count; i++)
        if (lot->items[i].wanted)
            read_item(reader, lot, &lot->items[i], &used);
}

static struct lot *take_lot(ahead *state)
{
    struct lot *lot = NULL;

    pthread_mutex_lock(&state->lock);
    while (!state->ending && state->taken == state->submitted)
        pthread_cond_wait(&state->filled, &state->lock);
    if (!state->ending)
        lot = &state->lots[state->taken++ % state->lot_count];
    pthread_mutex_unlock(&state->lock);
    return lot;
}

/* Without a reader the lots are handed back as they came. */
static void *work(void *context)
{
    ahead *state = context;
    packread_reader *reader = NULL;
    struct lot *lot;

    if (packread_reader_new(state->source->snapshot, &reader, NULL) != 0)
        reader = NULL;
    while ((lot = take_lot(state))) {
        if (reader)
            read_lot(reader, lot);
        pthread_mutex_lock(&state->lock);
        lot->is_read = true;
        pthread_cond_signal(&state->read);
        pthread_mutex_unlock(&state->lock);
    }
    packread_reader_free(reader);
    return NULL;
}

/* ---- The caller ---------------------------------------------------------------------------------
 */

static struct lot *lot_being_filled(ahead *state)
{
    return &state->lots[state->submitted % state->lot_count];
}

/* One more with each lot that comes, so that few objects take few threads. Where there is not even
 * one, nothing is read ahead. */
static void start_thread(ahead *state)
{
    if (state->thread_count == state->threads_most)
        return;
    if (pthread_create(&state->threads[state->thread_count], NULL, work, state) == 0)
        state->thread_count++;
    else
        state->threads_most = state->thread_count;
}

static void submit(ahead *state)
{
    start_thread(state);
    pthread_mutex_lock(&state->lock);
    lot_being_filled(state)->is_read = state->thread_count == 0;
    if (state->lot_items < LOT_ITEMS)
        state->lot_items *= 2;
    state->submitted++;
    pthread_cond_signal(&state->filled);
    pthread_mutex_unlock(&state->lock);
}

static void answer_oldest(ahead *state)
{
    struct lot *lot = &state->lots[state->answered % state->lot_count];

    pthread_mutex_lock(&state->lock);
    while (!lot->is_read)
        pthread_cond_wait(&state->read, &state->lock);
    pthread_mutex_unlock(&state->lock);
    for (size_t i = 0; i < lot->count; i++)
        state->answer(state->context, &lot->items[i].info, lot->items[i].data);
    lot->count = lot->used = 0;
    state->answered++;
}

void ahead_add(ahead *state, const packread_info *info)
{
    struct lot *lot = lot_being_filled(state);
    bool wanted = info->size <= ITEM_MOST;

    if (lot->count >= state->lot_items || (wanted && info->size > LOT_BYTES - lot->used)) {
        submit(state);
        if (state->submitted - state->answered == state->lot_count)
            answer_oldest(state);
        lot = lot_being_filled(state);
    }
    lot->items[lot->count++] = (struct item){*info, wanted, NULL};
    if (wanted)
        lot->used += (size_t)info->size;
}

void ahead_settle(ahead *state)
{
    if (lot_being_filled(state)->count > 0)
        submit(state);
    while (state->answered < state->submitted)
        answer_oldest(state);
}

static bool make_lots(ahead *state)
{
    for (unsigned i = 0; i < state->lot_count; i++) {
        struct lot *lot = &state->lots[i];

        lot->items = malloc(LOT_ITEMS * sizeof *lot->items);
        lot->bytes = malloc(LOT_BYTES);
        if (!lot->items || !lot->bytes)
            return false;
    }
    return true;
}

/* How many loose objects there are is not known before they are listed. */
static bool may_be_few(const struct where *source)
{
    return source->objects < OBJECTS_LEAST && packread_snapshot_folders(source->snapshot) == 0;
}

ahead *ahead_begin(const struct where *source, unsigned threads, ahead_answer *answer,
                   void *context)
{
    ahead *state;

    if (threads == 0 || may_be_few(source))
        return NULL;
    state = calloc(1, sizeof *state);
    if (!state)
        return NULL;
    state->source = source;
    state->answer = answer;
    state->context = context;
    state->lot_count = (unsigned)lots_for(threads);
    state->lot_items = LOT_ITEMS_FIRST;
    pthread_mutex_init(&state->lock, NULL);
    pthread_cond_init(&state->filled, NULL);
    pthread_cond_init(&state->read, NULL);
    state->threads_most = threads;
    if (make_lots(state))
        return state;
    ahead_end(state);
    return NULL;
}

void ahead_end(ahead *state)
{
    if (!state)
        return;
    pthread_mutex_lock(&state->lock);
    state->ending = true;
    pthread_cond_broadcast(&state->filled);
    pthread_mutex_unlock(&state->lock);
    for (unsigned i = 0; i < state->thread_count; i++)
        pthread_join(state->threads[i], NULL);
    for (unsigned i = 0; i < state->lot_count; i++) {
        free(state->lots[i].items);
        free(state->lots[i].bytes);
    }
    pthread_cond_destroy(&state->read);
    pthread_cond_destroy(&state->filled);
    pthread_mutex_destroy(&state->lock);
    free(state);
}
