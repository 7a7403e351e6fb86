/* test_hash_queue.c - objects that wait to be hashed: each gets its id, they are told of in the
 * order in which they came, and what they hold is given back, told or not. */
#include <string.h>

#include "hash_ways.h"
#include "packwriter.h"
#include "suite.h"
#include "walk/hash_queue.h"

#define LIMIT ((uint64_t)256 << 20)
enum { MOST = 600 };

static pkr_budget budget;
static pkr_spares spares;

static void begin(uint64_t limit)
{
    ck_assert_int_eq(pkr_budget_begin(&budget, limit, NULL), 0);
    ck_assert_int_eq(pkr_spares_open(&spares, &budget, 1 << 20), 0);
}

static void end(void)
{
    pkr_spares_close(&spares);
    ck_assert_uint_eq(pkr_budget_used(&budget), 0);
    pkr_budget_let_go(&budget);
}

static pkr_blob *blob_of(size_t size, uint64_t seed)
{
    struct packwriter_bytes noise = {0};
    pkr_blob *blob;

    ck_assert_int_eq(pkr_blob_new(&spares, size, &blob, NULL), 0);
    packwriter_bytes_add_noise(&noise, size, seed);
    memcpy(blob->data, noise.data, size);
    packwriter_bytes_free(&noise);
    blob->type = (unsigned char)(1 + seed % 4);
    return blob;
}

/* The queue has the only hold then. */
static bool add(pkr_hash_queue *queue, uint32_t rank, pkr_blob *blob)
{
    pkr_entry entry = {.type = PACKREAD_OFS_DELTA, .base_distance = 1000 + rank};
    const pkr_walk_object object = {.rank = rank,
                                    .entry = &entry,
                                    .depth = rank / 2,
                                    .type = (enum packread_type)blob->type,
                                    .size = blob->size,
                                    .data = blob->data,
                                    .end = 77 + (uint64_t)rank};
    bool is_full;

    ck_assert(pkr_hash_queue_takes(queue, blob->size));
    is_full = pkr_hash_queue_add(queue, &object, blob);
    pkr_blob_release(&spares, blob);
    return is_full;
}

typedef struct heard {
    bool met[MOST];
    size_t count;
    size_t attacks;
} heard;

/* All that was given comes back, and with it the id. */
static void hear(void *context, const pkr_walk_object *object)
{
    heard *all = context;
    uint8_t id[PACKWRITER_HASH_MAX];

    ck_assert_uint_lt(object->rank, MOST);
    ck_assert(!all->met[object->rank]);
    all->met[object->rank] = true;
    ck_assert_uint_eq(object->depth, object->rank / 2);
    ck_assert_uint_eq(object->end, 77 + object->rank);
    ck_assert_uint_eq(object->entry->base_distance, 1000 + object->rank);
    packwriter_hash_id(20, (unsigned)object->type, object->data, (size_t)object->size, id);
    ck_assert_uint_eq(object->id.size, 20);
    ck_assert_mem_eq(object->id.bytes, id, 20);
    all->count++;
    all->attacks += object->is_attack;
}

/* Few and many of one size, and sizes from nothing to long ones, mixed. */
static void queue_by(const pkr_hash_way *way)
{
    for (size_t count = 0; count < MOST; count += count < 40 ? 1 : 93) {
        uint64_t state = suite_seed() + count;
        pkr_hash_queue queue;
        heard all = {{false}, 0, 0};

        begin(LIMIT);
        pkr_hash_queue_begin(&queue, &budget, way, 20);
        for (uint32_t rank = 0; rank < count; rank++) {
            const uint64_t most = (uint64_t)1 << suite_random_below(&state, 16);
            const size_t size = rank % 3 ? (size_t)suite_random_below(&state, most) : rank;

            if (add(&queue, rank, blob_of(size, suite_random(&state))) || rank % 50 == count % 50)
                ck_assert_int_eq(pkr_hash_queue_run(&queue, rank % 3 == 0, &spares, hear, &all), 0);
            ck_assert_uint_eq(all.count + queue.count, rank + 1);
            if (rank % 50 == count % 50 && rank % 3 == 0)
                ck_assert_uint_eq(queue.count, 0);
        }
        ck_assert_int_eq(pkr_hash_queue_run(&queue, true, &spares, hear, &all), 0);
        ck_assert_uint_eq(all.count, count);
        ck_assert_uint_eq(all.attacks, 0);
        ck_assert_uint_eq(queue.count, 0);
        ck_assert_uint_eq(queue.bytes, 0);
        pkr_hash_queue_end(&queue, &spares);
        end();
    }
}

START_TEST(each_object_gets_its_id)
{
    each_hash_way(queue_by);
}
END_TEST

