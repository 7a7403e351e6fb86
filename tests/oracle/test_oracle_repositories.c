/* test_oracle_repositories.c - whole repositories (fixtures/zoo.sh) against libgit2, wherever it
 * can open them: the same objects, prefixes, refs, and the same object behind each name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <git2.h>

#include "samples.h"
#include "suite.h"
#include "twin.h"

/* What libgit2 has of a regular expression, for each name with a `-g` in it, it does not free. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libpcre2";
}

/* What libgit2 1.5 does otherwise than git. */
static const struct {
    const char *place; /* the end of its name */
    bool opens;        /* libgit2 reads it, but: */
    const char *why;
} differs[] = {
    {"/chain", true, "quoted paths of alternates are not understood"},
    {"/chain-deep", true, "the same"},
    {"/replaced", true, "replaced objects are not"},
    {"/extensions", false, "an extension is not known"},
    {"/all", false, "extensions.worktreeConfig is not known"},
    {"/all-linked", false, "the same"},
    {"/objects-folder", false, "no repository"},
};

typedef struct place {
    char name[100];
    char where[200];
    char words[200];
} place;

static place places[200];
static int place_count;

/* Assertions do not work outside tests. */
static void read_places(void)
{
    char path[1000];
    char line[1000];
    FILE *file;

    snprintf(path, sizeof path, "%s/zoo/places", suite_fixtures());
    file = fopen(path, "r");
    if (!file) {
        perror(path);
        exit(1);
    }
    while (fgets(line, sizeof line, file)) {
        place *next = &places[place_count];
        char git[200];

        if (sscanf(line, "%99[^\t]\t%199[^\t]\t%199[^\t]\t%199[^\n]", next->name, next->where, git,
                   next->words) >= 3)
            place_count++;
        if (place_count == 200)
            abort();
    }
    fclose(file);
    if (place_count < 80) {
        fprintf(stderr, "%s: only %d places\n", path, place_count);
        exit(1);
    }
}

static bool has_word(const place *of, const char *word)
{
    return strstr(of->words, word) != NULL;
}

static const char *why_not(const place *of, bool opens)
{
    for (size_t i = 0; i < sizeof differs / sizeof *differs; i++) {
        size_t length = strlen(differs[i].place);

        if (differs[i].opens == opens && strlen(of->name) >= length &&
            strcmp(of->name + strlen(of->name) - length, differs[i].place) == 0)
            return differs[i].why;
    }
    return NULL;
}

typedef struct pair {
    const place *of;
    packread_snapshot *snapshot;
    twin twin;
    git_repository *repository;
    packread_id *ids; /* all, as packread lists them */
    size_t count;
} pair;

static int take_id(void *context, const packread_info *info, const packread_error *error)
{
    pair *both = context;

    if (error)
        ck_abort_msg("%s: %s: %s", both->of->name, error->file, error->text);
    if ((both->count & (both->count - 1)) == 0)
        both->ids = realloc(both->ids, (both->count ? 2 * both->count : 1) * sizeof *both->ids);
    ck_assert_ptr_nonnull(both->ids);
    both->ids[both->count++] = info->id;
    return 0;
}

/* False where libgit2 is known not to be able to. */
static bool open_pair(const place *of, pair *both)
{
    char path[1000];
    packread_error error;

    memset(both, 0, sizeof *both);
    if (has_word(of, "sha256") || has_word(of, "bundle") || why_not(of, false))
        return false;
    snprintf(path, sizeof path, "%s/zoo/%s", suite_fixtures(), of->where);
    git_libgit2_init();
    both->of = of;
    both->twin.name = of->name;
    twin_git_good(of->name, git_repository_open_ext(&both->repository, path, 0, NULL));
    twin_git_good(of->name, git_repository_odb(&both->twin.odb, both->repository));
    both->snapshot = sample_open(path, NULL);
    both->twin.reader = sample_reader(both->snapshot);
    memset(&error, 0, sizeof error);
    sample_good(packread_reader_list(both->twin.reader, NULL, take_id, both, &error), &error);
    return true;
}

static void close_pair(pair *both)
{
    packread_reader_free(both->twin.reader);
    packread_snapshot_free(both->snapshot);
    git_odb_free(both->twin.odb);
    git_repository_free(both->repository);
    free(both->ids);
    git_libgit2_shutdown();
}

/* ---- Objects -----------------------------------------------------------------------------------
 */

static int compare_ids(const void *left, const void *right)
{
    return packread_id_compare(left, right);
}

