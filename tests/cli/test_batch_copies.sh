#!/bin/sh
# Two copies of an object of which the first one's entry lies about type or size, or has none: header
# and contents are of the copy that is right.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

mkdir packs
for name in a z; do
    cp "$repos"/small/objects/pack/*.pack packs/$name.pack
    cp "$repos"/small/objects/pack/*.idx packs/$name.idx
done
chmod u+w packs/*
git -C "$repos/small" cat-file --batch-all-objects --batch > told
git -C "$repos/small" cat-file --batch-all-objects --batch-check='%(objectname)' > names
"$PACKREAD" list --type=blob --format='%(depth) %(offset) %(objectname)' packs/z.pack |
    awk '$1 == 0 { print $2, $3 }' > whole
holds 'blobs to lie about' test "$(($(wc -l < whole)))" -gt 0

# lie BITS: changes them in the first byte of the first whole blob's entry
lie() {
    cp packs/z.pack packs/a.pack
    read -r at id < whole
    byte=$(od -An -tu1 -j "$at" -N 1 packs/a.pack | tr -d ' ')
    # shellcheck disable=SC2059 # the format is the byte
    printf "\\$(printf %o $((byte ^ $1)))" | dd of=packs/a.pack bs=1 seek="$at" conv=notrunc 2> /dev/null
}

for bits in 1 3 32; do # sizes, and a commit for a blob
    lie $bits
    expect 1 verify -q packs/a.pack
    for options in '' --threads=1 --memory-limit=1M --buffer; do
        # shellcheck disable=SC2086 # an option, or none
        expect 0 batch --all $options packs
        same out told
    done
    expect_input names 0 batch packs
    same out told
    expect_input names 0 batch --format='%(objectname) %(objecttype) %(objectsize)%(rest)' packs
    same out told
    format='%(objectname) %(objecttype) %(objectsize) %(depth)'
    git -C "$repos/small" cat-file --batch-check < names > heads
    expect_input names 0 batch --format="$format" packs
    holds "$ran: the header of the copy that was read" \
        grep -a -q "^$(grep "^$id" heads) 0\$" out
done

# An entry of no type: what is asked about the object alone is of the other copy too.
lie 48
read -r at id < whole
expect 0 batch --all packs
same out told
expect_input names 0 batch --check packs
same out heads
expect_input names 0 batch --format='%(objectname) %(objecttype) %(objectsize) %(deltabase)' packs
holds "$ran: no object is missing" test "$(grep -a -c ' missing$' out)" -eq 0
expect 0 cat -t packs "$id"
holds "$ran: the type" test "$(cat out)" = blob
expect 0 cat -s packs "$id"
holds "$ran: the size" test "$(cat out)" = "$(git -C "$repos/small" cat-file -s "$id")"
expect 0 cat -p packs "$id"
git -C "$repos/small" cat-file -p "$id" > contents
same out contents
expect 0 info packs "$id"
holds "$ran: the copy that is whole" grep -q 'z\.pack' out

finish
