/* fuzz_bundle.c - any bytes as the header of a bundle, line after line, compared with a naive
 * reader: the same lines are taken, and mean the same. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/bundle.h"
#include "guard_pages.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BLANKS " \t\n\v\f\r"
#define HEX "0123456789abcdefABCDEF"

/* The line with a NUL in its newline's place, or cut at a NUL of its own: what is read of it then
 * is refused, or the name of a ref. */
struct naive {
    unsigned version;
    size_t digits;
    bool is_filtered;
};

enum naive_kind { REFUSED = -1 };

static int naive_id(const struct naive *naive, char *line)
{
    const bool is_required = *line == '-';

    line += is_required;
    if (strspn(line, HEX) < naive->digits)
        return REFUSED;
    line += naive->digits;
    if (*line == '\0')
        return is_required ? PKR_BUNDLE_PREREQUISITE : REFUSED;
    if (!strchr(BLANKS, *line))
        return REFUSED;
    return is_required ? PKR_BUNDLE_PREREQUISITE : PKR_BUNDLE_REF;
}

static int naive_line(struct naive *naive, char *line)
{
    if (naive->version == 0) {
        if (strcmp(line, "# v2 git bundle") != 0 && strcmp(line, "# v3 git bundle") != 0)
            return REFUSED;
        naive->version = line[3] == '2' ? 2 : 3;
        naive->digits = 40;
        return PKR_BUNDLE_SIGNATURE;
    }
    if (*line == '\0')
        return PKR_BUNDLE_END;
    for (char *last = line + strlen(line); last > line && strchr(BLANKS, last[-1]);)
        *--last = '\0';
    if (naive->version == 2 || *line != '@')
        return naive_id(naive, line);
    if (strncmp(line, "@filter=", 8) == 0)
        naive->is_filtered = true;
    else if (strcmp(line, "@object-format=sha1") == 0)
        naive->digits = 40;
    else if (strcmp(line, "@object-format=sha256") == 0)
        naive->digits = 64;
    else
        return REFUSED;
    return PKR_BUNDLE_CAPABILITY;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct guard guard;
    pkr_bundle bundle = {0};
    struct naive naive = {0};
    char copy[4097];
    size_t at = 0;

    if (!guard.map)
        guard_open(&guard, 4096);
    /* A NUL is a byte as any other, but not in C strings. */
    if (size > 4096 || (size > 0 && memchr(data, '\0', size)))
        return 0;
    for (;;) {
        const unsigned char *bytes = guard_at_end(&guard, data + at, size - at);
        const uint8_t *end = at < size ? memchr(data + at, '\n', size - at) : NULL;
        const size_t length = end ? (size_t)(end - data) - at : 0;
        pkr_bundle_line line = {0};
        const char *text = NULL;
        int status = pkr_bundle_next(&bundle, bytes, size - at, &line, &text);
        int expected;

        if (!end) {
            if (status != 0 || line.length != 0)
                abort();
            return 0;
        }
        memcpy(copy, data + at, length);
        copy[length] = '\0';
        expected = naive_line(&naive, copy);
        if ((status != 0) != (expected == REFUSED) || (status != 0 && !text))
            abort();
        if (status != 0)
            return 0;
        if ((int)line.kind != expected || line.length != length + 1 ||
            bundle.version != naive.version || bundle.id_size * 2 != naive.digits ||
            bundle.is_filtered != naive.is_filtered)
            abort();
        if (line.kind == PKR_BUNDLE_REF &&
            (line.name_length != strlen(copy + naive.digits + 1) ||
             memcmp(line.name, copy + naive.digits + 1, line.name_length) != 0))
            abort();
        if (line.kind == PKR_BUNDLE_END)
            return 0;
        at += line.length;
    }
}
