/* repository_format.c - the version of a repository's format and its extensions, one by one: which
 * are known, in which version, and what they change for a reader. */
#include "format/repository_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format/config.h"
#include "packread.h"

#define NEWEST_VERSION 1

typedef struct reading {
    pkr_config config;
    pkr_config_entry entry;
    pkr_repository_format *format;
    int32_t version;
    pkr_config_entry unknown; /* the first extension that is not known; without a key: none */
    pkr_config_entry newer;   /* the first that is for version 1 only */
    bool has_compatible;
    char *why;
} reading;

static pkr_words value_of(const pkr_config_entry *entry)
{
    return (pkr_words){entry->value, entry->value_size};
}

static int bad_line(reading *on, const char *what)
{
    snprintf(on->why, PKR_REFUSAL_SIZE, "bad config line %" PRIu64 "%s%s", on->config.line,
             *what ? ": " : "", what);
    return PACKREAD_ERROR_CORRUPT;
}

/* ---- One extension after the other ----------------------------------------------------------- */

/* Takes what the extension of the entry at hand says. Errors: as those of the whole. */
typedef int take(reading *on);

static int take_nothing(reading *on)
{
    (void)on;
    return 0;
}

static int check_bool(reading *on)
{
    bool value;

    return pkr_config_bool(&on->entry, &value) == 0 ? 0 : bad_line(on, "neither true nor false");
}

static int take_partial_clone(reading *on)
{
    if (!on->entry.value)
        return bad_line(on, "a value is missing");
    on->format->partial_clone = value_of(&on->entry);
    return 0;
}

static int take_worktree_config(reading *on)
{
    if (pkr_config_bool(&on->entry, &on->format->has_worktree_config) == 0)
        return 0;
    return bad_line(on, "neither true nor false");
}

/* A value that a newer git may know. */
static int unknown_value(reading *on, const char *what)
{
    if (!on->entry.value)
        return bad_line(on, "a value is missing");
    snprintf(on->why, PKR_REFUSAL_SIZE, "config line %" PRIu64 ": %s", on->config.line, what);
    return PACKREAD_ERROR_UNSUPPORTED;
}

static int read_hash(reading *on, size_t *id_size)
{
    if (pkr_config_value_is(&on->entry, "sha1"))
        *id_size = 20;
    else if (pkr_config_value_is(&on->entry, "sha256"))
        *id_size = 32;
    else
        return unknown_value(on, "extensions.objectformat is neither sha1 nor sha256");
    return 0;
}

static int take_object_format(reading *on)
{
    return read_hash(on, &on->format->id_size);
}

/* Ids of the other hash that objects have as well: they are found by their own. */
static int take_compatible(reading *on)
{
    size_t id_size;

    if (on->has_compatible)
        return bad_line(on, "extensions.compatobjectformat is there twice");
    on->has_compatible = true;
    return read_hash(on, &id_size);
}

bool pkr_repository_format_take_refs(pkr_repository_format *format, pkr_words said)
{
    static const char between[] = "://";
    pkr_words form = said;
    pkr_words folder = {0};
    bool has_reftables;

    for (size_t at = 0; said.size - at >= sizeof between - 1; at++) {
        if (memcmp(said.bytes + at, between, sizeof between - 1) == 0) {
            folder.bytes = said.bytes + at + sizeof between - 1;
            folder.size = said.size - at - (sizeof between - 1);
            form.size = at;
            break;
        }
    }
    has_reftables = form.size == 8 && memcmp(form.bytes, "reftable", 8) == 0;
    if (!has_reftables && !(form.size == 5 && memcmp(form.bytes, "files", 5) == 0))
        return false;
    format->has_reftables = has_reftables;
    format->refs_folder = folder;
    return true;
}

static int take_ref_storage(reading *on)
{
    if (pkr_repository_format_take_refs(on->format, value_of(&on->entry)))
        return 0;
    return unknown_value(on, "extensions.refstorage is neither files nor reftable");
}

static const struct extension {
    const char *name;
    bool is_newer; /* of version 1 only */
    take *take;
} extensions[] = {
    {"noop", false, take_nothing},
    {"preciousobjects", false, check_bool},
    {"partialclone", false, take_partial_clone},
    {"worktreeconfig", false, take_worktree_config},
    {"noop-v1", true, take_nothing},
    {"objectformat", true, take_object_format},
    {"compatobjectformat", true, take_compatible},
    {"refstorage", true, take_ref_storage},
    {"relativeworktrees", true, check_bool},
    {"submodulepathconfig", true, check_bool},
};

static int take_extension(reading *on)
{
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++) {
        if (!pkr_config_is(&on->entry, "extensions", extensions[i].name))
            continue;
        if (extensions[i].is_newer && !on->newer.key)
            on->newer = on->entry;
        return extensions[i].take(on);
    }
    if (!on->unknown.key)
        on->unknown = on->entry;
    return 0;
}

/* ---- The rest ------------------------------------------------------------------------------- */

static bool is_section(const pkr_config_entry *entry, const char *name)
{
    return entry->section && entry->section_size == strlen(name) &&
           memcmp(entry->section, name, entry->section_size) == 0;
}

static bool is_promisor(const pkr_config_entry *entry)
{
    return is_section(entry, "remote") && entry->subsection && entry->key_size == 8 &&
           memcmp(entry->key, "promisor", 8) == 0;
}

