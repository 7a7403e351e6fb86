/* test_midx_head.c - heads, fanouts and names of multi-pack-indexes: every byte changed and every
 * length, against a naive reader, on guard pages. */
#include <string.h>

#include "format/midx.h"
#include "midx_folder.h"
#include "midx_twin.h"
#include "suite.h"

static struct midx_folder packs;

static const struct midxwriter_options forms[] = {
    {.version = 1},
    {.version = 2, .order = true, .bitmaps = true},
    {.version = 1, .wide_from = 60},
    {.version = 2, .wide_from = 1, .more = "WHAT"},
};
#define FORMS (int)(sizeof forms / sizeof *forms)

static struct packwriter_bytes make(int form, size_t hash)
{
    struct packwriter_bytes bytes = {0};

    midx_folder_make(&packs, hash);
    midxwriter_write(&bytes, hash, packs.named, MIDX_PACKS, &forms[form]);
    return bytes;
}

START_TEST(every_change_of_a_byte_is_read_as_the_naive_reader_reads_it)
{
    struct packwriter_bytes bytes = make(_i / 2, _i % 2 ? PACKWRITER_SHA256 : PACKWRITER_SHA1);
    unsigned read = 0;

    ck_assert(midx_twin_reads(bytes.data, bytes.size, 4096));
    for (size_t at = 0; at < bytes.size; at++) {
        for (unsigned value = 0; value < 256; value += at < 120 ? 1 : 51) {
            uint8_t kept = bytes.data[at];

            bytes.data[at] = (uint8_t)value;
            read += midx_twin_reads(bytes.data, bytes.size, 1 + at % 40);
            bytes.data[at] = kept;
        }
    }
    ck_assert_uint_gt(read, 1000); /* what rows say is not of the head */
    packwriter_bytes_free(&bytes);
    midx_folder_free(&packs);
}
END_TEST

START_TEST(one_that_is_cut_is_none)
{
    struct packwriter_bytes bytes = make(_i / 2, _i % 2 ? PACKWRITER_SHA256 : PACKWRITER_SHA1);

    for (size_t size = 0; size < bytes.size; size++)
        ck_assert(!midx_twin_reads(bytes.data, size, 7));
    packwriter_bytes_free(&bytes);
    midx_folder_free(&packs);
}
END_TEST

/* ---- Rules ------------------------------------------------------------------------------------
 */

/* A head without rows: `count` chunks with these ids and places, then the last entry. */
typedef struct head {
    const char *what;
    uint32_t packs;
    struct {
        const char *id;
        uint64_t at;
    } chunks[6];
    uint64_t size; /* of the file */
    const char *text;
} head;

#define SUM 20
static const head heads[] = {
    {"right",
     0,
     {{"PNAM", 72}, {"OIDF", 72}, {"OIDL", 1096}, {"OOFF", 1096}, {0, 1096}},
     1096 + SUM,
     NULL},
    {"bytes behind",
     0,
     {{"PNAM", 72}, {"OIDF", 72}, {"OIDL", 1096}, {"OOFF", 1096}, {0, 1096}},
     5000,
     NULL},
    {"as far as numbers go",
     0,
     {{"PNAM", 72}, {"OIDF", 72}, {"OIDL", 1096}, {"OOFF", UINT64_MAX - 3}, {0, UINT64_MAX - 3}},
     UINT64_MAX,
     "a chunk of the multi-pack-index is not inside the file"},
    {"without offsets",
     0,
     {{"PNAM", 60}, {"OIDF", 60}, {"OIDL", 1084}, {0, 1084}},
     1084 + SUM,
     "multi-pack-index lacks a chunk that has to be there"},
    {"twice",
     0,
     {{"PNAM", 84}, {"PNAM", 84}, {"OIDF", 84}, {"OIDL", 1108}, {"OOFF", 1108}, {0, 1108}},
     1108 + SUM,
     "multi-pack-index has a chunk twice"},
    {"falling",
     0,
     {{"PNAM", 1096}, {"OIDF", 72}, {"OIDL", 1096}, {"OOFF", 1096}, {0, 1096}},
     1096 + SUM,
     "a chunk of the multi-pack-index is not inside the file"},
    {"in the table",
     0,
     {{"PNAM", 68}, {"OIDF", 72}, {"OIDL", 1096}, {"OOFF", 1096}, {0, 1096}},
     1096 + SUM,
     "a chunk of the multi-pack-index is not inside the file"},
    {"not aligned",
     0,
     {{"PNAM", 73}, {"OIDF", 76}, {"OIDL", 1100}, {"OOFF", 1100}, {0, 1100}},
     1100 + SUM,
     "a chunk of the multi-pack-index does not begin at a multiple of 4"},
    {"in the sum",
     0,
     {{"PNAM", 72}, {"OIDF", 72}, {"OIDL", 1096}, {"OOFF", 1096}, {0, 1097}},
     1096 + SUM,
     "a chunk of the multi-pack-index is not inside the file"},
    {"short fanout",
     0,
     {{"PNAM", 72}, {"OIDF", 72}, {"OIDL", 1092}, {"OOFF", 1096}, {0, 1096}},
     1096 + SUM,
     "fanout of the multi-pack-index is of another size than it has to be"},
    {"packs without names",
     1,
     {{"PNAM", 72}, {"OIDF", 76}, {"OIDL", 1100}, {"OOFF", 1100}, {0, 1100}},
     1100 + SUM,
     "multi-pack-index has no room for the names of its packs"},
};
#define HEADS (int)(sizeof heads / sizeof *heads)

