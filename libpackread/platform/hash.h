/* hash.h - the one seam to SHA-1 and SHA-256. Callers know ids and objects, never a hash library;
 * whole objects come in batches, so that a backend with several lanes can take them at once. */
#ifndef PKR_HASH_H
#define PKR_HASH_H

#include <nettle/sha1.h>
#include <nettle/sha2.h>

#include "packread.h"

/* A running hash. Its size is that of the ids it makes: 20 is SHA-1, 32 is SHA-256. */
typedef struct pkr_hash {
    size_t id_size;
    union {
        struct sha1_ctx sha1;
        struct sha256_ctx sha256;
    } state;
} pkr_hash;

void pkr_hash_begin(pkr_hash *hash, size_t id_size);
void pkr_hash_add(pkr_hash *hash, const void *bytes, size_t size);
void pkr_hash_end(pkr_hash *hash, packread_id *id);
/* pkr_hash_add as a taker of pieces; `hash` is a pkr_hash. Returns 0. */
int pkr_hash_piece(void *hash, const void *bytes, size_t size);

/* Begins the hash of an object: its header "type size\0" is added, the contents follow. */
void pkr_hash_begin_object(pkr_hash *hash, size_t id_size, enum packread_type type, uint64_t size);

/* One whole object and the id that its bytes give. */
typedef struct pkr_hash_job {
    enum packread_type type;
    uint64_t size;
    const unsigned char *data;
    packread_id id; /* the result */
} pkr_hash_job;

/* STOPPED, without detail, where that is asked for meanwhile; `stop` may be NULL. */
int pkr_hash_objects(size_t id_size, pkr_hash_job *jobs, size_t count, const packread_stop *stop);

#endif
