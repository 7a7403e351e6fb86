/* loose_file.c - reads the files of loose objects with pread: a small one in one go, a large one by
 * pieces of one buffer. Mapping a small file costs more than reading it. */
#include "object/loose_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/stop.h"
#include "place/loose.h"
#include "platform/hash.h"

#define BUFFER ((size_t)64 << 10) /* of what is read: files that are no larger are read at once */
#define FACTS_SIZE ((size_t)256)  /* of it, where the header alone is wanted */
#define INFLATES_MOST 1032        /* bytes that deflate makes of one */
/* Memory is not taken for more than this before so much has come. */
#define TRUSTED_SIZE ((uint64_t)1 << 20)

/* ---- Bytes of the file ---------------------------------------------------------------------- */

static int fail(const pkr_loose_file *file, int code, int system_errno, const char *text,
                pkr_fault *fault)
{
    return pkr_loose_fault(file->folder, &file->id, code, system_errno, text, fault);
}

/* git gives files that it has no need to write again a new time, and links come and go. */
static bool is_as_it_was(const pkr_loose_file *file)
{
    pkr_stamp now;

    return pkr_host_look_at(file->descriptor, &now) != 0 || now.size == file->stamp.size;
}

int pkr_loose_damaged(const pkr_loose_file *file, const char *text, pkr_fault *fault)
{
    if (!is_as_it_was(file))
        return fail(file, PACKREAD_ERROR_CHANGED, 0, "changed while it was read", fault);
    return fail(file, PACKREAD_ERROR_CORRUPT, 0, text, fault);
}

/* The next bytes of the file, `wanted` at most. */
static int read_more(pkr_loose_file *file, size_t wanted, pkr_fault *fault)
{
    packread_reader *reader = file->reader;
    const uint64_t left = file->stamp.size - file->at;
    size_t length = left < wanted ? (size_t)left : wanted;
    const size_t expected = length;
    int failure = pkr_host_read_at(file->descriptor, file->at, reader->file_piece, &length);

    if (failure != 0)
        return fail(file, PACKREAD_ERROR_SYSTEM, failure, "cannot be read", fault);
    if (length < expected)
        return fail(file, PACKREAD_ERROR_CHANGED, 0, "was cut short while it was read", fault);
    file->at += length;
    file->in = reader->file_piece;
    file->in_left = length;
    reader->work += length;
    return 0;
}

/* ---- The stream ----------------------------------------------------------------------------- */

static int begin_stream(pkr_loose_file *file, size_t wanted, pkr_fault *fault)
{
    packread_reader *reader = file->reader;

    file->at = 0;
    file->ended = false;
    if (pkr_inflate_begin(reader->inflater) != 0 &&
        (!pkr_budget_relieve(reader->budget) || pkr_inflate_begin(reader->inflater) != 0))
        return pkr_fault_memory(fault);
    return read_more(file, wanted, fault);
}

/* Fills `out`, but for the end of the stream. */
static int fill(pkr_loose_file *file, unsigned char *out, size_t size, size_t *filled,
                pkr_fault *fault)
{
    size_t left = size;

    while (left > 0 && !file->ended) {
        const char *text = NULL;
        size_t before;
        int status = 0;

        if (file->in_left == 0 && file->at == file->stamp.size)
            return pkr_loose_damaged(file, "the file ends too early", fault);
        if (file->in_left == 0)
            status = read_more(file, BUFFER, fault);
        if (status != 0)
            return status;
        before = file->in_left + left;
        status = pkr_inflate_step(file->reader->inflater, &file->in, &file->in_left, &out, &left,
                                  &file->ended, &text);
        if (status == PACKREAD_ERROR_MEMORY)
            return pkr_fault_memory(fault);
        if (status != 0)
            return pkr_loose_damaged(file, text, fault);
        if (file->in_left + left == before && !file->ended)
            return pkr_loose_damaged(file, "deflated data is damaged", fault);
        if (pkr_stop_is_asked(file->reader->budget->stop))
            return pkr_fault_stopped(fault);
    }
    *filled = size - left;
    file->reader->work += *filled;
    return 0;
}

/* After the last byte of the contents: the stream and the file have to end here. */
static int finish(pkr_loose_file *file, pkr_fault *fault)
{
    unsigned char surplus;
    size_t filled = 0;
    int status = fill(file, &surplus, 1, &filled, fault);

    if (status != 0)
        return status;
    if (filled > 0)
        return pkr_loose_damaged(file, "inflates to more than its size", fault);
    if (file->in_left > 0 || file->at < file->stamp.size)
        return pkr_loose_damaged(file, "there is garbage behind its data", fault);
    return 0;
}

/* ---- Opening -------------------------------------------------------------------------------- */

