/* repository.c - knows what the packs of the fault tests hold. */
#include "repository.h"

#include "packwriter.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SMALL_BLOBS 64 /* enough for a survey */

static void make_folder(const char *name)
{
    char *path = suite_scratch_path(name);

    ck_assert_int_eq(mkdir(path, 0755), 0);
    free(path);
}

static void make_file(const char *name, const char *text)
{
    char *path = suite_scratch_path(name);

    suite_write_file(path, text, strlen(text));
    free(path);
}

static void save(struct packwriter_pack *pack, const char *name, unsigned index_version)
{
    const struct packwriter_index_options options = {.version = index_version};
    struct packwriter_bytes index = {0};
    char *path = suite_scratch_path("repo.git/objects/pack/");
    char full[600];

    packwriter_pack_recount(pack);
    packwriter_pack_finish(pack, NULL);
    packwriter_index_write_pack(&index, pack, &options);
    snprintf(full, sizeof full, "%s%s.pack", path, name);
    ck_assert_int_eq(packwriter_pack_save(pack, full), 0);
    snprintf(full, sizeof full, "%s%s.idx", path, name);
    ck_assert_int_eq(packwriter_bytes_save(&index, full), 0);
    packwriter_bytes_free(&index);
    free(path);
}

static void keep(struct repository *made, size_t *count, const struct packwriter_pack *pack,
                 size_t entry)
{
    ck_assert_uint_lt(*count, REPOSITORY_IDS);
    made->ids[*count].size = PACKWRITER_SHA1;
    memcpy(made->ids[(*count)++].bytes, pack->entries[entry].id, PACKWRITER_SHA1);
}

/* Two deltas, the second on the first. */
static size_t add_big_deltas(struct packwriter_pack *pack, size_t base,
                             struct packwriter_bytes *bytes)
{
    for (int i = 0; i < 2; i++) {
        struct packwriter_bytes delta = {0};

        packwriter_delta_begin(&delta, bytes->size, bytes->size + 5);
        packwriter_delta_copy(&delta, 0, (uint32_t)bytes->size);
        packwriter_delta_insert(&delta, "more\n", 5);
        packwriter_bytes_add_text(bytes, "more\n");
        base = packwriter_pack_add_ofs_delta(pack, base, &delta, bytes->data, bytes->size, 6);
        packwriter_bytes_free(&delta);
    }
    return base;
}

static void fill_first(struct repository *made, size_t big_size, size_t *count)
{
    static const char *const words[] = {"a commit\n", "", "tree or so\n", "a tag\n"};
    static const unsigned kinds[] = {PACKWRITER_COMMIT, PACKWRITER_BLOB, PACKWRITER_COMMIT,
                                     PACKWRITER_TAG};
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    struct packwriter_bytes noise = {0};
    char before[200] = "the first of a chain of deltas: ";
    char after[200];
    size_t at = 0;

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    for (size_t i = 0; i < 4; i++)
        keep(made, count, &pack,
             packwriter_pack_add_object(&pack, kinds[i], words[i], strlen(words[i]), 6));
    for (int i = 0; i < SMALL_BLOBS; i++) {
        char text[40];

        snprintf(text, sizeof text, "small blob %d\n", i);
        at = packwriter_pack_add_object(&pack, PACKWRITER_BLOB, text, strlen(text), 6);
    }
    keep(made, count, &pack, at);
    at = packwriter_pack_add_object(&pack, PACKWRITER_BLOB, before, strlen(before), 6);
    keep(made, count, &pack, at);
    for (int i = 0; i < 6; i++) {
        snprintf(after, sizeof after, "%.150s%d", before, i);
        packwriter_delta_make(&delta, before, strlen(before), after, strlen(after));
        if (i == 3)
            at = packwriter_pack_add_ref_delta(&pack, pack.entries[at].id, PACKWRITER_BLOB, &delta,
                                               after, strlen(after), 6);
        else
            at = packwriter_pack_add_ofs_delta(&pack, at, &delta, after, strlen(after), 6);
        keep(made, count, &pack, at);
        memcpy(before, after, sizeof before);
    }
    packwriter_bytes_add_noise(&noise, big_size, 1);
    at = packwriter_pack_add_object(&pack, PACKWRITER_BLOB, noise.data, noise.size, 1);
    keep(made, count, &pack, at);
    made->big = made->ids[*count - 1];
    at = add_big_deltas(&pack, at, &noise);
    made->big_delta.size = PACKWRITER_SHA1;
    memcpy(made->big_delta.bytes, pack.entries[at].id, PACKWRITER_SHA1);
    save(&pack, "pack-a", 2);
    packwriter_bytes_free(&delta);
    packwriter_bytes_free(&noise);
    packwriter_pack_free(&pack);
}

/* Index version 1; an object that the first has too; a delta before its base. */
static void fill_second(struct repository *made, size_t *count)
{
    struct packwriter_pack pack = {0};
    struct packwriter_bytes delta = {0};
    static const char base[] = "a base that comes after its delta\n";
    static const char result[] = "a base that comes after its delta\nand more\n";
    uint8_t id[PACKWRITER_HASH_MAX];

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, 0);
    packwriter_hash_id(PACKWRITER_SHA1, PACKWRITER_BLOB, base, sizeof base - 1, id);
    packwriter_delta_make(&delta, base, sizeof base - 1, result, sizeof result - 1);
    keep(made, count, &pack,
         packwriter_pack_add_ref_delta(&pack, id, PACKWRITER_BLOB, &delta, result,
                                       sizeof result - 1, 6));
    packwriter_pack_add_object(&pack, PACKWRITER_COMMIT, "a commit\n", 9, 6);
    keep(made, count, &pack,
         packwriter_pack_add_object(&pack, PACKWRITER_BLOB, base, sizeof base - 1, 6));
    save(&pack, "pack-b", 1);
    packwriter_bytes_free(&delta);
    packwriter_pack_free(&pack);
}

void repository_make(struct repository *made, size_t big_size)
{
    size_t count = 0;

    memset(made, 0, sizeof *made);
    make_folder("repo.git");
    make_folder("repo.git/objects");
    make_folder("repo.git/objects/pack");
    make_folder("repo.git/objects/ab");
    make_folder("repo.git/objects/info");
    make_folder("lender");
    make_folder("lender/pack");
    make_file("repo.git/objects/info/alternates", "../../lender\n");
    make_file("repo.git/HEAD", "ref: refs/heads/main\n");
    make_folder("linked.git");
    make_file("linked.git/HEAD", "ref: refs/heads/other\n");
    make_file("linked.git/commondir", "../repo.git\n");
    make_folder("work");
    make_file("work/.git", "gitdir: ../linked.git\n");
    fill_first(made, big_size, &count);
    fill_second(made, &count);
    while (count < REPOSITORY_IDS) {
        made->ids[count] = made->ids[0];
        count++;
    }
    made->pack = suite_scratch_path("repo.git/objects/pack/pack-a.pack");
    made->index = suite_scratch_path("repo.git/objects/pack/pack-a.idx");
    made->second = suite_scratch_path("repo.git/objects/pack/pack-b.pack");
    made->objects = suite_scratch_path("repo.git/objects");
    made->bare = suite_scratch_path("repo.git");
    made->worktree = suite_scratch_path("work");
}

void repository_free(struct repository *made)
{
    free(made->pack);
    free(made->index);
    free(made->second);
    free(made->objects);
    free(made->bare);
    free(made->worktree);
}