START_TEST(heads_keep_the_rules_of_chunks)
{
    const head *as = &heads[_i];
    struct packwriter_bytes bytes = {0};
    const char *text = NULL;
    unsigned chunks = 0;
    pkr_midx midx;
    int status;

    while (as->chunks[chunks].id)
        chunks++;
    packwriter_bytes_add_text(&bytes, "MIDX");
    packwriter_bytes_add_number(&bytes, 1, 1);
    packwriter_bytes_add_number(&bytes, 1, 1);
    packwriter_bytes_add_number(&bytes, chunks, 1);
    packwriter_bytes_add_number(&bytes, 0, 1);
    packwriter_bytes_add_number(&bytes, as->packs, 4);
    for (unsigned i = 0; i <= chunks; i++) {
        if (i < chunks)
            packwriter_bytes_add(&bytes, as->chunks[i].id, 4);
        else
            packwriter_bytes_add_number(&bytes, 0, 4);
        packwriter_bytes_add_number(&bytes, as->chunks[i].at, 8);
    }
    packwriter_bytes_add_repeated(&bytes, 0, PKR_MIDX_HEAD - bytes.size);
    status = pkr_midx_parse(bytes.data, bytes.size, as->size, &midx, &text);
    ck_assert_int_eq(status, as->text ? PACKREAD_ERROR_CORRUPT : 0);
    if (as->text)
        ck_assert_str_eq(text, as->text);
    packwriter_bytes_free(&bytes);
}
END_TEST

typedef struct naming {
    const char *what;
    unsigned version;
    const char *names; /* a bar is a NUL */
    uint32_t packs;
    const char *text;
} naming;

static const naming namings[] = {
    {"two", 1, "a.idx|b.idx|", 2, NULL},
    {"padding", 1, "a.idx||||", 1, NULL},
    {"equal", 1, "a.idx|a.idx|", 2, "names in the multi-pack-index do not rise"},
    {"equal in version 2", 2, "a.idx|a.idx|", 2, NULL},
    {"falling in version 2", 2, "b.idx|a.idx|", 2, NULL},
    {"no ending", 2, "a.pack|", 1, "multi-pack-index names something other than an .idx"},
    {"ending alone", 2, ".idx|", 1, "multi-pack-index names something other than an .idx"},
    {"empty", 2, "|a.idx|", 1, "multi-pack-index names something other than an .idx"},
    {"folder", 2, "../a.idx|", 1, "multi-pack-index names a file in another folder"},
    {"cut", 2, "a.idx|b.id", 2, "multi-pack-index lacks names of packs that it counts"},
};
#define NAMINGS (int)(sizeof namings / sizeof *namings)

static int count_names(void *context, const char *name)
{
    ck_assert_ptr_nonnull(strstr(name, ".idx"));
    ++*(uint32_t *)context;
    return 0;
}

START_TEST(names_keep_the_rules_of_their_version)
{
    const naming *as = &namings[_i];
    const pkr_midx midx = {.version = as->version, .packs = as->packs};
    pkr_midx_names state;
    unsigned char bytes[40];
    const char *text = NULL;
    uint32_t seen = 0;
    size_t size = strlen(as->names);
    int status = 0;

    for (size_t i = 0; i < size; i++)
        bytes[i] = as->names[i] == '|' ? 0 : (unsigned char)as->names[i];
    pkr_midx_names_begin(&state, &midx);
    for (size_t i = 0; status == 0 && i < size; i++)
        status = pkr_midx_names_take(&state, bytes + i, 1, count_names, &seen, &text);
    if (status == 0)
        status = pkr_midx_names_end(&state, &text);
    ck_assert_int_eq(status, as->text ? PACKREAD_ERROR_CORRUPT : 0);
    if (as->text)
        ck_assert_str_eq(text, as->text);
    else
        ck_assert_uint_eq(seen, as->packs);
}
END_TEST

START_TEST(a_name_longer_than_files_have_is_refused)
{
    const pkr_midx midx = {.version = 2, .packs = 1};
    unsigned char bytes[PKR_MIDX_NAME + 2];
    const char *text = NULL;
    uint32_t seen = 0;

    for (size_t length = PKR_MIDX_NAME; length <= PKR_MIDX_NAME + 1; length++) {
        pkr_midx_names state;
        int status;

        memset(bytes, 'n', length);
        memcpy(bytes + length - 4, ".idx", 4);
        bytes[length] = 0;
        pkr_midx_names_begin(&state, &midx);
        status = pkr_midx_names_take(&state, bytes, length + 1, count_names, &seen, &text);
        ck_assert_int_eq(status, length == PKR_MIDX_NAME ? 0 : PACKREAD_ERROR_CORRUPT);
    }
    ck_assert_uint_eq(seen, 1);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("heads of multi-pack-indexes");
    TCase *cases = tcase_create("heads");

    tcase_add_loop_test(cases, every_change_of_a_byte_is_read_as_the_naive_reader_reads_it, 0,
                        2 * FORMS);
    tcase_add_loop_test(cases, one_that_is_cut_is_none, 0, 2 * FORMS);
    tcase_add_loop_test(cases, heads_keep_the_rules_of_chunks, 0, HEADS);
    tcase_add_loop_test(cases, names_keep_the_rules_of_their_version, 0, NAMINGS);
    tcase_add_test(cases, a_name_longer_than_files_have_is_refused);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
