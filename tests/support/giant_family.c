/* giant_family.c - the family, and writing it apart. */
#include "giant_family.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peak.h"
#include "suite.h"

#define SMALL 5

typedef struct birth {
    int base; /* -1: plain */
    enum giant_way way;
    enum packwriter_kind form;
    size_t small; /* pages, 0: a giant */
} birth;

static const birth births[GIANT_MEMBERS] = {
    [GIANT_ROOT] = {.base = -1},
    [GIANT_SHUFFLE] = {GIANT_ROOT, GIANT_SHUFFLED, PACKWRITER_OFS_DELTA, 0},
    [GIANT_MATE] = {.base = -1, .small = SMALL},
    [GIANT_ONWARD] = {GIANT_SHUFFLE, GIANT_FORWARD, PACKWRITER_REF_DELTA, 0},
    [GIANT_MATE_TOO] = {GIANT_MATE, GIANT_SHUFFLED, PACKWRITER_OFS_DELTA, SMALL},
    [GIANT_INSERT] = {GIANT_ONWARD, GIANT_INSERTED, PACKWRITER_OFS_DELTA, 0},
    [GIANT_BROTHER] = {GIANT_ROOT, GIANT_FORWARD, PACKWRITER_REF_DELTA, 0},
    [GIANT_DWARF] = {GIANT_INSERT, GIANT_SHUFFLED, PACKWRITER_REF_DELTA, 3},
    [GIANT_DWARF_TOO] = {GIANT_DWARF, GIANT_FORWARD, PACKWRITER_OFS_DELTA, SMALL},
};

/* Each giant is of another size. */
static size_t pages_of(int member, size_t pages)
{
    return births[member].small ? births[member].small : pages - (size_t)member * 3;
}

static giant_order order_of(const giant_family *family, int member)
{
    const birth *of = &births[member];
    const giant *base = &family->members[of->base].holds;

    return giant_order_new(base->count, family->members[member].holds.count, of->way,
                           (uint64_t)member + 1000);
}

static void hold(giant_family *family, int member, size_t pages)
{
    giant_member *of = &family->members[member];

    of->holds.count = pages_of(member, pages);
    if (births[member].base < 0) {
        of->holds = giant_new(of->holds.count, (uint64_t)member + 1);
    } else {
        giant_member *base = &family->members[births[member].base];
        giant_order order = order_of(family, member);

        of->holds = giant_apply(&base->holds, &order, (uint64_t)member + 1);
        of->depth = base->depth + 1;
        giant_order_free(&order);
    }
}

static void save(const struct packwriter_pack *pack, const char *stem)
{
    struct packwriter_bytes index = {0};
    char path[4096];
    FILE *file;

    packwriter_index_write_pack(&index, pack, NULL);
    snprintf(path, sizeof path, "%s.idx", stem);
    if (packwriter_bytes_save(&index, path) != 0)
        exit(EXIT_FAILURE);
    snprintf(path, sizeof path, "%s.pack", stem);
    if (packwriter_pack_save(pack, path) != 0)
        exit(EXIT_FAILURE);
    snprintf(path, sizeof path, "%s.entries", stem);
    file = fopen(path, "wb");
    if (!file ||
        fwrite(pack->entries, sizeof *pack->entries, pack->entry_count, file) != pack->entry_count)
        exit(EXIT_FAILURE);
    fclose(file);
}

typedef struct writing {
    const giant_family *family;
    const char *stem;
} writing;

static void write_family(void *context)
{
    const writing *job = context;
    const giant_family *family = job->family;
    struct packwriter_pack pack = {0};

    packwriter_pack_begin(&pack, PACKWRITER_SHA1, 2, GIANT_MEMBERS);
    for (int i = 0; i < GIANT_MEMBERS; i++) {
        const birth *of = &births[i];

        if (of->base < 0) {
            giant_add(&pack, &family->members[i].holds);
        } else {
            giant_order order = order_of(family, i);

            giant_add_delta(&pack, (size_t)of->base, &family->members[of->base].holds, &order,
                            &family->members[i].holds, of->form);
            giant_order_free(&order);
        }
    }
    packwriter_pack_finish(&pack, NULL);
    save(&pack, job->stem);
    packwriter_pack_free(&pack);
}

static void read_entries(giant_family *family, const char *stem)
{
    struct packwriter_entry entries[GIANT_MEMBERS];
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s.entries", stem);
    file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(entries, sizeof *entries, GIANT_MEMBERS, file), GIANT_MEMBERS);
    fclose(file);
    remove(path);
    for (int i = 0; i < GIANT_MEMBERS; i++) {
        giant_member *of = &family->members[i];

        memset(&of->id, 0, sizeof of->id);
        of->id.size = PACKWRITER_SHA1;
        memcpy(of->id.bytes, entries[i].id, PACKWRITER_SHA1);
        of->offset = entries[i].offset;
        of->disk_size = entries[i].disk_size;
    }
}

void giant_family_make(giant_family *family, const char *name, size_t pages)
{
    char *stem = suite_scratch_path(name);
    writing job = {family, stem};

    memset(family, 0, sizeof *family);
    for (int i = 0; i < GIANT_MEMBERS; i++)
        hold(family, i, pages);
    peak_apart(write_family, &job);
    read_entries(family, stem);
    family->path = malloc(strlen(stem) + 6);
    ck_assert_ptr_nonnull(family->path);
    sprintf(family->path, "%s.pack", stem);
    free(stem);
}

void giant_family_free(giant_family *family)
{
    for (int i = 0; i < GIANT_MEMBERS; i++)
        giant_free(&family->members[i].holds);
    free(family->path);
}
