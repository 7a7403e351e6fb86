/* midx_open.h - finds and opens the multi-pack-indexes of a folder of packs. */
#ifndef PKR_MIDX_OPEN_H
#define PKR_MIDX_OPEN_H

#include "midx/midx_naming.h"

/* Adds what a folder of packs has: multi-pack-index, or where that is of no use, or not there, the
 * layers of its chain. Folders are asked in the order in which they are added. What is damaged, or
 * unknown, is noted and left out. Errors: MEMORY, STOPPED. */
int pkr_midx_list_add_folder(pkr_midx_list *list, const pkr_midx_opening *opening,
                             const char *folder, pkr_fault *fault);

#endif
