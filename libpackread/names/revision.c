/* revision.c - cuts suffixes off the end of a name, and gives them from the first one on. */
#include "names/revision.h"

#include <string.h>

#define NUMBER_MOST INT32_MAX

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* ---- One suffix ------------------------------------------------------------------------------ */

/* ~N or ^N, of which the digits are at `at` up to `end`; without any it is 1. */
static bool read_number(const char *text, size_t at, size_t end, uint32_t *number)
{
    uint64_t value = at == end;

    for (; at < end; at++) {
        value = value * 10 + (uint64_t)(text[at] - '0');
        if (value > NUMBER_MOST)
            return false;
    }
    *number = (uint32_t)value;
    return true;
}

/* What stands in ^{ }. */
static bool read_word(const char *word, size_t length, pkr_step *step)
{
    *step = (pkr_step){.kind = PKR_STEP_NO_TAG};
    if (length == 0)
        return true;
    step->kind = PKR_STEP_ANY;
    if (length == 6 && memcmp(word, "object", 6) == 0)
        return true;
    step->kind = PKR_STEP_PEEL;
    step->type = packread_type_parse(word, length);
    return step->type != PACKREAD_NONE;
}

/* Where the suffix begins that ends at `end`; `end` where there is none. */
static size_t begin_of_number(const char *text, size_t end)
{
    size_t at = end;

    while (at > 0 && is_digit(text[at - 1]))
        at--;
    return at > 0 && (text[at - 1] == '~' || text[at - 1] == '^') ? at - 1 : end;
}

static size_t begin_of_word(const char *text, size_t end)
{
    if (end == 0 || text[end - 1] != '}')
        return end;
    for (size_t at = end - 1; at > 0; at--)
        if (text[at] == '{' && text[at - 1] == '^')
            return at - 1;
    return end;
}

/* ---- All of them ----------------------------------------------------------------------------- */

static bool refuse(const char **why, const char *text)
{
    *why = text;
    return false;
}

/* Sets `base` to where the suffixes before `end` begin. */
static bool cut_suffixes(pkr_revision *revision, const char **why)
{
    const char *text = revision->text;
    size_t end = revision->end;

    for (;;) {
        size_t number = begin_of_number(text, end);
        size_t word = begin_of_word(text, end);
        uint32_t value;
        pkr_step step;

        revision->base = end;
        if (number < end) {
            if (!read_number(text, number + 1, end, &value))
                return refuse(why, "no commit has so many parents or ancestors");
            end = number;
        } else if (word < end && text[word + 2] == '/') {
            return refuse(why, "^{/TEXT} is not supported: it searches the history");
        } else if (word < end && read_word(text + word + 2, end - word - 3, &step)) {
            end = word;
        } else {
            return true;
        }
    }
}

/* The colon before a path, which is not inside of @{ } or ^{ }; `length` where there is none. */
static size_t find_colon(const char *text, size_t length)
{
    size_t depth = 0;

    for (size_t at = 0; at < length; at++) {
        if ((text[at] == '@' || text[at] == '^') && at + 1 < length && text[at + 1] == '{') {
            at++;
            depth++;
        } else if (depth > 0 && text[at] == '}') {
            depth--;
        } else if (depth == 0 && text[at] == ':') {
            return at;
        }
    }
    return length;
}

static bool begins_with(const char *text, size_t length, const char *begin)
{
    return length >= strlen(begin) && memcmp(text, begin, strlen(begin)) == 0;
}

/* Reflogs and upstreams. */
static bool has_reflog(const char *text, size_t length)
{
    if (length == 0 || text[length - 1] != '}')
        return false;
    for (size_t at = 0; at + 1 < length; at++)
        if (text[at] == '@' && text[at + 1] == '{')
            return true;
    return false;
}

/* ^@, ^!, ^- and ^-N. */
static bool ends_as_parents(const char *text, size_t length)
{
    size_t at = length;

    while (at > 0 && is_digit(text[at - 1]))
        at--;
    if (at > 1 && text[at - 1] == '-')
        return text[at - 2] == '^';
    return length > 1 && text[length - 2] == '^' &&
           (text[length - 1] == '@' || text[length - 1] == '!');
}

/* What has two dots in it, or a ^ before it, is no ref, and nothing else that names one object. */
static bool is_set_of_commits(const char *text, size_t length)
{
    if (length < 2 || (length == 2 && text[0] == '.'))
        return false;
    for (size_t at = 0; at + 1 < length; at++)
        if (text[at] == '.' && text[at + 1] == '.')
            return true;
    return text[0] == '^' || ends_as_parents(text, length);
}

/* Two dots next to a slash: what is on the other side of them would be no name, either. */
static bool has_dots_in_path(const char *text, size_t length)
{
    for (size_t at = 0; at + 2 < length; at++)
        if (memcmp(text + at, "/..", 3) == 0 || memcmp(text + at, "../", 3) == 0)
            return true;
    return false;
}

bool pkr_revision_parse(const char *text, size_t length, pkr_revision *revision, const char **why)
{
    *why = NULL;
    if (memchr(text, '\0', length))
        return false;
    if (begins_with(text, length, ":/"))
        return refuse(why, ":/TEXT is not supported: it searches the history");
    if (begins_with(text, length, ":"))
        return refuse(why, ":PATH is not supported: the index of the work tree is not read");
    *revision = (pkr_revision){.text = text, .end = find_colon(text, length)};
    if (revision->end < length) {
        revision->has_path = true;
        revision->path = text + revision->end + 1;
        revision->path_length = length - revision->end - 1;
    }
    if (begins_with(revision->path, revision->path_length, "./") ||
        begins_with(revision->path, revision->path_length, "../"))
        return refuse(why, "paths that begin with ./ or ../ are not supported: they depend on the "
                           "current folder");
    if (!cut_suffixes(revision, why))
        return false;
    if (has_reflog(text, revision->base))
        return refuse(why, "@{...} is not supported: reflogs and upstreams are not read");
    if (has_dots_in_path(text, revision->base))
        return refuse(why, "not a valid name");
    if (!revision->has_path && is_set_of_commits(text, revision->base))
        return refuse(why, "sets of commits are not supported: name one object");
    if (begin_of_word(text, revision->base) < revision->base)
        return refuse(why, "there is no such type: ^{} takes commit, tree, blob, tag, object");
    return revision->base > 0;
}

bool pkr_revision_next(const pkr_revision *revision, size_t *at, pkr_step *step)
{
    const char *text = revision->text;
    const size_t begin = *at + 1;
    size_t end = begin;

    if (*at >= revision->end)
        return false;
    if (begin < revision->end && text[begin] == '{') {
        while (text[end] != '}')
            end++;
        *at = end + 1;
        return read_word(text + begin + 1, end - begin - 1, step);
    }
    while (end < revision->end && is_digit(text[end]))
        end++;
    *step = (pkr_step){.kind = text[*at] == '~' ? PKR_STEP_ANCESTOR : PKR_STEP_PARENT};
    *at = end;
    return read_number(text, begin, end, &step->number);
}
