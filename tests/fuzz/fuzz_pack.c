/* fuzz_pack.c - the whole way: any bytes as a pack, or as the index of a good pack, opened, listed,
 * read, streamed and verified through the public interface, and compared with a naive reading.
 *
 * Input: a byte of flags, a byte of how it is read, then the bytes. Flags: 1 the bytes are an index
 * of the good pack, else a pack, for which an index is made; 2 the header's count is made right (of
 * an index: the sum that names the pack); 4 right sums are put behind it; 8 ids of 32 bytes; 16 the
 * index is of version 1; 32 the index has 64-bit offsets; 64 the pack's header is not given, but
 * made. The second byte: 1 windows of one page, 2 pread, 4 static manager, 8 a limit of 1 MiB, 16
 * everything is wanted of the listed, 32 the good pack lies beside it.
 *
 * Whatever comes in: no crash, no hang, nothing handed out that does not give its id; every object
 * that the naive reader rebuilds is read; verify finds something wherever there is something; and
 * whatever lies beside the good pack, each of its objects is read. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "fuzz_files.h"
#include "naive_pack.h"
#include "packread.h"
#include "packwriter.h"

#define IS_INDEX 1
#define COUNT_RIGHT 2
#define SUMS_RIGHT 4
#define LONG_IDS 8
#define VERSION_1 16
#define WIDE_OFFSETS 32
#define HEADER_MADE 64

#define PAGE_WINDOWS 1
#define BY_PREAD 2
#define STATIC_MANAGER 4
#define SMALL_LIMIT 8
#define WANT_ALL 16
#define GOOD_BESIDE 32

#define ENTRIES_MOST 64
#define OBJECT_MOST ((uint64_t)1 << 18)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- The files ----------------------------------------------------------------------------------
 */

/* A pack of every shape: whole, OFS, REF to an earlier and to a later base, empty. */
static void make_good_pack(struct packwriter_pack *pack, size_t id_size)
{
    static const char one[] = "the first of some lines that are alike, number one\n";
    static const char two[] = "the first of some lines that are alike, number two\n";
    static const char three[] = "the first of some lines that are alike, number three\n";
    struct packwriter_bytes delta = {0};
    uint8_t id[PACKWRITER_HASH_MAX];

    packwriter_pack_begin(pack, id_size, 2, 6);
    packwriter_hash_id(id_size, PACKWRITER_BLOB, two, strlen(two), id);
    packwriter_delta_make(&delta, two, strlen(two), three, strlen(three));
    packwriter_pack_add_ref_delta(pack, id, PACKWRITER_BLOB, &delta, three, strlen(three), 6);
    packwriter_pack_add_object(pack, PACKWRITER_BLOB, one, strlen(one), 6);
    packwriter_delta_make(&delta, one, strlen(one), two, strlen(two));
    packwriter_pack_add_ofs_delta(pack, 1, &delta, two, strlen(two), 6);
    packwriter_pack_add_object(pack, PACKWRITER_TREE, "", 0, 6);
    packwriter_pack_add_object(pack, PACKWRITER_COMMIT, "not much of a commit\n", 21, 6);
    packwriter_pack_add_object(pack, PACKWRITER_TAG, "nor of a tag\n", 13, 6);
    packwriter_pack_finish(pack, NULL);
    packwriter_bytes_free(&delta);
}

/* The bytes as an index, of which the sums may be left to be put there. */
static void write_index_input(const uint8_t *data, size_t size, unsigned flags, size_t id_size,
                              struct naive_pack *truth)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes index = {0};

    make_good_pack(&pack, id_size);
    fuzz_files_save(&pack.bytes, fuzz_pack_path);
    packwriter_bytes_add(&index, data, size);
    if (flags & COUNT_RIGHT)
        packwriter_bytes_add(&index, pack.sum, id_size);
    if (flags & SUMS_RIGHT) {
        packwriter_bytes_add_repeated(&index, 0, id_size);
        packwriter_bytes_resum(&index, id_size);
    }
    fuzz_files_save(&index, fuzz_index_path);
    naive_pack_walk(truth, pack.bytes.data, pack.bytes.size - id_size, id_size, ENTRIES_MOST,
                    OBJECT_MOST);
    packwriter_bytes_free(&index);
    packwriter_pack_free(&pack);
}

