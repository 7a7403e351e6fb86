/* samples.c - knows where fixtures are, how their manifests and git's words are read, and how a
 * whole snapshot is summed up. */
#include "samples.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packwriter.h"
#include "suite.h"

const sample samples[] = {
    {"packs/types", 0, {"pack-types"}},
    {"packs/index-v1", 0, {"pack-index-v1"}},
    {"packs/index-64bit", 0, {"pack-index-64bit"}},
    {"packs/empty-v1", 0, {"pack-empty-v1"}},
    {"packs/empty-v2", 0, {"pack-empty-v2"}},
    {"packs/empty-objects", 0, {"pack-empty-objects"}},
    {"packs/duplicates", 0, {"pack-duplicates-1", "pack-duplicates-2"}},
    {"packs/zlib-forms", 0, {"pack-zlib-forms"}},
    {"packs/sizes", 0, {"pack-sizes"}},
    {"packs/delta-sizes", 0, {"pack-delta-sizes"}},
    {"packs/distances", 0, {"pack-distances"}},
    {"packs/copy-forms", SAMPLE_LARGE, {"pack-copy-forms"}},
    {"packs/ref-earlier", 0, {"pack-ref-earlier"}},
    {"packs/ref-later", 0, {"pack-ref-later"}},
    {"packs/mixed-chain", 0, {"pack-mixed-chain"}},
    {"packs/chain-ofs", SAMPLE_LARGE, {"pack-chain-ofs"}},
    {"packs/chain-ref", SAMPLE_LARGE, {"pack-chain-ref"}},
    {"packs/chain-ref-later", SAMPLE_LARGE, {"pack-chain-ref-later"}},
    {"packs/noise", 0, {"pack-noise"}},
    {"packs/zeros", SAMPLE_LARGE, {"pack-zeros"}},
    {"special/pack-v3", SAMPLE_NOT_FOR_LIBGIT2, {"pack-pack-v3"}},
    {"special/empty-result", 0, {"pack-empty-result"}},
    {"sha256/types", SAMPLE_NOT_FOR_LIBGIT2, {"pack-types"}},
    {"sha256/repo", SAMPLE_OF_GIT | SAMPLE_NOT_FOR_LIBGIT2, {NULL}},
    {"repos/small", SAMPLE_OF_GIT, {NULL}},
    {"repos/deltas", SAMPLE_OF_GIT, {NULL}},
    {"repos/many", SAMPLE_OF_GIT | SAMPLE_LARGE, {NULL}},
    {"repos/multi", SAMPLE_OF_GIT, {NULL}},
    {"repos/refdelta", SAMPLE_OF_GIT, {NULL}},
    {"repos/idxv1", SAMPLE_OF_GIT, {NULL}},
    {"repos/big", SAMPLE_OF_GIT | SAMPLE_LARGE, {NULL}},
    {"repos/ambiguous", SAMPLE_OF_GIT, {NULL}},
    {"repos/empty", SAMPLE_OF_GIT, {NULL}},
    {"repos/worktree/main", SAMPLE_OF_GIT, {NULL}},
    {"repos/worktree/linked", SAMPLE_OF_GIT, {NULL}},
    {"repos/worktree/main/sub", SAMPLE_OF_GIT, {NULL}},
};
const int sample_count = (int)(sizeof samples / sizeof *samples);

const sample *sample_find(const char *where)
{
    for (int i = 0; i < sample_count; i++)
        if (strcmp(samples[i].where, where) == 0)
            return &samples[i];
    ck_abort_msg("no sample is called %s", where);
    return NULL;
}

static char *join(const char *first, const char *second, const char *third)
{
    size_t size = strlen(first) + strlen(second) + strlen(third) + 3;
    char *path = malloc(size);

    ck_assert_ptr_nonnull(path);
    snprintf(path, size, "%s/%s%s%s", first, second, *third ? "/" : "", third);
    return path;
}

char *sample_path(const sample *of, const char *below)
{
    return join(suite_fixtures(), of->where, below ? below : "");
}

/* ---- Truth ---------------------------------------------------------------------------------- */

static int compare_objects(const void *left, const void *right)
{
    const sample_object *a = left;
    const sample_object *b = right;

    return packread_id_compare(&a->id, &b->id);
}

static void add_object(sample_truth *truth, const sample_object *object)
{
    if ((truth->count & (truth->count - 1)) == 0) {
        size_t capacity = truth->count ? 2 * truth->count : 1;

        truth->objects = realloc(truth->objects, capacity * sizeof *truth->objects);
        ck_assert_ptr_nonnull(truth->objects);
    }
    truth->objects[truth->count++] = *object;
}

