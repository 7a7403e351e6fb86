/* midx_folder.c - packs, and what stands beside them. */
#include "midx_folder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "samples.h"
#include "suite.h"

static const char *const names[MIDX_PACKS] = {"pack-0.idx", "pack-1.idx", "pack-2.idx",
                                              "pack-3.idx"};

static void add(struct packwriter_pack *pack, const char *text)
{
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, text, strlen(text), 1);
}

static void make_pack(struct midx_folder *made, size_t number)
{
    struct packwriter_pack *pack = &made->packs[number];
    char text[40];
    char name[20];

    packwriter_pack_begin(pack, made->hash, 2, 0);
    for (int i = 0; i < MIDX_OBJECTS - 2; i++) {
        snprintf(text, sizeof text, "object %d of pack %d\n", i, (int)number);
        add(pack, text);
    }
    add(pack, "in every pack\n");
    snprintf(text, sizeof text, "of pair %d\n", (int)number / 2);
    add(pack, text);
    snprintf(name, sizeof name, "pack-%d", (int)number);
    free(sample_save(pack, name, NULL));
    made->named[number] = (struct midxwriter_pack){.name = names[number], .pack = pack};
}

packread_id midx_folder_id(const struct midx_folder *of, size_t pack, size_t object)
{
    packread_id id = {.size = (unsigned char)of->hash};

    memcpy(id.bytes, of->packs[pack].entries[object].id, of->hash);
    return id;
}

void midx_folder_make(struct midx_folder *made, size_t hash)
{
    size_t count = 0;

    memset(made, 0, sizeof *made);
    made->hash = hash;
    for (size_t i = 0; i < MIDX_PACKS; i++)
        make_pack(made, i);
    made->ids[count++] = midx_folder_id(made, 0, MIDX_OBJECTS - 2);
    for (size_t i = 0; i < MIDX_PACKS; i++) {
        for (size_t k = 0; k < MIDX_OBJECTS - 2; k++)
            made->ids[count++] = midx_folder_id(made, i, k);
        if (i % 2 == 0)
            made->ids[count++] = midx_folder_id(made, i, MIDX_OBJECTS - 1);
    }
    ck_assert_uint_eq(count, MIDX_IDS);
}

void midx_folder_free(struct midx_folder *made)
{
    for (size_t i = 0; i < MIDX_PACKS; i++)
        packwriter_pack_free(&made->packs[i]);
}

/* ---- Files ------------------------------------------------------------------------------------
 */

void midx_folder_put(const char *name, const struct packwriter_bytes *bytes)
{
    char *folder = suite_scratch_path("multi-pack-index.d");
    char *path = suite_scratch_path(name);

    if (strchr(name, '/'))
        mkdir(folder, 0755);
    suite_write_file(path, bytes->data ? (const void *)bytes->data : "", bytes->size);
    free(path);
    free(folder);
}

void midx_folder_put_plain(const struct midx_folder *of, const struct midxwriter_options *options)
{
    struct packwriter_bytes bytes = {0};

    midxwriter_write(&bytes, of->hash, of->named, MIDX_PACKS, options);
    midx_folder_put("multi-pack-index", &bytes);
    packwriter_bytes_free(&bytes);
}

void midx_folder_put_layer(const struct midx_folder *of, size_t first, size_t count,
                           const struct midxwriter_options *options, struct packwriter_bytes *chain)
{
    struct midxwriter_options used = options ? *options : (struct midxwriter_options){0};
    struct packwriter_bytes bytes = {0};
    char hex[2 * PACKWRITER_HASH_MAX + 1];
    char name[200];
    char *from = suite_scratch_path("multi-pack-index.d/new-layer");
    char *to;

    used.older = of->named;
    used.older_count = first;
    midxwriter_write(&bytes, of->hash, of->named + first, count, &used);
    packwriter_hash_format(of->hash, midxwriter_sum(&bytes, of->hash), hex);
    snprintf(name, sizeof name, "multi-pack-index.d/multi-pack-index-%s.midx", hex);
    /* As git does it: nobody sees a part. */
    midx_folder_put("multi-pack-index.d/new-layer", &bytes);
    to = suite_scratch_path(name);
    ck_assert_int_eq(rename(from, to), 0);
    packwriter_bytes_add_text(chain, hex);
    packwriter_bytes_add_text(chain, "\n");
    packwriter_bytes_free(&bytes);
    free(from);
    free(to);
}

void midx_folder_put_chain(const struct packwriter_bytes *chain)
{
    midx_folder_put("multi-pack-index.d/multi-pack-index-chain", chain);
}

