/* samples.h - the good fixtures, and what is true of each: by its manifest where the pack writer
 * made it, else by git. Fails the test where that cannot be told. */
#ifndef SAMPLES_H
#define SAMPLES_H

#include "packread.h"

/* Bits of sample.is. */
enum sample_kind {
    SAMPLE_OF_GIT = 1,          /* a repository: git tells the truth */
    SAMPLE_NOT_FOR_LIBGIT2 = 2, /* libgit2 refuses the version, or the ids */
    SAMPLE_LARGE = 4            /* tens of megabytes of contents, or chains of thousands */
};

typedef struct sample {
    const char *where;    /* below the folder of fixtures; may be opened as it is */
    unsigned is;          /* of enum sample_kind */
    const char *packs[6]; /* their names in order; none given: not fixed */
} sample;

extern const sample samples[];
extern const int sample_count;

/* The sample of this name; fails the test if there is none. */
const sample *sample_find(const char *where);
/* Its path, to be freed; `below` may be NULL, or more of the path. */
char *sample_path(const sample *of, const char *below);

/* What is true of one object. */
typedef struct sample_object {
    packread_id id;
    enum packread_type type;
    uint64_t size;
    bool has_place; /* the two below are known: one pack has it, and a manifest says so */
    uint64_t offset;
    int64_t depth; /* -1: its whole base is in no pack */
} sample_object;

/* Sorted by id, each once. */
typedef struct sample_truth {
    sample_object *objects;
    size_t count;
} sample_truth;

void sample_truth_load(const sample *of, sample_truth *truth);
void sample_truth_free(sample_truth *truth);
/* NULL if there is no such object. */
const sample_object *sample_truth_find(const sample_truth *truth, const packread_id *id);

/* ---- Snapshots and readers in a line; each fails the test where it does not work ------------- */

packread_snapshot *sample_open(const char *path, const packread_options *options);
packread_reader *sample_reader(packread_snapshot *snapshot);
/* Fails the test with the error's detail unless `status` is 0. */
void sample_good(int status, const packread_error *error);
/* Whether the bytes give the id, by the pack writer's hash. */
bool sample_hashes_to(const packread_id *id, enum packread_type type, const void *bytes,
                      size_t size);
packread_id sample_id(const char *hex);

/* One number for all that can be asked of a snapshot: every object by id, with everything known of
 * it and its contents, then by offset. Equal for equal answers, errors of objects included. */
uint64_t sample_census(packread_snapshot *snapshot);

/* ---- Packs of a test's own ------------------------------------------------------------------- */

struct packwriter_pack;
struct packwriter_index_options;

/* Finishes the pack (header count and trailer), and writes it and its index to NAME.pack and
 * NAME.idx in the scratch folder. The path of the pack, to be freed. The pack stays the caller's.
 */
char *sample_save(struct packwriter_pack *pack, const char *name,
                  const struct packwriter_index_options *options);

#endif
