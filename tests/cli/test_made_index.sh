#!/bin/sh
# A damaged pack that is read through an index made from it: that there is damage is said and in the
# exit status, wherever it is, though all objects that the header counts may seem to be there.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

pack=$(only_pack "$repos/small")
git -C "$repos/small" cat-file --batch-all-objects --batch-check > listed
count=$(wc -l < listed)
size=$(wc -c < "$pack")

# damaged NAME OFFSET OCTAL: the pack with one other byte, and no index
damaged() {
    cp "$pack" "$1.pack"
    chmod u+w "$1.pack"
    # shellcheck disable=SC2059 # a byte
    printf "\\$3" | dd of="$1.pack" bs=1 seek="$2" conv=notrunc 2> /dev/null
}

cp "$pack" whole.pack
expect 0 list whole.pack
same out listed

damaged trailer $((size - 1)) 252
cmp -s "$pack" trailer.pack && damaged trailer $((size - 1)) 125
damaged counted 11 001
head -c $((size - 1)) "$pack" > cut.pack
(cat "$pack" && echo more) > longer.pack
for name in trailer counted cut longer; do
    expect 1 list "$name.pack"
    same out listed
    says 'the pack is damaged'
    expect 1 batch --check --all "$name.pack"
    [ "$(wc -l < out)" -eq "$count" ] || fail "$name: not all objects"
    expect 1 verify "$name.pack"
done

# Wherever a bit changes: each line is one of the good pack's, or the status says that there is damage.
at=12
while [ $at -lt $((size - 20)) ]; do
    damaged bit $at 125
    if ! cmp -s "$pack" bit.pack; then
        expect 1 list bit.pack
    fi
    at=$((at + size / 40))
done

finish
