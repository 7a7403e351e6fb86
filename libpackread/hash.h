/* hash.h - the one seam to SHA-1 and SHA-256. Callers know ids and objects, never a hash library;
 * whole objects come in batches, so that a backend with several lanes can take them at once. */
#ifndef PACKREAD_HASH_H
#define PACKREAD_HASH_H

#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "packread.h"

/* A running hash. Its size is that of the ids it makes: 20 is SHA-1, 32 is SHA-256. */
typedef struct packread_hash {
    size_t id_size;
    union {
        struct sha1_ctx sha1;
        struct sha256_ctx sha256;
    } state;
} packread_hash;

void packread_hash_begin(packread_hash *hash, size_t id_size);
void packread_hash_add(packread_hash *hash, const void *bytes, size_t size);
void packread_hash_end(packread_hash *hash, packread_id *id);
/* packread_hash_add as a taker of pieces; `hash` is a packread_hash. Returns 0. */
int packread_hash_piece(void *hash, const void *bytes, size_t size);

/* Begins the hash of an object: its header "type size\0" is added, the contents follow. */
void packread_hash_begin_object(packread_hash *hash, size_t id_size, enum packread_type type,
                                uint64_t size);

/* One whole object and the id that its bytes give. */
typedef struct packread_hash_job {
    enum packread_type type;
    uint64_t size;
    const unsigned char *data;
    packread_id id; /* the result */
} packread_hash_job;

void packread_hash_objects(size_t id_size, packread_hash_job *jobs, size_t count);

#endif
