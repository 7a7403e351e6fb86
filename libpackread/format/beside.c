/* beside.c - the ends of the names, in git's words. */
#include "format/beside.h"

const char *const pkr_pack_endings[PKR_PACK_ENDINGS] = {".rev", ".mtimes", ".keep", ".promisor",
                                                        ".bitmap"};
