#!/bin/sh
# The index of a pack is damaged: an offset leads to another object, beside a multi-pack-index; an
# id is that of no object, and another pack has it right. What is told is what git says of the
# same before the damage.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

export GIT_CONFIG_NOSYSTEM=1 HOME="$work" GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b

# byte FILE OFFSET: as a number
byte() {
    od -An -tu1 -j "$2" -N 1 "$1" | tr -d ' '
}

# put FILE OFFSET: what comes in replaces what is there
put() {
    dd of="$1" bs=1 seek="$2" conv=notrunc 2> /dev/null
}

# row INDEX ID: of how many it is the first, from 0
row() {
    git show-index < "$1" | cut -d ' ' -f 2 | sort | grep -n "$2" | cut -d : -f 1 |
        awk '{ print $1 - 1 }'
}

git init -q r
seq 1 500 > r/file
git -C r add file && git -C r commit -qm one
echo more >> r/file
git -C r add file && git -C r commit -qm two
git -C r repack -qad
blob=$(git -C r rev-parse HEAD:file)
tree=$(git -C r rev-parse 'HEAD^{tree}')
prefix=$(echo "$blob" | cut -c 1-10)
format='%(objectname) %(objecttype) %(objectsize)'

# One pack, and a multi-pack-index: the blob's row has the tree's offset.
cp -R r one
git -C one multi-pack-index write
set -- one/.git/objects/pack/*.idx
index=$1
chmod u+w "$index"
rows=$(git show-index < "$index" | wc -l)
offsets=$((8 + 1024 + 24 * rows))
dd if="$index" bs=1 skip=$((offsets + 4 * $(row "$index" "$tree"))) count=4 2> /dev/null |
    put "$index" $((offsets + 4 * $(row "$index" "$blob")))
expect 0 cat -t one "$blob"
git -C r cat-file -t "$blob" > wanted
same out wanted
says 'index is damaged'
expect 0 cat -s one "$blob"
git -C r cat-file -s "$blob" > wanted
same out wanted
expect 0 info one "$blob"
prints '^type:  *blob$'
echo "$blob" > ids
expect_input ids 0 batch --check --format="$format" one
git -C r cat-file --batch-check="$format" < ids > wanted
same out wanted

# Two packs have the blob: its id in one of them is damaged in the last byte.
cp -R r two
git -C two cat-file commit HEAD > two/commit
{
    echo "$blob"
    git -C two hash-object -w -t blob commit
} | git -C two pack-objects -q .git/objects/pack/pack > names
index=two/.git/objects/pack/pack-$(cat names).idx
at=$((8 + 1024 + 20 * $(row "$index" "$blob") + 19))
chmod u+w "$index"
# shellcheck disable=SC2059 # the format is the byte
printf "\\$(printf %o $(($(byte "$index" $at) ^ 1)))" | put "$index" $at
expect 0 cat two "$prefix"
git -C r cat-file blob "$blob" > wanted
same out wanted
says 'index is damaged'
echo "$prefix" > ids
expect_input ids 0 batch --check --format="$format" two
git -C r cat-file --batch-check="$format" < ids > wanted
same out wanted
says 'index is damaged'

finish
