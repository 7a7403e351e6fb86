/* midx.h - where the tables of a multi-pack-index are, and the names in it: pure parsers. Format:
 * gitformat-pack(5), "multi-pack-index (MIDX) files". */
#ifndef PKR_MIDX_H
#define PKR_MIDX_H

#include "packread.h"

#define PKR_MIDX_HEADER 12
#define PKR_MIDX_ENTRY 12 /* of the table of contents */
/* Bytes of the file's head that the parser wants, or all of the file if it is shorter: as many
 * chunks as one byte counts, and what ends their table. */
#define PKR_MIDX_HEAD (PKR_MIDX_HEADER + 256 * PKR_MIDX_ENTRY)
#define PKR_MIDX_FANOUT (256 * 4)
#define PKR_MIDX_PLACE 8  /* bytes of a row of `places` */
#define PKR_MIDX_NAME 255 /* bytes of the longest name */

/* Offset from the start of the file; 0: there is none. */
typedef struct pkr_midx_chunk {
    uint64_t at;
    uint64_t size;
} pkr_midx_chunk;

typedef struct pkr_midx {
    unsigned version; /* 1 or 2 */
    size_t id_size;   /* 20 or 32 */
    unsigned bases;   /* a byte that git writes as 0, and does not look at */
    uint32_t packs;   /* how many it names */
    uint32_t count;   /* objects */
    uint32_t fanout[256];
    pkr_midx_chunk names;   /* PNAM */
    pkr_midx_chunk steps;   /* OIDF */
    pkr_midx_chunk ids;     /* OIDL: rising */
    pkr_midx_chunk places;  /* OOFF: for each id the pack's number and the offset in it */
    pkr_midx_chunk wide;    /* LOFF: 8-byte offsets; optional, as all below */
    pkr_midx_chunk order;   /* RIDX: rows in order of pack and offset */
    pkr_midx_chunk bitmaps; /* BTMP: of each pack, where in that order its objects are */
    uint64_t end;           /* of the last chunk */
    uint64_t sum;           /* its own, the last bytes of the file */
    uint64_t size;          /* of the file */
} pkr_midx;

/* `head` has `length` bytes: PKR_MIDX_HEAD, or the whole file if that is less. Returns 0, or
 * NOT_AN_INDEX, VERSION (of the file, or a hash that is not known) or CORRUPT, then `*text` says
 * why. `count` and `fanout` are zero still. */
int pkr_midx_parse(const unsigned char *head, size_t length, uint64_t file_size, pkr_midx *midx,
                   const char **text);
/* The same of the PKR_MIDX_FANOUT bytes at `steps.at`: count and fanout, which the sizes of the
 * tables have to fit. Errors: CORRUPT; then `*midx` is as it was. */
int pkr_midx_parse_fanout(const unsigned char *bytes, pkr_midx *midx, const char **text);

/* A row of `places`. */
typedef struct pkr_midx_place {
    uint32_t pack;
    uint32_t offset; /* or the row of `wide` that has it */
    bool is_wide;
} pkr_midx_place;
pkr_midx_place pkr_midx_place_at(const pkr_midx *midx, const unsigned char *bytes);

/* The names in PNAM, which may come in pieces. */
typedef struct pkr_midx_names {
    unsigned version;
    uint32_t left; /* names that have yet to come */
    size_t length; /* of the one that comes now, as far as it has come */
    uint64_t used; /* bytes so far, of names and the NULs behind them */
    char name[PKR_MIDX_NAME + 1];
    char last[PKR_MIDX_NAME + 1]; /* the one before */
} pkr_midx_names;

/* A name as the file has it, ending in ".idx", without folder. Errors end the reading. */
typedef int pkr_midx_name_visitor(void *context, const char *name);

void pkr_midx_names_begin(pkr_midx_names *names, const pkr_midx *midx);
/* Takes the next bytes, up to the last name; `*text` NULL: it was the visitor that failed. Errors:
 * CORRUPT, those of the visitor. */
int pkr_midx_names_take(pkr_midx_names *names, const unsigned char *bytes, size_t size,
                        pkr_midx_name_visitor *visit, void *context, const char **text);
/* There are no more bytes. Errors: CORRUPT if names are missing. */
int pkr_midx_names_end(const pkr_midx_names *names, const char **text);

#endif
