/* pack.h - one opened pack with its index. Unchanged after opening, but for the revindex, which is
 * made when it is first wanted; so threads share it. */
#ifndef PKR_PACK_H
#define PKR_PACK_H

#include "base/budget.h"
#include "base/fault.h"
#include "format/beside.h"
#include "format/bundle.h"
#include "format/idx.h"
#include "pack/view.h"
#include "packread.h"

#define PKR_PACK_HEADER 12

struct pkr_unsorted;
struct pkr_revindex;

/* An index that was made from the pack, in memory. */
typedef struct pkr_derived {
    void *bytes; /* NULL: it was not */
    uint64_t charged;
    int findings; /* 0, or CORRUPT or THIN: the pack is damaged, so that the index may lack objects,
                   * or have others for them; or BUDGET or TEMPORARY */
    pkr_fault shortage; /* code 0, or that one: of an object that there was no room to check */
} pkr_derived;

/* What is known of the index beside a pack. */
enum pkr_index_state {
    PKR_INDEX_UNKNOWN,
    PKR_INDEX_RIGHT, /* it has its own sum */
    PKR_INDEX_WRONG, /* it has not; this and the next two: it is not used where it can be helped */
    PKR_INDEX_SUSPECT, /* both files have their sums, but what it leads to is not to be had */
    PKR_INDEX_REFUTED  /* it has its own sum, but the pack's bytes show that a row is wrong */
};

/* Whether the pack is to be opened anew, because its index turned out to be damaged. */
enum pkr_anew {
    PKR_ANEW_NO,
    PKR_ANEW_WANTED, /* at the next look, with its index summed */
    PKR_ANEW_FAILED, /* it could not be: it is used as it is, better than not at all */
    PKR_ANEW_KEPT    /* it was, but the index made from the pack may lack objects: both are used */
};

typedef struct pkr_pack {
    char *path; /* of the .pack */
    char *index_path;
    char *name;
    uint32_t number; /* in its snapshot: pack_set.h says more of this and the next two */
    _Atomic uint64_t gone_since; /* the first set of packs without it; 0: it is there */
    struct pkr_pack *next_gone;
    uint32_t folder; /* number of the folder that it is in, of those that are looked at */
    pkr_source data;
    pkr_source index;
    uint64_t size;   /* of the .pack; of a bundle, of the pack in it, where offsets begin, too */
    uint64_t end;    /* no entry reaches past it: where the trailer begins, or the end of
                      * the file where the trailer is not what the index says */
    pkr_fault doubt; /* code 0, or what is wrong with the pack's header, or its trailer, which is
                      * not the one that the index names */
    pkr_fault index_doubt;  /* code 0, or why the index that is there is not used */
    char *counts;           /* a text of these; NULL: none */
    pkr_bundle bundle;      /* its version is 0: a pack and no bundle */
    uint64_t bundle_head;   /* bytes before the pack in a bundle */
    pkr_fault bundle_doubt; /* code 0, or what is wrong with those, at an offset of the file */
    unsigned version;
    uint32_t claimed; /* how many entries its header says there are */
    uint32_t beyond;  /* rows of a right index that lie behind the end of a pack which is not:
                       * it was cut short */
    bool lacks_rows;  /* the index that is used has fewer, as that of a damaged pack may */
    _Atomic unsigned char index_state;  /* of enum pkr_index_state: index_blame.h finds out */
    _Atomic unsigned char is_sum_right; /* of the pack: 0: unknown, 1: yes, 2: no; likewise */
    _Atomic unsigned char anew;         /* of enum pkr_anew */
    bool alone;              /* without an index: of `idx` there is the id size, and no row */
    bool is_given;           /* by descriptor or bytes: nothing stands beside it */
    _Atomic unsigned beside; /* of enum pkr_beside, as of the last look */
    bool assumes_sha1;       /* nothing tells the size of its ids, and nobody asked for one */
    pkr_derived derived;
    packread_id trailer; /* if alone: the last bytes of the file, whatever they are */
    pkr_idx idx;
    pkr_lock order_making;         /* held while the table of pack order is made: by one thread */
    pkr_giver order_giver;         /* its lock is that of the two below */
    struct pkr_revindex *revindex; /* the table; NULL until it is wanted, or when it was given */
    uint32_t order_users;          /* who use it now: it is not to be given */
    struct pkr_unsorted *unsorted;
} pkr_pack;

/* How many pages of the two files could not be read so far (with PACKREAD_GUARD), and why: CHANGED
 * or SYSTEM. */
uint64_t pkr_pack_faults(const pkr_pack *pack);
int pkr_pack_fault(const pkr_pack *pack, pkr_fault *fault);
/* CHANGED: packs came or went, and this one went. */
int pkr_pack_gone(const pkr_pack *pack, pkr_fault *fault);
/* Gives back what it has of the system: nobody uses its files any more, or will. */
void pkr_pack_release(pkr_pack *pack);
/* CORRUPT at an offset of the .pack: the bytes there are wrong, and `text` says how. */
int pkr_pack_damaged(const pkr_pack *pack, uint64_t at, const char *text, pkr_fault *fault);
/* What is to be told of a pack that is served although something is wrong with its index, its ends,
 * or its entries: fills `told`; how many there are. */
#define PKR_PACK_DOUBTS_MOST 4
size_t pkr_pack_doubts(const pkr_pack *pack, packread_error told[PKR_PACK_DOUBTS_MOST]);
/* What stands beside it, of enum pkr_beside. Of a pack that was named itself the system is asked.
 */
unsigned pkr_pack_beside(const pkr_pack *pack);
/* Whether the two files still are those that were opened: 0, or CHANGED or SYSTEM. */
int pkr_pack_check(const pkr_pack *pack, pkr_fault *fault);
/* The same, but where the system cannot tell, nothing says that they are others. */
bool pkr_pack_is_as_it_was(const pkr_pack *pack);

#endif
