/* hash.c - SHA-256, and sums, through nettle; SHA-1 of objects in lanes and streams of our own. */
#include "platform/hash.h"

#include <string.h>

#include "base/id.h"
#include "base/stop.h"
#include "platform/hash_lanes.h"

void pkr_hash_begin(pkr_hash *hash, const pkr_hash_way *way, size_t id_size)
{
    hash->id_size = id_size;
    hash->detects = way && id_size != SHA256_DIGEST_SIZE;
    if (hash->detects)
        pkr_hash_stream_begin(&hash->state.detecting, way);
    else if (id_size == SHA256_DIGEST_SIZE)
        sha256_init(&hash->state.sha256);
    else
        sha1_init(&hash->state.sha1);
}

void pkr_hash_add(pkr_hash *hash, const void *bytes, size_t size)
{
    if (hash->detects)
        pkr_hash_stream_add(&hash->state.detecting, bytes, size);
    else if (hash->id_size == SHA256_DIGEST_SIZE)
        sha256_update(&hash->state.sha256, size, bytes);
    else
        sha1_update(&hash->state.sha1, size, bytes);
}

void pkr_hash_end(pkr_hash *hash, packread_id *id)
{
    memset(id, 0, sizeof *id);
    id->size = (unsigned char)hash->id_size;
    if (hash->detects)
        pkr_hash_stream_end(&hash->state.detecting, id->bytes);
    else if (hash->id_size == SHA256_DIGEST_SIZE)
        sha256_digest(&hash->state.sha256, SHA256_DIGEST_SIZE, id->bytes);
    else
        sha1_digest(&hash->state.sha1, SHA1_DIGEST_SIZE, id->bytes);
}

int pkr_hash_piece(void *hash, const void *bytes, size_t size)
{
    pkr_hash_add(hash, bytes, size);
    return 0;
}

/* ---- Objects -------------------------------------------------------------------------------- */

size_t pkr_hash_header(unsigned char header[PKR_HASH_HEADER_MOST], enum packread_type type,
                       uint64_t size)
{
    const char *name = packread_type_name(type);
    char digits[20];
    size_t length = strlen(name);
    size_t count = 0;

    memcpy(header, name, length);
    header[length++] = ' ';
    do {
        digits[count++] = (char)('0' + size % 10);
        size /= 10;
    } while (size);
    while (count)
        header[length++] = (unsigned char)digits[--count];
    header[length++] = '\0';
    return length;
}

void pkr_hash_begin_object(pkr_hash *hash, const pkr_hash_way *way, size_t id_size,
                           enum packread_type type, uint64_t size)
{
    unsigned char header[PKR_HASH_HEADER_MOST];

    pkr_hash_begin(hash, way, id_size);
    pkr_hash_add(hash, header, pkr_hash_header(header, type, size));
}

/* Between two looks at whether it is to stop. */
#define STEP ((uint64_t)4 << 20)

static int hash_alone(size_t id_size, pkr_hash_job *job, const packread_stop *stop)
{
    pkr_hash hash;
    uint64_t at = 0;

    pkr_hash_begin_object(&hash, NULL, id_size, job->type, job->size);
    for (; job->size - at > STEP; at += STEP) {
        if (pkr_stop_is_asked(stop))
            return PACKREAD_ERROR_STOPPED;
        pkr_hash_add(&hash, job->data + at, (size_t)STEP);
    }
    pkr_hash_add(&hash, job->data + at, (size_t)(job->size - at));
    pkr_hash_end(&hash, &job->id);
    job->is_attack = false;
    return 0;
}

#define LANE_JOBS 128 /* that are handed over at once: some for each lane, and little stack */

static int hash_in_lanes(const pkr_hash_way *way, pkr_hash_job *jobs, size_t count,
                         const packread_stop *stop)
{
    unsigned char headers[LANE_JOBS][PKR_HASH_HEADER_MOST];
    pkr_lanes_job lanes[LANE_JOBS];
    int status;

    for (size_t i = 0; i < count; i++) {
        lanes[i].prefix = headers[i];
        lanes[i].prefix_size = pkr_hash_header(headers[i], jobs[i].type, jobs[i].size);
        lanes[i].data = jobs[i].data;
        lanes[i].size = (size_t)jobs[i].size;
    }
    status = pkr_lanes_hash(way, lanes, count, stop);
    for (size_t i = 0; status == 0 && i < count; i++) {
        pkr_id_set(&jobs[i].id, lanes[i].digest, sizeof lanes[i].digest);
        jobs[i].is_attack = lanes[i].is_attack;
    }
    return status;
}

int pkr_hash_objects(const pkr_hash_way *way, size_t id_size, pkr_hash_job *jobs, size_t count,
                     const packread_stop *stop)
{
    const size_t most = way && id_size != SHA256_DIGEST_SIZE ? LANE_JOBS : 1;
    int status = 0;

    while (status == 0 && count > 0) {
        const size_t taken = count < most ? count : most;

        status = most > 1 ? hash_in_lanes(way, jobs, taken, stop) : hash_alone(id_size, jobs, stop);
        jobs += taken;
        count -= taken;
    }
    return status;
}

const char *pkr_hash_refused(const packread_id *given, bool is_attack, const packread_id *id)
{
    if (is_attack)
        return PKR_ATTACK_TEXT;
    return packread_id_compare(given, id) == 0 ? NULL : PKR_WRONG_TEXT;
}
