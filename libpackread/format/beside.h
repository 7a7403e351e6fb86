/* beside.h - what may stand beside the two files of a pack, by how its name ends
 * (gitformat-pack(5)). */
#ifndef PKR_BESIDE_H
#define PKR_BESIDE_H

/* Bits, in the order of `pkr_pack_endings`. */
enum pkr_beside {
    PKR_BESIDE_REV = 1,
    PKR_BESIDE_MTIMES = 2,
    PKR_BESIDE_KEEP = 4,
    PKR_BESIDE_PROMISOR = 8,
    PKR_BESIDE_BITMAP = 16,
    PKR_BESIDE_KNOWN = 32 /* these are all: the folder was read */
};
#define PKR_PACK_ENDINGS 5
extern const char *const pkr_pack_endings[PKR_PACK_ENDINGS];

#endif
