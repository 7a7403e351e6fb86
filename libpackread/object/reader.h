/* reader.h - all that one thread needs to make objects from the entries of a snapshot's packs:
 * views of the files, memory for blobs, and what it has learnt on the way. */
#ifndef PKR_READER_H
#define PKR_READER_H

#include "object/admit.h"
#include "object/chain_memo.h"
#include "object/links.h"
#include "object/loss_map.h"
#include "object/spills.h"
#include "pack/rows.h"
#include "pack/view.h"
#include "platform/inflate.h"
#include "store/snapshot.h"

/* Where the deflated data of one entry has to end: it is not followed past that. Set by who walks a
 * pack whose entries are known (walk/fence), before the entry is inflated. All zeros: none. */
typedef struct pkr_fence {
    uint64_t entry; /* offset of that entry; others have no fence */
    uint64_t end;   /* offset that its data must not pass */
    bool reached;   /* set by inflating: it failed only for want of the bytes behind `end` */
    uint64_t work;  /* the reader's `work` when the fence was set: what is more since is its cost */
} pkr_fence;

/* Look-ups that failed to read an index to the end: the object may be there all the same. */
typedef struct pkr_blind {
    uint64_t count;  /* of all of them so far, never reset: a search compares it with before */
    pkr_fault fault; /* why the last one failed */
} pkr_blind;

struct packread_reader {
    packread_snapshot *snapshot;
    pkr_hold hold;       /* on the set of packs, during a call */
    uint64_t generation; /* of the set that the last call had: what is known below is of it */
    unsigned calls;      /* under way: a visitor may call once more */
    unsigned looks;      /* that found other packs, in this call */
    bool may_look;       /* what the look-up at hand comes to is shown to pkr_reader_look */
    pkr_pack *misled;    /* in this call: has an index that find/misled.h found damaged; or NULL */
    pkr_budget *budget;  /* of the snapshot */
    pkr_view data;       /* of the pack at hand */
    pkr_rows rows;       /* of its index */
    pkr_midx_rows midx;  /* of the multi-pack-index at hand; at rest between look-ups */
    pkr_inflater *inflater;
    pkr_spares spares; /* blobs come from here, and go back */
    pkr_cache cache;
    pkr_admit admit;
    pkr_links links;      /* of the chain at hand */
    pkr_memo memo;        /* by entry: type and depth of the object at the end of its chain */
    pkr_memo broken;      /* by entry: the damage that its chain leads to */
    pkr_loss_map lost;    /* by row of an index: objects that no copy gives */
    pkr_spills spills;    /* bases of large objects; kept until a call that needs none of them */
    unsigned char *piece; /* what big objects pass through; NULL until there is one */
    unsigned char *file_piece; /* likewise of the files of loose objects */
    uint64_t touched;          /* of what `looking` says, when the call had its packs */
    bool is_loose_gone; /* in this call the file of a loose object was gone that a look had found */
    packread_id known;  /* the id looked up last, often asked for again; size 0: none */
    packread_location place; /* where its first copy is */
    bool is_hinted;          /* it is first because a multi-pack-index says so, not by number */
    pkr_blob *object;        /* held for the caller until the next call */
    void *text; /* held for the caller likewise: where a symbolic link leads. NULL: nothing was */
    uint64_t text_room;
    pkr_fence fence;
    uint64_t mended; /* objects that repair has put together from several packs, and offered to the
                      * cache: all so far, never reset; callers compare it with before */
    pkr_blind blind;
    uint64_t work; /* bytes that were read as headers of entries or went into and came out of the
                    * inflater: all so far, never reset; who bounds work takes the difference */
    /* Of a pack without an index: where the object with this id begins, if that is known yet. NULL:
     * its index tells. */
    bool (*resolve)(const void *context, const unsigned char *id, uint64_t *offset);
    const void *resolve_context;
};

/* packread_reader_new, for packs with or without an index. */
int pkr_reader_make(packread_snapshot *snapshot, packread_reader **reader, pkr_fault *fault);

/* The piece is there, of so many bytes. Errors: MEMORY. */
#define PKR_READER_PIECE ((size_t)64 << 10)
int pkr_reader_piece(packread_reader *reader, pkr_fault *fault);

