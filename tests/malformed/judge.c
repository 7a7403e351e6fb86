/* judge.c - what has to hold for every malformed pack. */
#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

#define REPORT_MOST 64

void judge_save(struct shop *shop, struct judge_files *files)
{
    if (shop->index.data == NULL)
        shop_index(shop);
    files->pack = suite_scratch_path("pack-odd.pack");
    files->index = suite_scratch_path("pack-odd.idx");
    suite_write_file(files->pack, shop->pack.bytes.data, shop->pack.bytes.size);
    suite_write_file(files->index, shop->index.data, shop->index.size);
}

void judge_files_free(struct judge_files *files)
{
    free(files->pack);
    free(files->index);
}

static packread_id id_of(const struct shop *shop, size_t object)
{
    packread_id id = {{0}, (unsigned char)shop->id_size};

    memcpy(id.bytes, shop->pack.entries[object].id, shop->id_size);
    return id;
}

/* ---- Findings -------------------------------------------------------------------------------- */

struct report {
    packread_error list[REPORT_MOST];
    size_t count;
};

static int take_finding(void *context, const packread_finding *finding)
{
    struct report *all = context;

    if (all->count < REPORT_MOST)
        all->list[all->count] = *finding->error;
    all->count++;
    return 0;
}

static void describe(const struct report *all)
{
    for (size_t i = 0; i < all->count && i < REPORT_MOST; i++) {
        const packread_error *error = &all->list[i];
        char hex[PACKREAD_HEX_MAX + 1];

        packread_id_format(&error->id, hex);
        fprintf(stderr, "  %s: offset %lld: %s: %s (%d)\n", error->file,
                error->has_offset ? (long long)error->offset : -1, hex, error->text, error->code);
    }
}

static bool ends_with(const char *text, const char *ending)
{
    size_t length = strlen(text);

    return length >= strlen(ending) && strcmp(text + length - strlen(ending), ending) == 0;
}

static bool is_of(const packread_error *error, const struct shop_finding *expected, size_t id_size,
                  bool with_text)
{
    if (!ends_with(error->file, expected->of_index ? ".idx" : ".pack"))
        return false;
    if (expected->offset != SHOP_UNKNOWN &&
        (!error->has_offset || error->offset != expected->offset))
        return false;
    if (expected->has_id &&
        (error->id.size != id_size || memcmp(error->id.bytes, expected->id, id_size) != 0))
        return false;
    return !with_text || strstr(error->text, expected->text) != NULL;
}

/* Nothing is said of objects that are intact, but where it is expected. */
static bool is_about_damage(const struct shop *shop, const packread_error *error)
{
    if (error->id.size == 0 || ends_with(error->file, ".idx")) /* a row is no object */
        return true;
    for (size_t i = 0; i < shop->finding_count; i++)
        if (shop->findings[i].has_id && is_of(error, &shop->findings[i], shop->id_size, false))
            return true;
    for (size_t i = 0; i < shop->pack.entry_count; i++) {
        packread_id id = id_of(shop, i);

        if (packread_id_compare(&id, &error->id) == 0)
            return shop->objects[i].damaged;
    }
    return true; /* an id that only the index has */
}

static uint64_t intact(const struct shop *shop)
{
    uint64_t number = 0;

    for (size_t i = 0; i < shop->pack.entry_count; i++)
        number += !shop->objects[i].damaged;
    return shop->verified == SHOP_UNKNOWN ? number : shop->verified;
}

static void check_verify(const struct shop *shop, packread_snapshot *snapshot, const char *what,
                         enum verdict verdict, unsigned threads)
{
    struct report all = {.count = 0};
    packread_verify_options options = {
        .threads = threads, .finding = take_finding, .progress = NULL, .context = &all};
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_error error;
    int status;
    bool right = true;

