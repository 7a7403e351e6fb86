/* sum.c - hashes bytes of a file window by window. */
#include "sum.h"

#include "hash.h"
#include "id.h"
#include "inflate.h"

int packread_sum(packread_view *view, uint64_t end, size_t id_size, const _Atomic bool *stopped,
                 packread_id *sum, packread_error *error)
{
    packread_hash hash;
    uint64_t at = 0;

    packread_hash_begin(&hash, id_size);
    while (at < end && !(stopped && atomic_load(stopped))) {
        const unsigned char *bytes;
        size_t size;
        int status = packread_view_use(view, at, PACKREAD_VIEW_ALL, &bytes, &size, error);

        if (status != 0)
            return status;
        if (size > end - at)
            size = (size_t)(end - at);
        packread_hash_add(&hash, bytes, size);
        at += size;
    }
    packread_hash_end(&hash, sum);
    return 0;
}

int packread_sum_stored(packread_view *view, uint64_t place, size_t id_size, packread_id *sum,
                        packread_error *error)
{
    const unsigned char *bytes;
    int status = packread_view_need(view, place, id_size, &bytes, error);

    if (status == 0)
        packread_id_set(sum, bytes, id_size);
    return status;
}

int packread_sum_crc(packread_view *view, uint64_t at, uint64_t end, uint32_t *crc,
                     packread_error *error)
{
    uint32_t sum = 0;

    while (at < end) {
        const unsigned char *bytes;
        size_t size;
        int status = packread_view_use(view, at, PACKREAD_VIEW_ALL, &bytes, &size, error);

        if (status != 0)
            return status;
        if (size > end - at)
            size = (size_t)(end - at);
        sum = packread_inflate_crc(sum, bytes, size);
        at += size;
    }
    *crc = sum;
    return 0;
}
