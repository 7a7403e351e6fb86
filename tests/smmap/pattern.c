/* pattern.c - knows what byte stands where in the files that the tests of windows make. */
#include "pattern.h"

#include "invariants.h"

#include <stdlib.h>
#include <string.h>

unsigned char pattern_byte(uint64_t offset, uint64_t seed)
{
    return (unsigned char)((offset + seed + 1) * UINT64_C(0x9e3779b97f4a7c15) >> 56);
}

char *pattern_file(const char *name, uint64_t size, uint64_t seed)
{
    char *path = suite_scratch_path(name);
    unsigned char *bytes = malloc((size_t)size + 1);
    uint64_t at;

    ck_assert_ptr_nonnull(bytes);
    for (at = 0; at < size; at++)
        bytes[at] = pattern_byte(at, seed);
    suite_write_file(path, bytes, (size_t)size);
    free(bytes);
    return path;
}

void pattern_check(const unsigned char *data, uint64_t offset, uint64_t size, uint64_t seed)
{
    uint64_t at;

    for (at = 0; at < size; at++) {
        if (data[at] != pattern_byte(offset + at, seed))
            ck_abort_msg("byte %llu of the file is %u, not %u", (unsigned long long)(offset + at),
                         data[at], pattern_byte(offset + at, seed));
    }
}

void pattern_check_cursor(const smmap_cursor *cursor, uint64_t seed)
{
    const unsigned char *data = smmap_cursor_data(cursor);
    uint64_t begin = smmap_cursor_begin(cursor);
    uint64_t size = smmap_cursor_size(cursor);
    uint64_t at;

    if (!smmap_cursor_is_valid(cursor) || !data || !size)
        ck_abort_msg("the cursor shows nothing");
    if (size <= 256) {
        pattern_check(data, begin, size, seed);
        return;
    }
    pattern_check(data, begin, 64, seed);
    for (at = 64; at < size - 64; at += size / 16)
        pattern_check(data + at, begin + at, 1, seed);
    pattern_check(data + size - 64, begin + size - 64, 64, seed);
}

bool one_page_mode(void)
{
    const char *debug = getenv("SMMAP_DEBUG");
    return debug && !strcmp(debug, "onepage");
}

void check_manager(const smmap_manager *manager)
{
    const char *wrong = smm_manager_check(manager);
    if (wrong)
        ck_abort_msg("invariant: %s", wrong);
}

smmap_manager *new_manager(const smmap_options *options)
{
    smmap_manager *manager = NULL;

    ck_assert_int_eq(smmap_manager_new(options, &manager), SMMAP_OK);
    ck_assert_ptr_nonnull(manager);
    return manager;
}

smmap_cursor *open_cursor(smmap_manager *manager, const char *path)
{
    smmap_cursor *cursor = NULL;
    smmap_error error = {0};
    int code = smmap_cursor_open_path(manager, path, &cursor, &error);

    ck_assert_msg(!code, "%s: %s (%d)", path, smmap_error_text(code), error.system_errno);
    check_manager(manager);
    return cursor;
}

void use(smmap_cursor *cursor, uint64_t offset, uint64_t size)
{
    smmap_error error = {0};
    int code = smmap_cursor_use(cursor, offset, size, 0, &error);

    ck_assert_msg(!code, "use %llu: %s (%d)", (unsigned long long)offset, smmap_error_text(code),
                  error.system_errno);
    ck_assert_uint_eq(smmap_cursor_begin(cursor), offset);
    ck_assert_uint_ge(smmap_cursor_size(cursor), 1);
    if (size)
        ck_assert_uint_le(smmap_cursor_size(cursor), size);
}

void need(smmap_cursor *cursor, uint64_t offset, uint64_t size)
{
    smmap_error error = {0};
    int code = smmap_cursor_need(cursor, offset, size, &error);

    ck_assert_msg(!code, "need %llu: %s (%d)", (unsigned long long)offset, smmap_error_text(code),
                  error.system_errno);
    ck_assert_uint_eq(smmap_cursor_begin(cursor), offset);
    ck_assert_uint_eq(smmap_cursor_size(cursor), size);
}

smmap_stats stats_of(const smmap_manager *manager)
{
    smmap_stats stats = {.struct_size = sizeof stats};

    check_manager(manager);
    smmap_manager_stats(manager, &stats);
    return stats;
}

smmap_region_info region_of(const smmap_cursor *cursor)
{
    smmap_region_info info = {.struct_size = sizeof info};

    if (smmap_cursor_region(cursor, &info))
        ck_abort_msg("the cursor has no region");
    return info;
}