/* What was not rebuilt gets an id that nothing has. */
static struct packwriter_index_row row_of(const struct naive_object *object,
                                          const struct packwriter_bytes *bytes, size_t id_size)
{
    struct packwriter_index_row row = {.offset = object->offset};

    row.crc32 =
        (uint32_t)crc32(0, bytes->data + object->offset, (uInt)(object->end - object->offset));
    memcpy(row.id, object->id, id_size);
    if (!object->known)
        packwriter_hash_sum(id_size, &object->offset, sizeof object->offset, row.id);
    return row;
}

/* An index of the entries that the naive walk finds, and of one that it cannot get past. True if
 * that leaves something wrong, since what was not rebuilt has an id that is not its own. */
static bool write_pack_input(const uint8_t *data, size_t size, unsigned flags, size_t id_size,
                             struct naive_pack *truth)
{
    bool damaged;
    struct packwriter_index_row rows[ENTRIES_MOST + 1];
    struct packwriter_index_options options = {.version = flags & VERSION_1 ? 1 : 2,
                                               .all_large = (flags & WIDE_OFFSETS) != 0};
    struct packwriter_bytes bytes = {0};
    struct packwriter_bytes index = {0};
    size_t count;
    size_t trailer;

    if (flags & HEADER_MADE)
        packwriter_bytes_add(&bytes, "PACK\0\0\0\2\0\0\0\0", 12);
    packwriter_bytes_add(&bytes, data, size);
    if (bytes.size < 12)
        packwriter_bytes_add_repeated(&bytes, 0, 12 - bytes.size);
    if (flags & SUMS_RIGHT)
        packwriter_bytes_add_repeated(&bytes, 0, id_size);
    trailer = bytes.size < 12 + id_size ? 12 : bytes.size - id_size;
    naive_pack_walk(truth, bytes.data, trailer, id_size, ENTRIES_MOST, OBJECT_MOST);
    count = truth->count;
    damaged = truth->end != trailer;
    for (size_t i = 0; i < count; i++) {
        rows[i] = row_of(&truth->objects[i], &bytes, id_size);
        damaged = damaged || !truth->objects[i].known;
    }
    if (truth->end < trailer && count < ENTRIES_MOST) {
        struct naive_object odd = {.offset = truth->end, .end = trailer};

        rows[count++] = row_of(&odd, &bytes, id_size);
    }
    if (flags & (COUNT_RIGHT | HEADER_MADE)) {
        memset(bytes.data + 8, 0, 4);
        bytes.data[11] = (uint8_t)count;
    }
    if (flags & SUMS_RIGHT)
        packwriter_bytes_resum(&bytes, id_size);
    options.pack_sum = bytes.size < id_size ? NULL : bytes.data + bytes.size - id_size;
    packwriter_index_write(&index, id_size, rows, count, &options);
    fuzz_files_save(&bytes, fuzz_pack_path);
    fuzz_files_save(&index, fuzz_index_path);
    packwriter_bytes_free(&bytes);
    packwriter_bytes_free(&index);
    return damaged;
}

/* ---- The answers --------------------------------------------------------------------------------
 */

typedef struct judged {
    packread_reader *reader;
    size_t id_size;
    size_t listed;
    size_t good;
    bool begun;
    packread_id id;
    enum packread_type type;
    struct packwriter_bytes bytes;
} judged;

static void must_hash(const packread_id *id, enum packread_type type, const void *bytes,
                      size_t size)
{
    uint8_t sum[PACKWRITER_HASH_MAX];

    if (type < PACKREAD_COMMIT || type > PACKREAD_TAG)
        abort();
    packwriter_hash_id(id->size, (unsigned)type, bytes, size, sum);
    if (memcmp(sum, id->bytes, id->size) != 0)
        abort();
}

static void must_tell(int status, const packread_error *error)
{
    if (error->code != status || memchr(error->text, 0, sizeof error->text) == NULL ||
        memchr(error->file, 0, sizeof error->file) == NULL || !error->text[0])
        abort();
}

static int begin(void *context, const packread_id *id, enum packread_type type, uint64_t size)
{
    judged *state = context;

    (void)size;
    state->begun = true;
    state->id = *id;
    state->type = type;
    state->bytes.size = 0;
    return 0;
}

static int take(void *context, const void *bytes, size_t size)
{
    judged *state = context;

    packwriter_bytes_add(&state->bytes, bytes, size);
    return 0;
}

