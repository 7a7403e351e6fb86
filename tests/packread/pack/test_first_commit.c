/* test_first_commit.c - the hash of a pack that has lost its trailer and has no index: the commit
 * that it begins with tells it; where none does, that it is only assumed is said. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packwriter.h"
#include "samples.h"
#include "suite.h"

#define DIGITS "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A commit whose tree has an id of so many digits. */
static void write_commit(char text[200], int digits)
{
    snprintf(text, 200, "tree %.*s\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nwhy\n",
             digits, DIGITS);
}

/* With one object, and no trailer. */
static struct packwriter_pack pack_of(unsigned kind, const char *text, size_t hash_length)
{
    struct packwriter_pack pack = {0};

    packwriter_pack_begin(&pack, hash_length, 2, 1);
    packwriter_pack_add_object(&pack, kind, text, strlen(text), 6);
    return pack;
}

static packread_snapshot *open_bytes(const struct packwriter_pack *pack, unsigned id_size,
                                     unsigned flags)
{
    const packread_options options = {
        .struct_size = sizeof options, .id_size = id_size, .flags = flags};
    packread_snapshot *snapshot = NULL;
    packread_error error;

    sample_good(packread_snapshot_open_bytes(pack->bytes.data, pack->bytes.size, NULL, 0, &options,
                                             &snapshot, &error),
                &error);
    return snapshot;
}

static unsigned count_assumptions(const packread_snapshot *snapshot)
{
    unsigned count = 0;

    for (size_t i = 0; i < packread_snapshot_problems(snapshot); i++) {
        const packread_error *problem = packread_snapshot_problem(snapshot, i);

        if (problem->code != PACKREAD_ERROR_ASSUMED)
            continue;
        ck_assert_str_eq(problem->file, "pack in memory");
        ck_assert_ptr_nonnull(strstr(problem->text, "SHA-1"));
        count++;
    }
    return count;
}

/* Read, and looked at as verify and index do. */
static void is_of(const struct packwriter_pack *pack, unsigned asked, unsigned id_size,
                  bool is_assumed)
{
    for (int i = 0; i < 2; i++) {
        packread_snapshot *snapshot = open_bytes(pack, asked, i ? PACKREAD_WITHOUT_INDEX : 0);
        packread_pack_info info = {.struct_size = sizeof info};

        ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
        ck_assert_uint_eq(info.id_size, id_size);
        ck_assert_uint_eq(count_assumptions(snapshot), is_assumed);
        packread_snapshot_free(snapshot);
    }
}

static void tells(struct packwriter_pack *pack, unsigned id_size)
{
    is_of(pack, 0, id_size, false);
    packwriter_pack_free(pack);
}

static void tells_nothing(struct packwriter_pack *pack)
{
    is_of(pack, 0, 20, true);
    is_of(pack, 20, 20, false);
    is_of(pack, 32, 32, false);
    packwriter_pack_free(pack);
}

START_TEST(a_commit_tells_the_hash)
{
    const size_t lengths[] = {PACKWRITER_SHA1, PACKWRITER_SHA256};

    for (size_t i = 0; i < 2; i++) {
        const unsigned length = (unsigned)lengths[i];
        struct packwriter_pack pack;
        packread_snapshot *snapshot;
        packread_reader *reader;
        packread_object object;
        packread_error error;
        packread_id id = {.size = (unsigned char)length};
        char text[200];

        write_commit(text, 2 * (int)length);
        pack = pack_of(PACKWRITER_COMMIT, text, length);
        memcpy(id.bytes, pack.entries[0].id, length);
        snapshot = open_bytes(&pack, 0, 0);
        reader = sample_reader(snapshot);
        sample_good(packread_reader_read(reader, &id, &object, &error), &error);
        packread_reader_free(reader);
        packread_snapshot_free(snapshot);
        is_of(&pack, length, length, false);
        tells(&pack, length);
    }
}
END_TEST

