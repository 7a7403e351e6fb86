/* hash_stream.h - SHA-1 of one message that comes in pieces, with a look whether it is half of a
 * collision. Neighbouring blocks are looked at side by side: so pieces of some blocks are faster.
 */
#ifndef PKR_HASH_STREAM_H
#define PKR_HASH_STREAM_H

#include "platform/hash_way.h"

typedef struct pkr_hash_stream {
    const pkr_hash_way *way;
    uint32_t state[5];
    uint64_t size;
    bool is_attack; /* of all whole blocks so far; after the end, of the message */
    unsigned char begun[64];
} pkr_hash_stream;

/* `way` stays where it is for as long. */
void pkr_hash_stream_begin(pkr_hash_stream *stream, const pkr_hash_way *way);
void pkr_hash_stream_add(pkr_hash_stream *stream, const void *bytes, size_t size);
void pkr_hash_stream_end(pkr_hash_stream *stream, unsigned char digest[20]);

#endif
