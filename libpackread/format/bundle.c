/* bundle.c - one line of a bundle's header after the other. */
#include "format/bundle.h"

#include <string.h>

#define SIGNATURE_BEGIN "# v2 git bun" /* the digit may be a 3 */
#define SIGNATURE_END "dle"
#define DIGIT 3

bool pkr_bundle_begins(const unsigned char *bytes, size_t size)
{
    return size >= PKR_BUNDLE_MAGIC && memcmp(bytes, SIGNATURE_BEGIN, DIGIT) == 0 &&
           (bytes[DIGIT] == '2' || bytes[DIGIT] == '3') &&
           memcmp(bytes + DIGIT + 1, &SIGNATURE_BEGIN[DIGIT + 1], PKR_BUNDLE_MAGIC - DIGIT - 1) ==
               0;
}

static int fail(int code, const char *what, const char **text)
{
    *text = what;
    return code;
}

static bool is_blank(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Whether the text begins with `word`; then it is taken off. */
static bool take(const char **line, size_t *length, const char *word)
{
    size_t size = strlen(word);

    if (*length < size || memcmp(*line, word, size) != 0)
        return false;
    *line += size;
    *length -= size;
    return true;
}

static bool is(const char *line, size_t length, const char *word)
{
    return length == strlen(word) && memcmp(line, word, length) == 0;
}

static int parse_capability(pkr_bundle *bundle, const char *line, size_t length, const char **text)
{
    if (take(&line, &length, "filter=")) {
        bundle->is_filtered = true;
        return 0;
    }
    if (!take(&line, &length, "object-format="))
        return fail(PACKREAD_ERROR_UNSUPPORTED, "a capability of the bundle is not known", text);
    if (is(line, length, "sha1"))
        bundle->id_size = 20;
    else if (is(line, length, "sha256"))
        bundle->id_size = 32;
    else
        return fail(PACKREAD_ERROR_UNSUPPORTED, "the bundle's hash is not known", text);
    return 0;
}

/* An id, and behind a blank the rest: of a ref it has to be there. */
static int parse_id(pkr_bundle *bundle, const char *line, size_t length, pkr_bundle_line *parsed,
                    const char **text)
{
    const size_t digits = 2 * bundle->id_size;
    const bool is_required = length > 0 && *line == '-';

    line += is_required;
    length -= is_required;
    if (length < digits || packread_id_parse(line, digits, &parsed->id) != 0 ||
        (length > digits && !is_blank(line[digits])) || (length == digits && !is_required))
        return fail(PACKREAD_ERROR_CORRUPT, "malformed line in the bundle's header", text);
    parsed->kind = is_required ? PKR_BUNDLE_PREREQUISITE : PKR_BUNDLE_REF;
    if (is_required) {
        bundle->required++;
        return 0;
    }
    bundle->refs++;
    parsed->name = line + digits + 1;
    parsed->name_length = length - digits - 1;
    return 0;
}

static int parse_signature(pkr_bundle *bundle, const char *line, size_t length, const char **text)
{
    if (!pkr_bundle_begins((const unsigned char *)line, length) ||
        !is(line + PKR_BUNDLE_MAGIC, length - PKR_BUNDLE_MAGIC, SIGNATURE_END))
        return fail(PACKREAD_ERROR_CORRUPT, "malformed signature of a bundle", text);
    bundle->version = (unsigned)(line[DIGIT] - '0');
    bundle->id_size = 20;
    return 0;
}

int pkr_bundle_next(pkr_bundle *bundle, const unsigned char *bytes, size_t size,
                    pkr_bundle_line *line, const char **text)
{
    const char *begin = (const char *)bytes;
    const char *end = size > 0 ? memchr(begin, '\n', size) : NULL;
    pkr_bundle_line parsed = {.kind = PKR_BUNDLE_SIGNATURE};
    size_t length;
    int status = 0;

    if (!end) {
        *line = parsed;
        return 0;
    }
    length = (size_t)(end - begin);
    parsed.length = length + 1;
    if (bundle->version == 0) {
        status = parse_signature(bundle, begin, length, text);
    } else if (length == 0) {
        parsed.kind = PKR_BUNDLE_END;
    } else {
        while (length > 0 && is_blank(begin[length - 1]))
            length--;
        parsed.kind = PKR_BUNDLE_CAPABILITY;
        if (bundle->version == 3 && length > 0 && *begin == '@')
            status = parse_capability(bundle, begin + 1, length - 1, text);
        else
            status = parse_id(bundle, begin, length, &parsed, text);
    }
    if (status == 0)
        *line = parsed;
    return status;
}
