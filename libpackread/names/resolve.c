/* resolve.c - from a name to an object, in the order of gitrevisions(7): a whole id, a ref, what
 * git describe prints, a prefix of an id; then suffixes, one after the other, and a path. */
#include <stddef.h>
#include <string.h>

#include "base/sized.h"
#include "names/short_id.h"
#include "names/tree_path.h"
#include "place/presence.h"

static int not_found(const pkr_following *on, const char *why)
{
    return pkr_error_set(on->error, PACKREAD_ERROR_NOT_FOUND, on->reader->snapshot->paths.where,
                         why ? why : "not found");
}

static bool is_whole(const pkr_following *on, const char *text, size_t length, packread_id *id)
{
    return length == 2 * on->id_size && packread_id_parse(text, length, id) == 0;
}

/* ---- Refs ------------------------------------------------------------------------------------ */

/* One of the names that a short one may stand for. Of one that is CORRUPT `is_lost` says that it is
 * the line of this ref that is damaged. */
static int find_ref_as(const pkr_following *on, const char *before, const char *text, size_t length,
                       const char *after, packread_id *id, bool *is_lost, packread_error *error)
{
    const size_t first = strlen(before);
    const size_t last = strlen(after);
    char name[PKR_REF_NAME_MAX + 1];
    int status;

    *is_lost = false;
    if (length > PKR_REF_NAME_MAX - first - last)
        return PACKREAD_ERROR_NOT_FOUND;
    memcpy(name, before, first);
    memcpy(name + first, text, length);
    memcpy(name + first + length, after, last);
    status = pkr_names_find_ref(on->names, name, first + length + last, id, error);
    if (status == PACKREAD_ERROR_CORRUPT)
        *is_lost = pkr_names_is_lost_ref(on->names, name, first + length + last);
    return status;
}

/* Files that are no refs lie beside HEAD, such as `config`: that they are no right ref is not told.
 */
static bool is_meant_as_ref(const char *text, size_t length)
{
    return memchr(text, '/', length) || pkr_ref_name_is_root(text, length);
}

/* What a short name may stand for: the first that there is. */
static const char *const rules[][2] = {
    {"", ""},
    {"refs/", ""},
    {"refs/tags/", ""},
    {"refs/heads/", ""},
    {"refs/remotes/", ""},
    {"refs/remotes/", "/HEAD"},
};
#define RULES (sizeof rules / sizeof *rules)

/* What find_ref_as came to: that there is such a ref, but that it is none, or leads to none, so
 * that another one takes its place. */
static bool is_passed_over(const pkr_following *on, int status, const packread_error *detail)
{
    return status == PACKREAD_ERROR_CORRUPT
               ? pkr_names_is_broken_ref(on->names, detail)
               : status == PACKREAD_ERROR_NOT_FOUND && detail->code != 0;
}

/* Whether git warns of it by its rule: beside HEAD are files that are no refs. */
static bool is_warned(size_t rule, const char *text, size_t length, int status)
{
    if (rule > 0 || memchr(text, '/', length))
        return true;
    return status == PACKREAD_ERROR_NOT_FOUND && !(length == 4 && memcmp(text, "HEAD", 4) == 0);
}

/* Whether a failure leaves open what another time would tell. */
static bool may_pass(int status, const packread_error *detail)
{
    return status == PACKREAD_ERROR_MEMORY || status == PACKREAD_ERROR_STOPPED ||
           (status == PACKREAD_ERROR_SYSTEM && pkr_presence_may_pass(detail->system_errno, false));
}

/* Whether a name that the rule before `next` has a ref for could be another one, or an id. What
 * cannot be read is none. */
static int look_for_others(const pkr_following *on, const char *text, size_t length, size_t next,
                           packread_name *found)
{
    packread_error detail;
    pkr_following other = *on;
    packread_id id;
    bool is_lost;
    int status = PACKREAD_ERROR_NOT_FOUND;

    other.error = &detail;
    for (; status != 0 && !may_pass(status, &detail) && next < RULES; next++) {
        detail.code = 0;
        status = find_ref_as(&other, rules[next][0], text, length, rules[next][1], &id, &is_lost,
                             &detail);
        if (is_passed_over(on, status, &detail))
            found->passed_over |= 1u << next;
    }
    if (status != 0 && !may_pass(status, &detail))
        status = pkr_short_id(&other, text, length, on->names->meant, &id);
    found->is_ambiguous = status == 0;
    if (status == 0 || !may_pass(status, &detail))
        return 0;
    if (on->error)
        *on->error = detail;
    return status;
}

