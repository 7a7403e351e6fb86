#!/bin/sh
# A chain of multi-pack-indexes in which something is wrong: git uses the layers below that. Every object is read,
# verify looks at each layer that the chain names, tells what is wrong with it and which are not used, and what can
# be done; and what it says can be done is enough.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

export GIT_CONFIG_NOSYSTEM=1 HOME="$work" GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b

packs=.git/objects/pack
layers=$packs/multi-pack-index.d
chain=multi-pack-index-chain

# sum FILE: its last bytes, of SHA-1
sum() {
    tail -c 20 "$1" | od -An -v -tx1 | tr -d ' \n'
}

# make NAME: four packs, each a layer of its own; not in their place yet, where a newer git removes them as it
# writes the next
make() {
    git init -q "$1"
    mkdir made
    for i in 1 2 3 4; do
        seq "$i" 40 > "$1/file-$i"
        git -C "$1" add .
        git -C "$1" commit -qm "$i"
        pack=$(git -C "$1" rev-list --objects --unpacked --no-object-names HEAD |
            git -C "$1" pack-objects -q $packs/pack)
        git -C "$1" prune-packed -q
        echo "pack-$pack.idx" | git -C "$1" multi-pack-index write --stdin-packs
        name=$(sum "$1/$packs/multi-pack-index")
        mv "$1/$packs/multi-pack-index" "made/multi-pack-index-$name.midx"
        echo "$name" >> "made/$chain"
    done
    mv made "$1/$layers"
}

# layer NUMBER: its file, in the repository at hand
layer() {
    echo "now/$layers/multi-pack-index-$(sed -n "$1p" "all/$layers/$chain").midx"
}

# damage FILE OFFSET: another byte there
damage() {
    chmod u+w "$1"
    printf '\252' | dd of="$1" bs=1 seek="$2" conv=notrunc 2> /dev/null
}

# again: the repository as it was made
again() {
    rm -rf now
    cp -r all now
}

advice="packread: now/$layers: no object is lost by it, the packs' own indexes are used; remove it, and git"
advice="$advice multi-pack-index write --incremental writes it anew"

read_advice="packread: now/$layers: the packs' own indexes are used; no object is lost by it if packread verify finds"
read_advice="$read_advice those whole: remove it then, and git multi-pack-index write --incremental writes it anew"

# advises: once, on standard error
advises() {
    equal "$ran: lines of advice" "$(grep -c -x -F "$advice" err)" 1
    has_lines err 1
}

# blocked NUMBER BY: that line is printed of the layer
blocked() {
    prints "^$(layer "$1"): not used: the layer in line $2 of its chain cannot be\$"
}

# reads_all STATUS: every object
reads_all() {
    expect "$1" list --format='%(objectname) %(objecttype) %(objectsize)' now
    same out wanted
}

# repaired: by what is advised; the installed git may be too old for --incremental
repaired() {
    rm -rf "now/$layers"
    git -C now multi-pack-index write
    git -C now multi-pack-index verify 2> /dev/null > /dev/null
    equal "$ran: git verifies what it wrote" "$?" 0
    expect 0 verify now
    is_silent
    reads_all 0
}

make all
git -C all cat-file --batch-all-objects --batch-check > wanted
again
expect 0 verify now
is_silent
equal 'layers that are ok' "$(grep -c '\.midx: ok (' out)" 4
reads_all 0