static void check_copy(judged *state, const packread_location *location)
{
    packread_object object;
    packread_error error;
    int status;

    memset(&error, 0, sizeof error);
    status = packread_reader_read_at(state->reader, location, &object, &error);
    if (status != 0)
        must_tell(status, &error);
    else
        must_hash(&object.id, object.type, object.data, object.size);
    state->good += status == 0;
}

static int check_listed(void *context, const packread_info *info, const packread_error *error)
{
    judged *state = context;
    packread_sink sink = {.begin = begin, .data = take, .context = state};
    packread_error detail;
    int status;

    state->listed++;
    if (info->id.size != state->id_size)
        abort();
    if (error)
        must_tell(error->code, error);
    check_copy(state, &info->location);
    memset(&detail, 0, sizeof detail);
    state->begun = false;
    status = packread_reader_stream(state->reader, &info->id, &sink, &detail);
    if (status != 0) {
        must_tell(status, &detail);
        if (state->begun)
            abort(); /* it was checked before */
    } else {
        must_hash(&state->id, state->type, state->bytes.data, state->bytes.size);
    }
    return 0;
}

/* An object that the naive reader rebuilt is read with those bytes; `all`: each of them. */
static void check_known(judged *state, const struct naive_pack *truth, bool all)
{
    for (size_t i = 0; i < truth->count; i++) {
        const struct naive_object *known = &truth->objects[i];
        packread_object object;
        packread_error error;
        packread_id id;

        if (!known->known)
            continue;
        memset(&id, 0, sizeof id);
        memcpy(id.bytes, known->id, state->id_size);
        id.size = (unsigned char)state->id_size;
        memset(&error, 0, sizeof error);
        if (packread_reader_read(state->reader, &id, &object, &error) == 0) {
            if ((unsigned)object.type != known->type || object.size != known->size ||
                memcmp(object.data, known->data, object.size) != 0)
                abort();
        } else if (all) {
            abort();
        }
    }
}

static int take_finding(void *context, const packread_finding *finding)
{
    must_tell(finding->error->code, finding->error);
    ++*(uint64_t *)context;
    return 0;
}

/* What is known of the input before the library sees it. */
enum expectation {
    ANYTHING, /* an index of the fuzzer's own, or sums that are wrong */
    READABLE, /* every object that the naive reader rebuilt has to be read */
    DAMAGED,  /* as READABLE; and verify has to find something */
    PERFECT   /* verify has nothing to find */
};

static void check_verdict(packread_snapshot *snapshot, const judged *state, unsigned rows,
                          enum expectation expected)
{
    uint64_t findings = 0;
    packread_verify_options options = {.threads = 1, .finding = take_finding, .context = &findings};
    packread_verify_summary summary = {.struct_size = sizeof summary};
    packread_error error;
    int status;

    memset(&error, 0, sizeof error);
    status = packread_verify(snapshot, 0, &options, &summary, &error);
    if (status != 0)
        must_tell(status, &error);
    if (status == 0 && (expected == DAMAGED || findings != 0 || summary.objects != rows))
        abort();
    /* What verify calls right, a read gives. */
    if (status == 0 && (state->good != state->listed || state->listed != rows))
        abort();
    if (status == PACKREAD_ERROR_CORRUPT && (findings == 0 || summary.findings != findings))
        abort();
    if (status != 0 && expected == PERFECT)
        abort();
}

static void list_all(packread_snapshot *snapshot, judged *state, enum packread_order order,
                     unsigned want)
{
    packread_list_options options = {.order = order, .want = want};
    packread_reader *lister;
    packread_error error;
    int status;

    memset(&error, 0, sizeof error);
    if (packread_reader_new(snapshot, &lister, &error) != 0)
        abort();
    state->listed = 0;
    state->good = 0;
    status = packread_reader_list(lister, &options, check_listed, state, &error);
    if (status != 0)
        must_tell(status, &error);
    packread_reader_free(lister);
}

static packread_options options_of(unsigned how)
{
    return (packread_options){
        .window_size = how & PAGE_WINDOWS ? 1 : 0,
        .io = how & BY_PREAD ? PACKREAD_IO_PREAD : PACKREAD_IO_AUTO,
        .manager = how & STATIC_MANAGER ? PACKREAD_STATIC : PACKREAD_SLIDING,
        .memory_limit = how & SMALL_LIMIT ? 1 << 20 : 0,
    };
}