static bool is_listed(const pair *both, const packread_id *id)
{
    return both->count > 0 &&
           bsearch(id, both->ids, both->count, sizeof *both->ids, compare_ids) != NULL;
}

typedef struct theirs {
    const pair *both;
    size_t visits;
} theirs;

static int find_theirs(const git_oid *oid, void *context)
{
    theirs *all = context;
    packread_id id = {.size = GIT_OID_RAWSZ};
    char hex[PACKREAD_HEX_MAX + 1];

    memcpy(id.bytes, oid->id, GIT_OID_RAWSZ);
    packread_id_format(&id, hex);
    if (!is_listed(all->both, &id))
        ck_abort_msg("%s: libgit2 has %s", all->both->of->name, hex);
    all->visits++;
    return 0;
}

/* libgit2 visits an object once for each of its copies, and all that it visits packread has listed:
 * so both have the same objects if it has all that are listed. */
START_TEST(objects_are_those_of_libgit2)
{
    packread_object ours;
    pair both;
    theirs all = {&both, 0};

    if (!open_pair(&places[_i], &both))
        return;
    twin_git_good(both.of->name, git_odb_foreach(both.twin.odb, find_theirs, &all));
    if (!why_not(both.of, true)) {
        ck_assert_uint_ge(all.visits, both.count);
        for (size_t i = 0; i < both.count; i++)
            twin_compare_object(&both.twin, &both.ids[i], &ours);
    }
    close_pair(&both);
}
END_TEST

START_TEST(prefixes_are_those_of_libgit2)
{
    uint64_t state = suite_seed() + (uint64_t)_i;
    pair both;

    if (!open_pair(&places[_i], &both))
        return;
    for (size_t i = 0; i < both.count && !why_not(both.of, true); i++) {
        packread_id id = both.ids[i];
        char hex[PACKREAD_HEX_MAX + 1];

        if (i % 4 == 3)
            id.bytes[suite_random_below(&state, 20)] ^=
                (unsigned char)(1u << suite_random_below(&state, 8));
        packread_id_format(&id, hex);
        twin_compare_prefix(&both.twin, hex, 4);
        twin_compare_prefix(&both.twin, hex, 4 + (size_t)suite_random_below(&state, 37));
    }
    close_pair(&both);
}
END_TEST

/* ---- Names -------------------------------------------------------------------------------------
 */

static int resolve(pair *both, const char *text, packread_id *id)
{
    packread_name found = {.struct_size = sizeof found};
    packread_error error;
    int status = packread_reader_resolve(both->twin.reader, text, strlen(text), 0, &found, &error);

    *id = found.id;
    return status;
}

static void compare_name(pair *both, const char *text)
{
    git_object *object = NULL;
    packread_id id;
    int theirs_is = git_revparse_single(&object, both->repository, text);
    int ours = resolve(both, text, &id);

    if (theirs_is == 0 && (ours != 0 || memcmp(id.bytes, git_object_id(object), 20) != 0)) {
        char hex[PACKREAD_HEX_MAX + 1] = "";

        if (ours == 0)
            packread_id_format(&id, hex);
        ck_abort_msg("%s: '%s': libgit2: %s, packread: %d %s", both->of->name, text,
                     git_oid_tostr_s(git_object_id(object)), ours, hex);
    }
    /* Names of objects that are not there are found, as in git; the object is not. */
    if (theirs_is != 0 && ours == 0 && is_listed(both, &id))
        ck_abort_msg("%s: '%s': libgit2: %d, packread finds it", both->of->name, text, theirs_is);
    git_object_free(object);
}

static void compare_names(pair *both, const char *name)
{
    static const char *const suffixes[] = {
        "",  "^{}",    "^{tree}", "^{commit}",  "^{blob}",       "^{tag}",   "^0",
        "^", "~1",     "^2",      "~3",         "~1^2",          "~100000",  "^9",
        ":", ":a/b/c", ":file",   ":a/nothing", "^{tree}:plain", "~2:folder"};
    char text[500];

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        snprintf(text, sizeof text, "%s%s", name, suffixes[i]);
        compare_name(both, text);
    }
}

