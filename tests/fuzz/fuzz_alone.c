/* fuzz_alone.c - any bytes as a pack without an index: verified, indexed, salvaged, and read
 * through what was written; compared with a naive walk.
 *
 * Input: a byte of flags, then the bytes. Flags: 1 the header is not given, but made, with the
 * count of the entries that the naive walk finds; 2 the right sum is put behind it; 4 ids of 32
 * bytes; 8 pread; 16 windows of one page; 32 a limit of 1 MiB.
 *
 * Whatever comes in: no crash, no hang. Every object that the naive walk rebuilds is salvaged and
 * read; a pack that gets an index without salvage is found whole with it. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz_files.h"
#include "naive_pack.h"
#include "packread.h"
#include "packwriter.h"

#define HEADER_MADE 1
#define SUM_RIGHT 2
#define LONG_IDS 4
#define BY_PREAD 8
#define PAGE_WINDOWS 16
#define SMALL_LIMIT 32

#define ENTRIES_MOST 64
#define OBJECT_MOST ((uint64_t)1 << 18)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- What is asked ------------------------------------------------------------------------------
 */

typedef struct derivation {
    struct packwriter_bytes index;
    uint64_t findings;
    packread_index_summary summary;
    packread_error error;
    int status;
} derivation;

static int take_finding(void *context, const packread_finding *finding)
{
    if (!finding->error->text[0] || finding->error->code == 0)
        abort();
    ((derivation *)context)->findings++;
    return 0;
}

static int take_bytes(void *context, const void *bytes, size_t size)
{
    packwriter_bytes_add(&((derivation *)context)->index, bytes, size);
    return 0;
}

static packread_options options_of(unsigned flags)
{
    return (packread_options){
        .window_size = flags & PAGE_WINDOWS ? 1 : 0,
        .io = flags & BY_PREAD ? PACKREAD_IO_PREAD : PACKREAD_IO_AUTO,
        .memory_limit = flags & SMALL_LIMIT ? 1 << 20 : 0,
    };
}

/* False: not even opened. */
static bool derive(derivation *made, unsigned flags, bool salvage)
{
    packread_options library = options_of(flags);
    packread_index_options options = {
        .threads = 1,
        .finding = take_finding,
        .context = made,
        .salvage = salvage,
        .index = take_bytes,
    };
    packread_snapshot *snapshot;

    memset(made, 0, sizeof *made);
    library.flags = PACKREAD_WITHOUT_INDEX;
    library.id_size = flags & LONG_IDS ? 32 : 20;
    if (packread_snapshot_open(fuzz_pack_path, &library, &snapshot, &made->error) != 0)
        return false;
    made->status = packread_index(snapshot, 0, &options, &made->summary, &made->error);
    if (made->status != made->error.code)
        abort();
    /* Without an index to be written it is the same walk. */
    if (!salvage && packread_verify(snapshot, 0, NULL, NULL, NULL) != made->status)
        abort();
    packread_snapshot_free(snapshot);
    if (made->status == 0 && (made->findings != 0 || !made->summary.written))
        abort();
    if (made->summary.written != (made->index.size > 0))
        abort();
    return true;
}

/* ---- What is answered ---------------------------------------------------------------------------
 */

static void read_known(packread_snapshot *snapshot, const struct naive_pack *truth, size_t id_size)
{
    packread_reader *reader;

    if (packread_reader_new(snapshot, &reader, NULL) != 0)
        abort();
    for (size_t i = 0; i < truth->count; i++) {
        const struct naive_object *known = &truth->objects[i];
        packread_id id = {{0}, (unsigned char)id_size};
        packread_object object;

        if (!known->known)
            continue;
        memcpy(id.bytes, known->id, id_size);
        if (packread_reader_read(reader, &id, &object, NULL) != 0 ||
            (unsigned)object.type != known->type || object.size != known->size ||
            memcmp(object.data, known->data, object.size) != 0)
            abort();
    }
    packread_reader_free(reader);
}

static void check_index(const derivation *made, const struct naive_pack *truth, size_t id_size,
                        bool strict)
{
    packread_snapshot *snapshot;
    packread_pack_info info = {.struct_size = sizeof info};

    fuzz_files_save(&made->index, fuzz_index_path);
    if (packread_snapshot_open(fuzz_pack_path, NULL, &snapshot, NULL) != 0)
        abort();
    if (packread_snapshot_pack(snapshot, 0, &info) != 0 || info.objects != made->summary.objects ||
        info.id_size != id_size)
        abort();
    if (strict)
        read_known(snapshot, truth, id_size);
    if (made->status == 0 && !naive_pack_has_twins(truth) && truth->count < ENTRIES_MOST &&
        packread_verify(snapshot, 0, NULL, NULL, NULL) != 0)
        abort();
    packread_snapshot_free(snapshot);
    unlink(fuzz_index_path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct packwriter_bytes bytes = {0};
    struct naive_pack truth;
    derivation plain;
    derivation salvaged;
    size_t id_size;
    size_t trailer;
    unsigned flags;
    bool strict;

    fuzz_files_begin();
    if (size < 1 || size > 65536)
        return 0;
    flags = data[0];
    id_size = flags & LONG_IDS ? 32 : 20;
    if (flags & HEADER_MADE)
        packwriter_bytes_add(&bytes, "PACK\0\0\0\2\0\0\0\0", 12);
    packwriter_bytes_add(&bytes, data + 1, size - 1);
    if (flags & SUM_RIGHT)
        packwriter_bytes_add_repeated(&bytes, 0, id_size);
    trailer = bytes.size < 12 + id_size ? 12 : bytes.size - id_size;
    if (bytes.size < 12)
        packwriter_bytes_add_repeated(&bytes, 0, 12 - bytes.size);
    naive_pack_walk(&truth, bytes.data, trailer, id_size, ENTRIES_MOST, OBJECT_MOST);
    if (flags & HEADER_MADE)
        bytes.data[11] = (uint8_t)truth.count;
    if (flags & SUM_RIGHT)
        packwriter_bytes_resum(&bytes, id_size);
    fuzz_files_save(&bytes, fuzz_pack_path);
    /* Under a small limit an object may be refused; an index of one object is no index of none. */
    strict = !(flags & SMALL_LIMIT);
    if (derive(&plain, flags, false)) {
        bool opened = derive(&salvaged, flags, true);

        if (!opened || (strict && salvaged.summary.objects < naive_pack_known(&truth)))
            abort();
        if (plain.summary.written)
            check_index(&plain, &truth, id_size, strict);
        if (salvaged.summary.written)
            check_index(&salvaged, &truth, id_size, strict);
        packwriter_bytes_free(&salvaged.index);
    }
    packwriter_bytes_free(&plain.index);
    packwriter_bytes_free(&bytes);
    naive_pack_free(&truth);
    return 0;
}