/* Either so many objects, or so many bytes. */
START_TEST(it_is_full_before_it_overflows)
{
    for (size_t size = 0; size <= 100000; size += 50000) {
        pkr_hash_queue queue;
        pkr_hash_way way;
        heard all = {{false}, 0, 0};
        uint32_t count = 0;

        ck_assert(pkr_hash_way_choose(&way, NULL));
        begin(LIMIT);
        pkr_hash_queue_begin(&queue, &budget, &way, 20);
        while (!add(&queue, count, blob_of(size, count)))
            ck_assert_uint_lt(++count, MOST);
        ck_assert_uint_le(queue.count, queue.capacity);
        ck_assert_uint_lt(queue.bytes, queue.most + size + 1000);
        ck_assert(size == 0 ? queue.count == queue.capacity : queue.count < queue.capacity);
        ck_assert_int_eq(pkr_hash_queue_run(&queue, true, &spares, hear, &all), 0);
        ck_assert_uint_eq(all.count, count + 1);
        ck_assert(!pkr_hash_queue_takes(&queue, queue.most));
        pkr_hash_queue_end(&queue, &spares);
        end();
    }
}
END_TEST

/* What is not done stays where it is, and so do its bytes, however often the queue runs; but there
 * is a bound to what is held so. */
START_TEST(what_is_in_the_lanes_goes_on)
{
    pkr_hash_queue queue;
    pkr_hash_way way;
    heard all = {{false}, 0, 0};
    size_t most = 0;

    ck_assert(pkr_hash_way_choose(&way, NULL));
    begin(LIMIT);
    pkr_hash_queue_begin(&queue, &budget, &way, 20);
    for (uint32_t rank = 0; rank < MOST; rank++) {
        const size_t size = rank % 7 == 0 ? (size_t)queue.most / 2 : 100 + rank;

        if (add(&queue, rank, blob_of(size, rank)))
            ck_assert_int_eq(pkr_hash_queue_run(&queue, false, &spares, hear, &all), 0);
        if (queue.bytes > most)
            most = queue.bytes;
    }
    ck_assert_uint_gt(queue.count, 0);
    ck_assert_uint_lt(most, 6 * queue.most);
    ck_assert_int_eq(pkr_hash_queue_run(&queue, true, &spares, hear, &all), 0);
    ck_assert_uint_eq(all.count, MOST);
    pkr_hash_queue_end(&queue, &spares);
    end();
}
END_TEST

START_TEST(without_room_or_lanes_it_takes_nothing)
{
    static const struct {
        uint64_t limit;
        uint64_t taken;
        size_t id_size;
        bool takes;
    } cases[] = {{LIMIT, 0, 20, true},
                 {LIMIT, 0, 32, false},
                 {1 << 18, 0, 20, false},
                 {LIMIT, LIMIT - 1000, 20, false}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pkr_hash_queue queue;
        pkr_hash_way way;

        ck_assert(pkr_hash_way_choose(&way, NULL));
        begin(cases[i].limit);
        ck_assert(pkr_budget_take(&budget, cases[i].taken));
        pkr_hash_queue_begin(&queue, &budget, &way, cases[i].id_size);
        ck_assert_msg(pkr_hash_queue_takes(&queue, 0) == cases[i].takes, "case %zu", i);
        pkr_hash_queue_end(&queue, &spares);
        pkr_budget_give(&budget, cases[i].taken);
        end();
    }
}
END_TEST

START_TEST(what_is_not_told_is_let_go)
{
    packread_stop *stop = packread_stop_new();
    pkr_hash_queue queue;
    pkr_hash_way way;
    heard all = {{false}, 0, 0};

    ck_assert_ptr_nonnull(stop);
    ck_assert(pkr_hash_way_choose(&way, NULL));
    begin(LIMIT);
    budget.stop = stop;
    pkr_hash_queue_begin(&queue, &budget, &way, 20);
    for (uint32_t rank = 0; rank < 20; rank++)
        add(&queue, rank, blob_of(3000, rank));
    packread_stop_request(stop);
    ck_assert_int_eq(pkr_hash_queue_run(&queue, true, &spares, hear, &all), PACKREAD_ERROR_STOPPED);
    ck_assert_uint_eq(queue.count, 0);
    for (uint32_t rank = 0; rank < 20; rank++)
        add(&queue, rank, blob_of(3000, rank));
    pkr_hash_queue_end(&queue, &spares);
    ck_assert_uint_eq(all.count, 0);
    end();
    packread_stop_free(stop);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("hash_queue");
    TCase *tests = tcase_create("hash_queue");

    tcase_add_test(tests, each_object_gets_its_id);
    tcase_add_test(tests, it_is_full_before_it_overflows);
    tcase_add_test(tests, what_is_in_the_lanes_goes_on);
    tcase_add_test(tests, without_room_or_lanes_it_takes_nothing);
    tcase_add_test(tests, what_is_not_told_is_let_go);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
