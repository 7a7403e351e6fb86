/* twin.c - libgit2's answers in packread's terms. */
#include "twin.h"

#include <string.h>

#include "samples.h"
#include "suite.h"

void twin_git_good(const char *name, int status)
{
    const git_error *error = git_error_last();

    if (status != 0)
        ck_abort_msg("%s: libgit2: %d: %s", name, status, error ? error->message : "");
}

/* Types have the same numbers in libgit2, since both are the format's. */
void twin_compare_object(const twin *both, const packread_id *id, packread_object *ours)
{
    git_odb_object *theirs = NULL;
    packread_error detail;
    git_oid oid;

    memset(&detail, 0, sizeof detail);
    twin_git_good(both->name, git_oid_fromraw(&oid, id->bytes));
    twin_git_good(both->name, git_odb_read(&theirs, both->odb, &oid));
    sample_good(packread_reader_read(both->reader, id, ours, &detail), &detail);
    if ((int)ours->type != (int)git_odb_object_type(theirs) ||
        ours->size != git_odb_object_size(theirs) ||
        memcmp(ours->data, git_odb_object_data(theirs), ours->size) != 0)
        ck_abort_msg("%s: another object", both->name);
    git_odb_object_free(theirs);
}

#define NO_CODE 12345 /* none that packread has */

static int as_packread(int status)
{
    switch (status) {
    case 0:
        return 0;
    case GIT_EAMBIGUOUS:
        return PACKREAD_ERROR_AMBIGUOUS;
    case GIT_ENOTFOUND:
        return PACKREAD_ERROR_NOT_FOUND;
    default:
        return NO_CODE;
    }
}

void twin_compare_prefix(const twin *both, const char *hex, size_t length)
{
    git_oid prefix;
    git_oid match;
    packread_id id;
    int ours = packread_reader_find_prefix(both->reader, hex, length, &id, NULL);
    int theirs;

    twin_git_good(both->name, git_oid_fromstrn(&prefix, hex, length));
    theirs = git_odb_exists_prefix(&match, both->odb, &prefix, length);
    if (ours != as_packread(theirs) ||
        (ours == 0 && memcmp(id.bytes, match.id, GIT_OID_RAWSZ) != 0))
        ck_abort_msg("%s: %.*s: libgit2: %d, packread: %d", both->name, (int)length, hex, theirs,
                     ours);
}
