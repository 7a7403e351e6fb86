#!/bin/sh
# test_names_damaged.sh - names in a repository whose packed-refs has a bad line, and names that lead nowhere: what is whole is found, else what is wrong is said, and where.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org

git init -q d
git -C d checkout -q -b main
git -C d commit -q --allow-empty -m one
for name in alpha beta feature gamma; do
    git -C d branch "$name"
done
git -C d tag -a -m t light
git -C d symbolic-ref refs/heads/sym refs/heads/x
git -C d pack-refs --all
cp d/.git/packed-refs whole
head -n 2 whole | grep -q 'refs/heads/alpha$' || fail 'the second line is not that of alpha'

# damaged NUMBER LINE: packed-refs with that line in the place of the one of that number, which begins at $begin
damaged() {
    begin=$(head -n "$(($1 - 1))" whole | wc -c | tr -d ' ')
    { head -n "$(($1 - 1))" whole && echo "$2" && tail -n +"$(($1 + 1))" whole; } > d/.git/packed-refs
}

# finds NAME...: they are found as if nothing were wrong
finds() {
    for name; do
        expect 0 cat -t d "$name"
        is_silent
    done
}

for line in garbage "$(printf 'z%.0s' 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9)" \
    'gggggggggggggggggggggggggggggggggggggggg refs/heads/alpha' '^'; do
    damaged 2 "$line"
    finds HEAD main beta feature gamma light refs/tags/light
    for name in alpha alphabet; do
        expect 1 cat -t d "$name"
        says "/packed-refs: offset $begin: a line is no ref$"
    done
    # Between two lines that are whole it is not.
    expect 3 cat -t d nosuch
    says 'nosuch: not found$'
done
damaged 4 garbage
finds HEAD main alpha beta gamma light
expect 1 cat -t d feature
says "/packed-refs: offset $begin: a line is no ref$"

# Cut in the line of beta.
begin=$(head -n 2 whole | wc -c | tr -d ' ')
head -c "$((begin + 14))" whole > d/.git/packed-refs
finds alpha
expect 1 cat -t d beta
says "/packed-refs: offset $begin: the last line is cut short$"
cp whole d/.git/packed-refs
finds HEAD alpha beta feature gamma main light

# A tag hides the branch of its name, also where its line is damaged or the file ends in it: the name means no other object.
git -C d commit -q --allow-empty -m two
git -C d branch both
git -C d tag -a -m t both HEAD~1
git -C d pack-refs --all
cp d/.git/packed-refs whole
line=$(grep -n ' refs/tags/both$' whole | cut -d : -f 1)
for bad in 'ggggggggggggggggggggggggggggggggggggggg0' "$(sed -n "${line}s/.\( .*\)//p" whole)'"; do
    damaged "$line" "$bad refs/tags/both"
    for name in both 'both^{commit}' tags/both; do
        expect 1 cat -t d "$name"
        prints_nothing
        says "/packed-refs: offset $begin: a line is no ref$"
        expect 1 extract d --as=tree -o none "$name"
        holds "$ran: no folder" [ ! -e none ]
    done
    echo both > names
    expect_input names 1 batch --check d
    prints '^both missing$'
    finds heads/both main alpha light
done
begin=$(head -n "$((line - 1))" whole | wc -c | tr -d ' ')
for left in 52 54 55; do
    head -c "$((begin + left))" whole > d/.git/packed-refs
    expect 1 cat -t d both
    says "/packed-refs: offset $begin: the last line is cut short$"
    finds heads/both alpha
done
cp whole d/.git/packed-refs
finds light heads/both tags/both

# A tag that is none, or leads to none, gives way to the branch of its name, and is warned of, as git does.
git -C d rev-parse heads/alpha > id
git -C d cat-file --batch-check < id > wanted
echo alpha > names
for bad in garbage 'ref: refs/heads/x'; do
    echo "$bad" > d/.git/refs/tags/alpha
    holds "$bad: git warns" sh -c 'git -C d rev-parse alpha 2>&1 > /dev/null | grep -q "^warning: ignoring .* refs/tags/alpha"'
    expect 0 cat -t d 'alpha^{commit}'
    says '^packread: d: ref refs/tags/alpha is broken, or leads to none: it is passed over$'
    expect_input names 0 batch --check d
    same out wanted
    says 'ref refs/tags/alpha is broken'
done
rm d/.git/refs/tags/alpha
expect_input names 0 batch --check d
is_silent

# Names that are none, and a ref that stands for one that is not there.
for name in refs/heads/../../HEAD ../HEAD heads/..; do
    expect 3 cat d "$name"
    says "$name: not found: not a valid name$"
    printf '%s\n' "$name" > names
    git -C d cat-file --batch-check < names > wanted 2> /dev/null
    expect_input names 0 batch --check d
    same out wanted
    is_silent
done
expect 3 cat d sym
says 'sym: not found: stands for refs/heads/x, which is not there$'
expect 3 cat -e d sym
is_silent

finish
