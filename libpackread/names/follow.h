/* follow.h - from one object to the next: what a tag is on, the tree of a commit, its parents; each
 * read as its replacement has it. */
#ifndef PKR_FOLLOW_H
#define PKR_FOLLOW_H

#include "names/names.h"
#include "names/revision.h"
#include "object/reader.h"

/* A name on its way. */
typedef struct pkr_following {
    packread_reader *reader;
    pkr_names *names;
    size_t id_size;
    bool replaces; /* replacements count */
    bool looks;    /* also those that came since they were last read: pkr_replace_find */
    packread_error *error;
} pkr_following;

/* Whose contents stand for those of `id`. */
int pkr_follow_replaced(const pkr_following *on, const packread_id *id, packread_id *contents);
/* Errors of the two: those of find and read. */
int pkr_follow_type(const pkr_following *on, const packread_id *id, enum packread_type *type);
int pkr_follow_read(const pkr_following *on, const packread_id *id, packread_object *object);

/* Moves `*id` on as ^{TYPE}, ^{object} and ^{} do. Errors: NOT_FOUND where it leads to none such;
 * CORRUPT, also for a tag that leads to itself (which needs PACKREAD_NO_CHECK). */
int pkr_follow_peel(const pkr_following *on, enum pkr_step_kind kind, enum packread_type wanted,
                    packread_id *id);
/* Moves `*id` on as one suffix says. */
int pkr_follow_step(const pkr_following *on, const pkr_step *step, packread_id *id);
/* The tree that a tree, a commit or a tag is or leads to; `*id` becomes its. */
int pkr_follow_tree(const pkr_following *on, packread_id *id, packread_object *tree);

/* NOT_FOUND, about that object. */
int pkr_follow_nowhere(const pkr_following *on, const packread_id *id, const char *text);

#endif