/* How many threads, each with a reader, do a job: `wanted` (0: all processors), and no more than
 * the memory limit has windows for, so that they do not lock each other out. */
#define PKR_THREADS_MOST 64
unsigned pkr_reader_threads(const packread_snapshot *snapshot, unsigned wanted);

/* Any pack by its number. */
static inline pkr_pack *pkr_reader_pack(const packread_reader *reader, size_t number)
{
    return pkr_packs_get(&reader->snapshot->packs, number);
}
/* The packs of this call. */
static inline const pkr_pack_set *pkr_reader_set(const packread_reader *reader)
{
    return reader->hold.set;
}
/* A pack that the caller names. Errors: ARGUMENT if there never was one, CHANGED if it is gone. */
int pkr_reader_open(packread_reader *reader, size_t number, pkr_pack **pack, pkr_fault *fault);
/* Points the reader at a pack and its index. Errors: MEMORY. */
int pkr_reader_select(packread_reader *reader, const pkr_pack *pack, pkr_fault *fault);
/* The id of what is at a location. Errors: ARGUMENT for a pack, row or folder that is not there;
 * CHANGED for a loose object that is gone. */
int pkr_reader_id(packread_reader *reader, const packread_location *location, packread_id *id,
                  pkr_fault *fault);
/* Where the data of the entry at `offset` has to end at the latest. */
static inline uint64_t pkr_reader_end(const packread_reader *reader, const pkr_pack *pack,
                                      uint64_t offset)
{
    return reader->fence.entry == offset && reader->fence.end != 0 && reader->fence.end < pack->end
               ? reader->fence.end
               : pack->end;
}
/* A public call begins: what the last one handed out is dropped, and the packs that are there now
 * are those of the call. */
void pkr_reader_enter(packread_reader *reader);
/* The blob, which the caller gives away, becomes what the reader holds for its caller. */
void pkr_reader_hand_out(packread_reader *reader, const packread_id *id, pkr_blob *blob,
                         packread_object *object);
/* Within a call, with nothing of a pack at hand: takes the packs that are there now. */
void pkr_reader_renew(packread_reader *reader);
/* Where `status` and `fault` say that an object was not found, or that a file of a pack is gone:
 * looks at the folder. True if there are other packs now, which the call has from here on, or may
 * have been for a while, or the file of a loose object went, or a damaged index led astray: it is
 * to begin again, with nothing of a pack at hand. Else they are left as they are, or say why the
 * look failed. Within a visitor of another call of the reader the packs stay: that call is of one
 * set.
 *
 * WHY NOTHING IS MISSED  Whoever moves an object puts it where it is to be before it goes from
 * where it was. A look-up asks the packs of a set, and then the folders for a loose file. What is
 * in neither was, at the moment when its loose file was not there, in a pack that is not in the
 * set. Then the folder of packs has changed since the set was read, even if the pack has gone again
 * by now and the set is the same: `touched` says so, and the look-up begins again. Only when the
 * folder is as it was before the packs were asked is the object not there. */
bool pkr_reader_look(packread_reader *reader, int *status, pkr_fault *fault);
/* After reading what is beside the packs: whether packs came or went meanwhile. Then the call has
 * those that are there now, and what was read may belong to neither; else both are of one moment.
 * Within a visitor of another call of the reader never: its packs stay. Errors: those of looking at
 * the folder. */
int pkr_reader_moved(packread_reader *reader, bool *moved, pkr_fault *fault);
/* A loose object that was there is not there any more: what is known of its place is forgotten, and
 * the next look begins again. */
void pkr_reader_note_gone(packread_reader *reader);
/* The call ends. */
void pkr_reader_exit(packread_reader *reader);
/* It ends: what pkr_reader_settle makes of `status` and `fault` becomes the caller's. */
int pkr_reader_leave(packread_reader *reader, int status, pkr_fault *fault, packread_error *error);
/* Before anything of an operation is handed out: SYSTEM or CHANGED if a mapped page that it may
 * have used could not be read, else 0. What is pinned stays. */
int pkr_reader_fault(packread_reader *reader, pkr_fault *fault);
/* The same at its end, when no blob is pinned any more but the reader's own: else `status`. After a
 * fault nothing learnt from it is kept. */
int pkr_reader_settle(packread_reader *reader, int status, pkr_fault *fault);

#endif