/* One that is no ref, or leads to none, does not hide another one, but one whose line among many is
 * damaged does: the name would mean something else; `broken` is the first that is no
 * ref, else that leads to none. `wants_others`: whether the name is ambiguous. Errors: NOT_FOUND,
 * without detail. */
static int find_ref(const pkr_following *on, const char *text, size_t length, bool wants_others,
                    packread_name *found, packread_error *broken)
{
    if (!on->names->has_refs || !pkr_ref_name_is_valid(text, length))
        return PACKREAD_ERROR_NOT_FOUND;
    for (size_t i = 0; i < RULES; i++) {
        packread_error detail;
        bool is_lost;
        int status;

        detail.code = 0;
        status =
            find_ref_as(on, rules[i][0], text, length, rules[i][1], &found->id, &is_lost, &detail);
        if (is_passed_over(on, status, &detail) && is_warned(i, text, length, status))
            found->passed_over |= 1u << i;
        if (status == PACKREAD_ERROR_CORRUPT && !is_lost) {
            if ((broken->code == 0 || broken->code == PACKREAD_ERROR_NOT_FOUND) &&
                (i > 0 || is_meant_as_ref(text, length)))
                *broken = detail;
            continue;
        }
        if (status == 0)
            return wants_others ? look_for_others(on, text, length, i + 1, found) : 0;
        if (status != PACKREAD_ERROR_NOT_FOUND) {
            if (on->error)
                *on->error = detail;
            return status;
        }
        if (broken->code == 0 && detail.code != 0)
            *broken = detail;
    }
    return PACKREAD_ERROR_NOT_FOUND;
}

/* ---- What git describe prints ---------------------------------------------------------------- */

static bool is_hex(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') ||
           (byte >= 'A' && byte <= 'F');
}

/* NAME-N */
static bool is_name_and_count(const char *text, size_t length)
{
    size_t at = length;

    while (at > 0 && is_hex(text[at - 1]))
        at--;
    return at < length && at > 0 && text[at - 1] == '-' && pkr_ref_name_is_valid(text, at - 1);
}

/* Where the prefix begins in NAME-N-gPREFIX; 0 where it is none. */
static size_t after_description(const char *text, size_t length)
{
    for (size_t at = length; at-- > 2;)
        if (!is_hex(text[at]) && text[at] == 'g' && text[at - 1] == '-' &&
            is_name_and_count(text, at - 1))
            return at + 1;
    return 0;
}

/* ---- Names ----------------------------------------------------------------------------------- */

/* What a name begins with. */
static int find_base(const pkr_following *on, const char *text, size_t length, enum pkr_meant meant,
                     bool wants_others, packread_name *found)
{
    packread_error broken = {.code = 0};
    packread_id *id = &found->id;
    size_t prefix = 0;
    int status;

    if (is_whole(on, text, length, id))
        return 0;
    if (length == 1 && text[0] == '@')
        status = find_ref(on, "HEAD", 4, wants_others, found, &broken);
    else
        status = find_ref(on, text, length, wants_others, found, &broken);
    if (status != PACKREAD_ERROR_NOT_FOUND)
        return status;
    if (on->names->has_refs)
        prefix = after_description(text, length);
    if (prefix > 0)
        status = pkr_short_id(on, text + prefix, length - prefix, PKR_MEANT_COMMIT, id);
    if (prefix > 0 && status != PACKREAD_ERROR_AMBIGUOUS)
        return status;
    status = pkr_short_id(on, text, length, meant, id);
    if (status == PACKREAD_ERROR_NOT_FOUND && broken.code != 0) {
        if (on->error)
            *on->error = broken;
        return broken.code;
    }
    return status;
}

/* Which objects the first suffix, or the path, can begin from; where it may be any, those that the
 * configuration says. */
static enum pkr_meant what_is_meant(const pkr_following *on, const pkr_revision *revision)
{
    size_t at = revision->base;
    pkr_step step;

    if (!pkr_revision_next(revision, &at, &step))
        return revision->has_path ? PKR_MEANT_TREEISH : on->names->meant;
    if (step.kind == PKR_STEP_PARENT || step.kind == PKR_STEP_ANCESTOR)
        return PKR_MEANT_COMMITTISH;
    if (step.kind != PKR_STEP_PEEL)
        return on->names->meant;
    if (step.type == PACKREAD_COMMIT)
        return PKR_MEANT_COMMITTISH;
    return step.type == PACKREAD_TREE ? PKR_MEANT_TREEISH : on->names->meant;
}

