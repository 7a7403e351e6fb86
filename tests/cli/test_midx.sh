#!/bin/sh
# Repositories with multi-pack-indexes, .rev, .mtimes and chains: what is in them is found as git
# finds it, verify says of each whether it is right, and one that is damaged costs nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

export GIT_CONFIG_NOSYSTEM=1 HOME="$work" GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b

# commit REPOSITORY TEXT
commit() {
    echo "$2" > "$1/file-$2"
    git -C "$1" add . && git -C "$1" commit -qm "$2"
}

# make NAME [OPTION]: four packs, some objects in two of them
make() {
    git init -q "$@"
    for i in 1 2 3 4; do
        commit "$1" "$i"
        commit "$1" "$i again"
        git -C "$1" -c pack.writeReverseIndex=true repack -dq
    done
    git -C "$1" rev-list --objects HEAD~3 | git -C "$1" pack-objects -q .git/objects/pack/pack \
        > /dev/null
}

# same_as_git REPOSITORY: all objects, listed and asked for
same_as_git() {
    git -C "$1" cat-file --batch-all-objects --batch-check > wanted
    expect 0 list --format='%(objectname) %(objecttype) %(objectsize)' "$1"
    same out wanted
    cut -d ' ' -f 1 wanted > ids
    git -C "$1" cat-file --batch < ids > wanted
    expect_input ids 0 batch "$1"
    same out wanted
}

folder=.git/objects/pack

# By the installed git: version 1, with the order for bitmaps, with a preferred pack, by repack.
for format in sha1 sha256; do
    make "$format" --object-format=$format
    for last in "$format/$folder"/*.pack; do :; done
    for options in '' --bitmap "--preferred-pack=${last##*/}"; do
        # shellcheck disable=SC2086 # an option or none
        git -C $format multi-pack-index write $options
        same_as_git $format
        expect 0 verify $format
        prints "^$format/$folder/multi-pack-index: ok ([0-9]* objects, [0-9]* bytes)\$"
        equal 'lines that say ok' "$(grep -c ': ok (' out)" 6
        is_silent
    done
done
cp -r sha1 repacked
git -C repacked repack -dq --geometric=2 --write-midx
same_as_git repacked
expect 0 verify repacked
prints '/multi-pack-index: ok ('

# A cruft pack is not in it, and is read.
cp -r sha1 cruft
git -C cruft reset -q --hard HEAD~2
git -C cruft reflog expire --expire=all --all
git -C cruft -c pack.writeReverseIndex=true repack -dq --cruft --cruft-expiration=never
git -C cruft multi-pack-index write
same_as_git cruft
expect 0 verify cruft
prints '/multi-pack-index: ok ('
is_silent

# damage FILE OFFSET: another byte there
damage() {
    chmod u+w "$1"
    printf '\252' | dd of="$1" bs=1 seek="$2" conv=notrunc 2> /dev/null
}

# Of what stands beside a pack verify names the file.
for mtimes in "cruft/$folder"/*.mtimes; do :; done
damage "$mtimes" 13
expect 1 verify cruft
prints "^$mtimes: offset [0-9]*: checksum is wrong\$"
for rev in "sha256/$folder"/*.rev; do :; done
damage "$rev" 14
expect 1 verify sha256
prints "^$rev: offset [0-9]*: checksum is wrong\$"
prints "^$rev: offset 12: row leads to another object"
rm "$rev"
expect 0 verify -q sha256

# A damaged one is told by name; every object is there.
midx=sha1/$folder/multi-pack-index
cp $midx good
damage $midx 4
git -C sha1 -c core.multiPackIndex=false cat-file --batch-all-objects --batch-check > wanted
expect 1 list --format='%(objectname) %(objecttype) %(objectsize)' sha1
same out wanted
says "multi-pack-index: version of the multi-pack-index is neither 1 nor 2"
expect 1 verify sha1
prints "^$midx: version of the multi-pack-index is neither 1 nor 2\$"
equal 'packs that are whole' "$(grep -c '\.pack: ok (' out)" 5
cut -d ' ' -f 1 wanted | head -n 3 > ids
echo 0123456789012345678901234567890123456789 >> ids
git -C sha1 -c core.multiPackIndex=false cat-file --batch-check < ids > wanted
expect_input ids 0 batch --check sha1
same out wanted
cp good $midx

# A row that leads to another pack is found by verify alone.
size=$(wc -c < $midx)
damage $midx $((size - 24 - 20))
expect 1 verify sha1
prints "^$midx: offset [0-9]*: multi-pack-index checksum is wrong\$"
same_as_git sha1
rm $midx

# With --json each line is an object, that of a multi-pack-index too.
git -C sha1 multi-pack-index write
expect 0 verify --json sha1
prints "\"$midx\""

finish