/* However it is deflated. */
START_TEST(a_commit_in_any_form_tells_the_hash)
{
    char text[200];

    write_commit(text, 64);
    for (int strategy = 0; strategy <= 4; strategy++) {
        for (int level = 0; level <= 9; level += 3) {
            const struct packwriter_zlib choices = {
                .level = level, .strategy = strategy, .flush_every = level == 3 ? 5 : 0};
            struct packwriter_pack pack = {0};

            packwriter_pack_begin(&pack, PACKWRITER_SHA256, 2, 1);
            packwriter_pack_begin_entry(&pack);
            packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_COMMIT, strlen(text));
            packwriter_bytes_add_zlib(&pack.bytes, text, strlen(text), &choices);
            packwriter_pack_end_entry(&pack, PACKWRITER_COMMIT, text, strlen(text));
            tells(&pack, 32);
        }
    }
}
END_TEST

/* What is looked at is bounded: behind so many empty blocks the text is not found. */
static struct packwriter_pack pack_of_blocks(const char *text, size_t empty_blocks)
{
    struct packwriter_pack pack = {0};

    packwriter_pack_begin(&pack, PACKWRITER_SHA256, 2, 1);
    packwriter_pack_begin_entry(&pack);
    packwriter_bytes_add_entry_header(&pack.bytes, PACKWRITER_COMMIT, strlen(text));
    packwriter_bytes_add_stored(&pack.bytes, text, strlen(text), 7, empty_blocks);
    packwriter_pack_end_entry(&pack, PACKWRITER_COMMIT, text, strlen(text));
    return pack;
}

START_TEST(a_commit_far_behind_its_header_tells_nothing)
{
    struct packwriter_pack pack;
    char text[200];

    write_commit(text, 64);
    pack = pack_of_blocks(text, 100);
    tells(&pack, 32);
    pack = pack_of_blocks(text, 10000);
    tells_nothing(&pack);
}
END_TEST

START_TEST(what_is_no_commit_as_git_writes_it_tells_nothing)
{
    static const char *const texts[] = {
        "",
        "tree",
        "tree ",
        "tree \n",
        "tree 0123456789abcdef0123456789abcdef01234567",
        "tree 0123456789ABCDEF0123456789abcdef01234567\n",
        "tree 0123456789abcdef0123456789abcdef01234567 \n",
        "tree 0123456789abcdef0123456789abcdef0123456g\n",
        "Tree 0123456789abcdef0123456789abcdef01234567\n",
        "tree  0123456789abcdef0123456789abcdef0123456\n",
    };
    const int digits[] = {1, 39, 41, 63, 65, 80};
    struct packwriter_pack pack;
    char text[200];

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        pack = pack_of(PACKWRITER_COMMIT, texts[i], PACKWRITER_SHA1);
        packwriter_bytes_add_repeated(&pack.bytes, 0, 40); /* what is shorter is no pack */
        tells_nothing(&pack);
    }
    for (size_t i = 0; i < sizeof digits / sizeof *digits; i++) {
        write_commit(text, digits[i]);
        pack = pack_of(PACKWRITER_COMMIT, text, PACKWRITER_SHA1);
        tells_nothing(&pack);
    }
    write_commit(text, 64);
    for (unsigned kind = 0; kind <= PACKWRITER_REF_DELTA; kind++) {
        if (kind == PACKWRITER_COMMIT)
            continue;
        pack = (struct packwriter_pack){0};
        packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 1);
        packwriter_bytes_add_entry_header(&pack.bytes, kind, strlen(text));
        if (kind == PACKWRITER_OFS_DELTA)
            packwriter_bytes_add_distance(&pack.bytes, 5);
        if (kind == PACKWRITER_REF_DELTA)
            packwriter_bytes_add_repeated(&pack.bytes, 7, 20);
        packwriter_bytes_add_deflated(&pack.bytes, text, strlen(text), 6);
        tells_nothing(&pack);
    }
    pack = (struct packwriter_pack){0}; /* a header that has no end */
    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 1);
    packwriter_bytes_add_repeated(&pack.bytes, 0x9f, 2000);
    tells_nothing(&pack);
}
END_TEST

/* Trailer and index know better, and nobody looks at the commit. */
START_TEST(a_whole_pack_is_told_by_its_trailer)
{
    const size_t lengths[] = {PACKWRITER_SHA1, PACKWRITER_SHA256};
    char text[200];

    for (size_t i = 0; i < 2; i++) {
        struct packwriter_pack pack;

        write_commit(text, i ? 40 : 64);
        pack = pack_of(i ? PACKWRITER_COMMIT : PACKWRITER_BLOB, text, lengths[i]);
        packwriter_pack_finish(&pack, NULL);
        tells(&pack, (unsigned)lengths[i]);
    }
}
END_TEST

