/* verify_place.h - verifies everything that one place has. */
#ifndef VERIFY_PLACE_H
#define VERIFY_PLACE_H

#include "verify_run.h"

enum status verify_place(struct verification *verification, const char *where);

#endif
