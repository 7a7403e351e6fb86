/* test_verify_shortage.c - verify where the limit holds a part of the objects: what has to be built
 * anew, and what is streamed in between, leaves what it was made from as it is. */
#include <stdlib.h>
#include <string.h>

#include "delta_run.h"
#include "made_pack.h"
#include "suite.h"
#include "verify_report.h"

#define KIB ((size_t)1024)
#define MIB (KIB * KIB)
#define LIMIT (10 * MIB)
#define TOO_LARGE (6 * MIB)
#define SMALL (280 * KIB) /* large enough to be given back to the system at once, and cached */
/* Half of the limit is for objects: it holds one of these, or its base too, but not both. */
#define NEARLY (LIMIT / 2 - SMALL / 2)

typedef struct family {
    struct packwriter_pack pack;
    unsigned char *bytes; /* TOO_LARGE; each object begins with the first SMALL of them */
} family;

/* A delta on the entry `base`; its last byte is its own. */
static size_t add(family *made, size_t base, size_t size)
{
    struct packwriter_bytes delta = {0};
    const struct packwriter_entry *from = &made->pack.entries[base];
    unsigned char *contents = malloc(size);
    unsigned char own = (unsigned char)made->pack.entry_count;
    size_t entry;

    ck_assert_ptr_nonnull(contents);
    packwriter_delta_begin(&delta, from->size, size);
    for (size_t at = 0, now; at < size - 1; at += now) {
        now = SMALL - 1 < size - 1 - at ? SMALL - 1 : size - 1 - at;
        memcpy(contents + at, made->bytes, now);
        packwriter_delta_copy(&delta, 0, (uint32_t)now);
    }
    contents[size - 1] = own;
    packwriter_delta_insert(&delta, &own, 1);
    entry = packwriter_pack_add_ofs_delta(&made->pack, base, &delta, contents, size, 1);
    packwriter_bytes_free(&delta);
    free(contents);
    return entry;
}

/* Below a root that no memory holds, so that all is visited by itself: an object with children in
 * this order: a small one, with one that is too large, so that their base is let go, and is built
 * anew; one that is too large, which is streamed while the base is held; one that could have the
 * base's room; and the first two once more, for whichever end the children are visited from. */
START_TEST(a_base_is_held_while_its_children_are_streamed)
{
    const packread_options tight = {.memory_limit = LIMIT};
    family made = {.bytes = delta_noise(TOO_LARGE, 3)};
    verify_report all;
    size_t base = 0;
    char *path;

    made_pack_begin(&made.pack);
    packwriter_pack_add_object(&made.pack, PACKWRITER_BLOB, made.bytes, TOO_LARGE, 0);
    for (int i = 0; i < 3; i++)
        base = add(&made, base, SMALL);
    add(&made, add(&made, base, SMALL), TOO_LARGE);
    add(&made, base, TOO_LARGE);
    add(&made, base, NEARLY);
    add(&made, base, TOO_LARGE);
    add(&made, add(&made, base, SMALL), TOO_LARGE);
    path = sample_save(&made.pack, "pack-family", NULL);
    all = verify_report_of(path, &tight, 1 + (unsigned)_i, 0);
    ck_assert_uint_eq(all.summary.objects, made.pack.entry_count);
    ck_assert_uint_eq(all.count, 0);
    verify_report_free(&all);
    packwriter_pack_free(&made.pack);
    free(made.bytes);
    free(path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("verify, short of memory");
    TCase *tests = tcase_create("shortage");

    tcase_add_loop_test(tests, a_base_is_held_while_its_children_are_streamed, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
