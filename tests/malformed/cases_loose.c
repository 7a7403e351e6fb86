/* cases_loose.c - headers, sizes and streams of loose objects that are not what git writes. */
#include "cases_loose.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NO_TYPE "its header names no known type"
#define NO_SIZE "its header gives no valid size"
#define SIZELESS "its header has no size"
#define LONG "its header is too long"
#define MORE "inflates to more than its size"
#define LESS "inflates to less than its size"
#define CLAIMS "claims more bytes than its file can hold"
#define OTHER "contents do not give the object's id"
#define BEHIND "there is garbage behind its data"

#define HEADER(name, header, text)                    \
    {                                                 \
        name, LOOSE_HEADER, header, 0, 0, text, false \
    }
#define DIES(name, header)                              \
    {                                                   \
        name, LOOSE_HEADER, header, 0, 0, NO_SIZE, true \
    }
#define FORM(name, form, text)              \
    {                                       \
        name, form, NULL, 0, 0, text, false \
    }

const loose_case cases_loose[] = {
    HEADER("right", "blob 60", NULL),
    /* Types. */
    HEADER("type of another object", "tree 60", OTHER),
    HEADER("type commit", "commit 60", OTHER),
    HEADER("type tag", "tag 60", OTHER),
    HEADER("type unknown", "blub 60", NO_TYPE),
    HEADER("type cut", "blo 60", NO_TYPE),
    HEADER("type longer", "blobs 60", NO_TYPE),
    HEADER("type in capitals", "BLOB 60", NO_TYPE),
    HEADER("type with one capital", "Blob 60", NO_TYPE),
    HEADER("type of a delta", "ofs-delta 60", NO_TYPE),
    HEADER("type as a number", "3 60", NO_TYPE),
    HEADER("no type", " 60", NO_TYPE),
    HEADER("blank before the type", " blob 60", NO_TYPE),
    HEADER("newline before the type", "\nblob 60", NO_TYPE),
    HEADER("type with a control byte", "bl\033b 60", NO_TYPE),
    HEADER("type that is not ASCII", "bl\303\266b 60", NO_TYPE),
    /* Sizes. */
    HEADER("no size", "blob", SIZELESS),
    HEADER("no digit", "blob ", NO_SIZE),
    HEADER("size with a zero before it", "blob 060", NO_SIZE),
    HEADER("size of zeros", "blob 00", NO_SIZE),
    HEADER("size with a plus", "blob +60", NO_SIZE),
    HEADER("size with a minus", "blob -60", NO_SIZE),
    HEADER("size minus one", "blob -1", NO_SIZE),
    HEADER("two blanks", "blob  60", NO_SIZE),
    HEADER("tab for a blank", "blob\t60", SIZELESS),
    HEADER("blank behind the size", "blob 60 ", NO_SIZE),
    HEADER("newline behind the size", "blob 60\n", NO_SIZE),
    HEADER("letter behind the size", "blob 60k", NO_SIZE),
    HEADER("size in hexadecimal", "blob 0x3c", NO_SIZE),
    HEADER("size with a point", "blob 60.0", NO_SIZE),
    HEADER("size with a letter", "blob 6O", NO_SIZE),
    HEADER("size 0", "blob 0", MORE),
    HEADER("size 1", "blob 1", MORE),
    HEADER("size less by one", "blob 59", MORE),
    HEADER("size more by one", "blob 61", LESS),
    HEADER("size twice", "blob 120", LESS),
    HEADER("size 2^31", "blob 2147483648", CLAIMS),
    HEADER("size 2^32 and 60", "blob 4294967356", CLAIMS),
    HEADER("size 2^63 - 1", "blob 9223372036854775807", CLAIMS),
    HEADER("size 2^63", "blob 9223372036854775808", CLAIMS),
    HEADER("size 2^63 and 60", "blob 9223372036854775868", CLAIMS),
    HEADER("size 2^64 - 1", "blob 18446744073709551615", CLAIMS),
    DIES("size 2^64", "blob 18446744073709551616"),
    DIES("size 2^64 and 60", "blob 18446744073709551676"),
    DIES("size of 25 digits", "blob 1000000000000000000000060"),
    DIES("size of 26 digits", "blob 99999999999999999999999999"),
    /* Where the header ends. */
    {"no NUL", LOOSE_HEADER, "blob 60", 7, 0, LONG, false},
    {"newline for the NUL", LOOSE_HEADER, "blob 60\n", 8, 0, LONG, false},
    {"two NULs", LOOSE_HEADER, "blob 60\0", 9, 0, MORE, false},
    {"NUL first", LOOSE_HEADER, "\0blob 60", 9, 0, SIZELESS, false},
    {"NUL behind the type", LOOSE_HEADER, "blob\0 60", 9, 0, SIZELESS, false},
    {"NUL in the size", LOOSE_HEADER, "blob 6\0000", 9, 0, MORE, false},
    {"header of 32 bytes, zeros", LOOSE_HEADER, "blob 00000000000000000000000060", 0, 0, NO_SIZE,
     false},
    {"header of 33 bytes, zeros", LOOSE_HEADER, "blob 000000000000000000000000060", 0, 0, LONG,
     false},
    {"header of 40 letters", LOOSE_REPEATED, "b", 0, 40, LONG, false},
    {"header of 9,000 letters", LOOSE_REPEATED, "b", 0, 9000, LONG, false},
    {"header of 100,000 digits", LOOSE_REPEATED, "1", 0, 100000, LONG, false},
    {"header of 9,000 blanks", LOOSE_REPEATED, " ", 0, 9000, LONG, false},
    /* Contents. */
    FORM("other contents", LOOSE_OTHER, OTHER),
    /* Streams. */
    FORM("file of size 0", LOOSE_NOTHING, "the file is empty"),
    FORM("not compressed by zlib", LOOSE_RAW, ""),
    FORM("no zlib header", LOOSE_DEFLATE, ""),
    FORM("gzip", LOOSE_GZIP, ""),
    FORM("experimental format", LOOSE_OLD, ""),
    FORM("twice", LOOSE_TWICE, BEHIND),
    {"a NUL behind it", LOOSE_TRAILING, "", 1, 0, BEHIND, false},
    {"a newline behind it", LOOSE_TRAILING, "\n", 1, 0, BEHIND, false},
    {"some bytes behind it", LOOSE_TRAILING, "\x78\x01garbage", 9, 0, BEHIND, false},
    {"empty blocks", LOOSE_EMPTIES, NULL, 0, 3, NULL, false},
    {"20,000 empty blocks", LOOSE_EMPTIES, NULL, 0, 20000, NULL, false},
    FORM("stored blocks", LOOSE_STORED, NULL),
};
const size_t cases_loose_count = sizeof cases_loose / sizeof *cases_loose;

