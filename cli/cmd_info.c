/* cmd_info.c - packread info: all that is known of an object without reading its contents. */
#include "beside_facts.h"
#include "bundle_facts.h"
#include "command.h"
#include "json.h"
#include "message.h"
#include "name.h"
#include "object_place.h"
#include "output.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char help[] =
    "packread info [OPTIONS] WHERE OBJECT...\n"
    "\n"
    "Prints type, size, size on disk, pack, offset, CRC and chain of each object, and what\n"
    "stands beside its pack (.keep, .bitmap ...); or the file of one that is loose.\n"
    "\n"
    "  --json                    one JSON object a line\n"
    "\n"
    "  packread info . 1a2b3c4d\n";

static void print_key(const char *key)
{
    char text[24];

    snprintf(text, sizeof text, "%s:", key);
    output_text(text);
    for (size_t i = 0; text[i] != '\0' || i < 12; i++) {
        if (text[i] == '\0') {
            for (; i < 12; i++)
                output_byte(' ');
            return;
        }
    }
}

static void print_number(const char *key, uint64_t number)
{
    print_key(key);
    output_number(number);
    output_byte('\n');
}

static void print_pack_text(const packread_info *info, const packread_pack_info *pack)
{
    print_key("pack");
    output_escaped(pack->path);
    output_byte('\n');
    print_number("offset", info->location.offset);
    print_key("crc32");
    if (info->has_crc)
        output_hex32(info->crc32);
    else
        output_text("not in the index");
    output_byte('\n');
    print_number("depth", info->depth);
    if (pack->bundle_version != 0) {
        print_key("in");
        bundle_facts_print(pack);
        output_byte('\n');
    }
    if (beside_facts_are_any(pack)) {
        print_key("beside");
        beside_facts_print(pack);
        output_byte('\n');
    }
}

static void print_place_text(const struct where *source, const packread_info *info)
{
    packread_pack_info pack = {.struct_size = sizeof pack};
    struct object_place place;

    if (info->location.kind == PACKREAD_STORE_PACK) {
        if (packread_snapshot_pack(source->snapshot, info->location.store, &pack) == 0)
            print_pack_text(info, &pack);
        return;
    }
    object_place_find(source, info, &place);
    print_key("store");
    output_text(place.path != NULL ? place.store : "built in");
    output_byte('\n');
    if (place.path != NULL) {
        print_key("path");
        object_place_print(&place);
        output_byte('\n');
    }
}

static void print_place_json(const struct where *source, const packread_info *info)
{
    packread_pack_info pack = {.struct_size = sizeof pack};
    struct object_place place;

    object_place_find(source, info, &place);
    json_text("store", place.store);
    if (place.pack != NULL)
        json_text("pack", place.pack);
    object_place_print_json(&place);
    if (info->location.kind != PACKREAD_STORE_PACK)
        return;
    json_number("offset", info->location.offset);
    json_crc("crc32", info->has_crc, info->crc32);
    if (packread_snapshot_pack(source->snapshot, info->location.store, &pack) == 0 &&
        pack.bundle_version != 0)
        bundle_facts_print_json(&pack);
}

static void print_text(const struct where *source, const packread_info *info, const packread_id *id)
{
    print_key("id");
    output_id(id);
    output_byte('\n');
    if (packread_id_compare(id, &info->id) != 0) {
        print_key("replaced");
        output_id(&info->id);
        output_byte('\n');
    }
    print_key("type");
    output_text(packread_type_name(info->type));
    output_byte('\n');
    print_number("size", info->size);
    print_number("on disk", info->size_on_disk);
    print_key("stored as");
    output_text(packread_type_name(info->stored_type));
    output_byte('\n');
    print_place_text(source, info);
}

