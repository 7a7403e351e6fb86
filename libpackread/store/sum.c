/* sum.c - hashes bytes of a file window by window. */
#include "store/sum.h"

#include "platform/hash.h"
#include "base/id.h"
#include "platform/inflate.h"

int pkr_sum(pkr_view *view, uint64_t end, size_t id_size, const _Atomic bool *stopped,
            packread_id *sum, pkr_fault *fault)
{
    pkr_hash hash;
    uint64_t at = 0;

    pkr_hash_begin(&hash, id_size);
    while (at < end && !(stopped && atomic_load(stopped))) {
        const unsigned char *bytes;
        size_t size;
        int status = pkr_view_use(view, at, PKR_VIEW_ALL, &bytes, &size, fault);

        if (status != 0)
            return status;
        if (size > end - at)
            size = (size_t)(end - at);
        pkr_hash_add(&hash, bytes, size);
        at += size;
    }
    pkr_hash_end(&hash, sum);
    return 0;
}

int pkr_sum_stored(pkr_view *view, uint64_t place, size_t id_size, packread_id *sum,
                   pkr_fault *fault)
{
    const unsigned char *bytes;
    int status = pkr_view_need(view, place, id_size, &bytes, fault);

    if (status == 0)
        pkr_id_set(sum, bytes, id_size);
    return status;
}

int pkr_sum_crc(pkr_view *view, uint64_t at, uint64_t end, uint32_t *crc, pkr_fault *fault)
{
    uint32_t sum = 0;

    while (at < end) {
        const unsigned char *bytes;
        size_t size;
        int status = pkr_view_use(view, at, PKR_VIEW_ALL, &bytes, &size, fault);

        if (status != 0)
            return status;
        if (size > end - at)
            size = (size_t)(end - at);
        sum = pkr_inflate_crc(sum, bytes, size);
        at += size;
    }
    *crc = sum;
    return 0;
}
