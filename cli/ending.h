/* ending.h - how a name ends. */
#ifndef ENDING_H
#define ENDING_H

#include <stdbool.h>

bool ends_with(const char *name, const char *ending);

#endif