static void is_refused(const struct packwriter_pack *pack, unsigned asked, int code)
{
    for (int i = 0; i < 2; i++) {
        const packread_options options = {.struct_size = sizeof options,
                                          .id_size = asked,
                                          .flags = i ? PACKREAD_WITHOUT_INDEX : 0};
        packread_snapshot *snapshot = NULL;
        packread_error error;

        ck_assert_int_eq(packread_snapshot_open_bytes(pack->bytes.data, pack->bytes.size, NULL, 0,
                                                      &options, &snapshot, &error),
                         code);
        ck_assert_ptr_null(snapshot);
    }
}

START_TEST(a_commit_of_another_hash_than_asked_for_is_refused)
{
    for (unsigned size = 20; size <= 32; size += 12) {
        struct packwriter_pack pack;
        char text[200];

        write_commit(text, 2 * (int)size);
        pack = pack_of(PACKWRITER_COMMIT, text, size);
        is_refused(&pack, 52 - size, PACKREAD_ERROR_ARGUMENT);
        packwriter_pack_free(&pack);
    }
}
END_TEST

/* Too short for the trailer that its commit speaks of. */
START_TEST(a_pack_shorter_than_its_trailer_is_none)
{
    struct packwriter_pack pack;
    char text[100];

    snprintf(text, sizeof text, "tree %064d\n", 0);
    pack = pack_of(PACKWRITER_COMMIT, text, PACKWRITER_SHA256);
    packwriter_bytes_add_repeated(&pack.bytes, 0, 5);
    ck_assert_uint_ge(pack.bytes.size, 12 + 20);
    ck_assert_uint_lt(pack.bytes.size, 12 + 32);
    is_refused(&pack, 0, PACKREAD_ERROR_NOT_A_PACK);
    packwriter_pack_free(&pack);
}
END_TEST

/* Whatever is left of the commit, and however it is damaged: it tells the hash or nothing. */
START_TEST(a_damaged_commit_tells_the_hash_or_nothing)
{
    struct packwriter_pack pack;
    unsigned told = 0;
    size_t size;
    char text[200];

    write_commit(text, 64);
    pack = pack_of(PACKWRITER_COMMIT, text, PACKWRITER_SHA256);
    size = pack.bytes.size;
    for (size_t at = 12; at < size; at++) {
        for (int bit = 0; bit < 8; bit++) {
            packread_snapshot *snapshot;
            packread_pack_info info = {.struct_size = sizeof info};

            pack.bytes.data[at] ^= (uint8_t)(1 << bit);
            snapshot = open_bytes(&pack, 0, PACKREAD_WITHOUT_INDEX);
            ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
            ck_assert_uint_eq(count_assumptions(snapshot), info.id_size == 20);
            told += info.id_size == 32;
            packread_snapshot_free(snapshot);
            pack.bytes.data[at] ^= (uint8_t)(1 << bit);
        }
    }
    ck_assert_uint_gt(told, 100); /* damage behind the line */
    for (pack.bytes.size = 12 + 32; pack.bytes.size < size; pack.bytes.size++) {
        packread_snapshot *snapshot = open_bytes(&pack, 0, PACKREAD_WITHOUT_INDEX);
        packread_pack_info info = {.struct_size = sizeof info};

        ck_assert_int_eq(packread_snapshot_pack(snapshot, 0, &info), 0);
        ck_assert_uint_eq(count_assumptions(snapshot), info.id_size == 20);
        packread_snapshot_free(snapshot);
    }
    packwriter_pack_free(&pack);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("first commit");
    TCase *tests = tcase_create("first commit");

    tcase_add_test(tests, a_commit_tells_the_hash);
    tcase_add_test(tests, a_commit_in_any_form_tells_the_hash);
    tcase_add_test(tests, a_commit_far_behind_its_header_tells_nothing);
    tcase_add_test(tests, what_is_no_commit_as_git_writes_it_tells_nothing);
    tcase_add_test(tests, a_whole_pack_is_told_by_its_trailer);
    tcase_add_test(tests, a_commit_of_another_hash_than_asked_for_is_refused);
    tcase_add_test(tests, a_pack_shorter_than_its_trailer_is_none);
    tcase_add_test(tests, a_damaged_commit_tells_the_hash_or_nothing);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
