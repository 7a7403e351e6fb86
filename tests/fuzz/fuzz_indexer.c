/* fuzz_indexer.c - any bytes as a pack without an index: what verify and index answer, and what
 * libgit2's indexer does.
 *
 * Input: a byte of flags, then the bytes. Flags: 1 the header is not given, but made, with the
 * count of the entries that the naive walk finds; 2 the right sum is put behind it; 4 libgit2 gets
 * the bytes one by one.
 *
 * Both take it, and then their indexes are the same byte for byte, or neither does. But two things
 * that git reads, and so do we, libgit2 does not take: a pack that has an object twice, and version
 * 3. Two that git cannot read libgit2 does: a delta of fewer than 4 bytes, and a header that has
 * more than 9 for the size. And what has it allocate gigabytes because a header says so is for us
 * alone. */
#include <dirent.h>
#include <git2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz_files.h"
#include "naive.h"
#include "naive_pack.h"
#include "packread.h"
#include "packwriter.h"

#define HEADER_MADE 1
#define SUM_RIGHT 2
#define PIECEMEAL 4

#define ENTRIES_MOST 64
#define OBJECT_MOST ((uint64_t)1 << 18)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool delta_is_large(const struct naive_object *delta)
{
    const uint8_t *bytes = delta->inflated;
    size_t length = (size_t)delta->inflated_size;
    uint64_t base_size;
    uint64_t size;
    size_t used;

    return naive_delta_size(bytes, length, &base_size, &used) &&
           naive_delta_size(bytes + used, length - used, &size, &used) && size > OBJECT_MOST;
}

/* Libgit2 allocates for the objects that the header counts, and for the sizes that entries and
 * deltas name, before it has seen more of them. */
static bool claims_much(const struct packwriter_bytes *bytes, const struct naive_pack *truth)
{
    const uint8_t *count = bytes->data + 8;
    struct naive_entry entry;

    if (count[0] || count[1] || count[2] > 16)
        return true;
    for (size_t i = 0; i < truth->count; i++)
        if (truth->objects[i].stored_type > 5 && delta_is_large(&truth->objects[i]))
            return true;
    return naive_entry_read(bytes->data + truth->end, bytes->size - (size_t)truth->end, 20,
                            &entry) &&
           entry.size > OBJECT_MOST;
}

/* ---- Theirs -------------------------------------------------------------------------------------
 */

static void load(const char *path, struct packwriter_bytes *bytes)
{
    uint8_t buffer[4096];
    FILE *file = fopen(path, "rb");
    size_t got;

    if (!file)
        abort();
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0)
        packwriter_bytes_add(bytes, buffer, got);
    fclose(file);
}

/* What they wrote has names of its own: takes the index, and leaves nothing behind. */
static void collect(struct packwriter_bytes *index)
{
    DIR *listing = opendir(fuzz_folder);
    struct dirent *item;

    if (!listing)
        abort();
    while ((item = readdir(listing))) {
        char path[sizeof fuzz_folder + sizeof item->d_name + 1];
        size_t length = strlen(item->d_name);

        snprintf(path, sizeof path, "%s/%s", fuzz_folder, item->d_name);
        if (item->d_name[0] == '.' || strcmp(path, fuzz_pack_path) == 0)
            continue;
        if (length > 4 && strcmp(item->d_name + length - 4, ".idx") == 0)
            load(path, index);
        unlink(path);
    }
    closedir(listing);
}

static bool append(git_indexer *indexer, const struct packwriter_bytes *bytes, unsigned flags)
{
    git_indexer_progress progress = {0};
    size_t step = flags & PIECEMEAL ? 1 : bytes->size;

    for (size_t at = 0; at < bytes->size; at += step)
        if (git_indexer_append(indexer, bytes->data + at, step, &progress) != 0)
            return false;
    return git_indexer_commit(indexer, &progress) == 0;
}

static bool taken_by_libgit2(const struct packwriter_bytes *bytes, unsigned flags,
                             struct packwriter_bytes *index)
{
    git_indexer *indexer;
    bool taken;

