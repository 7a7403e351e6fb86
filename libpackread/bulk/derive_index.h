/* derive_index.h - the index of a pack that was opened without one, from the pack's bytes. */
#ifndef PKR_DERIVE_INDEX_H
#define PKR_DERIVE_INDEX_H

#include "base/fault.h"
#include "packread.h"

struct pkr_pack;

/* What packread_index does once its arguments are checked: the pack is `alone`, the options are not
 * NULL, and neither is `summary`: its struct_size is set where it is filled. The bytes go to the
 * options' writers; what wants them in memory gives a writer that keeps them. Errors: as
 * packread_index. */
int pkr_derive_index(packread_snapshot *snapshot, struct pkr_pack *pack,
                     const packread_index_options *options, packread_index_summary *summary,
                     pkr_fault *fault);

#endif
