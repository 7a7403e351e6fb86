/* midx_folder.h - the scratch folder as a folder of a few packs, with multi-pack-indexes of a
 * test's own, and what all of them have to answer. */
#ifndef MIDX_FOLDER_H
#define MIDX_FOLDER_H

#include "midxwriter.h"
#include "packread.h"

#define MIDX_PACKS 4
#define MIDX_OBJECTS 5 /* of a pack */
#define MIDX_IDS (MIDX_PACKS * (MIDX_OBJECTS - 1) + 1 - MIDX_PACKS / 2)

/* Each pack has the object that all have, one that its neighbour (0 and 1, 2 and 3) has too, and
 * three of its own. */
struct midx_folder {
    size_t hash;
    struct packwriter_pack packs[MIDX_PACKS];
    struct midxwriter_pack named[MIDX_PACKS]; /* "pack-0.idx", ... */
    packread_id ids[MIDX_IDS];                /* of all objects, each once; the common one first */
};

/* Makes the packs, in the scratch folder. */
void midx_folder_make(struct midx_folder *made, size_t hash);
void midx_folder_free(struct midx_folder *made);
packread_id midx_folder_id(const struct midx_folder *of, size_t pack, size_t object);

/* A file in the scratch folder, whose folders are made. */
void midx_folder_put(const char *name, const struct packwriter_bytes *bytes);
/* multi-pack-index of all packs; as options say, but for what is older. */
void midx_folder_put_plain(const struct midx_folder *of, const struct midxwriter_options *options);
/* A layer of `count` packs, where older ones have those before; and its line in the chain's text.
 */
void midx_folder_put_layer(const struct midx_folder *of, size_t first, size_t count,
                           const struct midxwriter_options *options,
                           struct packwriter_bytes *chain);
/* The chain itself. */
void midx_folder_put_chain(const struct packwriter_bytes *chain);
/* A chain of a layer for each pack, all of that form; its text is added to `chain`. */
void midx_folder_put_layers(const struct midx_folder *of, const struct midxwriter_options *options,
                            struct packwriter_bytes *chain);
#define MIDX_LAYER_NAME 120
/* The file of the layer in that line of a chain's text, from 1, in the scratch folder. */
void midx_folder_name_layer(const struct midx_folder *of, const struct packwriter_bytes *chain,
                            size_t line, char name[MIDX_LAYER_NAME]);
/* A chain of two layers, two packs each; the layers are of the versions given. */
void midx_folder_put_two_layers(const struct midx_folder *of, unsigned older, unsigned newer);

/* Opened; the options may be NULL. */
packread_snapshot *midx_folder_open(const packread_options *options);
/* What the snapshot tells of its `number`-th multi-pack-index. */
packread_midx_info midx_folder_info(const packread_snapshot *snapshot, size_t number);
/* Every object is found, read, listed once by id, and an id that there is not is not found. */
void midx_folder_is_whole(const struct midx_folder *of, packread_snapshot *snapshot,
                          const char *what);
/* How many findings all multi-pack-indexes have that are there, but for those that a layer is
 * blocked. */
uint64_t midx_folder_findings(packread_snapshot *snapshot);

#endif
