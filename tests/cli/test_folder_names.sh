#!/bin/sh
# What a place is decides how it is opened, not its name: folders and repositories whose names end as a
# pack's or an index's do.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

pack=$(only_pack "$repos/small")
git -C "$repos/small" cat-file --batch-all-objects --batch-check > listed
id=$(awk '$2 == "blob" && $3 > 0 { print $1; exit }' listed)
git -C "$repos/small" cat-file blob "$id" > contents

# serves PLACE: every command finds the objects there
serves() {
    expect 0 list "$1"
    same out listed
    expect 0 cat "$1" "$id"
    same out contents
    expect 0 info "$1" "$id"
    expect 0 verify "$1"
    echo "$id" > request
    expect_input request 0 batch --check "$1"
    prints "^$id blob"
    rm -rf files
    expect 0 extract "$1" -o files "$id"
    same "files/$id" contents
}

for ending in pack idx; do
    # A work tree, a bare repository, an objects folder, a folder of packs.
    git init -q "tree.$ending"
    rm -rf "tree.$ending/.git/objects"
    cp -r "$repos/small/objects" "tree.$ending/.git/objects"
    serves "tree.$ending"
    serves "tree.$ending/"
    serves "./tree.$ending/.git"
    cp -r "$repos/small" "bare.$ending"
    serves "bare.$ending"
    cp -r "$repos/small/objects" "objects.$ending"
    serves "objects.$ending"
    mkdir "packs.$ending"
    cp "$pack" "${pack%.pack}.idx" "packs.$ending"
    serves "packs.$ending"
    # Through a link, and from inside.
    ln -s "packs.$ending" "link.$ending"
    serves "link.$ending"
    (cd "tree.$ending" && "$PACKREAD" list .) > out 2> err
    same out listed "list inside tree.$ending"
done

# A .git file that leads to a repository so named.
mkdir linked
echo 'gitdir: ../bare.pack' > linked/.git
serves linked

finish
