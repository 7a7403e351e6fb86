/* hash.h - the one seam to SHA-1 and SHA-256. Callers know ids and objects, never a hash library;
 * whole objects come in batches, so that a backend with several lanes can take them at once. */
#ifndef PKR_HASH_H
#define PKR_HASH_H

#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "packread.h"
#include "platform/hash_stream.h"

/* A running hash. Its size is that of the ids it makes: 20 is SHA-1, 32 is SHA-256. */
typedef struct pkr_hash {
    size_t id_size;
    bool detects;
    union {
        pkr_hash_stream detecting;
        struct sha1_ctx sha1;
        struct sha256_ctx sha256;
    } state;
} pkr_hash;

/* SHA-1 with a look for collisions by `way`, which stays where it is for as long; NULL: without, as
 * for the checksum of a file. */
void pkr_hash_begin(pkr_hash *hash, const pkr_hash_way *way, size_t id_size);
void pkr_hash_add(pkr_hash *hash, const void *bytes, size_t size);
void pkr_hash_end(pkr_hash *hash, packread_id *id);
/* After the end: whether the bytes are half of a collision of SHA-1, so that the id names nothing.
 */
static inline bool pkr_hash_is_attack(const pkr_hash *hash)
{
    return hash->detects && hash->state.detecting.is_attack;
}
/* pkr_hash_add as a taker of pieces; `hash` is a pkr_hash. Returns 0. */
int pkr_hash_piece(void *hash, const void *bytes, size_t size);

/* What an object's hash begins with, "type size\0"; how long it is. */
#define PKR_HASH_HEADER_MOST 32
size_t pkr_hash_header(unsigned char header[PKR_HASH_HEADER_MOST], enum packread_type type,
                       uint64_t size);

/* Begins the hash of an object: its header is added, the contents follow. */
void pkr_hash_begin_object(pkr_hash *hash, const pkr_hash_way *way, size_t id_size,
                           enum packread_type type, uint64_t size);

/* One whole object and the id that its bytes give. */
typedef struct pkr_hash_job {
    enum packread_type type;
    uint64_t size;
    const unsigned char *data;
    packread_id id; /* the result */
    bool is_attack; /* as pkr_hash_is_attack */
} pkr_hash_job;

/* NULL, or why contents that gave `given` are not the object `id`. */
#define PKR_WRONG_TEXT "contents do not give the object's id"
#define PKR_ATTACK_TEXT "contents are part of a SHA-1 collision attack"
const char *pkr_hash_refused(const packread_id *given, bool is_attack, const packread_id *id);

/* Many at once are faster, the longest first: see hash_lanes.h. STOPPED, without detail, where that
 * is asked for meanwhile; `stop` may be NULL. */
int pkr_hash_objects(const pkr_hash_way *way, size_t id_size, pkr_hash_job *jobs, size_t count,
                     const packread_stop *stop);

#endif
