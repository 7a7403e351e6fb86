/* object_place.c - the names of stores, and how the file of a loose object is named after its id.
 */
#include "object_place.h"

#include "json.h"
#include "output.h"

#include <stddef.h>
#include <stdio.h>

static void find_pack(const struct where *source, size_t number, struct object_place *place)
{
    /* What stands beside it would be looked for on the disk. */
    packread_pack_info pack = {.struct_size = offsetof(packread_pack_info, has_rev)};

    place->store = "pack";
    if (packread_snapshot_pack(source->snapshot, number, &pack) != 0)
        return;
    place->path = pack.path;
    place->pack = pack.name;
}

static void find_loose(const struct where *source, const packread_info *info,
                       struct object_place *place)
{
    packread_folder_info folder = {.struct_size = sizeof folder};
    char hex[PACKREAD_HEX_MAX + 1];

    place->store = "loose";
    if (packread_snapshot_folder(source->snapshot, info->location.store, &folder) != 0)
        return;
    packread_id_format(&info->id, hex);
    place->path = folder.path;
    snprintf(place->below, sizeof place->below, "%.2s/%s", hex, hex + 2);
}

void object_place_find(const struct where *source, const packread_info *info,
                       struct object_place *place)
{
    *place = (struct object_place){.store = "built-in"};
    if (info->location.kind == PACKREAD_STORE_PACK)
        find_pack(source, info->location.store, place);
    else if (info->location.kind == PACKREAD_STORE_LOOSE)
        find_loose(source, info, place);
}

void object_place_print(const struct object_place *place)
{
    if (place->path == NULL) {
        output_byte('-');
        return;
    }
    output_escaped(place->path);
    if (place->below[0] != '\0') {
        output_byte('/');
        output_text(place->below);
    }
}

void object_place_print_json(const struct object_place *place)
{
    if (place->below[0] != '\0')
        json_path("file", place->path, place->below);
    else
        json_text("file", place->path);
}
