/* midx_file.h - one opened multi-pack-index: a file, or a layer of a chain. */
#ifndef PKR_MIDX_FILE_H
#define PKR_MIDX_FILE_H

#include <stdatomic.h>

#include "base/fault.h"
#include "format/midx.h"
#include "pack/view.h"
#include "platform/host.h"

/* Unchanged after opening, so threads share it. It keeps its number until the snapshot is freed,
 * and what it has of the system until no list of any set of packs has it. */
typedef struct pkr_midx_file {
    char *path;
    uint32_t number;        /* in its snapshot */
    uint32_t layer;         /* 0: no layer of a chain; else from 1, the oldest */
    _Atomic uint32_t users; /* lists that have it; 0: it is gone, or another took its place */
    _Atomic uint32_t named; /* packs that it names and that are there, as of the last look */
    _Atomic uint32_t
        blocked_by; /* likewise: the line of its chain for which it is not asked, or 0 */
    pkr_source source;
    pkr_midx head;
    pkr_stamp stamp; /* of the file, before it was opened */
} pkr_midx_file;

/* Opens `path`, which is copied; head and fanout are read, and nothing more. `budget`: whose
 * windows are used, and who is asked to stop. Errors: those of the head; SYSTEM, NOT_REGULAR. */
int pkr_midx_file_open(pkr_budget *budget, const char *path, pkr_midx_file **file,
                       packread_error *error);
/* Tells each name in it, in its order. Errors: CORRUPT, those of windows and of the visitor. */
int pkr_midx_file_names(const pkr_midx_file *file, pkr_budget *budget, pkr_midx_name_visitor *visit,
                        void *context, pkr_fault *fault);
/* One more list that has it; one fewer: the last gives back what it has of the system. */
void pkr_midx_file_use(pkr_midx_file *file);
void pkr_midx_file_let_go(pkr_midx_file *file);
void pkr_midx_file_free(pkr_midx_file *file);

#endif