    memset(&error, 0, sizeof error);
    status = packread_verify(snapshot, 0, &options, &summary, &error);
    if (verdict == LEGAL)
        right = status == 0 && all.count == 0;
    else
        right = (status == PACKREAD_ERROR_CORRUPT || status == PACKREAD_ERROR_BUDGET) &&
                all.count > 0 && error.code == status;
    for (size_t i = 0; verdict != LEGAL && i < shop->finding_count; i++) {
        bool found = false;

        for (size_t j = 0; j < all.count && j < REPORT_MOST; j++)
            found = found || is_of(&all.list[j], &shop->findings[i], shop->id_size, true);
        if (!found)
            fprintf(stderr, "%s: verify does not say '%s' (offset %lld)\n", what,
                    shop->findings[i].text, (long long)shop->findings[i].offset);
        right = right && found;
    }
    for (size_t i = 0; i < all.count && i < REPORT_MOST; i++) {
        if (is_about_damage(shop, &all.list[i]))
            continue;
        fprintf(stderr, "%s: verify speaks of an intact object\n", what);
        right = false;
    }
    if (right && summary.objects != intact(shop)) {
        fprintf(stderr, "%s: %llu objects are right, not %llu\n", what,
                (unsigned long long)intact(shop), (unsigned long long)summary.objects);
        right = false;
    }
    if (!right)
        describe(&all);
    ck_assert_msg(right, "%s: verify gives %d with %zu findings", what, status, all.count);
}

/* ---- Reading --------------------------------------------------------------------------------- */

struct stream {
    struct packwriter_bytes bytes;
    enum packread_type type;
    bool begun;
};

static int stream_begin(void *context, const packread_id *id, enum packread_type type,
                        uint64_t size)
{
    struct stream *stream = context;

    (void)id, (void)size;
    stream->begun = true;
    stream->type = type;
    stream->bytes.size = 0;
    return 0;
}

/* Kept no further than any right answer is long; what a bomb gives is counted. */
static int stream_data(void *context, const void *bytes, size_t size)
{
    struct stream *stream = context;

    if (stream->bytes.size < (size_t)1 << 20)
        packwriter_bytes_add(&stream->bytes, bytes, size);
    return 0;
}

static bool is_answer(const struct shop_object *object, enum packread_type type, const void *data,
                      uint64_t size)
{
    return object->contents && (unsigned)type == object->kind && size == object->size &&
           (size == 0 || memcmp(data, object->contents, object->size) == 0);
}

static bool tells(int status, const packread_error *error)
{
    return status < 0 && error->code == status && error->text[0] != 0;
}

static bool read_one(const struct shop *shop, packread_reader *reader, size_t number,
                     const char *what)
{
    const struct shop_object *expected = &shop->objects[number];
    packread_id id = id_of(shop, number);
    packread_object object;
    packread_error error;
    int status;
    bool right;

    memset(&error, 0, sizeof error);
    status = packread_reader_read(reader, &id, &object, &error);
    if (status == 0)
        right = is_answer(expected, object.type, object.data, object.size);
    else
        right = expected->damaged && tells(status, &error);
    if (!right)
        fprintf(stderr, "%s: object %zu, read: %d: %s\n", what, number, status,
                status == 0 ? "other bytes" : error.text);
    return right;
}

static bool stream_one(const struct shop *shop, packread_reader *reader, size_t number,
                       const char *what)
{
    const struct shop_object *expected = &shop->objects[number];
    packread_id id = id_of(shop, number);
    struct stream stream = {.begun = false};
    packread_sink sink = {.begin = stream_begin, .data = stream_data, .context = &stream};
    packread_error error;
    int status;
    bool right;

    memset(&error, 0, sizeof error);
    status = packread_reader_stream(reader, &id, &sink, &error);
    if (status == 0)
        right = is_answer(expected, stream.type, stream.bytes.data, stream.bytes.size);
    else
        right = expected->damaged && !stream.begun && tells(status, &error);
    if (!right)
        fprintf(stderr, "%s: object %zu, streamed: %d: %s\n", what, number, status,
                status == 0 ? "other bytes" : error.text);
    packwriter_bytes_free(&stream.bytes);
    return right;
}

bool judge_reads(const struct shop *shop, packread_snapshot *snapshot, const char *what)
{
    packread_reader *reader = NULL;
    bool right = packread_reader_new(snapshot, &reader, NULL) == 0;

    for (size_t i = 0; right && i < shop->pack.entry_count; i++)
        right = read_one(shop, reader, i, what);
    packread_reader_free(reader);
    return right;
}

