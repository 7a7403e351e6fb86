/* repository_format.h - what the configuration of a repository says of how it is stored, and
 * whether this version may read it. */
#ifndef PKR_REPOSITORY_FORMAT_H
#define PKR_REPOSITORY_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "format/meant.h"

/* A part of the configuration's bytes; NULL: it does not say. */
typedef struct pkr_words {
    const char *bytes;
    size_t size;
} pkr_words;

typedef struct pkr_repository_format {
    bool is_told;   /* it has a version; else the extensions count for nothing, as in git */
    size_t id_size; /* 20 or 32 */
    bool has_reftables;
    pkr_words refs_folder; /* where refs are, if not in the usual place */
    bool has_worktree_config;
    bool is_bare_told;
    bool is_bare;
    bool ignores_replacements; /* core.usereplacerefs is off */
    bool trusts_names;         /* core.warnambiguousrefs is off */
    enum pkr_meant meant;      /* core.disambiguate */
    pkr_words work_tree;       /* core.worktree */
    pkr_words partial_clone;   /* extensions.partialclone: a remote */
    pkr_words first_promisor;  /* the first remote that is said to be one */
} pkr_repository_format;

#define PKR_REFUSAL_SIZE 160

/* Reads `config`, whose bytes it changes. Errors, with a phrase in `why`: UNSUPPORTED for what is
 * of another version or not known; CORRUPT for what is no configuration. */
int pkr_repository_format_read(void *config, size_t size, pkr_repository_format *format,
                               char why[PKR_REFUSAL_SIZE]);
/* Of the `config.worktree` of a repository that has one: the keys of core count. */
int pkr_repository_format_add(void *config, size_t size, pkr_repository_format *format,
                              char why[PKR_REFUSAL_SIZE]);
/* Where refs are, of "FORM" or "FORM://FOLDER", as extensions.refstorage and GIT_REFERENCE_BACKEND
 * say it. False, and nothing is changed: a form that is not known. */
bool pkr_repository_format_take_refs(pkr_repository_format *format, pkr_words said);

#endif
