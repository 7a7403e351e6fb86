/* beside_facts.c - the endings of what stands beside a pack, and what they mean. */
#include "beside_facts.h"

#include "json.h"
#include "output.h"

#include <stddef.h>

static const struct fact {
    const char *ending;
    const char *means; /* NULL: the ending says it */
    size_t at;         /* in packread_pack_info, a bool */
} facts[] = {
    {".rev", NULL, offsetof(packread_pack_info, has_rev)},
    {".mtimes", "a cruft pack", offsetof(packread_pack_info, has_mtimes)},
    {".keep", NULL, offsetof(packread_pack_info, has_keep)},
    {".promisor", NULL, offsetof(packread_pack_info, has_promisor)},
    {".bitmap", NULL, offsetof(packread_pack_info, has_bitmap)},
};
#define FACT_COUNT (sizeof facts / sizeof facts[0])

static bool is_there(const packread_pack_info *pack, const struct fact *fact)
{
    return *(const bool *)((const char *)pack + fact->at);
}

bool beside_facts_are_any(const packread_pack_info *pack)
{
    for (size_t i = 0; i < FACT_COUNT; i++)
        if (is_there(pack, &facts[i]))
            return true;
    return false;
}

void beside_facts_print(const packread_pack_info *pack)
{
    const char *between = "";

    for (size_t i = 0; i < FACT_COUNT; i++) {
        if (!is_there(pack, &facts[i]))
            continue;
        output_text(between);
        output_text(facts[i].ending);
        if (facts[i].means != NULL) {
            output_text(" (");
            output_text(facts[i].means);
            output_byte(')');
        }
        between = ", ";
    }
}

void beside_facts_print_json(const packread_pack_info *pack)
{
    for (size_t i = 0; i < FACT_COUNT; i++)
        json_boolean(facts[i].ending + 1, is_there(pack, &facts[i]));
}