/* A line of "ID TYPE SIZE", with "OFFSET DEPTH" behind it in a manifest. */
static void add_line(sample_truth *truth, char *line, bool has_place)
{
    sample_object object;
    char *words[5] = {NULL};
    size_t wanted = has_place ? 5 : 3;
    char *rest = line;

    for (size_t i = 0; i < wanted; i++)
        words[i] = strtok_r(i ? NULL : line, " \n", &rest);
    for (size_t i = 0; i < wanted; i++)
        if (!words[i])
            ck_abort_msg("not a line of a manifest: %s", line);
    memset(&object, 0, sizeof object);
    if (packread_id_parse(words[0], strlen(words[0]), &object.id) != 0)
        ck_abort_msg("not an id: %s", words[0]);
    object.type = packread_type_parse(words[1], strlen(words[1]));
    if (object.type == PACKREAD_NONE)
        ck_abort_msg("not a type: %s", words[1]);
    object.size = strtoull(words[2], NULL, 10);
    if (has_place) {
        object.has_place = true;
        object.offset = strtoull(words[3], NULL, 10);
        object.depth = words[4][0] == '-' ? -1 : strtoll(words[4], NULL, 10);
    }
    add_object(truth, &object);
}

static void add_lines(sample_truth *truth, FILE *file, bool has_place)
{
    char line[512];

    while (fgets(line, sizeof line, file))
        add_line(truth, line, has_place);
}

static void ask_git(const sample *of, sample_truth *truth)
{
    char *path = sample_path(of, NULL);
    char command[4096];
    FILE *answer;

    snprintf(command, sizeof command, "git -C '%s' cat-file --batch-all-objects --batch-check",
             path);
    answer = popen(command, "r");
    ck_assert_msg(answer != NULL, "%s: %s", command, strerror(errno));
    add_lines(truth, answer, false);
    ck_assert_msg(pclose(answer) == 0, "%s: failed", command);
    free(path);
}

/* Of an object that is there twice only what both say is kept. */
static void merge_copies(sample_truth *truth)
{
    size_t kept = 0;

    if (truth->count == 0)
        return;
    qsort(truth->objects, truth->count, sizeof *truth->objects, compare_objects);
    for (size_t i = 1; i < truth->count; i++) {
        if (packread_id_compare(&truth->objects[i].id, &truth->objects[kept].id) == 0)
            truth->objects[kept].has_place = false;
        else
            truth->objects[++kept] = truth->objects[i];
    }
    truth->count = kept + 1;
}

void sample_truth_load(const sample *of, sample_truth *truth)
{
    memset(truth, 0, sizeof *truth);
    if (of->is & SAMPLE_OF_GIT)
        ask_git(of, truth);
    for (size_t i = 0; of->packs[i]; i++) {
        char name[256];
        char *path;
        FILE *file;

        snprintf(name, sizeof name, "%s.manifest", of->packs[i] + strlen("pack-"));
        path = sample_path(of, name);
        file = fopen(path, "r");
        ck_assert_msg(file != NULL, "%s: %s", path, strerror(errno));
        add_lines(truth, file, true);
        fclose(file);
        free(path);
    }
    merge_copies(truth);
}

void sample_truth_free(sample_truth *truth)
{
    free(truth->objects);
    memset(truth, 0, sizeof *truth);
}

const sample_object *sample_truth_find(const sample_truth *truth, const packread_id *id)
{
    sample_object key;

    if (truth->count == 0)
        return NULL;
    memset(&key, 0, sizeof key);
    key.id = *id;
    return bsearch(&key, truth->objects, truth->count, sizeof *truth->objects, compare_objects);
}

/* ---- Snapshots and readers ------------------------------------------------------------------ */

void sample_good(int status, const packread_error *error)
{
    char hex[PACKREAD_HEX_MAX + 1] = "";

    if (status == 0)
        return;
    packread_id_format(&error->id, hex);
    ck_abort_msg("%s (%d): %s: offset %llu: %s: %s, errno %d, needed %llu",
                 packread_error_text(status), status, error->file,
                 (unsigned long long)error->offset, hex, error->text, error->system_errno,
                 (unsigned long long)error->needed);
}

packread_snapshot *sample_open(const char *path, const packread_options *options)
{
    packread_snapshot *snapshot = NULL;
    packread_error error;

    memset(&error, 0, sizeof error);
    sample_good(packread_snapshot_open(path, options, &snapshot, &error), &error);
    ck_assert_ptr_nonnull(snapshot);
    return snapshot;
}

packread_reader *sample_reader(packread_snapshot *snapshot)
{
    packread_reader *reader = NULL;
    packread_error error;

    memset(&error, 0, sizeof error);
    sample_good(packread_reader_new(snapshot, &reader, &error), &error);
    ck_assert_ptr_nonnull(reader);
    return reader;
}

bool sample_hashes_to(const packread_id *id, enum packread_type type, const void *bytes,
                      size_t size)
{
    unsigned char sum[PACKWRITER_HASH_MAX];

    packwriter_hash_id(id->size, (unsigned)type, bytes, size, sum);
    return memcmp(sum, id->bytes, id->size) == 0;
}

packread_id sample_id(const char *hex)
{
    packread_id id;

    ck_assert_msg(packread_id_parse(hex, strlen(hex), &id) == 0, "%s", hex);
    return id;
}

