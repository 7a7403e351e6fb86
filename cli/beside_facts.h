/* beside_facts.h - what is said of the files that stand beside a pack and its index. */
#ifndef BESIDE_FACTS_H
#define BESIDE_FACTS_H

#include <packread.h>

/* Whether any of them is there. */
bool beside_facts_are_any(const packread_pack_info *pack);
/* ".rev, .mtimes (a cruft pack)", to standard output; nothing where there are none. */
void beside_facts_print(const packread_pack_info *pack);
/* A member of a JSON object for each that there may be: true or false. */
void beside_facts_print_json(const packread_pack_info *pack);

#endif