# Layer 2 is damaged in its head, 3 in a row; 4 is whole.
damage "$(layer 2)" 4
size=$(wc -c < "$(layer 3)")
damage "$(layer 3)" $((size - 24))
expect 1 verify now
prints "^$(layer 1): ok ("
prints "^$(layer 2): version of the multi-pack-index is neither 1 nor 2\$"
prints "^$(layer 3): offset $((size - 20)): multi-pack-index checksum is wrong\$"
prints "^$(layer 3): [0-9]* findings, [0-9]* of [0-9]* objects intact\$"
prints "^$(layer 4): 1 finding, \\([0-9]*\\) of \\1 objects intact\$"
blocked 3 2
blocked 4 2
advises
equal 'packs that are ok' "$(grep -c '\.pack: ok (' out)" 4
reads_all 1
says "^packread: $(layer 2): version of the multi-pack-index is neither 1 nor 2\$"
equal 'lines of advice' "$(grep -c -x -F "$read_advice" err)" 1
has_lines err 2
expect 1 list -q now
has_lines err 1
expect 1 verify -q now
is_silent
expect 1 verify --json now
prints "\"file\":\"$(layer 4)\",\"offset\":null,\"id\":null,\"code\":\"[^\"]*\",\"text\":\"not used: "
prints "\"file\":\"$(layer 4)\",\"ok\":false,\"objects\":[0-9]*,\"bytes\":[0-9]*,\"findings\":1,\"intact\":[0-9]*}"
repaired

# Both in their heads: each says so.
again
damage "$(layer 2)" 4
damage "$(layer 3)" 0
expect 1 verify now
prints "^$(layer 2): version of the multi-pack-index is neither 1 nor 2\$"
prints "^$(layer 3): does not begin as a multi-pack-index does; not used anyway: the layer in line 2 of its chain cannot be\$"
blocked 4 2
advises
reads_all 1
has_lines err 3
equal 'lines of advice' "$(grep -c -x -F "$read_advice" err)" 1
repaired

# Two that are not there are told by name, where the chain names them.
again
rm "$(layer 1)" "$(layer 3)"
expect 1 verify now
for i in 1 3; do
    name=$(layer $i)
    prints "^now/$layers/$chain: offset $((41 * (i - 1))): names ${name##*/}, which is not there\$"
done
blocked 2 1
blocked 4 1
advises
reads_all 1
repaired

# A line that is none costs no other its layer.
again
damage "now/$layers/$chain" 45
expect 1 verify now
prints "^now/$layers/$chain: offset 41: a line of the chain of multi-pack-indexes is not a checksum\$"
prints "^$(layer 1): ok ("
blocked 3 2
blocked 4 2
advises
reads_all 1

# One that the system does not give: nothing is known to be damaged.
again
rm "$(layer 2)"
ln -s "$(basename "$(layer 2)")" "$(layer 2)"
expect 4 verify now
says "^packread: $(layer 2): cannot be opened: "
says "^packread: $(layer 3): not used: the layer in line 2 of its chain cannot be\$"
prints "^$(layer 3): \\([0-9]*\\) of \\1 objects intact\$"
equal 'layers that are ok' "$(grep -c '\.midx: ok (' out)" 1
equal 'lines of advice' "$(grep -c 'no object is lost' err)" 0
expect 4 verify --json now
prints "\"file\":\"$(layer 4)\",\"ok\":false,"

# A damaged one that is no layer.
again
rm -rf "now/$layers"
git -C now multi-pack-index write
midx=now/$packs/multi-pack-index
damage $midx $(($(wc -c < $midx) - 24))
advice="packread: $midx: no object is lost by it, the packs' own indexes are used; remove it, and git"
advice="$advice multi-pack-index write writes it anew"
expect 1 verify now
prints "^$midx: offset [0-9]*: multi-pack-index checksum is wrong\$"
advises
reads_all 0
damage $midx 4
expect 1 verify now
advises
reads_all 1
has_lines err 2
rm $midx
git -C now multi-pack-index write
expect 0 verify now
is_silent

# A pack that is gone took its objects along: the only list of them is not to be thrown away first.
for pack in now/"$packs"/*.pack; do
    rm -f "$pack" "${pack%.pack}.idx"
    break
done
expect 1 verify now
prints "^$midx: offset [0-9]*: names a pack that is not there\$"
says "^packread: $midx: packs that it names are gone, with what only they had: bring them back; "
says_not 'no object is lost'

finish
