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

# sum_again INDEX: its checksum is right again
sum_again() {
    head -c -20 "$1" > body
    sha1sum body | cut -c 1-40 | sed 's/../\\\\x&/g' | xargs printf > sum
    cat body sum > "$1"
}

# misname INDEX ID: its last bit is another one there
misname() {
    chmod u+w "$1"
    misnamed=$((8 + 1024 + 20 * $(row "$1" "$2") + 19))
    # shellcheck disable=SC2059 # the format is the byte
    printf "\\$(printf %o $(($(byte "$1" $misnamed) ^ 1)))" | put "$1" $misnamed
}

objects=$(git -C r cat-file --batch-all-objects --batch-check | wc -l)
git -C r cat-file blob "$blob" > contents

# The index of one pack has the blob's id wrong and its checksum right: the pack and a multi-pack-index know better.
cp -R r lie
git -C lie multi-pack-index write
index=$(echo lie/.git/objects/pack/*.idx)
misname "$index" "$blob"
sum_again "$index"
expect 0 cat lie "$blob"
same out contents
says "^packread: $index: the index is damaged, though its checksum is right; .* packread index .* writes it anew"
expect 1 verify lie
prints "^$index: offset $((misnamed - 19)): [0-9a-f]*: index row has this id for an object whose id is $blob\$"
equal "$ran: lines" "$(($(wc -l < out)))" 3
prints '/multi-pack-index: ok ('
says 'the pack is whole; packread index .* writes its index anew'
says_not 'remove it'

# Without that, what it leads to is reason to look into the pack: the object that the pack has is given as well.
rm -f lie/.git/objects/pack/multi-pack-index
for way in --all '--all --unordered'; do
    # shellcheck disable=SC2086 # words
    expect 1 batch $way --format='%(objectname) of one' lie
    equal "$ran: objects" "$(grep -a -c '^[0-9a-f]* of one$' out)" "$objects"
    prints "^$blob of one\$"
    prints '^[0-9a-f]* missing$'
    says "^packread: $index: [0-9a-f]*: the index is damaged.*: what it leads to is not the object; packread index"
    says_not 'was removed'
done
expect 1 extract lie -o out.lie --all
equal "$ran: files" "$(find out.lie -type f | wc -l)" "$((objects))"
same "out.lie/$blob" contents

# Both are damaged: nothing but the pack has it.
cp -R r both
git -C both multi-pack-index write
index=$(echo both/.git/objects/pack/*.idx)
misname "$index" "$blob"
chmod u+w both/.git/objects/pack/multi-pack-index
printf x | put both/.git/objects/pack/multi-pack-index 0
expect 0 cat both "$blob"
same out contents
says "^packread: $index: the index is damaged, its checksum is wrong; an index made from the pack is used"
says 'no object is lost by it if packread verify finds those whole: remove it then'
expect 0 cat -t both "$prefix"
echo "$blob" > ids
expect_input ids 0 batch --check both
prints "^$blob blob "
expect 1 list both
prints "^$blob blob "
equal "$ran: lines" "$(($(wc -l < out)))" "$((objects))"
expect 1 verify both
says 'have those written anew first; then remove it'
says_not 'no object is lost'

finish
