/* loose.c - looks for the files of loose objects, and reads the folders that they lie in: 256 of
 * them below each object folder, by the first byte of the id. */
#include "place/loose.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/stop.h"
#include "platform/host.h"

char *pkr_loose_path(const pkr_object_folder *folder, const packread_id *id)
{
    size_t length = strlen(folder->path);
    char *path = malloc(length + PKR_LOOSE_NAME_MAX);

    if (path) {
        memcpy(path, folder->path, length);
        pkr_id_loose_name(id, path + length);
    }
    return path;
}

int pkr_loose_fault(const pkr_object_folder *folder, const packread_id *id, int code,
                    int system_errno, const char *text, pkr_fault *fault)
{
    if (fault)
        *fault = (pkr_fault){.code = code,
                             .system_errno = system_errno,
                             .file = folder->path,
                             .loose = *id,
                             .text = text,
                             .id = *id};
    return code;
}

int pkr_loose_look(const pkr_object_folder *folder, const packread_id *id, bool *found,
                   pkr_fault *fault)
{
    char *path = pkr_loose_path(folder, id);
    int failure;

    if (!path)
        return pkr_fault_memory(fault);
    failure = pkr_host_look_at_name(path, found);
    free(path);
    return failure == 0 ? 0
                        : pkr_loose_fault(folder, id, PACKREAD_ERROR_SYSTEM, failure,
                                          "cannot be read", fault);
}

/* ---- Names ---------------------------------------------------------------------------------- */

/* Of a digit as git writes it: its value and 16, else 0. */
static const unsigned char digits[UCHAR_MAX + 1] = {
    ['0'] = 16, ['1'] = 17, ['2'] = 18, ['3'] = 19, ['4'] = 20, ['5'] = 21, ['6'] = 22, ['7'] = 23,
    ['8'] = 24, ['9'] = 25, ['a'] = 26, ['b'] = 27, ['c'] = 28, ['d'] = 29, ['e'] = 30, ['f'] = 31};

/* `count` bytes out of all of a name's digits; false if it has other characters, or another length.
 */
static bool parse_bytes(const char *name, unsigned char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const unsigned high = digits[(unsigned char)name[2 * i]];
        const unsigned low = high == 0 ? 0 : digits[(unsigned char)name[2 * i + 1]];

        if (low == 0)
            return false;
        bytes[i] = (unsigned char)(high << 4 | (low & 15));
    }
    return name[2 * count] == '\0';
}

/* ---- Reading -------------------------------------------------------------------------------- */

/* One reading of an object folder. Ids of either size are taken where nobody says which. */
typedef struct reading {
    const pkr_object_folder *folder;
    pkr_budget *budget;
    const pkr_prefix *prefix; /* NULL: all */
    pkr_table shorter;        /* of 20 bytes; not wanted: its row_size is 0 */
    pkr_table longer;         /* of 32 */
    unsigned char first;      /* of the ids in the folder at hand */
    pkr_fault failure;
    int status; /* of the reading itself */
    pkr_fault *fault;
} reading;

/* Whether the first `digits` hex digits are those. */
static bool has_prefix(const unsigned char *bytes, const pkr_prefix *prefix)
{
    const size_t whole = prefix->digits / 2;

    if (memcmp(bytes, prefix->low.bytes, whole) != 0)
        return false;
    return prefix->digits % 2 == 0 || (bytes[whole] & 0xf0) == prefix->low.bytes[whole];
}

static bool take_name(void *context, const char *name)
{
    const pkr_need need = {((reading *)context)->folder->path,
                           "the memory limit has no room for the ids of its loose objects"};
    reading *on = context;
    unsigned char bytes[PACKREAD_ID_MAX];
    pkr_table *table = &on->shorter;

    bytes[0] = on->first;
    if (on->shorter.row_size == 0 || !parse_bytes(name, bytes + 1, 19)) {
        table = &on->longer;
        if (on->longer.row_size == 0 || !parse_bytes(name, bytes + 1, 31))
            return true;
    }
    if (on->prefix && (on->prefix->digits > 2 * table->row_size || !has_prefix(bytes, on->prefix)))
        return true;
    on->status = pkr_table_grow(table, on->budget, &need, on->fault);
    if (on->status != 0)
        return false;
    memcpy((unsigned char *)table->rows + table->count++ * table->row_size, bytes, table->row_size);
    return true;
}

static int compare_shorter(const void *left, const void *right)
{
    return memcmp(left, right, 20);
}

static int compare_longer(const void *left, const void *right)
{
    return memcmp(left, right, 32);
}

/* Sorts the rows from `begin` on. A folder that changes while it is read may name a file twice. */
static void sort_from(pkr_table *table, size_t begin, int (*compare)(const void *, const void *))
{
    const size_t size = table->row_size;
    unsigned char *rows = table->rows;
    size_t kept = begin;

    if (table->count <= begin)
        return;
    qsort(rows + begin * size, table->count - begin, size, compare);
    for (size_t i = begin; i < table->count; i++)
        if (kept == begin || memcmp(rows + (kept - 1) * size, rows + i * size, size) != 0)
            memmove(rows + kept++ * size, rows + i * size, size);
    table->count = kept;
}

/* A folder that is not there has no names; one that cannot be read costs those in it alone. */
static void note(reading *on, int failure, const packread_id *folder)
{
    if (failure == 0 || pkr_host_is_absence(failure) || on->failure.code != 0)
        return;
    pkr_fault_system(&on->failure, on->folder->path, failure,
                     "a folder of loose objects cannot be read");
    on->failure.loose = *folder;
}

