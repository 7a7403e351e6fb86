#!/bin/sh
# A replacement that is not there is told, and of which object it is one; so is a ring of them.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git init -q repo
echo text > repo/file
git -C repo add file
git -C repo commit -q -m one
head=$(git -C repo rev-parse HEAD)
absent=1111111111111111111111111111111111111111
mkdir -p repo/.git/refs/replace
echo $absent > "repo/.git/refs/replace/$head"
told="^packread: repo: $head: is replaced (refs/replace/) by $absent, which is not there"

for name in HEAD "$head"; do
    echo "$name" > names
    git -C repo cat-file commit "$name" > /dev/null 2>&1 && fail 'git answers'
    for mode in --check '' '--format=%(objectsize:disk)' --filter=blob:none; do
        # shellcheck disable=SC2086 # none, or one
        expect_input names 1 batch $mode repo
        equal "$ran: answer" "$(cat out)" "$name missing"
        says "$told"
    done
    for command in 'cat' 'cat -t' 'cat -p' 'cat -e' 'info'; do
        # shellcheck disable=SC2086 # words
        expect 1 $command repo "$name"
        says "$told"
        prints_nothing
    done
    expect 1 extract repo -o made "$name"
    says "$told"
done
# The next one is served.
printf 'HEAD\n%s\n' "$(git -C repo rev-parse --verify -q HEAD: 2> /dev/null ||
    GIT_NO_REPLACE_OBJECTS=1 git -C repo rev-parse HEAD:)" > names
expect_input names 1 batch --check repo
prints ' tree '

# On the way of a name: the object that is replaced, not only that something is missing.
for name in 'HEAD^{tree}' HEAD:file 'HEAD~0^{commit}'; do
    echo "$name" > names
    expect_input names 1 batch --check repo
    equal "$ran: answer" "$(cat out)" "$name missing"
    says "$head: is replaced (refs/replace/) by an object that is not there"
    expect 1 cat repo "$name"
    says "$head: is replaced (refs/replace/) by an object that is not there"
done

# As it is, where replacements do not count, and silent.
echo HEAD > names
expect_input names 0 batch --check --no-replace repo
prints "^$head commit "
is_silent
export GIT_NO_REPLACE_OBJECTS=1
expect_input names 0 batch --check repo
is_silent
expect 0 cat -t repo HEAD
unset GIT_NO_REPLACE_OBJECTS

# An object that is not there and not replaced is missing, no more.
echo $absent > names
expect_input names 0 batch --check repo
is_silent
expect 3 cat repo $absent

# A ring: the object that was asked for is named.
other=$(echo other | git -C repo hash-object -w --stdin)
echo "$other" > "repo/.git/refs/replace/$head"
echo "$head" > "repo/.git/refs/replace/$other"
echo HEAD > names
expect_input names 1 batch --check repo
prints '^HEAD missing$'
says "$head: is replaced more than 5 times in a row"
expect 1 cat repo HEAD
says "$head: is replaced more than 5 times in a row"
rm "repo/.git/refs/replace/$other"

# A damaged file in the place of the ref: its object is not given, and the file is named.
tree=$(GIT_NO_REPLACE_OBJECTS=1 git -C repo rev-parse HEAD:)
ref=refs/replace/$head
told="^packread: repo/[.]git/$ref: $head: is replaced, but the ref that says by what is damaged"
damage() {
    case $1 in
    cut) printf '%.15s' "$head" ;;
    empty) ;;
    nowhere) echo 'ref: refs/heads/nosuch' ;;
    *) echo "$1" ;;
    esac > "repo/.git/$ref"
}
for damage in cut empty zzzz 'ref: a..b' nowhere; do
    damage "$damage"
    for name in HEAD "$head" 'HEAD^{tree}' HEAD:file; do
        git -C repo cat-file -p "$name" > /dev/null 2>&1 && fail "git answers: $damage: $name"
        printf '%s\n%s\n' "$name" "$tree" > names
        for mode in --check '' '--format=%(objectsize:disk)' --filter=blob:none; do
            # shellcheck disable=SC2086 # none, or one
            expect_input names 1 batch $mode repo
            equal "$ran: answer" "$(head -n 1 out)" "$name missing"
            says "$told"
        done
        expect_input names 1 batch --check repo
        prints "^$tree tree "
        for command in 'cat' 'cat -t' 'cat -p' 'cat -e' 'info'; do
            # shellcheck disable=SC2086 # words
            expect 1 $command repo "$name"
            says "$told"
            prints_nothing
        done
        expect 1 extract repo -o made "$name"
        says "$told"
    done
    # What is not replaced is given as it is; the object itself, where replacements do not count.
    expect 0 cat -t repo "$tree"
    is_silent
    echo HEAD > names
    expect_input names 0 batch --check --no-replace repo
    prints "^$head commit "
    is_silent
    GIT_NO_REPLACE_OBJECTS=1 git -C repo cat-file commit HEAD > wanted
    export GIT_NO_REPLACE_OBJECTS=1
    expect 0 cat repo HEAD
    is_silent
    cmp -s out wanted || fail "$ran: not the commit itself"
    unset GIT_NO_REPLACE_OBJECTS
done

# A file that may not be read, or a link behind which nothing may be looked at: so is what it stands for alone.
echo "$tree" > "repo/.git/$ref"
chmod -R a+rX "$work"
chmod 0 "repo/.git/$ref"
as_nobody=''
if [ "$(id -u)" -eq 0 ]; then
    as_nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi
# shellcheck disable=SC2086 # a command, or nothing
if $as_nobody test -x "$PACKREAD" 2> /dev/null && $as_nobody test -r "$work/repo/.git/HEAD" 2> /dev/null; then
    run_by=$as_nobody
    mkdir closed
    chmod 0 closed
    for kind in file link; do
        if [ $kind = link ]; then
            rm -f "repo/.git/$ref"
            ln -s "$work/closed/it" "repo/.git/$ref"
        fi
        expect 0 cat -t repo "$tree"
        is_silent
        expect 0 cat -t repo "$(echo "$tree" | cut -c 1-10)"
        is_silent
        expect 4 cat -t repo HEAD
        says "^packread: repo/[.]git/$ref: $head: is replaced, but the ref that says by what cannot be read: Permission denied$"
        printf '%s\n%s\n' HEAD "$tree" > names
        expect_input names 4 batch --check repo
        equal "$ran: answers" "$(cut -c 1-12 out)" "$(printf '%s\n%.12s' 'HEAD missing' "$tree")"
    done
    chmod 755 closed
else
    echo 'not run: what a user without rights sees'
fi

finish
