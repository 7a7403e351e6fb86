/* stream_loose.h - a loose object of any size, handed out. */
#ifndef PKR_STREAM_LOOSE_H
#define PKR_STREAM_LOOSE_H

#include "object/reader.h"

/* As packread_reader_stream from one copy: whole, or piece by piece where it does not fit in
 * memory. `*begun`: bytes may have been handed out, whatever came of it. */
int pkr_stream_loose(packread_reader *reader, uint32_t folder, const packread_id *id,
                     const packread_sink *sink, bool *begun, pkr_fault *fault);

#endif