static int take_promisor(reading *on)
{
    pkr_words *first = &on->format->first_promisor;
    bool is_one;

    if (pkr_config_bool(&on->entry, &is_one) != 0)
        return bad_line(on, "neither true nor false");
    if (is_one && !first->bytes)
        *first = (pkr_words){on->entry.subsection, on->entry.subsection_size};
    return 0;
}

/* What a config.worktree may say too. */
static int take_core(reading *on)
{
    if (pkr_config_is(&on->entry, "core", "bare")) {
        on->format->is_bare_told = true;
        if (pkr_config_bool(&on->entry, &on->format->is_bare) != 0)
            return bad_line(on, "neither true nor false");
    } else if (pkr_config_is(&on->entry, "core", "worktree")) {
        if (!on->entry.value)
            return bad_line(on, "a value is missing");
        on->format->work_tree = value_of(&on->entry);
    } else if (pkr_config_is(&on->entry, "core", "usereplacerefs")) {
        bool is_used;

        if (pkr_config_bool(&on->entry, &is_used) != 0)
            return bad_line(on, "neither true nor false");
        on->format->ignores_replacements = !is_used;
    } else if (pkr_config_is(&on->entry, "core", "warnambiguousrefs")) {
        bool warns;

        if (pkr_config_bool(&on->entry, &warns) == 0) /* nothing that is read hangs on it */
            on->format->trusts_names = !warns;
    } else if (pkr_config_is(&on->entry, "core", "disambiguate")) {
        if (!pkr_meant_read(&on->entry, &on->format->meant))
            return unknown_value(on,
                                 "core.disambiguate is not one of none, commit, committish, tree, "
                                 "treeish, blob");
    }
    return 0;
}

static int take_entry(reading *on)
{
    if (pkr_config_is(&on->entry, "core", "repositoryformatversion")) {
        if (pkr_config_number(&on->entry, &on->version) != 0)
            return bad_line(on, "not a number");
        on->format->is_told = on->version >= 0;
        return 0;
    }
    if (is_section(&on->entry, "extensions"))
        return take_extension(on);
    return is_promisor(&on->entry) ? take_promisor(on) : take_core(on);
}

static int read_entries(reading *on, take *take_each)
{
    int status;

    while ((status = pkr_config_next(&on->config, &on->entry)) > 0) {
        status = take_each(on);
        if (status != 0)
            return status;
    }
    return status == 0 ? 0 : bad_line(on, "");
}

/* ---- May it be read ------------------------------------------------------------------------- */

#define NAME_SIZE 65

/* In plain ASCII, as far as there is room for it. */
static void append(char name[NAME_SIZE], const char *bytes, size_t size)
{
    size_t at = strlen(name);

    for (size_t i = 0; i < size && at < NAME_SIZE - 1; i++)
        name[at++] = (char)(bytes[i] >= ' ' && bytes[i] <= '~' ? bytes[i] : '?');
    name[at] = '\0';
}

/* All that stands behind "extensions." names it. */
static int refuse(reading *on, const char *before, const pkr_config_entry *entry,
                  const char *behind)
{
    char name[NAME_SIZE] = "";

    if (entry->subsection) {
        append(name, entry->subsection, entry->subsection_size);
        append(name, ".", 1);
    }
    append(name, entry->key, entry->key_size);
    snprintf(on->why, PKR_REFUSAL_SIZE, "%s%s%s", before, name, behind);
    return PACKREAD_ERROR_UNSUPPORTED;
}

static int check_version(reading *on)
{
    if (!on->format->is_told)
        return 0;
    if (on->version > NEWEST_VERSION) {
        snprintf(on->why, PKR_REFUSAL_SIZE,
                 "the repository's format is version %" PRId32
                 ", of which this version knows nothing: it reads 0 and 1",
                 on->version);
        return PACKREAD_ERROR_UNSUPPORTED;
    }
    if (on->version == 1 && on->unknown.key)
        return refuse(on, "the repository has the extension '", &on->unknown,
                      "', which this version does not know: a newer one may");
    if (on->version == 0 && on->newer.key)
        return refuse(on, "extensions.", &on->newer,
                      " needs core.repositoryformatversion 1, which is 0: set it if that is wrong");
    return 0;
}

/* Without a version it says nothing of the format, nor of a work tree. */
static void forget(pkr_repository_format *format)
{
    *format = (pkr_repository_format){.id_size = 20,
                                      .first_promisor = format->first_promisor,
                                      .ignores_replacements = format->ignores_replacements,
                                      .trusts_names = format->trusts_names,
                                      .meant = format->meant};
}

int pkr_repository_format_read(void *config, size_t size, pkr_repository_format *format,
                               char why[PKR_REFUSAL_SIZE])
{
    reading on = {.format = format, .why = why, .version = -1};
    int status;

    *format = (pkr_repository_format){.id_size = 20};
    pkr_config_begin(&on.config, config, size);
    status = read_entries(&on, take_entry);
    if (status == 0)
        status = check_version(&on);
    if (status == 0 && !format->is_told)
        forget(format);
    return status;
}

int pkr_repository_format_add(void *config, size_t size, pkr_repository_format *format,
                              char why[PKR_REFUSAL_SIZE])
{
    reading on = {.format = format, .why = why};

    pkr_config_begin(&on.config, config, size);
    return read_entries(&on, take_core);
}
