/* location.h - makes locations. */
#ifndef PKR_LOCATION_H
#define PKR_LOCATION_H

#include <string.h>

#include "packread.h"

static inline packread_location pkr_location(uint32_t pack, uint32_t position, uint64_t offset)
{
    return (packread_location){
        .store = pack, .position = position, .offset = offset, .kind = PACKREAD_STORE_PACK};
}

/* Of a loose object: the first bytes of its id are in what a pack's location has for the row. */
static inline packread_location pkr_location_loose(uint32_t folder, const packread_id *id)
{
    packread_location location = {.store = folder, .kind = PACKREAD_STORE_LOOSE};

    memcpy(&location.position, id->bytes, 4);
    memcpy(&location.offset, id->bytes + 4, 8);
    memcpy(&location.reserved, id->bytes + 12, 4);
    return location;
}

#define PKR_LOCATION_ID_BYTES 16

/* Those bytes. */
static inline void pkr_location_id_bytes(const packread_location *location,
                                         unsigned char bytes[PKR_LOCATION_ID_BYTES])
{
    memcpy(bytes, &location->position, 4);
    memcpy(bytes + 4, &location->offset, 8);
    memcpy(bytes + 12, &location->reserved, 4);
}

static inline bool pkr_location_is_loose(const packread_location *location)
{
    return location->kind == PACKREAD_STORE_LOOSE;
}

/* Of an object that is stored nowhere. `store` tells the size of its id. */
static inline packread_location pkr_location_built_in(size_t id_size)
{
    return (packread_location){.store = (uint32_t)id_size, .kind = PACKREAD_STORE_BUILT_IN};
}

static inline bool pkr_location_is_built_in(const packread_location *location)
{
    return location->kind == PACKREAD_STORE_BUILT_IN;
}

#endif
