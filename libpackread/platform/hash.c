/* hash.c - SHA-1 and SHA-256 through nettle. */
#include "platform/hash.h"

#include <string.h>

#include "base/id.h"
#include "base/stop.h"

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

/* Between two looks at whether it is to stop. */
#define STEP ((uint64_t)4 << 20)

static int hash_object(size_t id_size, pkr_hash_job *job, const packread_stop *stop)
{
    pkr_hash hash;
    uint64_t at = 0;

    pkr_hash_begin_object(&hash, id_size, job->type, job->size);
    for (; job->size - at > STEP; at += STEP) {
        if (pkr_stop_is_asked(stop))
            return PACKREAD_ERROR_STOPPED;
        pkr_hash_add(&hash, job->data + at, (size_t)STEP);
    }
    pkr_hash_add(&hash, job->data + at, (size_t)(job->size - at));
    pkr_hash_end(&hash, &job->id);
    return 0;
}

int pkr_hash_objects(size_t id_size, pkr_hash_job *jobs, size_t count, const packread_stop *stop)
{
    int status = 0;

    for (size_t i = 0; status == 0 && i < count; i++)
        status = hash_object(id_size, &jobs[i], stop);
    return status;
}