static int visit(void *context, const packread_info *info, const packread_error *error)
{
    (void)info;
    if (error && !tells(error->code, error))
        ck_abort_msg("a listing gives an error that says nothing");
    ++*(uint64_t *)context;
    return 0;
}

/* Every row is listed, in either order, whatever it leads to. */
static void list_all(packread_snapshot *snapshot, const char *what)
{
    static const enum packread_order orders[] = {PACKREAD_BY_ID, PACKREAD_BY_OFFSET};
    packread_reader *reader = NULL;

    ck_assert_int_eq(packread_reader_new(snapshot, &reader, NULL), 0);
    for (size_t i = 0; i < 2; i++) {
        packread_list_options options = {.order = orders[i], .want = PACKREAD_WANT_ALL};
        packread_error error;
        uint64_t visited = 0;
        int status;

        memset(&error, 0, sizeof error);
        status = packread_reader_list(reader, &options, visit, &visited, &error);
        ck_assert_msg(status == 0 || tells(status, &error), "%s: list gives %d: %s", what, status,
                      error.text);
    }
    packread_reader_free(reader);
}

/* ---- All of it ------------------------------------------------------------------------------- */

static void check_refusal(const struct shop *shop, const char *what, int status,
                          const packread_error *error)
{
    bool right = tells(status, error);

    for (size_t i = 0; right && i < shop->finding_count; i++)
        right = is_of(error, &shop->findings[i], shop->id_size, true);
    ck_assert_msg(right, "%s: refused with %d: %s: %s", what, status, error->file, error->text);
}

void judge_checked(const struct shop *shop, const struct judge_files *files, const char *what,
                   enum verdict verdict, const packread_options *options, unsigned threads)
{
    packread_snapshot *snapshot = NULL;
    packread_reader *reader = NULL;
    packread_error error;
    int status;

    memset(&error, 0, sizeof error);
    status = packread_snapshot_open(files->pack, options, &snapshot, &error);
    if (verdict == REFUSED) {
        check_refusal(shop, what, status, &error);
        return;
    }
    ck_assert_msg(status == 0, "%s: does not open: %d: %s: %s", what, status, error.file,
                  error.text);
    ck_assert_msg(judge_reads(shop, snapshot, what), "%s: reading", what);
    ck_assert_int_eq(packread_reader_new(snapshot, &reader, NULL), 0);
    for (size_t i = 0; i < shop->pack.entry_count; i++)
        ck_assert_msg(stream_one(shop, reader, i, what), "%s: streaming", what);
    packread_reader_free(reader);
    list_all(snapshot, what);
    check_verify(shop, snapshot, what, verdict, threads);
    packread_snapshot_free(snapshot);
}

void judge_unchecked(const struct shop *shop, const struct judge_files *files,
                     const packread_options *options)
{
    packread_options unchecked = *options;
    packread_snapshot *snapshot = NULL;
    packread_reader *reader = NULL;
    struct stream stream = {.begun = false};
    packread_sink sink = {.begin = stream_begin, .data = stream_data, .context = &stream};

    unchecked.flags |= PACKREAD_NO_CHECK;
    if (packread_snapshot_open(files->pack, &unchecked, &snapshot, NULL) != 0)
        return;
    ck_assert_int_eq(packread_reader_new(snapshot, &reader, NULL), 0);
    for (size_t i = 0; i < shop->pack.entry_count; i++) {
        packread_id id = id_of(shop, i);
        packread_object object;
        packread_location location;
        packread_info info = {.struct_size = sizeof info};

        if (packread_reader_read(reader, &id, &object, NULL) == 0)
            ck_assert_int_ne(object.type, PACKREAD_NONE);
        packread_reader_stream(reader, &id, &sink, NULL);
        if (packread_reader_find(reader, &id, &location, NULL) == 0)
            packread_reader_info(reader, &location, PACKREAD_WANT_ALL, &info, NULL);
    }
    packread_reader_free(reader);
    list_all(snapshot, "unchecked");
    packread_verify(snapshot, 0, NULL, NULL, NULL);
    packread_snapshot_free(snapshot);
    packwriter_bytes_free(&stream.bytes);
}
