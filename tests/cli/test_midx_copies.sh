#!/bin/sh
# An object that lies in two packs, where a multi-pack-index says which copy is meant: by name, in
# a list and in a batch of all objects the same copy is told of, git's.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

export GIT_CONFIG_NOSYSTEM=1 HOME="$work" GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
folder=.git/objects/pack
format='%(objectname) %(objecttype) %(objectsize) %(objectsize:disk) %(deltabase)'

# One pack of deltas, one with the newest objects once more, whole.
git init -q r
seq 1 2000 > r/file
for i in 1 2 3 4 5 6 7 8; do
    echo "line $i" >> r/file
    git -C r add file && git -C r commit -qm "$i"
done
git -C r repack -qad
git -C r rev-list --objects HEAD~6.. | git -C r pack-objects -q --no-reuse-delta --window=0 $folder/pack \
    > names

# compare: with the list of ids and what git says of each
compare() {
    git -C r cat-file --batch-all-objects --batch-check='%(objectname)' > ids
    git -C r cat-file --batch-check="$format" < ids > wanted
    for options in '' --threads=1; do
        # shellcheck disable=SC2086 # an option, or none
        expect 0 batch --all --check $options --format="$format" r
        same out wanted
    done
    expect 0 list --format="$format" r
    same out wanted
    expect_input ids 0 batch --check --format="$format" r
    same out wanted
    git -C r cat-file --batch="$format" < ids > contents
    expect 0 batch --all --format="$format" r
    same out contents
}

for pack in "r/$folder"/*.pack; do
    rm -f "r/$folder/multi-pack-index"
    git -C r multi-pack-index write --preferred-pack="${pack##*/}"
    compare
    cp wanted "by-${pack##*/}"
done
holds 'another copy by another choice' test "$(cat by-* | sort -u | wc -l)" -gt "$(wc -l < ids)"

finish
