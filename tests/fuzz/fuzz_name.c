/* fuzz_name.c - any bytes as what a user types: its suffixes lie one behind the other and reach
 * from the base to the end; as a ref's file, a list of tables, a commit, a tag: what comes out lies
 * inside of what went in.
 *
 * Input: the bytes. */
#include <stdint.h>
#include <stdlib.h>

#include "format/headers.h"
#include "format/loose_ref.h"
#include "format/ref_name.h"
#include "format/reftable_list.h"
#include "guard_pages.h"
#include "names/revision.h"

#define SIZE_MOST 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void holds(bool is_true)
{
    if (!is_true)
        abort();
}

static void take_apart(const char *text, size_t size)
{
    pkr_revision revision;
    const char *why;
    pkr_step step;
    size_t at;
    size_t last;

    if (size == 0 || !pkr_revision_parse(text, size, &revision, &why))
        return;
    holds(revision.base > 0 && revision.base <= revision.end && revision.end <= size);
    holds(!revision.has_path || revision.path + revision.path_length == text + size);
    at = last = revision.base;
    while (pkr_revision_next(&revision, &at, &step)) {
        holds(at > last && at <= revision.end);
        last = at;
    }
    holds(at == revision.end);
}

static void read_ref(const char *text, size_t size)
{
    pkr_ref_place place;
    pkr_ref_value value;

    if (pkr_loose_ref_parse(text, size, size & 1 ? 20 : 32, &value) && value.id.size == 0)
        holds(value.target_length > 0 && value.target > text &&
              value.target + value.target_length <= text + size);
    (void)pkr_ref_name_is_root(text, size);
    if (!pkr_ref_name_is_valid(text, size))
        return;
    place = pkr_ref_name_place(text, size);
    holds(place.length > 0 && place.name + place.length == text + size);
}

static void read_list(const char *text, size_t size)
{
    const char *name;
    size_t length;
    size_t at = 0;
    int got;

    while ((got = pkr_reftable_list_next(text, size, &at, &name, &length)) != 0)
        holds(at <= size && (got < 0 || (name >= text && name + length <= text + size)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct guard guard;
    enum packread_type type;
    const unsigned char *bytes;
    packread_id id;

    if (!guard.map)
        guard_open(&guard, SIZE_MOST);
    if (size > SIZE_MOST)
        return 0;
    bytes = guard_at_end(&guard, data, size);
    take_apart((const char *)bytes, size);
    read_ref((const char *)bytes, size);
    read_list((const char *)bytes, size);
    (void)pkr_commit_tree(bytes, size, 20, &id);
    (void)pkr_commit_parent(bytes, size, 20, 2, &id);
    (void)pkr_tag_object(bytes, size, 20, &id, &type);
    return 0;
}
