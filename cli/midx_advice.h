/* midx_advice.h - what can be done about a damaged multi-pack-index. */
#ifndef MIDX_ADVICE_H
#define MIDX_ADVICE_H

#include <packread.h>
#include <stdbool.h>

/* Whether what is wrong is that of a multi-pack-index, a layer, or a chain of them. */
bool midx_advice_fits(const packread_error *problem);
/* What is to be removed and written anew: the file, or the folder of its chain; to be freed. NULL
 * without memory. */
char *midx_advice_subject(const char *path);
/* What is known of the packs beside it and of their indexes. */
enum packs_indexes { INDEXES_WHOLE, INDEXES_UNKNOWN, INDEXES_DAMAGED, PACKS_GONE };
/* Says so of such a subject. */
void midx_advice_tell(const char *subject, enum packs_indexes indexes);

#endif
