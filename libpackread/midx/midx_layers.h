/* midx_layers.h - opens the layers of a chain, line by line. */
#ifndef PKR_MIDX_LAYERS_H
#define PKR_MIDX_LAYERS_H

#include "midx/midx_naming.h"

/* Adds the layers that the chain of the naming's folder names. As in git the first line without a
 * layer that can be used ends what is asked; those that later lines name are blocked. What is wrong
 * is noted, up to a bound. Errors: MEMORY, STOPPED. */
int pkr_midx_layers_add(pkr_midx_list *list, pkr_midx_naming *on, pkr_fault *fault);

#endif
