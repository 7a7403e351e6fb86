/* pack_open.h - opens and closes packs. */
#ifndef PKR_PACK_OPEN_H
#define PKR_PACK_OPEN_H

#include <smmap.h>

#include "store/pack.h"

/* Opens `path` ("....pack") and the .idx beside it. Reads headers only. Free with
 * pkr_pack_close. */
int pkr_pack_open(smmap_manager *manager, const char *path, pkr_pack **pack, packread_error *error);
/* Opens a pack of any name without its index. Its trailer tells the hash: that takes reading it
 * all. Where none fits, `end` is the end of the file, and ids have `id_size` bytes, or 20 if that
 * is 0. A damaged header is a doubt. */
int pkr_pack_open_alone(smmap_manager *manager, const char *path, size_t id_size, pkr_pack **pack,
                        packread_error *error);
void pkr_pack_close(pkr_pack *pack, pkr_budget *budget);

#endif
