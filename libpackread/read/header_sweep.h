/* header_sweep.h - types, sizes and depths of all entries of one pack, by one sweep in order of
 * offset, all at once or some at a time: each chain is one step long, since the base was passed
 * before. A cache of what pkr_info_fill would say; what it does not know has to be asked there. */
#ifndef PKR_HEADER_SWEEP_H
#define PKR_HEADER_SWEEP_H

#include "object/reader.h"

typedef struct pkr_header_sweep {
    unsigned char *types;  /* by position: the object's type; PACKREAD_NONE if unknown */
    unsigned char *stored; /* the entry's type */
    uint32_t *sizes;       /* NULL if not wanted; PKR_HEADER_SWEEP_ASK if unknown or larger */
    uint16_t *depths;      /* NULL if not wanted; PKR_HEADER_SWEEP_DEEP if unknown or deeper */
    void *memory;          /* of all of them */
    uint64_t charged;      /* its bytes */
    uint32_t swept;        /* ranks before this one were; PKR_SWEPT_ALL: and no more will be */
} pkr_header_sweep;

#define PKR_SWEPT_ALL UINT32_MAX

typedef struct pkr_sweep_wish {
    unsigned want;               /* only type, size and depth matter */
    unsigned threads;            /* these as in packread_list_options */
    int (*pause)(void *context); /* called where it sweeps thousands, between some of them */
    void *context;
} pkr_sweep_wish;

#define PKR_HEADER_SWEEP_ASK UINT32_MAX
#define PKR_HEADER_SWEEP_DEEP UINT16_MAX

/* Goes on from what was swept, at first nothing (all zeros), to before rank `end` or the pack's
 * end. Errors, after which no more is swept: BUDGET where the tables do not fit, MEMORY, those of
 * windows, STOPPED for `pause`; never for an entry that is damaged. The reader has selected the
 * pack. */
int pkr_header_sweep_to(packread_reader *reader, pkr_pack *pack, const pkr_sweep_wish *wish,
                        uint32_t end, pkr_header_sweep *survey, pkr_fault *fault);
void pkr_header_sweep_free(pkr_header_sweep *survey, pkr_budget *budget);

/* Fills type, stored type, size and depth as wanted; false if one of them is unknown here. */
bool pkr_header_sweep_answer(const pkr_header_sweep *survey, uint32_t position, unsigned want,
                             packread_info *info);

#endif