/* ---- Census --------------------------------------------------------------------------------- */

typedef struct census {
    packread_reader *contents; /* a second reader, for what the listed objects hold */
    uint64_t sum;
    unsigned char carried[8]; /* of a word that the next piece completes */
    size_t carried_size;
} census;

/* FNV-1a: enough to tell answers apart, and nothing of the library's. */
static void add(census *count, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++)
        count->sum = (count->sum ^ at[i]) * UINT64_C(0x100000001b3);
}

static void add_number(census *count, uint64_t number)
{
    add(count, &number, sizeof number);
}

static void add_location(census *count, const packread_location *location)
{
    add_number(count, location->store);
    add_number(count, location->position);
    add_number(count, location->offset);
}

static void add_info(census *count, const packread_info *info)
{
    add(count, info->id.bytes, info->id.size);
    add_location(count, &info->location);
    add_number(count, (uint64_t)info->type);
    add_number(count, (uint64_t)info->stored_type);
    add_number(count, info->size);
    add_number(count, info->size_on_disk);
    add_number(count, info->depth);
    add_number(count, info->has_crc ? info->crc32 : 1);
    add(count, info->base.bytes, info->base.size);
    if (info->base.size && info->has_base_location)
        add_location(count, &info->base_location);
}

static int begin_contents(void *context, const packread_id *id, enum packread_type type,
                          uint64_t size)
{
    add(context, id->bytes, id->size);
    add_number(context, (uint64_t)type);
    add_number(context, size);
    return 0;
}

static void add_word(census *count, const unsigned char *bytes)
{
    uint64_t word;

    memcpy(&word, bytes, sizeof word);
    count->sum = (count->sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    count->sum ^= count->sum >> 29;
}

/* By words, wherever the pieces are cut: contents are checked against ids elsewhere; here only
 * sameness counts. */
static int add_contents(void *context, const void *bytes, size_t size)
{
    census *count = context;
    const unsigned char *at = bytes;
    const unsigned char *end = at + size;

    while (count->carried_size > 0 && at < end) {
        count->carried[count->carried_size++] = *at++;
        if (count->carried_size == 8) {
            add_word(count, count->carried);
            count->carried_size = 0;
        }
    }
    for (; end - at >= 8; at += 8)
        add_word(count, at);
    while (at < end)
        count->carried[count->carried_size++] = *at++;
    return 0;
}

static void end_contents(census *count)
{
    add(count, count->carried, count->carried_size);
    count->carried_size = 0;
}

static int count_object(void *context, const packread_info *info, const packread_error *error)
{
    census *count = context;
    packread_sink sink = {.begin = begin_contents, .data = add_contents, .context = count};

    add_info(count, info);
    add_number(count, error ? (uint64_t)(int64_t)error->code : 0);
    if (count->contents) {
        int status = packread_reader_stream(count->contents, &info->id, &sink, NULL);

        end_contents(count);
        add_number(count, (uint64_t)(int64_t)status);
    }
    return 0;
}

uint64_t sample_census(packread_snapshot *snapshot)
{
    packread_reader *reader = sample_reader(snapshot);
    packread_list_options options = {.order = PACKREAD_BY_ID, .want = PACKREAD_WANT_ALL};
    census count = {.contents = sample_reader(snapshot), .sum = UINT64_C(0xcbf29ce484222325)};
    packread_error error;

    memset(&error, 0, sizeof error);
    add_number(&count, packread_snapshot_packs(snapshot));
    add_number(&count, packread_snapshot_problems(snapshot));
    sample_good(packread_reader_list(reader, &options, count_object, &count, &error), &error);
    packread_reader_free(count.contents);
    count.contents = NULL;
    options.order = PACKREAD_BY_OFFSET;
    sample_good(packread_reader_list(reader, &options, count_object, &count, &error), &error);
    packread_reader_free(reader);
    return count.sum;
}

/* ---- Packs of a test's own ------------------------------------------------------------------- */

char *sample_save(struct packwriter_pack *pack, const char *name,
                  const struct packwriter_index_options *options)
{
    struct packwriter_bytes index = {0};
    char *folder = suite_scratch_path(name);
    char *path = malloc(strlen(folder) + 8);
    char *index_path = malloc(strlen(folder) + 8);

    ck_assert_ptr_nonnull(path);
    ck_assert_ptr_nonnull(index_path);
    sprintf(path, "%s.pack", folder);
    sprintf(index_path, "%s.idx", folder);
    packwriter_pack_recount(pack);
    packwriter_pack_finish(pack, NULL);
    packwriter_index_write_pack(&index, pack, options);
    ck_assert_msg(packwriter_pack_save(pack, path) == 0, "%s: %s", path, strerror(errno));
    ck_assert_msg(packwriter_bytes_save(&index, index_path) == 0, "%s: %s", index_path,
                  strerror(errno));
    packwriter_bytes_free(&index);
    free(index_path);
    free(folder);
    return path;
}
