/* fuzz_config.c - any bytes as a configuration, compared with the naive reader; and what it says of
 * a repository.
 *
 * Input: the file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "format/repository_format.h"
#include "guard_pages.h"
#include "naive_lists.h"
#include "packread.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(const uint8_t *data, size_t size)
{
    size_t expected_length;
    size_t length;
    uint64_t expected_bad;
    uint64_t bad;
    char *expected = naive_config(data, size, &expected_length, &expected_bad);
    char *got = naive_config_of_library(data, size, &length, &bad);

    if (bad != expected_bad || length != expected_length ||
        (length > 0 && memcmp(got, expected, length) != 0))
        abort();
    free(expected);
    free(got);
}

/* An answer that is good or says why not. */
static void check_answer(int status, const char *why)
{
    if (status != 0 &&
        ((status != PACKREAD_ERROR_CORRUPT && status != PACKREAD_ERROR_UNSUPPORTED) ||
         why[0] == '\0'))
        abort();
    for (const char *at = why; *at; at++)
        if (*at < ' ' || *at > '~')
            abort();
}

static void check_format(const uint8_t *data, size_t size)
{
    static struct guard guard;
    pkr_repository_format format;
    char why[PKR_REFUSAL_SIZE] = "";
    int status;

    if (!guard.map)
        guard_open(&guard, 4096);
    status = pkr_repository_format_read(guard_at_end(&guard, data, size), size, &format, why);
    if (status == 0 && format.id_size != 20 && format.id_size != 32)
        abort();
    check_answer(status, why);
    why[0] = '\0';
    status = pkr_repository_format_add(guard_at_start(&guard, data, size), size, &format, why);
    check_answer(status, why);
    if (pkr_repository_format_take_refs(
            &format, (pkr_words){(const char *)guard_at_end(&guard, data, size), size}) &&
        format.refs_folder.size + strlen("files://") > size && format.refs_folder.bytes)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    compare(data, size);
    check_format(data, size);
    return 0;
}
