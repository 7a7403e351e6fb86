/* wrong.h - objects that can be built, but whose contents do not give their ids. */
#ifndef PKR_WRONG_H
#define PKR_WRONG_H

#include "verify/findings.h"

#define PKR_WRONG_TEXT "contents do not give the object's id"

/* After the walks: reports those that are marked as wrong in the forest. One that was made from
 * another such is no finding of its own: it is counted as one that hangs on that. */
void pkr_wrong_report(pkr_findings *findings, packread_reader *reader);

#endif