static int read_header(pkr_loose_file *file, enum pkr_loose_reach reach, pkr_fault *fault)
{
    const size_t wanted = reach == PKR_LOOSE_FACTS ? PKR_LOOSE_HEADER_MAX : PKR_LOOSE_HEAD;
    const char *text = NULL;
    int status = begin_stream(file, reach == PKR_LOOSE_FACTS ? FACTS_SIZE : BUFFER, fault);

    if (status != 0)
        return status;
    if (pkr_loose_stream_check(file->in, file->in_left, &text) != 0)
        return pkr_loose_damaged(file, text, fault);
    status = fill(file, file->head, wanted, &file->head_size, fault);
    if (status != 0)
        return status;
    if (pkr_loose_header_parse(file->head, file->head_size, &file->header, &text) != 0)
        return pkr_loose_damaged(file, text, fault);
    if (file->header.size / INFLATES_MOST > file->stamp.size)
        return pkr_loose_damaged(file, "claims more bytes than its file can hold", fault);
    return 0;
}

/* There is no file behind the name: it went, or is a link that leads nowhere, and stays. */
static int tell_absence(pkr_loose_file *file, const char *path, int absence, pkr_fault *fault)
{
    char *target;
    const int failure = pkr_host_link(path, &target);
    const bool is_link = target != NULL;

    free(target);
    if (failure != 0)
        return fail(file, PACKREAD_ERROR_SYSTEM, failure, "cannot be read", fault);
    if (is_link)
        return fail(file, PACKREAD_ERROR_CORRUPT, 0, "is a symbolic link that leads nowhere",
                    fault);
    pkr_reader_note_gone(file->reader);
    return fail(file, PACKREAD_ERROR_CHANGED, absence, "is gone", fault);
}

static int open_file(pkr_loose_file *file, pkr_fault *fault)
{
    char *path = pkr_loose_path(file->folder, &file->id);
    int status = 0;
    int failure;

    if (!path)
        return pkr_fault_memory(fault);
    failure = pkr_host_open(path, &file->descriptor, &file->stamp);
    if (failure != 0 && !pkr_host_is_absence(failure))
        status = fail(file, PACKREAD_ERROR_SYSTEM, failure, "cannot be opened", fault);
    else if (failure != 0)
        status = tell_absence(file, path, failure, fault);
    free(path);
    return status;
}

int pkr_loose_open(pkr_loose_file *file, packread_reader *reader, uint32_t folder,
                   const packread_id *id, enum pkr_loose_reach reach, pkr_fault *fault)
{
    int status;

    file->reader = reader;
    file->id = *id;
    file->folder = pkr_object_folder_get(&reader->snapshot->folders, folder);
    if (!file->folder)
        return pkr_fault_set(fault, PACKREAD_ERROR_ARGUMENT, NULL,
                             "no object folder of that number");
    if (!reader->file_piece)
        reader->file_piece = pkr_memory_plain(reader->budget, BUFFER);
    if (!reader->file_piece)
        return pkr_fault_memory(fault);
    status = open_file(file, fault);
    if (status != 0)
        return status;
    if (file->stamp.kind == PKR_KIND_FILE)
        status = read_header(file, reach, fault);
    else
        status = fail(file, PACKREAD_ERROR_CORRUPT, 0, "not a regular file", fault);
    if (status != 0)
        pkr_loose_close(file);
    return status;
}

void pkr_loose_close(pkr_loose_file *file)
{
    pkr_host_close(file->descriptor);
}

/* ---- Contents ------------------------------------------------------------------------------- */

static int too_short(pkr_loose_file *file, pkr_fault *fault)
{
    return pkr_loose_damaged(file, "inflates to less than its size", fault);
}

/* What came with the header, as far as it belongs to the contents. */
static int take_head(pkr_loose_file *file, const unsigned char **bytes, size_t *size,
                     pkr_fault *fault)
{
    *bytes = file->head + file->header.length;
    *size = file->head_size - file->header.length;
    if (*size > file->header.size)
        return pkr_loose_damaged(file, "inflates to more than its size", fault);
    return 0;
}

/* The fast way: all of the file is in the buffer, and libdeflate inflates it once more from its
 * beginning, header and all. False says nothing about the data. */
static bool inflate_at_once(pkr_loose_file *file, pkr_blob *blob)
{
    const size_t length = file->header.length;
    const size_t size = (size_t)file->header.size;
    size_t consumed;

    if (!pkr_inflate_whole(file->reader->inflater, file->reader->file_piece,
                           (size_t)file->stamp.size, blob->data, length + size, &consumed) ||
        consumed != file->stamp.size)
        return false;
    memmove(blob->data, blob->data + length, size);
    blob->size = size;
    file->reader->work += size;
    return true;
}

