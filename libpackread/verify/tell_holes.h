/* tell_holes.h - holes in a pack, each told once when all that hangs on its objects is known. */
#ifndef PKR_TELL_HOLES_H
#define PKR_TELL_HOLES_H

#include "verify/findings.h"

void pkr_tell_holes(pkr_findings *findings, packread_reader *reader);

#endif
