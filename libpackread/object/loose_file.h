/* loose_file.h - one loose object out of its file: its header, all of it in memory, or its contents
 * piece by piece, as often as they are asked for. */
#ifndef PKR_LOOSE_FILE_H
#define PKR_LOOSE_FILE_H

#include "format/loose_header.h"
#include "object/reader.h"
#include "platform/host.h"

#define PKR_LOOSE_HEAD 1024

typedef struct pkr_loose_file {
    packread_reader *reader;
    const pkr_object_folder *folder;
    packread_id id;
    int descriptor;
    pkr_stamp stamp; /* when it was opened */
    pkr_loose_header header;
    const unsigned char *in; /* what was read of it and not inflated yet */
    size_t in_left;
    uint64_t at;      /* in the file: what is read next */
    bool ended;       /* the stream's last byte has been seen */
    size_t head_size; /* of what was inflated first */
    unsigned char head[PKR_LOOSE_HEAD];
} pkr_loose_file;

/* What the file is opened for: its header alone, of which a few bytes of the file are enough, or
 * its contents too. */
enum pkr_loose_reach { PKR_LOOSE_FACTS, PKR_LOOSE_CONTENTS };

/* Opens the file and reads its header. One at a time for each reader. Errors: CHANGED where the
 * file is gone, which the reader notes; SYSTEM, CORRUPT, MEMORY. Where it succeeded, to be closed.
 */
int pkr_loose_open(pkr_loose_file *file, packread_reader *reader, uint32_t folder,
                   const packread_id *id, enum pkr_loose_reach reach, pkr_fault *fault);
void pkr_loose_close(pkr_loose_file *file);

/* All its contents, which end where the file ends; not checked against the id. Once. Errors:
 * CORRUPT, CHANGED, SYSTEM, BUDGET, MEMORY, STOPPED. */
int pkr_loose_inflate(pkr_loose_file *file, pkr_blob **blob, pkr_fault *fault);
/* The same to `take`, header.size bytes of them at most; STOPPED where that wants no more. */
int pkr_loose_run(pkr_loose_file *file, packread_writer *take, void *context, pkr_fault *fault);
/* CORRUPT; or CHANGED, if the file is not what it was when it was opened. */
int pkr_loose_damaged(const pkr_loose_file *file, const char *text, pkr_fault *fault);

/* pkr_loose_inflate; `check`: and then against the id. */
int pkr_loose_whole(pkr_loose_file *file, bool check, pkr_blob **blob, pkr_fault *fault);
/* The same of a file that is opened and closed for it. */
int pkr_loose_read(packread_reader *reader, uint32_t folder, const packread_id *id, bool check,
                   pkr_blob **blob, pkr_fault *fault);

#endif