const char *cases_loose_contents(size_t number)
{
    static char text[CASES_LOOSE_SIZE + 1];
    char words[CASES_LOOSE_SIZE];

    snprintf(words, sizeof words, "what case %zu has, what case %zu has", number, number);
    snprintf(text, sizeof text, "%-*s\n", CASES_LOOSE_SIZE - 1, words);
    return text;
}

static void add_empty_blocks(struct packwriter_bytes *file, size_t count,
                             const struct packwriter_bytes *whole)
{
    struct packwriter_bytes right = {0};

    packwriter_bytes_add_deflated(&right, whole->data, whole->size, 6);
    packwriter_bytes_add(file, right.data, 2);
    for (size_t i = 0; i < count; i++)
        packwriter_bytes_add(file, "\0\0\0\377\377", 5);
    packwriter_bytes_add(file, right.data + 2, right.size - 2);
    packwriter_bytes_free(&right);
}

static void add_header(struct packwriter_bytes *whole, const loose_case *of)
{
    if (of->form == LOOSE_HEADER) {
        packwriter_bytes_add(whole, of->header,
                             of->header_size ? of->header_size : strlen(of->header) + 1);
    } else if (of->form == LOOSE_REPEATED) {
        packwriter_bytes_add_repeated(whole, (uint8_t)of->header[0], of->count);
        packwriter_bytes_add(whole, "", 1);
    } else {
        packwriter_bytes_add(whole, "blob 60", 8);
    }
}

/* Of what is in it, and its stream. */
static void add_form(struct packwriter_bytes *file, const loose_case *of,
                     const struct packwriter_bytes *whole, const struct packwriter_bytes *stream)
{
    switch (of->form) {
    case LOOSE_NOTHING:
        break;
    case LOOSE_RAW:
        packwriter_bytes_add(file, whole->data, whole->size);
        break;
    case LOOSE_DEFLATE:
        packwriter_bytes_add(file, stream->data + 2, stream->size - 6);
        break;
    case LOOSE_GZIP:
        packwriter_bytes_add(file, "\037\213\010\0\0\0\0\0\0\003", 10);
        packwriter_bytes_add(file, stream->data + 2, stream->size - 6);
        break;
    case LOOSE_OLD: /* type blob, size 60: 4 bits of it, then 7 */
        packwriter_bytes_add(file, "\274\003", 2);
        packwriter_bytes_add_deflated(file, whole->data + 8, whole->size - 8, 6);
        break;
    case LOOSE_EMPTIES:
        add_empty_blocks(file, of->count, whole);
        break;
    case LOOSE_STORED:
        packwriter_bytes_add_deflated(file, whole->data, whole->size, 0);
        break;
    default:
        packwriter_bytes_add(file, stream->data, stream->size);
        if (of->form == LOOSE_TWICE)
            packwriter_bytes_add(file, stream->data, stream->size);
        if (of->form == LOOSE_TRAILING)
            packwriter_bytes_add(file, of->header, of->header_size);
    }
}

void cases_loose_build(struct packwriter_bytes *file, size_t number)
{
    const loose_case *of = &cases_loose[number];
    struct packwriter_bytes whole = {0};
    struct packwriter_bytes stream = {0};

    add_header(&whole, of);
    packwriter_bytes_add(&whole, cases_loose_contents(number), CASES_LOOSE_SIZE);
    if (of->form == LOOSE_OTHER)
        whole.data[whole.size - 1] = 'x';
    packwriter_bytes_add_deflated(&stream, whole.data, whole.size, 6);
    add_form(file, of, &whole, &stream);
    packwriter_bytes_free(&whole);
    packwriter_bytes_free(&stream);
}
