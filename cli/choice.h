/* choice.h - the objects that an ambiguous name may mean, one line each. */
#ifndef CHOICE_H
#define CHOICE_H

#include <packread.h>

/* Says on standard error what an object is: its id and type; of a commit the day and the subject,
 * of a tag the day and the name. `type` PACKREAD_NONE: it cannot be read. */
void choice_show(packread_reader *reader, const packread_id *id, enum packread_type type);

#endif
