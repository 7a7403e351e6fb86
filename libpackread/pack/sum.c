/* sum.c - hashes bytes of a file window by window. */
#include "pack/sum.h"

#include "base/id.h"
#include "platform/hash.h"
#include "platform/inflate.h"

/* What one window has of the bytes from `at` to `end`. */
static int next_piece(pkr_view *view, uint64_t at, uint64_t end, const unsigned char **bytes,
                      size_t *size, pkr_fault *fault)
{
    int status = pkr_view_use(view, at, PKR_VIEW_ALL, bytes, size, fault);

    if (status == 0 && *size > end - at)
        *size = (size_t)(end - at);
    return status;
}

static int sum_up(pkr_view *view, uint64_t end, size_t id_size, const _Atomic bool *stopped,
                  packread_id *sum, pkr_fault *fault)
{
    pkr_hash hash;
    size_t size;

    pkr_hash_begin(&hash, NULL, id_size);
    for (uint64_t at = 0; at < end && !(stopped && atomic_load(stopped)); at += size) {
        const unsigned char *bytes;
        int status = next_piece(view, at, end, &bytes, &size, fault);

        if (status != 0)
            return status;
        pkr_hash_add(&hash, bytes, size);
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

int pkr_sum_check(pkr_view *view, uint64_t end, size_t id_size, const _Atomic bool *stopped,
                  packread_id *stored, bool *is_right, pkr_fault *fault)
{
    packread_id sum;
    int status = sum_up(view, end, id_size, stopped, &sum, fault);

    if (status == 0)
        status = pkr_sum_stored(view, end, id_size, stored, fault);
    *is_right = status == 0 && packread_id_compare(stored, &sum) == 0;
    return status;
}

int pkr_sum_crc(pkr_view *view, uint64_t at, uint64_t end, uint32_t *crc, pkr_fault *fault)
{
    size_t size;

    for (*crc = 0; at < end; at += size) {
        const unsigned char *bytes;
        int status = next_piece(view, at, end, &bytes, &size, fault);

        if (status != 0)
            return status;
        *crc = pkr_inflate_crc(*crc, bytes, size);
    }
    return 0;
}
