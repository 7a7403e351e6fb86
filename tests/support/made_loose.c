/* made_loose.c - writes loose objects, and reads small ones a second time. */
#include "made_loose.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "samples.h"
#include "suite.h"

char *made_loose_repository(const char *name, size_t id_size)
{
    const char *config = id_size == 32 ? "[core]\n\trepositoryformatversion = 1\n\tbare = true\n"
                                         "[extensions]\n\tobjectformat = sha256\n"
                                       : "[core]\n\trepositoryformatversion = 0\n\tbare = true\n";
    char path[200];

    snprintf(path, sizeof path, "%s.git/HEAD", name);
    suite_scratch_write(path, "ref: refs/heads/main\n");
    snprintf(path, sizeof path, "%s.git/config", name);
    suite_scratch_write(path, config);
    snprintf(path, sizeof path, "%s.git/refs/heads/.keep", name);
    suite_scratch_write(path, "");
    snprintf(path, sizeof path, "%s.git/objects/info/.keep", name);
    suite_scratch_write(path, "");
    snprintf(path, sizeof path, "%s.git/objects", name);
    return suite_scratch_path(path);
}

packread_id made_loose_id(size_t id_size, enum packread_type type, const void *data, size_t size)
{
    packread_id id = {.size = (unsigned char)id_size};

    packwriter_hash_id(id_size, type, data, size, id.bytes);
    return id;
}

char *made_loose_path(const char *objects, const packread_id *id)
{
    const size_t size = strlen(objects) + PACKREAD_HEX_MAX + 3;
    char hex[PACKREAD_HEX_MAX + 1];
    char *path = malloc(size);

    ck_assert_ptr_nonnull(path);
    packread_id_format(id, hex);
    snprintf(path, size, "%s/%.2s", objects, hex);
    mkdir(path, 0777);
    snprintf(path, size, "%s/%.2s/%s", objects, hex, hex + 2);
    return path;
}

void made_loose_bytes(struct packwriter_bytes *bytes, enum packread_type type, const void *data,
                      size_t size, int level)
{
    struct packwriter_bytes whole = {0};
    char header[64];

    snprintf(header, sizeof header, "%s %zu", packread_type_name(type), size);
    packwriter_bytes_add(&whole, header, strlen(header) + 1);
    packwriter_bytes_add(&whole, data, size);
    packwriter_bytes_add_deflated(bytes, whole.data, whole.size, level);
    packwriter_bytes_free(&whole);
}

void made_loose_put_bytes(const char *objects, const packread_id *id, const void *bytes,
                          size_t size)
{
    char *path = made_loose_path(objects, id);

    suite_write_file(path, bytes, size);
    free(path);
}

packread_id made_loose_put(const char *objects, size_t id_size, enum packread_type type,
                           const void *data, size_t size, int level)
{
    packread_id id = made_loose_id(id_size, type, data, size);
    struct packwriter_bytes bytes = {0};

    made_loose_bytes(&bytes, type, data, size, level);
    made_loose_put_bytes(objects, &id, bytes.data, bytes.size);
    packwriter_bytes_free(&bytes);
    return id;
}

/* The whole file is one zlib stream; of at most `room` bytes, and `*length` of them. */
static bool inflate_all(const void *bytes, size_t size, unsigned char *out, size_t room,
                        size_t *length)
{
    z_stream stream = {0};
    bool is_whole;

    ck_assert_int_eq(inflateInit(&stream), Z_OK);
    stream.next_in = (unsigned char *)(uintptr_t)bytes;
    stream.avail_in = (unsigned)size;
    stream.next_out = out;
    stream.avail_out = (unsigned)room;
    is_whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
    *length = room - stream.avail_out;
    inflateEnd(&stream);
    return is_whole;
}

bool made_loose_is_right(const packread_id *id, const void *bytes, size_t size)
{
    static const enum packread_type types[] = {PACKREAD_COMMIT, PACKREAD_TREE, PACKREAD_BLOB,
                                               PACKREAD_TAG};
    const size_t room = 4096 + 64 * size;
    unsigned char *out = malloc(room);
    bool is_right = false;
    size_t length;

    ck_assert_ptr_nonnull(out);
    if (inflate_all(bytes, size, out, room, &length)) {
        for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
            for (size_t header = 1; header <= length && header < 40; header++) {
                char expected[64];
                const size_t content = length - header;

                snprintf(expected, sizeof expected, "%s %zu", packread_type_name(types[i]),
                         content);
                if (strlen(expected) + 1 == header && memcmp(out, expected, header) == 0)
                    is_right = sample_hashes_to(id, types[i], out + header, content);
            }
        }
    }
    free(out);
    return is_right;
}
