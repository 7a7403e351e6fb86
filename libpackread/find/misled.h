/* misled.h - multi-pack-indexes as witnesses against the own indexes of packs: where they say
 * something else, and the own index has not its own sum, or the pack has the object where they say,
 * it is not to be used any more. Then its pack is marked to be opened anew, which pkr_reader_look
 * does: with an index made from the pack.
 * A prefix that several ids have is a reason to ask too: one of them may be a damaged row. So is
 * an object that cannot be had where its row leads, and one that is not found where ids do not
 * rise.
 *
 * An index is summed once in its life, and only on such evidence, or for what looks at all rows. A
 * multi-pack-index that is wrong itself so costs a sum, and each time the object that it names. */
#ifndef PKR_MISLED_H
#define PKR_MISLED_H

#include "object/reader.h"

/* What the calls below give where they answer true: CHANGED, for pkr_reader_look. They answer false
 * within a visitor of another call of the reader, where the packs stay, for a pack that could not
 * be opened anew, and where damaged indexes are wanted as they are. */

/* Whether a multi-pack-index has the id, and the index of the pack that it names has not, or at
 * another offset, and is damaged. */
bool pkr_misled_about(packread_reader *reader, const packread_id *id, int *status,
                      pkr_fault *fault);
/* The same of a copy that was found, where its pack is the only one: a search among several has
 * asked. For answers that no hash proves. Takes no search where the multi-pack-index is of that
 * pack alone, and says the same. */
bool pkr_misled_to(packread_reader *reader, const packread_id *id, const packread_location *copy,
                   int *status, pkr_fault *fault);
/* The same of any id that has the prefix, the first few of each. */
bool pkr_misled_about_prefix(packread_reader *reader, const pkr_prefix *prefix, int *status,
                             pkr_fault *fault);
/* Of an object that cannot be had where the packs' own indexes say, or not because of such a row:
 * whether the index of a pack that has a row for it is damaged; also one whose sum is right, where
 * the pack's is too, until it shows that it is whole. No multi-pack-index need be there, nor for
 * the next two. */
bool pkr_misled_by_row(packread_reader *reader, const packread_id *id, int *status,
                       pkr_fault *fault);
/* Of what was not found: whether an index that was seen to be out of order then is damaged. */
bool pkr_misled_by_disorder(packread_reader *reader, int *status, pkr_fault *fault);
/* Of a prefix that several ids have: whether the index of a pack that has one of them, which no
 * multi-pack-index has, is damaged. No multi-pack-index need be there. */
bool pkr_misled_to_several(packread_reader *reader, const pkr_prefix *prefix, int *status,
                           pkr_fault *fault);
/* Of what was not found where a multi-pack-index cannot be used, being damaged: whether the index
 * of any pack is damaged too. Reads them all, the first time. */
bool pkr_misled_by_loss(packread_reader *reader, int *status, pkr_fault *fault);
/* The same, and whether that of any pack that one names is. */
bool pkr_misled_at_all(packread_reader *reader, int *status, pkr_fault *fault);

#endif