static void read_folder(reading *on, unsigned first)
{
    const size_t shorter = on->shorter.count;
    const size_t longer = on->longer.count;
    packread_id id = {.size = 1};
    char *path;

    on->first = id.bytes[0] = (unsigned char)first;
    path = pkr_loose_path(on->folder, &id);
    if (!path) {
        on->status = pkr_fault_memory(on->fault);
        return;
    }
    note(on, pkr_host_each_name(path, take_name, on), &id);
    free(path);
    sort_from(&on->shorter, shorter, compare_shorter);
    sort_from(&on->longer, longer, compare_longer);
    if (on->status == 0 && pkr_stop_is_asked(on->budget->stop))
        on->status = pkr_fault_stopped(on->fault);
}

static bool note_folder(void *context, const char *name)
{
    bool *is_there = context;
    unsigned char first;

    if (parse_bytes(name, &first, 1))
        is_there[first] = true;
    return true;
}

void pkr_loose_names_read(const pkr_object_folder *folder, pkr_loose_names *names)
{
    bool is_there[PKR_LOOSE_FOLDERS] = {false};
    const int failure = pkr_host_each_name(folder->path, note_folder, is_there);

    *names = (pkr_loose_names){.is_guess = failure != 0 && !pkr_host_is_absence(failure)};
    for (unsigned first = 0; first < PKR_LOOSE_FOLDERS; first++)
        if (is_there[first] || names->is_guess)
            names->first[names->count++] = (unsigned char)first;
}

/* The prefix is a whole id: there is one name that it can be. */
static void look_for(reading *on)
{
    char name[PKR_LOOSE_NAME_MAX];
    packread_id id;
    bool found = false;

    pkr_id_set(&id, on->prefix->low.bytes, on->prefix->digits / 2);
    if (pkr_loose_look(on->folder, &id, &found, &on->failure) == PACKREAD_ERROR_MEMORY)
        on->status = pkr_fault_memory(on->fault);
    pkr_id_loose_name(&id, name);
    on->first = id.bytes[0];
    if (found)
        take_name(on, name + 4);
}

static void begin(reading *on, const pkr_object_folder *folder, unsigned id_size,
                  pkr_budget *budget, pkr_fault *fault)
{
    memset(on, 0, sizeof *on);
    on->folder = folder;
    on->budget = budget;
    on->fault = fault;
    if (id_size != 32)
        on->shorter.row_size = 20;
    if (id_size != 20)
        on->longer.row_size = 32;
}

/* One of the two tables becomes the ids; a name of the other length is odd then. */
static int finish(reading *on, pkr_loose_ids *ids)
{
    const bool is_long = on->longer.count > on->shorter.count;
    pkr_table *taken = is_long ? &on->longer : &on->shorter;
    uint64_t charged = (uint64_t)taken->capacity * taken->row_size;
    uint64_t size = (uint64_t)taken->count * taken->row_size;

    pkr_table_free(is_long ? &on->shorter : &on->longer, on->budget);
    *ids = (pkr_loose_ids){.failure = on->failure};
    if (on->status != 0 || taken->count == 0) {
        pkr_table_free(taken, on->budget);
        return on->status;
    }
    ids->charged = pkr_memory_shrink(on->budget, &taken->rows, charged, size);
    ids->bytes = taken->rows;
    ids->id_size = (unsigned)taken->row_size;
    ids->count = taken->count;
    return 0;
}

int pkr_loose_ids_read(const pkr_object_folder *folder, unsigned id_size, pkr_budget *budget,
                       pkr_loose_ids *ids, pkr_fault *fault)
{
    pkr_loose_names names;
    reading on;

    begin(&on, folder, id_size, budget, fault);
    pkr_loose_names_read(folder, &names);
    for (unsigned i = 0; on.status == 0 && i < names.count; i++)
        read_folder(&on, names.first[i]);
    return finish(&on, ids);
}

int pkr_loose_ids_read_prefix(const pkr_object_folder *folder, unsigned id_size,
                              const pkr_prefix *prefix, pkr_budget *budget, pkr_loose_ids *ids,
                              pkr_fault *fault)
{
    reading on;

    begin(&on, folder, id_size, budget, fault);
    on.prefix = prefix;
    if (prefix->digits == 2 * id_size)
        look_for(&on);
    else
        read_folder(&on, prefix->low.bytes[0]);
    return finish(&on, ids);
}

void pkr_loose_ids_free(pkr_loose_ids *ids, pkr_budget *budget)
{
    pkr_memory_free(budget, ids->bytes, ids->charged);
    memset(ids, 0, sizeof *ids);
}

size_t pkr_loose_ids_from(const pkr_loose_ids *ids, const unsigned char *bytes, size_t size)
{
    size_t low = 0;
    size_t high = ids->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (memcmp(pkr_loose_ids_at(ids, middle), bytes, size) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool pkr_loose_ids_have(const pkr_loose_ids *ids, const packread_id *id)
{
    size_t at;

    if (ids->id_size != id->size)
        return false;
    at = pkr_loose_ids_from(ids, id->bytes, id->size);
    return at < ids->count && memcmp(pkr_loose_ids_at(ids, at), id->bytes, id->size) == 0;
}
