/* fuzz_packed_refs.c - any bytes as packed-refs: its lines are those that a naive reader has; what
 * is found by name has that name, bad lines hide no ref, and are told where they begin.
 *
 * Input: a byte whose lowest bit chooses the size of ids, then the file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/packed_refs.h"
#include "guard_pages.h"
#include "naive_refs.h"

#define SIZE_MOST 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of bad lines the place is that where they begin. */
static void is_bad(const pkr_packed_refs *refs, const pkr_packed_ref *ref)
{
    if (!ref->why || ref->place >= refs->size ||
        (ref->place > 0 && refs->bytes[ref->place - 1] != '\n'))
        abort();
    if (ref->name && !pkr_packed_refs_has_bad(refs, ref->name, ref->length))
        abort();
}

static void look_up(const pkr_packed_refs *refs, const struct naive_ref *one)
{
    pkr_packed_ref ref;
    int got = pkr_packed_refs_find(refs, one->name, one->length, &ref);

    (void)pkr_packed_refs_has_bad(refs, one->name, one->length);
    if (got < 0 || (got == 0 && !refs->is_sorted))
        abort();
    if (got == 1 && (ref.length != one->length || memcmp(ref.name, one->name, one->length) != 0))
        abort();
}

static void compare(const pkr_packed_refs *refs)
{
    struct naive_refs expected;
    size_t at = refs->begin;
    pkr_packed_ref ref;
    size_t i = 0;
    int got;

    naive_packed_refs_read(refs->bytes, refs->size, refs->id_size, &expected);
    while ((got = pkr_packed_refs_next(refs, &at, &ref)) != 0) {
        if (got < 0) {
            is_bad(refs, &ref);
            continue;
        }
        if (i >= expected.count || ref.length != expected.list[i].length ||
            memcmp(ref.name, expected.list[i].name, ref.length) != 0 ||
            (ref.peeled.size > 0) != (expected.list[i].peeled_hex != NULL))
            abort();
        i++;
    }
    if (i != expected.count)
        abort();
    for (i = 0; i < expected.count; i++)
        look_up(refs, &expected.list[i]);
    naive_refs_free(&expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct guard guard;
    pkr_packed_refs refs;

    if (!guard.map)
        guard_open(&guard, SIZE_MOST);
    if (size == 0 || size > SIZE_MOST)
        return 0;
    pkr_packed_refs_begin(&refs, (const char *)guard_at_end(&guard, data + 1, size - 1), size - 1,
                          data[0] & 1 ? 32 : 20);
    compare(&refs);
    return 0;
}