static void print_json(const struct where *source, const packread_info *info, const packread_id *id)
{
    json_open();
    json_id("id", id);
    if (packread_id_compare(id, &info->id) != 0)
        json_id("replaced_by", &info->id);
    json_text("type", packread_type_name(info->type));
    json_number("size", info->size);
    json_number("size_on_disk", info->size_on_disk);
    json_text("stored_type", packread_type_name(info->stored_type));
    print_place_json(source, info);
    json_number("depth", info->depth);
    json_open_list("bases");
}

/* Behind everything else: what reads the members in their order finds them where they were. */
static void print_beside_json(const struct where *source, const packread_info *info)
{
    packread_pack_info pack = {.struct_size = sizeof pack};

    if (info->location.kind == PACKREAD_STORE_PACK &&
        packread_snapshot_pack(source->snapshot, info->location.store, &pack) == 0)
        beside_facts_print_json(&pack);
}

static void print_base_text(unsigned number, const packread_id *id, const packread_info *base)
{
    char key[24];

    snprintf(key, sizeof key, "base %u", number);
    print_key(key);
    output_id(id);
    if (base != NULL) {
        output_text(" offset ");
        output_number(base->location.offset);
        output_text(" on disk ");
        output_number(base->size_on_disk);
    } else {
        output_text(" not in these packs");
    }
    output_byte('\n');
}

static void print_base_json(const packread_id *id, const packread_info *base)
{
    json_open();
    json_id("id", id);
    if (base != NULL) {
        json_number("offset", base->location.offset);
        json_number("size_on_disk", base->size_on_disk);
        json_text("stored_type", packread_type_name(base->stored_type));
    } else {
        json_boolean("missing", true);
    }
    json_close_inner();
}

/* Lists the bases of `info`, the nearest first; the depth that the library found bounds them. */
static enum status print_bases(const struct where *source, const packread_info *info, bool as_json)
{
    packread_info next = *info;

    for (unsigned number = 1; next.base.size != 0 && number <= info->depth; number++) {
        packread_id id = next.base;
        packread_location location = next.base_location;
        packread_error error = {0};
        bool is_here = next.has_base_location;

        if (is_here &&
            packread_reader_info(source->reader, &location, PACKREAD_WANT_BASE | PACKREAD_WANT_DISK,
                                 &next, &error) != 0)
            return message_failure(source->path, &error);
        if (as_json)
            print_base_json(&id, is_here ? &next : NULL);
        else
            print_base_text(number, &id, is_here ? &next : NULL);
        if (!is_here)
            break;
    }
    return STATUS_OK;
}

static enum status print_object(const struct where *source, const char *name, bool as_json,
                                bool *is_first)
{
    packread_location location;
    packread_info info = {.struct_size = sizeof info};
    packread_error error = {0};
    packread_name found;
    enum status status = name_resolve_as(source, name, &location, &found);

    if (status != STATUS_OK)
        return status;
    if (packread_reader_describe(source->reader, &found.contents, PACKREAD_WANT_ALL, &info,
                                 &error) != 0)
        return message_object_failure(source->path, &found.contents, &error);
    if (as_json) {
        print_json(source, &info, &found.id);
        status = print_bases(source, &info, true);
        json_close_list();
        print_beside_json(source, &info);
        json_close();
        return status;
    }
    if (!*is_first)
        output_byte('\n');
    *is_first = false;
    print_text(source, &info, &found.id);
    return print_bases(source, &info, false);
}

static enum status run(const struct command *command, char **arguments, size_t count)
{
    const struct option_rule rules[] = {{.name = NULL}};
    struct common_options common;
    bool is_first = true;
    enum status status;
    struct where source;

    if (!options_parse(command, rules, &common, arguments, count, &count, &status))
        return status;
    status = name_open(&source, command, arguments, count, &common);
    if (status != STATUS_OK)
        return status;
    for (size_t i = 1; i < count; i++)
        status = status_worse(status, print_object(&source, arguments[i], common.json, &is_first));
    where_close(&source);
    return status;
}

const struct command command_info = {
    .name = "info",
    .summary = "all that is known of an object: pack, offset, chain of bases",
    .help = help,
    .takes_json = true,
    .run = run,
};