START_TEST(names_lead_where_they_lead_for_libgit2)
{
    git_strarray names;
    pair both;

    if (!open_pair(&places[_i], &both))
        return;
    if (!why_not(both.of, true)) {
        twin_git_good(both.of->name, git_reference_list(&names, both.repository));
        compare_names(&both, "HEAD");
        for (size_t i = 0; i < names.count; i++) {
            const char *name = names.strings[i];

            compare_names(&both, name);
            for (name = strchr(name, '/'); name; name = strchr(name + 1, '/'))
                compare_names(&both, name + 1);
        }
        git_strarray_dispose(&names);
        compare_names(&both, "nothing/like/this");
    }
    close_pair(&both);
}
END_TEST

/* A path of every tree entry, from HEAD down. */
static int compare_path(const char *root, const git_tree_entry *entry, void *context)
{
    char text[1000];

    snprintf(text, sizeof text, "HEAD:%s%s", root, git_tree_entry_name(entry));
    if (git_tree_entry_filemode(entry) != GIT_FILEMODE_COMMIT)
        compare_name(context, text);
    return 0;
}

START_TEST(paths_lead_where_they_lead_for_libgit2)
{
    git_object *tree = NULL;
    pair both;

    if (!open_pair(&places[_i], &both))
        return;
    if (!why_not(both.of, true) && has_word(both.of, "files")) {
        twin_git_good(both.of->name, git_revparse_single(&tree, both.repository, "HEAD^{tree}"));
        twin_git_good(both.of->name,
                      git_tree_walk((git_tree *)tree, GIT_TREEWALK_PRE, compare_path, &both));
        git_object_free(tree);
    }
    close_pair(&both);
}
END_TEST

/* Those of a linked work tree libgit2 lists and then does not find. */
static bool is_of_worktree(const char *name)
{
    return strncmp(name, "refs/worktree/", 14) == 0 || strncmp(name, "refs/bisect/", 12) == 0;
}

typedef struct ref_visit {
    pair *both;
    size_t count;
} ref_visit;

static int compare_ref(void *context, const packread_ref *ref, const packread_error *error)
{
    ref_visit *visit = context;
    git_reference *theirs_is = NULL;
    git_oid oid;
    int status;

    if (strncmp(ref->name, "refs/", 5) != 0 || is_of_worktree(ref->name))
        return 0;
    if (error)
        ck_abort_msg("%s: %s: %s", visit->both->of->name, ref->name, error->text);
    visit->count++;
    twin_git_good(visit->both->of->name,
                  git_reference_lookup(&theirs_is, visit->both->repository, ref->name));
    if ((git_reference_type(theirs_is) == GIT_REFERENCE_SYMBOLIC) != (ref->target != NULL) ||
        (ref->target && strcmp(ref->target, git_reference_symbolic_target(theirs_is)) != 0))
        ck_abort_msg("%s: %s: symbolic or not", visit->both->of->name, ref->name);
    git_reference_free(theirs_is);
    status = git_reference_name_to_id(&oid, visit->both->repository, ref->name);
    if (status != 0 ? ref->id.size != 0
                    : ref->id.size != 20 || memcmp(oid.id, ref->id.bytes, 20) != 0)
        ck_abort_msg("%s: %s leads elsewhere", visit->both->of->name, ref->name);
    return 0;
}

START_TEST(refs_are_those_of_libgit2)
{
    git_strarray names;
    packread_error error;
    pair both;
    ref_visit visit = {&both, 0};
    size_t theirs_are = 0;

    if (!open_pair(&places[_i], &both))
        return;
    memset(&error, 0, sizeof error);
    twin_git_good(both.of->name, git_reference_list(&names, both.repository));
    sample_good(packread_snapshot_refs(both.snapshot, compare_ref, &visit, &error), &error);
    for (size_t i = 0; i < names.count; i++)
        theirs_are += !is_of_worktree(names.strings[i]);
    if (visit.count != theirs_are)
        ck_abort_msg("%s: %zu refs, for libgit2 %zu", both.of->name, visit.count, theirs_are);
    git_strarray_dispose(&names);
    close_pair(&both);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("oracle: repositories");
    TCase *tests = tcase_create("libgit2");

    tcase_add_loop_test(tests, objects_are_those_of_libgit2, 0, place_count);
    tcase_add_loop_test(tests, prefixes_are_those_of_libgit2, 0, place_count);
    tcase_add_loop_test(tests, names_lead_where_they_lead_for_libgit2, 0, place_count);
    tcase_add_loop_test(tests, paths_lead_where_they_lead_for_libgit2, 0, place_count);
    tcase_add_loop_test(tests, refs_are_those_of_libgit2, 0, place_count);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    (void)suite_seed();
    read_places();
    return suite_run(make_suite());
}
