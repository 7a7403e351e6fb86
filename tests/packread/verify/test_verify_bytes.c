/* test_verify_bytes.c - no byte of a pack or an index may change or go away unnoticed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "made_pack.h"
#include "suite.h"

static void write_file(const char *path, const struct packwriter_bytes *bytes)
{
    ck_assert_msg(packwriter_bytes_save(bytes, path) == 0, "%s: %s", path, strerror(errno));
}

/* Refused at the opening, or found by verify. */
static bool is_noticed(const char *path)
{
    packread_snapshot *snapshot;
    packread_verify_options options = {.threads = 1};
    bool noticed;

    if (packread_snapshot_open(path, NULL, &snapshot, NULL) != 0)
        return true;
    noticed = packread_verify(snapshot, 0, &options, NULL, NULL) != 0;
    packread_snapshot_free(snapshot);
    return noticed;
}

START_TEST(no_single_byte_of_pack_or_index_can_change_unnoticed)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes index = {0};
    struct packwriter_bytes pack_bytes = {0};
    struct packwriter_bytes *victims[2] = {&pack_bytes, &index};
    char *paths[2] = {suite_scratch_path("pack-flip.pack"), suite_scratch_path("pack-flip.idx")};

    made_pack_begin_tree(&pack);
    packwriter_pack_recount(&pack);
    packwriter_pack_finish(&pack, NULL);
    packwriter_index_write_pack(&index, &pack, NULL);
    packwriter_bytes_add(&pack_bytes, pack.bytes.data, pack.bytes.size);
    write_file(paths[0], &pack_bytes);
    write_file(paths[1], &index);
    ck_assert(!is_noticed(paths[0]));
    for (size_t which = 0; which < 2; which++) {
        static const unsigned char changes[] = {0x01, 0xc0};

        for (size_t at = 0; at < victims[which]->size; at++) {
            for (size_t i = 0; i < sizeof changes; i++) {
                victims[which]->data[at] ^= changes[i];
                write_file(paths[which], victims[which]);
                if (!is_noticed(paths[0]))
                    ck_abort_msg("%s: byte %zu changed by %02x", paths[which], at, changes[i]);
                victims[which]->data[at] ^= changes[i];
            }
        }
        write_file(paths[which], victims[which]);
    }
    ck_assert(!is_noticed(paths[0]));
    packwriter_bytes_free(&index);
    packwriter_bytes_free(&pack_bytes);
    packwriter_pack_free(&pack);
    free(paths[0]);
    free(paths[1]);
}
END_TEST

START_TEST(no_truncation_of_pack_or_index_passes_unnoticed)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes index = {0};
    char *pack_path = suite_scratch_path("pack-cut.pack");
    char *index_path = suite_scratch_path("pack-cut.idx");
    size_t whole;

    made_pack_begin_tree(&pack);
    packwriter_pack_recount(&pack);
    packwriter_pack_finish(&pack, NULL);
    packwriter_index_write_pack(&index, &pack, NULL);
    write_file(index_path, &index);
    whole = pack.bytes.size;
    for (pack.bytes.size = 0; pack.bytes.size < whole; pack.bytes.size++) {
        write_file(pack_path, &pack.bytes);
        if (!is_noticed(pack_path))
            ck_abort_msg("a pack of %zu bytes for one of %zu", pack.bytes.size, whole);
    }
    write_file(pack_path, &pack.bytes);
    whole = index.size;
    for (index.size = 0; index.size < whole; index.size += index.size < 1024 ? 64 : 1) {
        write_file(index_path, &index);
        if (!is_noticed(pack_path))
            ck_abort_msg("an index of %zu bytes for one of %zu", index.size, whole);
    }
    packwriter_bytes_free(&index);
    packwriter_pack_free(&pack);
    free(pack_path);
    free(index_path);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("verify bytes");
    TCase *bytes = tcase_create("bytes");

    tcase_add_test(bytes, no_single_byte_of_pack_or_index_can_change_unnoticed);
    tcase_add_test(bytes, no_truncation_of_pack_or_index_passes_unnoticed);
    suite_add_tcase(suite, bytes);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
