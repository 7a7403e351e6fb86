/* test_bundle_refs.c - the refs that a bundle's header names are names, by git's rules of short
 * ones, and are told; lines that are none cost nothing, and many are read in little memory. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "samples.h"
#include "suite.h"

#define ABSENT "89abcdef0123456789abcdef0123456789abcdef"

static struct packwriter_pack pack;
static struct packwriter_bytes bundle;
static char hex[MADE_TREE][PACKREAD_HEX_MAX + 1];

static void begin(void)
{
    memset(&pack, 0, sizeof pack);
    memset(&bundle, 0, sizeof bundle);
    made_pack_begin_tree(&pack);
    packwriter_pack_recount(&pack);
    packwriter_pack_finish(&pack, NULL);
    for (size_t i = 0; i < MADE_TREE; i++) {
        const packread_id id = made_pack_id(&pack, i);

        packread_id_format(&id, hex[i]);
    }
}

static void end(void)
{
    packwriter_bytes_free(&bundle);
    packwriter_pack_free(&pack);
}

static void add(const char *id, const char *name)
{
    packwriter_bytes_add_text(&bundle, id);
    packwriter_bytes_add_text(&bundle, " ");
    packwriter_bytes_add_text(&bundle, name);
    packwriter_bytes_add_text(&bundle, "\n");
}

static packread_snapshot *open_it(const packread_options *options)
{
    packread_snapshot *snapshot;

    packwriter_bytes_add_text(&bundle, "\n");
    packwriter_bytes_add(&bundle, pack.bytes.data, pack.bytes.size);
    if (packread_snapshot_open_bytes(bundle.data, bundle.size, NULL, 0, options, &snapshot, NULL) !=
        0)
        ck_abort_msg("the bundle was not opened");
    return snapshot;
}

static void names_it(packread_reader *reader, const char *name, const char *wanted)
{
    packread_name found = {.struct_size = sizeof found};
    char told[PACKREAD_HEX_MAX + 1];

    if (packread_reader_resolve(reader, name, strlen(name), 0, &found, NULL) != 0)
        ck_abort_msg("%s: not found", name);
    packread_id_format(&found.id, told);
    if (strcmp(told, wanted) != 0)
        ck_abort_msg("%s: %s, not %s", name, told, wanted);
}

static void names_none(packread_reader *reader, const char *name)
{
    packread_name found = {.struct_size = sizeof found};
    packread_error error = {0};

    if (packread_reader_resolve(reader, name, strlen(name), 0, &found, &error) !=
        PACKREAD_ERROR_NOT_FOUND)
        ck_abort_msg("%s: found, or %s", name, error.text);
}

static void make(void)
{
    packwriter_bytes_add_text(&bundle, "# v2 git bundle\n");
    packwriter_bytes_add_text(&bundle, "-" ABSENT " HEAD\n");
    add(hex[0], "HEAD");
    add(hex[1], "refs/heads/main");
    add(hex[2], "refs/tags/main");
    add(hex[3], "refs/heads/only");
    add(hex[4], "refs/remotes/far/HEAD");
    add(hex[5], "refs/heads/only"); /* once more: the first counts */
    add(ABSENT, "refs/heads/absent");
    add(hex[5], "refs/replace/with spaces");
    add(hex[5], "..");
}

START_TEST(refs_of_the_header_are_names)
{
    packread_snapshot *snapshot;
    packread_reader *reader;

    make();
    snapshot = open_it(NULL);
    reader = sample_reader(snapshot);
    names_it(reader, "HEAD", hex[0]);
    names_it(reader, "@", hex[0]);
    names_it(reader, "main", hex[2]); /* tags before heads */
    names_it(reader, "heads/main", hex[1]);
    names_it(reader, "refs/heads/main", hex[1]);
    names_it(reader, "only", hex[3]);
    names_it(reader, "far", hex[4]);
    names_it(reader, "only^{blob}", hex[3]);
    names_it(reader, "only^{}", hex[3]);
    names_it(reader, "absent", ABSENT);
    names_it(reader, ABSENT, ABSENT);
    names_none(reader, "absent^{}");
    names_none(reader, "only^{commit}");
    names_none(reader, "mai");
    names_none(reader, "refs/heads");
    names_none(reader, "..");
    names_none(reader, "with spaces");
    names_none(reader, "");
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}
END_TEST

static int take(void *context, const packread_ref *ref, const packread_error *error)
{
    char *told = context;
    char id[PACKREAD_HEX_MAX + 1];

    ck_assert_ptr_null(error);
    ck_assert_ptr_null(ref->target);
    ck_assert(!ref->knows_peeled);
    ck_assert_uint_eq(strlen(ref->name), ref->name_size);
    packread_id_format(&ref->id, id);
    snprintf(told + strlen(told), 4096 - strlen(told), "%s %s\n", id, ref->name);
    return 0;
}

