/* chain_facts.h - what an object is, told by the headers of its chain alone. */
#ifndef PKR_CHAIN_FACTS_H
#define PKR_CHAIN_FACTS_H

#include "object/chain.h"

/* The type of the object whose entry, at `offset` of the selected pack, has this header, and of how
 * many deltas it is made. Errors: CORRUPT, THIN, those of windows. */
int pkr_chain_facts(packread_reader *reader, const pkr_pack *pack, uint64_t offset,
                    const pkr_entry *entry, enum packread_type *type, uint32_t *depth,
                    pkr_fault *fault);

#endif