static int inflate_rest(pkr_loose_file *file, pkr_blob **blob, pkr_fault *fault)
{
    const uint64_t size = file->header.size;
    const unsigned char *head;
    size_t count = 0;
    uint64_t filled;
    int status = take_head(file, &head, &count, fault);

    if (status != 0)
        return status;
    memcpy((*blob)->data, head, count);
    filled = count;
    while (status == 0 && filled < size && !file->ended) {
        pkr_blob *made = *blob;

        if (filled == made->size)
            status = pkr_blob_grow(&file->reader->spares, &made,
                                   made->size < size / 2 ? made->size * 2 : size, fault);
        *blob = made;
        if (status == 0)
            status =
                fill(file, made->data + filled,
                     (size_t)((made->size < size ? made->size : size) - filled), &count, fault);
        filled += status == 0 ? count : 0;
    }
    if (status == 0 && filled < size)
        status = too_short(file, fault);
    if (status == 0)
        status = finish(file, fault);
    (*blob)->size = size;
    return status;
}

int pkr_loose_inflate(pkr_loose_file *file, pkr_blob **blob, pkr_fault *fault)
{
    const uint64_t size = file->header.size;
    const bool is_small = file->at == file->stamp.size && file->stamp.size <= BUFFER;
    const uint64_t trusted = size < TRUSTED_SIZE ? size : TRUSTED_SIZE;
    pkr_blob *made = NULL;
    int status = 0;

    if (size > file->reader->budget->limit)
        return pkr_blob_short(&file->reader->spares, size, fault);
    status = pkr_blob_new(&file->reader->spares, trusted + file->header.length, &made, fault);
    if (status == 0 && (file->ended || !is_small || trusted < size || !inflate_at_once(file, made)))
        status = inflate_rest(file, &made, fault);
    if (status != 0)
        pkr_blob_release(&file->reader->spares, made);
    if (status == PACKREAD_ERROR_BUDGET)
        return pkr_blob_short(&file->reader->spares, size, fault);
    if (status != 0)
        return status;
    made->type = (unsigned char)file->header.type;
    *blob = made;
    return 0;
}

int pkr_loose_run(pkr_loose_file *file, packread_writer *take, void *context, pkr_fault *fault)
{
    packread_reader *reader = file->reader;
    const unsigned char *bytes;
    size_t count;
    uint64_t given;
    int status = pkr_reader_piece(reader, fault);

    if (status == 0)
        status = begin_stream(file, BUFFER, fault);
    if (status == 0)
        status = fill(file, file->head, PKR_LOOSE_HEAD, &file->head_size, fault);
    if (status == 0 && file->head_size < file->header.length)
        status = too_short(file, fault);
    if (status == 0)
        status = take_head(file, &bytes, &count, fault);
    if (status != 0)
        return status;
    given = count;
    if (count > 0 && take(context, bytes, count) != 0)
        return pkr_fault_stopped(fault);
    while (given < file->header.size && !file->ended) {
        const uint64_t left = file->header.size - given;

        status = fill(file, reader->piece,
                      left < PKR_READER_PIECE ? (size_t)left : PKR_READER_PIECE, &count, fault);
        if (status != 0)
            return status;
        given += count;
        if (count > 0 && take(context, reader->piece, count) != 0)
            return pkr_fault_stopped(fault);
    }
    return given < file->header.size ? too_short(file, fault) : finish(file, fault);
}

/* ---- All at once ---------------------------------------------------------------------------- */

static int check_id(const pkr_loose_file *file, const pkr_blob *blob, pkr_fault *fault)
{
    pkr_hash_job job = {
        .type = (enum packread_type)blob->type, .size = blob->size, .data = blob->data};
    const char *refused;

    if (pkr_hash_objects(&file->reader->snapshot->hash_way, file->id.size, &job, 1,
                         file->reader->budget->stop) != 0)
        return pkr_fault_stopped(fault);
    refused = pkr_hash_refused(&job.id, job.is_attack, &file->id);
    return refused ? pkr_loose_damaged(file, refused, fault) : 0;
}

int pkr_loose_whole(pkr_loose_file *file, bool check, pkr_blob **blob, pkr_fault *fault)
{
    pkr_blob *made = NULL;
    int status = pkr_loose_inflate(file, &made, fault);

    if (status == 0 && check)
        status = check_id(file, made, fault);
    if (status == 0)
        *blob = made;
    else
        pkr_blob_release(&file->reader->spares, made);
    return status;
}

int pkr_loose_read(packread_reader *reader, uint32_t folder, const packread_id *id, bool check,
                   pkr_blob **blob, pkr_fault *fault)
{
    pkr_loose_file file;
    int status = pkr_loose_open(&file, reader, folder, id, PKR_LOOSE_CONTENTS, fault);

    if (status != 0)
        return status;
    status = pkr_loose_whole(&file, check, blob, fault);
    pkr_loose_close(&file);
    return status;
}
