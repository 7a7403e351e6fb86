/* proof.h - which object is at a place, whatever an index says: by the bytes that are there. */
#ifndef PKR_PROOF_H
#define PKR_PROOF_H

#include "object/reader.h"

/* The id of the object whose entry is at `offset` of the pack; of size 0 where that is damaged, or
 * no entry. Nothing of a pack is at hand. Errors, settled: those of building it but damage. */
int pkr_proof_id(packread_reader *reader, const pkr_pack *pack, uint64_t offset, packread_id *id,
                 pkr_fault *fault);

#endif
