/* test_refs_git.c - the refs of repositories that git made are those that git lists: all of them,
 * with their ids, what symbolic ones stand for, and what tags lead to. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packread.h"
#include "suite.h"

/* Makes `r`, with refs of every kind. */
static const char script[] =
    "set -e; exec 2>&1\n"
    "export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null\n"
    "export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b\n"
    "git init -q -b main --object-format=$format r\n"
    "cd r\n"
    "git commit -q --allow-empty -m one\n"
    "git commit -q --allow-empty -m two\n"
    "git tag -a -m v v1; git -c advice.nestedTag=false tag -a -m n nested v1; git tag light\n"
    "git symbolic-ref refs/heads/sym refs/heads/main\n"
    "git symbolic-ref refs/heads/sym2 refs/heads/sym\n"
    "git symbolic-ref refs/remotes/o/HEAD refs/remotes/o/main\n"
    "git update-ref refs/remotes/o/main HEAD~1\n"
    "git update-ref refs/bisect/bad HEAD\n"
    "git update-ref refs/top HEAD\n"
    "git update-ref ORIG_HEAD HEAD~1\n"
    "for i in 1 2 3 4 5 6 7 8 9; do for k in 1 2 3 4 5 6 7 8 9; do\n"
    "  echo \"create refs/heads/many/$i/$k HEAD\"; echo \"create refs/heads/many-$i$k v1~1\"\n"
    "done; done | git update-ref --stdin\n";

static void run(const char *command)
{
    if (system(command) != 0)
        ck_abort_msg("%s", command);
}

/* In the scratch folder. */
static void in_scratch(const char *format, const char *commands)
{
    const size_t room = strlen(commands) + strlen(suite_scratch()) + 64;
    char *command = malloc(room);

    ck_assert_ptr_nonnull(command);
    snprintf(command, room, "cd '%s'; format=%s; %s", suite_scratch(), format, commands);
    run(command);
    free(command);
}

static int write_ref(void *context, const packread_ref *ref, const packread_error *error)
{
    char hex[PACKREAD_HEX_MAX + 1];

    ck_assert_ptr_null(error);
    packread_id_format(&ref->id, hex);
    fprintf(context, "%s %s %s\n", hex, ref->name, ref->target ? ref->target : "");
    if (ref->peeled.size > 0) {
        packread_id_format(&ref->peeled, hex);
        fprintf(context, "%s %s^{} \n", hex, ref->name);
    } else if (ref->knows_peeled) {
        fprintf(context, "none %s^{} \n", ref->name);
    }
    return 0;
}

static void list(const char *where, const char *into)
{
    char *folder = suite_scratch_path(where);
    char *path = suite_scratch_path(into);
    FILE *file = fopen(path, "w");
    packread_snapshot *snapshot;
    packread_error error = {0};

    ck_assert_ptr_nonnull(file);
    if (packread_snapshot_open(folder, NULL, &snapshot, &error) != 0 ||
        packread_snapshot_refs(snapshot, write_ref, file, &error) != 0)
        ck_abort_msg("%s: %s", error.file, error.text);
    packread_snapshot_free(snapshot);
    fclose(file);
    free(folder);
    free(path);
}

/* git's own list: HEAD, ORIG_HEAD, and all below refs/; it follows symbolic refs to the last one.
 */
static const char of_git[] =
    "(echo \"$(git -C r rev-parse HEAD) HEAD refs/heads/main\"\n"
    " echo \"$(git -C r rev-parse ORIG_HEAD) ORIG_HEAD \"\n"
    " git -C r for-each-ref --format='%(objectname) %(refname) %(symref)') > wanted\n"
    "grep -v '\\^{} $' told | sed 's,sym2 refs/heads/sym$,sym2 refs/heads/main,' > plain; cmp "
    "plain wanted\n";
/* What is told of tags is true, and told of all that are packed. */
static const char of_tags[] =
    "git -C r show-ref -d | sed -n 's/\\^{}$/^{} /p' | sort > wanted\n"
    "sed -n '/^none/d; /\\^{} $/p' told | sort > peeled; cmp peeled wanted\n"
    "[ $(grep -c '^none refs/heads/many' told) = 162 ]\n";

static void refs_are_gits(const char *format)
{
    in_scratch(format, script);
    list("r", "told");
    in_scratch(format, of_git);
    in_scratch(format, "git -C r pack-refs --all --prune");
    list("r", "told");
    in_scratch(format, of_git);
    in_scratch(format, of_tags);
    in_scratch(format, "git -C r branch -q -D many/1/1 many-55; git -C r update-ref "
                       "refs/heads/many/2/2 HEAD~1; git -C r branch many/1/1/1");
    list("r", "told");
    in_scratch(format, of_git);
    in_scratch(format, "rm -rf r told wanted plain peeled");
}

START_TEST(refs_are_those_that_git_lists)
{
    refs_are_gits(_i ? "sha256" : "sha1");
}
END_TEST

START_TEST(refs_of_a_linked_work_tree_are_those_that_git_lists)
{
    in_scratch("sha1", script);
    in_scratch("sha1", "git -C r worktree add -q --detach ../linked HEAD~1 && "
                       "git -C linked update-ref refs/worktree/here HEAD && "
                       "git -C linked update-ref refs/bisect/good HEAD");
    for (int packed = 0; packed < 2; packed++) {
        list("linked", "told");
        in_scratch("sha1",
                   "(echo \"$(git -C linked rev-parse HEAD) HEAD \"\n"
                   " git -C linked for-each-ref --format='%(objectname) %(refname) %(symref)') > "
                   "wanted; grep -v '\\^{} $\\| ORIG_HEAD ' told | sed 's,sym2 "
                   "refs/heads/sym$,sym2 refs/heads/main,' > plain; cmp plain wanted");
        in_scratch("sha1", "git -C r pack-refs --all");
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("packread: refs, beside git");
    TCase *cases = tcase_create("refs, beside git");

    tcase_add_loop_test(cases, refs_are_those_that_git_lists, 0, 2);
    tcase_add_test(cases, refs_of_a_linked_work_tree_are_those_that_git_lists);
    suite_add_tcase(suite, cases);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
