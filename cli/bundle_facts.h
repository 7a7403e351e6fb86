/* bundle_facts.h - what is said of the bundle that a pack lies in. */
#ifndef BUNDLE_FACTS_H
#define BUNDLE_FACTS_H

#include <packread.h>

/* "bundle version 2, 1 prerequisite, filtered", to standard output. */
void bundle_facts_print(const packread_pack_info *pack);
/* The same as members of a JSON object. */
void bundle_facts_print_json(const packread_pack_info *pack);

#endif
