/* stop.h - whether somebody has asked for a stop. */
#ifndef PKR_STOP_H
#define PKR_STOP_H

#include <stdatomic.h>
#include <stdbool.h>

#include "packread.h"

struct packread_stop {
    _Atomic bool is_asked;
};

/* `stop` may be NULL: nobody asks. */
static inline bool pkr_stop_is_asked(const packread_stop *stop)
{
    return stop && atomic_load_explicit(&stop->is_asked, memory_order_relaxed);
}

#endif