void midx_folder_put_layers(const struct midx_folder *of, const struct midxwriter_options *options,
                            struct packwriter_bytes *chain)
{
    for (size_t i = 0; i < MIDX_PACKS; i++)
        midx_folder_put_layer(of, i, 1, options, chain);
    midx_folder_put_chain(chain);
}

void midx_folder_name_layer(const struct midx_folder *of, const struct packwriter_bytes *chain,
                            size_t line, char name[MIDX_LAYER_NAME])
{
    const int digits = 2 * (int)of->hash;

    snprintf(name, MIDX_LAYER_NAME, "multi-pack-index.d/multi-pack-index-%.*s.midx", digits,
             (const char *)chain->data + (line - 1) * ((size_t)digits + 1));
}

void midx_folder_put_two_layers(const struct midx_folder *of, unsigned older, unsigned newer)
{
    const struct midxwriter_options below = {.version = older, .order = true, .bitmaps = true};
    const struct midxwriter_options above = {.version = newer, .order = true, .bitmaps = true};
    struct packwriter_bytes chain = {0};

    midx_folder_put_layer(of, 0, 2, &below, &chain);
    midx_folder_put_layer(of, 2, 2, &above, &chain);
    midx_folder_put_chain(&chain);
    packwriter_bytes_free(&chain);
}

/* ---- Answers ----------------------------------------------------------------------------------
 */

packread_snapshot *midx_folder_open(const packread_options *options)
{
    char *path = suite_scratch_path("");
    packread_snapshot *snapshot = sample_open(path, options);

    free(path);
    return snapshot;
}

packread_midx_info midx_folder_info(const packread_snapshot *snapshot, size_t number)
{
    packread_midx_info info = {.struct_size = sizeof info};

    ck_assert_int_eq(packread_snapshot_midx(snapshot, number, &info), 0);
    return info;
}

typedef struct listing {
    packread_id last;
    size_t count;
} listing;

static int take(void *context, const packread_info *info, const packread_error *error)
{
    listing *told = context;

    if (error || (told->count > 0 && packread_id_compare(&told->last, &info->id) >= 0))
        return 1;
    told->last = info->id;
    told->count++;
    return 0;
}

void midx_folder_is_whole(const struct midx_folder *of, packread_snapshot *snapshot,
                          const char *what)
{
    packread_reader *reader = sample_reader(snapshot);
    packread_location location;
    packread_id none = {.size = (unsigned char)of->hash};
    listing told = {.count = 0};

    for (size_t i = 0; i < MIDX_IDS; i++) {
        packread_object object;
        packread_error error = {0};

        if (packread_reader_find(reader, &of->ids[i], &location, &error) != 0 ||
            packread_reader_read(reader, &of->ids[i], &object, &error) != 0)
            ck_abort_msg("%s: object %d: %s", what, (int)i, error.text);
        ck_assert(sample_hashes_to(&of->ids[i], object.type, object.data, object.size));
    }
    ck_assert_int_eq(packread_reader_list(reader, NULL, take, &told, NULL), 0);
    ck_assert_uint_eq(told.count, MIDX_IDS);
    ck_assert_int_eq(packread_reader_find(reader, &none, &location, NULL),
                     PACKREAD_ERROR_NOT_FOUND);
    packread_reader_free(reader);
}

static int count_finding(void *context, const packread_finding *finding)
{
    *(uint64_t *)context += strncmp(finding->error->text, "not used: ", 10) != 0;
    return 0;
}

uint64_t midx_folder_findings(packread_snapshot *snapshot)
{
    uint64_t findings = 0;

    for (size_t i = 0; i < packread_snapshot_midxes(snapshot); i++) {
        packread_midx_info info = {.struct_size = sizeof info};
        packread_verify_summary summary = {.struct_size = sizeof summary};
        packread_error error = {0};
        uint64_t counted = 0;
        packread_verify_options options = {
            .struct_size = sizeof options, .finding = count_finding, .context = &counted};
        int status;

        ck_assert_int_eq(packread_snapshot_midx(snapshot, i, &info), 0);
        if (!info.is_used && info.blocked_by == 0)
            continue;
        status = packread_verify_midx(snapshot, i, &options, &summary, &error);
        ck_assert_msg(status == 0 || status == PACKREAD_ERROR_CORRUPT, "%s: %s", info.path,
                      error.text);
        ck_assert((status == 0) == (summary.findings == 0));
        if (status == 0)
            ck_assert_uint_eq(summary.objects, info.objects);
        ck_assert_uint_eq(summary.findings, counted + (info.blocked_by > 0));
        findings += counted;
    }
    return findings;
}