static void check_files(unsigned how, size_t id_size, const struct naive_pack *truth,
                        enum expectation expected)
{
    packread_options options = options_of(how);
    unsigned want = how & WANT_ALL ? PACKREAD_WANT_ALL : 0;
    packread_snapshot *snapshot = NULL;
    packread_pack_info info = {.struct_size = sizeof info};
    packread_error error;
    judged state = {.id_size = id_size};
    int status;

    memset(&error, 0, sizeof error);
    status = packread_snapshot_open(fuzz_pack_path, &options, &snapshot, &error);
    if (status != 0) {
        must_tell(status, &error);
        if (expected != ANYTHING)
            abort();
        return;
    }
    if (packread_snapshot_packs(snapshot) != 1 || packread_snapshot_pack(snapshot, 0, &info) != 0)
        abort();
    state.id_size = info.id_size;
    if (packread_reader_new(snapshot, &state.reader, &error) != 0)
        abort();
    list_all(snapshot, &state, PACKREAD_BY_ID, want);
    list_all(snapshot, &state, PACKREAD_BY_OFFSET, want);
    /* An index that was made from the pack has all that is whole. */
    if (state.id_size == id_size)
        check_known(&state, truth,
                    expected != ANYTHING || (info.index_version == 0 && !(how & SMALL_LIMIT)));
    check_verdict(snapshot, &state, info.objects, expected);
    packread_reader_free(state.reader);
    packread_snapshot_free(snapshot);
    packwriter_bytes_free(&state.bytes);
}

/* ---- Beside a good pack -------------------------------------------------------------------------
 */

static void read_each(packread_reader *reader, const struct packwriter_pack *good)
{
    for (size_t i = 0; i < good->entry_count; i++) {
        packread_id id = {{0}, (unsigned char)good->hash_length};
        packread_object object;

        memcpy(id.bytes, good->entries[i].id, good->hash_length);
        if (packread_reader_read(reader, &id, &object, NULL) != 0)
            abort();
        must_hash(&id, object.type, object.data, object.size);
    }
}

/* The other pack comes first by its name, so that each object is looked for in it first. */
static void check_beside_good(unsigned how, size_t id_size)
{
    packread_options options = options_of(how);
    struct packwriter_pack good = {0};
    struct packwriter_bytes index = {0};
    char pack_path[512];
    char index_path[512];
    packread_snapshot *snapshot;
    packread_reader *reader;

    snprintf(pack_path, sizeof pack_path, "%s/pack-good.pack", fuzz_folder);
    snprintf(index_path, sizeof index_path, "%s/pack-good.idx", fuzz_folder);
    make_good_pack(&good, id_size);
    packwriter_index_write_pack(&index, &good, NULL);
    fuzz_files_save(&good.bytes, pack_path);
    fuzz_files_save(&index, index_path);
    if (packread_snapshot_open(fuzz_folder, &options, &snapshot, NULL) != 0 ||
        packread_reader_new(snapshot, &reader, NULL) != 0)
        abort();
    read_each(reader, &good);
    packread_reader_free(reader);
    packread_snapshot_free(snapshot);
    unlink(pack_path);
    unlink(index_path);
    packwriter_bytes_free(&index);
    packwriter_pack_free(&good);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum expectation expected = ANYTHING;
    struct naive_pack truth;
    size_t id_size;
    unsigned flags;
    unsigned how;

    fuzz_files_begin();
    if (size < 2 || size > 65536)
        return 0;
    flags = data[0];
    how = data[1];
    id_size = flags & LONG_IDS ? 32 : 20;
    if (flags & IS_INDEX) {
        write_index_input(data + 2, size - 2, flags, id_size, &truth);
    } else {
        bool damaged = write_pack_input(data + 2, size - 2, flags, id_size, &truth);

        /* Under a small limit an object may be refused. */
        if (flags & SUMS_RIGHT && flags & HEADER_MADE && !(how & SMALL_LIMIT))
            expected = damaged ? DAMAGED : naive_pack_has_twins(&truth) ? READABLE : PERFECT;
    }
    check_files(how, id_size, &truth, expected);
    if (how & GOOD_BESIDE)
        check_beside_good(how, id_size);
    naive_pack_free(&truth);
    return 0;
}