static int find_path(const pkr_following *on, const pkr_revision *revision, unsigned flags,
                     packread_name *found)
{
    pkr_tree_place place;
    int status =
        flags & PACKREAD_FOLLOW_SYMLINKS
            ? pkr_tree_path_follow(on, &found->id, revision->path, revision->path_length, &place)
            : pkr_tree_path(on, &found->id, revision->path, revision->path_length, &place);

    if (status != 0)
        return status;
    found->id = place.id;
    found->mode = place.mode;
    found->has_mode = place.has_mode;
    found->link = place.link;
    found->target_size = place.target_length;
    found->target = place.link == PACKREAD_LINK_OUTSIDE ? on->reader->text : NULL;
    return 0;
}

static int find_name(const pkr_following *on, const char *text, size_t length, unsigned flags,
                     bool wants_others, packread_name *found)
{
    pkr_revision revision;
    const char *why;
    pkr_step step;
    size_t at;
    int status;

    if (!pkr_revision_parse(text, length, &revision, &why))
        return not_found(on, why);
    status = find_base(on, text, revision.base, what_is_meant(on, &revision),
                       wants_others && !on->names->trusts_names, found);
    at = revision.base;
    while (status == 0 && pkr_revision_next(&revision, &at, &step))
        status = pkr_follow_step(on, &step, &found->id);
    if (status == 0 && revision.has_path)
        status = find_path(on, &revision, flags, found);
    return status;
}

/* ---- The calls ------------------------------------------------------------------------------- */

static int begin(packread_reader *reader, unsigned flags, pkr_following *on, packread_error *error)
{
    pkr_names *names;
    int status = pkr_names_get(reader->snapshot, &names, error);

    if (status == 0)
        *on = (pkr_following){.reader = reader,
                              .names = names,
                              .id_size = pkr_names_id_size(names, reader->snapshot),
                              .replaces = !(flags & PACKREAD_NO_REPLACE),
                              .error = error};
    return status;
}

/* Whether a name is ambiguous takes a look for each rule: who does not ask does without. */
#define AMBIGUOUS offsetof(packread_name, is_ambiguous)
#define FLAGS ((unsigned)PACKREAD_NO_REPLACE | PACKREAD_FOLLOW_SYMLINKS)

int packread_reader_resolve(packread_reader *reader, const char *name, size_t length,
                            unsigned flags, packread_name *found, packread_error *error)
{
    packread_name told = {.struct_size = 0};
    pkr_following on;
    int status;

    if (!reader || (!name && length > 0) || !found)
        return pkr_error_null(error);
    if (!pkr_sized_can_be_given(found))
        return pkr_error_argument(error, PKR_NO_SIZE);
    if (flags & ~FLAGS)
        return pkr_error_argument(error, "a flag that this version does not know");
    status = begin(reader, flags, &on, error);
    if (status != 0)
        return status;
    on.looks = !is_whole(&on, name, length, &told.id);
    if (on.looks)
        status = length > 0 ? find_name(&on, name, length, flags,
                                        pkr_sized_reaches(found, AMBIGUOUS), &told)
                            : not_found(&on, NULL);
    if (status == 0 && told.id.size > 0)
        status = pkr_follow_replaced(&on, &told.id, &told.contents);
    if (status == 0)
        pkr_sized_give(found, PKR_END_OF(packread_name, target_size), &told, sizeof told);
    return status;
}

int packread_reader_each_candidate(packread_reader *reader, const char *name, size_t length,
                                   unsigned flags, packread_candidate_visitor *visit, void *context,
                                   packread_error *error)
{
    pkr_revision revision;
    pkr_table rows;
    const char *why;
    pkr_following on;
    size_t prefix;
    int status;

    if (!reader || (!name && length > 0) || !visit)
        return pkr_error_null(error);
    if (flags & ~FLAGS)
        return pkr_error_argument(error, "a flag that this version does not know");
    status = begin(reader, flags, &on, error);
    if (status != 0)
        return status;
    if (length == 0 || !pkr_revision_parse(name, length, &revision, &why))
        return not_found(&on, NULL);
    prefix = on.names->has_refs ? after_description(name, revision.base) : 0;
    status =
        pkr_short_id_candidates(&on, name + prefix, revision.base - prefix,
                                prefix ? PKR_MEANT_COMMIT : what_is_meant(&on, &revision), &rows);
    for (size_t i = 0; status == 0 && i < rows.count; i++) {
        const pkr_candidate *row = (const pkr_candidate *)rows.rows + i;

        if (visit(context, &row->id, row->type) != 0)
            status = pkr_error_set(error, PACKREAD_ERROR_STOPPED, NULL,
                                   packread_error_text(PACKREAD_ERROR_STOPPED));
    }
    pkr_table_free(&rows, reader->budget);
    return status;
}
