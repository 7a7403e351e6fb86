/* hash.c - SHA-1 and SHA-256 through nettle. */
#include "platform/hash.h"

#include <string.h>

#include "base/id.h"

void pkr_hash_begin(pkr_hash *hash, size_t id_size)
{
    hash->id_size = id_size;
    if (id_size == SHA256_DIGEST_SIZE)
        sha256_init(&hash->state.sha256);
    else
        sha1_init(&hash->state.sha1);
}

void pkr_hash_add(pkr_hash *hash, const void *bytes, size_t size)
{
    if (hash->id_size == SHA256_DIGEST_SIZE)
        sha256_update(&hash->state.sha256, size, bytes);
    else
        sha1_update(&hash->state.sha1, size, bytes);
}

void pkr_hash_end(pkr_hash *hash, packread_id *id)
{
    memset(id, 0, sizeof *id);
    id->size = (unsigned char)hash->id_size;
    if (hash->id_size == SHA256_DIGEST_SIZE)
        sha256_digest(&hash->state.sha256, SHA256_DIGEST_SIZE, id->bytes);
    else
        sha1_digest(&hash->state.sha1, SHA1_DIGEST_SIZE, id->bytes);
}

int pkr_hash_piece(void *hash, const void *bytes, size_t size)
{
    pkr_hash_add(hash, bytes, size);
    return 0;
}

void pkr_hash_begin_object(pkr_hash *hash, size_t id_size, enum packread_type type, uint64_t size)
{
    char header[32];
    char digits[20];
    const char *name = packread_type_name(type);
    size_t length = strlen(name);
    size_t count = 0;

    memcpy(header, name, length);
    header[length++] = ' ';
    do {
        digits[count++] = (char)('0' + size % 10);
        size /= 10;
    } while (size);
    while (count)
        header[length++] = digits[--count];
    header[length++] = '\0';

    pkr_hash_begin(hash, id_size);
    pkr_hash_add(hash, header, length);
}

void pkr_hash_objects(size_t id_size, pkr_hash_job *jobs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        pkr_hash hash;

        pkr_hash_begin_object(&hash, id_size, jobs[i].type, jobs[i].size);
        pkr_hash_add(&hash, jobs[i].data, (size_t)jobs[i].size);
        pkr_hash_end(&hash, &jobs[i].id);
    }
}