    if (git_indexer_new(&indexer, fuzz_folder, 0, NULL, NULL) != 0)
        abort();
    taken = append(indexer, bytes, flags);
    git_indexer_free(indexer);
    collect(index);
    return taken;
}

/* ---- Ours ---------------------------------------------------------------------------------------
 */

static int take_bytes(void *context, const void *bytes, size_t size)
{
    packwriter_bytes_add(context, bytes, size);
    return 0;
}

static bool taken_by_us(struct packwriter_bytes *index)
{
    packread_options library = {.flags = PACKREAD_WITHOUT_INDEX, .id_size = 20};
    packread_index_options options = {.threads = 1, .context = index, .index = take_bytes};
    packread_snapshot *snapshot;
    int status;

    if (packread_snapshot_open(fuzz_pack_path, &library, &snapshot, NULL) != 0)
        return false;
    status = packread_index(snapshot, 0, &options, NULL, NULL);
    if (packread_verify(snapshot, 0, NULL, NULL, NULL) != status)
        abort();
    packread_snapshot_free(snapshot);
    return status == 0;
}

/* ---- Compared -----------------------------------------------------------------------------------
 */

static void make_pack(struct packwriter_bytes *bytes, const uint8_t *data, size_t size,
                      unsigned flags, struct naive_pack *truth)
{
    if (flags & HEADER_MADE)
        packwriter_bytes_add(bytes, "PACK\0\0\0\2\0\0\0\0", 12);
    packwriter_bytes_add(bytes, data, size);
    if (bytes->size < 12)
        packwriter_bytes_add_repeated(bytes, 0, 12 - bytes->size);
    if (flags & SUM_RIGHT)
        packwriter_bytes_add_repeated(bytes, 0, 20);
    naive_pack_walk(truth, bytes->data, bytes->size < 32 ? 12 : bytes->size - 20, 20, ENTRIES_MOST,
                    OBJECT_MOST);
    if (flags & HEADER_MADE)
        bytes->data[11] = (uint8_t)truth->count;
    if (flags & SUM_RIGHT)
        packwriter_bytes_resum(bytes, 20);
}

static bool is_unread_by_git(const struct packwriter_bytes *bytes, const struct naive_pack *truth)
{
    for (size_t i = 0; i < truth->count; i++) {
        const struct naive_object *object = &truth->objects[i];
        const uint8_t *header = bytes->data + object->offset;
        size_t used = 1;

        while (header[used - 1] & 0x80)
            used++;
        if (used > 9 || (object->stored_type > 5 && object->inflated_size < 4))
            return true;
    }
    return false;
}

static void compare(const struct packwriter_bytes *bytes, unsigned flags,
                    const struct naive_pack *truth)
{
    struct packwriter_bytes index = {0};
    struct packwriter_bytes their_index = {0};
    bool taken = taken_by_us(&index);
    bool taken_by_them;

    if (claims_much(bytes, truth) || bytes->data[7] == 3)
        goto end;
    taken_by_them = taken_by_libgit2(bytes, flags, &their_index);
    if (taken != taken_by_them &&
        (taken_by_them ? !is_unread_by_git(bytes, truth) : !naive_pack_has_twins(truth))) {
        const git_error *last = git_error_last();

        fprintf(stderr, "we: %d; libgit2: %d: %s\n", taken, taken_by_them,
                last ? last->message : "");
        abort();
    }
    if (taken && taken_by_them &&
        (index.size != their_index.size || memcmp(index.data, their_index.data, index.size) != 0))
        abort();
end:
    packwriter_bytes_free(&index);
    packwriter_bytes_free(&their_index);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct packwriter_bytes bytes = {0};
    struct naive_pack truth;

    if (!fuzz_folder[0])
        git_libgit2_init();
    fuzz_files_begin();
    if (size < 1 || size > 65536)
        return 0;
    make_pack(&bytes, data + 1, size - 1, data[0], &truth);
    fuzz_files_save(&bytes, fuzz_pack_path);
    compare(&bytes, data[0], &truth);
    packwriter_bytes_free(&bytes);
    naive_pack_free(&truth);
    return 0;
}
