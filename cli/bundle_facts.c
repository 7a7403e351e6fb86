/* bundle_facts.c - version, refs, prerequisites, and whether objects were left out of it. */
#include "bundle_facts.h"

#include "json.h"
#include "output.h"

static void print_count(uint64_t count, const char *one, const char *many)
{
    output_text(", ");
    output_number(count);
    output_text(count == 1 ? one : many);
}

void bundle_facts_print(const packread_pack_info *pack)
{
    output_text("bundle version ");
    output_number(pack->bundle_version);
    print_count(pack->bundle_refs, " ref", " refs");
    print_count(pack->prerequisites, " prerequisite", " prerequisites");
    if (pack->is_filtered)
        output_text(", filtered");
}

void bundle_facts_print_json(const packread_pack_info *pack)
{
    json_number("bundle_version", pack->bundle_version);
    json_number("bundle_refs", pack->bundle_refs);
    json_number("prerequisites", pack->prerequisites);
    json_boolean("filtered", pack->is_filtered);
}