START_TEST(refs_of_the_header_are_told_in_order)
{
    packread_snapshot *snapshot;
    char told[4096] = "";
    char wanted[4096];

    make();
    snapshot = open_it(NULL);
    snprintf(wanted, sizeof wanted,
             "%s ..\n%s HEAD\n%s refs/heads/absent\n%s refs/heads/main\n%s refs/heads/only\n%s "
             "refs/remotes/far/HEAD\n%s refs/replace/with spaces\n%s refs/tags/main\n",
             hex[5], hex[0], ABSENT, hex[1], hex[3], hex[4], hex[5], hex[2]);
    for (int i = 0; i < 2; i++) {
        told[0] = '\0';
        ck_assert_int_eq(packread_snapshot_refs(snapshot, take, told, NULL), 0);
        ck_assert_str_eq(told, wanted);
    }
    packread_snapshot_free(snapshot);
}
END_TEST

START_TEST(facts_of_the_header_are_told)
{
    packread_pack_info info = {.struct_size = sizeof info};
    packread_snapshot *snapshot;
    size_t head;

    packwriter_bytes_add_text(&bundle, "# v3 git bundle\n@object-format=sha1\n@filter=blob:none\n"
                                       "-" ABSENT " a\n-" ABSENT "\n");
    add(hex[0], "HEAD");
    head = bundle.size + 1;
    snapshot = open_it(NULL);
    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
    ck_assert_uint_eq(info.bundle_version, 3);
    ck_assert_uint_eq(info.bundle_head, head);
    ck_assert_uint_eq(info.bundle_refs, 1);
    ck_assert_uint_eq(info.prerequisites, 2);
    ck_assert(info.is_filtered);
    ck_assert_uint_eq(info.size, pack.bytes.size);
    packread_snapshot_free(snapshot);
    /* Of a pack that is in none. */
    ck_assert_int_eq(packread_snapshot_open_bytes(pack.bytes.data, pack.bytes.size, NULL, 0, NULL,
                                                  &snapshot, NULL),
                     0);
    info = (packread_pack_info){.struct_size = sizeof info, .bundle_version = 9};
    ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
    ck_assert_uint_eq(info.bundle_version, 0);
    ck_assert_uint_eq(info.bundle_head + info.bundle_refs + info.prerequisites, 0);
    ck_assert(!info.is_filtered);
    packread_snapshot_free(snapshot);
}
END_TEST

#define MANY 20000

/* More than there is room for: names are BUDGET, whole ids are not. */
START_TEST(many_refs_are_paid_for)
{
    const packread_options large = {.struct_size = sizeof large};
    const packread_options small = {.struct_size = sizeof small, .memory_limit = 2 << 20};
    packread_snapshot *snapshot;
    packread_reader *reader;
    packread_name found = {.struct_size = sizeof found};
    packread_error error = {0};
    char name[64];

    packwriter_bytes_add_text(&bundle, "# v2 git bundle\n");
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "refs/heads/number-%d", i);
        add(hex[i % MADE_TREE], name);
    }
    snapshot = open_it(&large);
    reader = sample_reader(snapshot);
    for (int i = 0; i < MANY; i += 997) {
        snprintf(name, sizeof name, "number-%d", i);
        names_it(reader, name, hex[i % MADE_TREE]);
    }
    names_none(reader, "number-20000");
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    ck_assert_int_eq(
        packread_snapshot_open_bytes(bundle.data, bundle.size, NULL, 0, &small, &snapshot, NULL),
        0);
    reader = sample_reader(snapshot);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(packread_reader_resolve(reader, "number-7", 8, 0, &found, &error),
                         PACKREAD_ERROR_BUDGET);
        ck_assert_uint_gt(error.needed, 2 << 20);
        names_it(reader, hex[3], hex[3]);
    }
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
}
END_TEST

static void *resolve_all(void *context)
{
    packread_reader *reader = sample_reader(context);

    for (int i = 0; i < 200; i++) {
        names_it(reader, "only", hex[3]);
        names_it(reader, "HEAD^{blob}", hex[0]);
    }
    packread_reader_free(reader);
    return NULL;
}

START_TEST(threads_share_the_refs)
{
    pthread_t threads[4];
    packread_snapshot *snapshot;

    make();
    snapshot = open_it(NULL);
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, resolve_all, snapshot), 0);
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    packread_snapshot_free(snapshot);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bundle_refs");
    TCase *cases = tcase_create("refs");

    tcase_add_checked_fixture(cases, begin, end);
    tcase_add_test(cases, refs_of_the_header_are_names);
    tcase_add_test(cases, refs_of_the_header_are_told_in_order);
    tcase_add_test(cases, facts_of_the_header_are_told);
    tcase_add_test(cases, many_refs_are_paid_for);
    tcase_add_test(cases, threads_share_the_refs);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
