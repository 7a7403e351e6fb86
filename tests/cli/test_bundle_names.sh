#!/bin/sh
# In a bundle the refs of its header are names, by git's rules, and what its header says is told by
# info and verify: prerequisites of a thin one by id, as git bundle verify has them.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git init -q -b main repo
(
    cd repo || exit
    git config user.name A
    git config user.email a@example.org
    for i in 1 2 3 4 5 6; do
        mkdir -p folder
        seq 1 3000 | sed "s/^$((i * 100))\$/changed/" > file
        echo $i > folder/small
        git add .
        git commit -qm "$i"
    done
    git branch side HEAD~2
    git tag -a -m note v1 HEAD~1
    git tag side HEAD~3
    git update-ref refs/remotes/far/main HEAD
    git symbolic-ref refs/remotes/far/HEAD refs/remotes/far/main
    git checkout -q --orphan lone
    git rm -qf file
    git commit -qm first
    echo second > folder/small
    git commit -qam second
    git checkout -q main
    git bundle create -q ../all.bundle HEAD --all 2> /dev/null
    git bundle create -q ../thin.bundle main~1..main lone~1..lone 2> /dev/null
    git bundle create -q --version=3 ../filtered.bundle --filter=blob:none main 2> /dev/null
)

# A repository that has the bundle's refs and nothing else, as the oracle of names.
git clone -q --mirror all.bundle mirror.git 2> /dev/null
git --git-dir=mirror.git update-ref HEAD main 2> /dev/null
for name in HEAD @ main heads/main refs/heads/main side heads/side tags/side v1 'v1^{}' 'v1^{commit}' 'v1^{tree}' \
    main~2 main~1^1 'side^0' HEAD:file HEAD:folder 'main:folder/small' 'main^{tree}:file' far far/main v1~1:folder/ \
    'main^{object}'; do
    id=$(git --git-dir=mirror.git rev-parse "$name" 2> /dev/null)
    holds "git knows $name" test -n "$id"
    expect 0 info --json -q all.bundle "$name"
    prints "^{\"id\":\"$id\","
    git --git-dir=mirror.git cat-file -p "$name" > told 2> err
    expect 0 cat -pq all.bundle "$name"
    same out told
    printf '%s\n' "$name" > names
    git --git-dir=mirror.git cat-file --batch-check < names > told
    expect_input names 0 batch -q --check all.bundle
    same out told
done
for name in nosuch mai refs/heads heads main:nosuch 'main^{blob}' main~9 'main@{0}' 'main@{upstream}' ':/1' ':file' \
    'main^{/1}' 'HEAD^-' 'HEAD^@' 'HEAD^!' 'HEAD~1..HEAD' 'HEAD...main'; do
    expect 3 cat -q all.bundle "$name"
    says "all.bundle: $name: not found" || true
done
expect 0 extract -q all.bundle -o tree --as=tree v1
git --git-dir=mirror.git archive v1 | (mkdir archive && tar -C archive -xf -)
diff -r tree archive > differences 2>&1
same differences /dev/null
# A pack is no bundle: there are no names.
expect 0 index all.bundle -o all.idx
expect 2 cat "$(only_pack "$repos/small")" HEAD
says 'names need a repository or a bundle'

# What the header says.
refs=$(git bundle list-heads all.bundle | wc -l | tr -d ' ')
expect 0 verify all.bundle
prints '^all.bundle: ok ([0-9]* objects, [0-9]* bytes)$'
expect 0 verify --json all.bundle
prints "\"ok\":true,.*\"bundle_version\":2,\"bundle_refs\":$refs,\"prerequisites\":0,\"filtered\":false}"
expect 0 info -q all.bundle HEAD
prints "^in:  *bundle version 2, $refs refs, 0 prerequisites$"
expect 0 info -q --json all.bundle HEAD
prints "\"bundle_version\":2,\"bundle_refs\":$refs,\"prerequisites\":0,\"filtered\":false,"
expect 0 verify filtered.bundle
prints '^filtered.bundle: ok ([0-9]* objects, [0-9]* bytes)$'
expect 0 info -q --json filtered.bundle main
prints '"filtered":true'
expect 3 cat -q filtered.bundle main:file
says 'filtered.bundle: main:file: [0-9a-f]*: not found; the bundle is filtered: objects were left out of it'

# Prerequisites.
git init -q empty
git -C empty bundle verify ../thin.bundle > verified 2>&1
sed -n 's/^error: \([0-9a-f]\{40\}\).*/\1/p' verified | sort > wanted
equal 'prerequisites' "$(($(wc -l < wanted)))" 2
expect 1 verify thin.bundle
sed -n 's/^thin.bundle: \([0-9a-f]*\): is a prerequisite of the bundle, which has no objects of it$/\1/p' out | sort > got
same got wanted
prints '^thin.bundle: .* objects intact (bundle version 2, [0-9]* refs, 2 prerequisites)$'
expect 1 verify --json thin.bundle
prints '"prerequisites":2,"filtered":false,"findings":'
expect 0 cat -t thin.bundle main
says 'thin.bundle: the pack is thin: [0-9]* of its [0-9]* objects are deltas on objects that it does not have; the bundle has 2 prerequisites$'
expect 1 cat -q thin.bundle main~1^0
says 'thin.bundle: main~1^0: not found'
# One that has all bases that it needs is whole, though something is in front of it.
printf '# v2 git bundle\n-%s x\n%s refs/heads/top\n\n' "$(head -n 1 wanted)" "$(git -C repo rev-parse HEAD)" > whole.bundle
cat "$(only_pack "$repos/small")" >> whole.bundle
expect 0 verify whole.bundle
prints '^whole.bundle: ok ([0-9]* objects, [0-9]* bytes)$'
expect 3 cat -q whole.bundle top
says 'whole.bundle: top: [0-9a-f]*: not found; the bundle has 1 prerequisite, whose objects are not in it$'
finish
