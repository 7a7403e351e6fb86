/* location.h - makes locations. */
#ifndef PKR_LOCATION_H
#define PKR_LOCATION_H

#include "packread.h"

static inline packread_location pkr_location(uint32_t pack, uint32_t position, uint64_t offset)
{
    return (packread_location){
        .store = pack, .position = position, .offset = offset, .kind = PACKREAD_STORE_PACK};
}

#endif
