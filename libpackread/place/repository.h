/* repository.h - where the parts of one repository lie, and what its configuration says. Unchanged
 * once it is opened. */
#ifndef PKR_REPOSITORY_H
#define PKR_REPOSITORY_H

#include <stdbool.h>

#include "base/budget.h"
#include "format/meant.h"

enum pkr_ref_storage { PKR_REFS_FILES, PKR_REFS_REFTABLE };

typedef struct pkr_repository {
    char *git_dir;    /* HEAD and what else belongs to one work tree */
    char *common_dir; /* all else: the same path, but in a linked work tree */
    char *objects;    /* the folder of its own objects */
    char *work_tree;  /* its top. NULL: it is bare */
    size_t id_size;   /* 20 or 32; 20 where the configuration does not say */
    bool tells_id_size;
    enum pkr_ref_storage ref_storage;
    char *refs_folder; /* where refs are instead of common_dir: absolute, or as seen from that.
                        * NULL: they are not */
    char *promisor;    /* a remote that promised what is missing: a partial clone. NULL: there is
                        * none */
    bool is_shallow;   /* commits may lack their parents */
    bool ignores_replacements; /* refs/replace/ does not count */
    bool trusts_names;         /* that a ref's name may be another's is not told */
    enum pkr_meant meant;      /* of several objects with one prefix, where nothing else says so */
} pkr_repository;

/* What is known before. */
typedef struct pkr_repository_wanted {
    const char *git_dir;
    const char *work_tree; /* that led there; NULL: none did */
    const char *objects;   /* the folder that GIT_OBJECT_DIRECTORY names in place of its own;
                            * NULL: its own */
    const char *refs;      /* what GIT_REFERENCE_BACKEND says of where its refs are, whatever its
                            * configuration says; NULL: nothing */
} pkr_repository_wanted;

/* Whether a folder is a git dir: HEAD, and an objects folder here or where commondir says, unless
 * `objects` stands for that. Then `*common_dir` is to be freed, else it is NULL. Errors: SYSTEM,
 * MEMORY; NOT_REGULAR, NOT_A_PLACE for one with a HEAD and something odd in another's place. */
int pkr_repository_is_at(const char *folder, const char *objects, char **common_dir,
                         packread_error *error);

/* Errors: SYSTEM, NOT_REGULAR where something cannot be read; NOT_A_PLACE for what is no git dir;
 * UNSUPPORTED for what may not be read, CORRUPT for a configuration that is none; MEMORY, BUDGET.
 */
int pkr_repository_open(pkr_budget *budget, const pkr_repository_wanted *wanted,
                        pkr_repository **repository, packread_error *error);
void pkr_repository_free(pkr_repository *repository);

#endif
