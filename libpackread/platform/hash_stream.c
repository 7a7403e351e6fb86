/* hash_stream.c - block by block, as they are filled. */
#include "platform/hash_stream.h"

#include <string.h>

#include "platform/sha1_message.h"

void pkr_hash_stream_begin(pkr_hash_stream *stream, const pkr_hash_way *way)
{
    stream->way = way;
    stream->size = 0;
    stream->is_attack = false;
    memcpy(stream->state, pkr_sha1_first_state, sizeof stream->state);
}

static void run_stream(pkr_hash_stream *stream, const unsigned char *blocks, size_t count)
{
    pkr_sha1_lanes core;

    pkr_sha1_lanes_init(&core);
    for (unsigned i = 1; i < stream->way->narrow_width; i++)
        core.attacks[i] = NULL;
    core.attacks[0] = &stream->is_attack;
    core.at[0] = blocks;
    for (unsigned word = 0; word < 5; word++)
        core.state[word][0] = stream->state[word];
    stream->way->narrow(&core, count);
    for (unsigned word = 0; word < 5; word++)
        stream->state[word] = core.state[word][0];
    pkr_hash_way_settle(stream->way, &core);
}

void pkr_hash_stream_add(pkr_hash_stream *stream, const void *bytes, size_t size)
{
    const unsigned char *from = bytes;
    const size_t used = stream->size % 64;

    if (size == 0)
        return;
    stream->size += size;
    if (used) {
        const size_t taken = size < 64 - used ? size : 64 - used;

        memcpy(stream->begun + used, from, taken);
        if (used + taken < 64)
            return;
        run_stream(stream, stream->begun, 1);
        from += taken;
        size -= taken;
    }
    if (size >= 64)
        run_stream(stream, from, size / 64);
    memcpy(stream->begun, from + size / 64 * 64, size % 64);
}

void pkr_hash_stream_end(pkr_hash_stream *stream, unsigned char digest[20])
{
    unsigned char room[PKR_SHA1_ROOM];
    const size_t used = stream->size % 64;

    memcpy(room, stream->begun, used);
    run_stream(stream, room, pkr_sha1_close(room, used, stream->size));
    pkr_sha1_put(digest, stream->state);
}
