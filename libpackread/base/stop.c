/* stop.c - a wish to stop. */
#include "base/stop.h"

#include <stdlib.h>

packread_stop *packread_stop_new(void)
{
    return calloc(1, sizeof(packread_stop));
}

void packread_stop_free(packread_stop *stop)
{
    free(stop);
}

void packread_stop_request(packread_stop *stop)
{
    if (stop)
        atomic_store_explicit(&stop->is_asked, true, memory_order_relaxed);
}

void packread_stop_withdraw(packread_stop *stop)
{
    if (stop)
        atomic_store_explicit(&stop->is_asked, false, memory_order_relaxed);
}
