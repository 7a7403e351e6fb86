#!/bin/sh
# A pack of which one file is on its way, or has gone first, as while git repacks: who opens the
# repository then waits for the other; what stays half is told.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git init -q --bare repo
pack=$(only_pack "$repos/small")
name=$(basename "$pack" .pack)
folder=repo/objects/pack
cp "$pack" "${pack%.pack}.idx" $folder/
chmod u+w $folder/*
git -C repo cat-file --batch-all-objects --batch-check > all
holds 'the repository has objects' test -s all

# later COMMAND...: in a moment
later() {
    (sleep 0.4 && "$@") &
}

# The index comes after its pack.
mv $folder/"$name".idx .
later mv "$name".idx $folder/
expect 0 list repo
same out all
is_silent
wait

# Each pack is there twice; of the copy the index goes first.
cut -d ' ' -f 1 all | git -C repo pack-objects -q objects/pack/pack > copy
copy=pack-$(cat copy)
holds 'the copy has a name of its own' test "$copy" != "$name"
rm -f $folder/"$copy".idx $folder/"$copy".rev
later rm -f $folder/"$copy".pack
expect 0 list repo
same out all
is_silent
wait

# What stays half is told, and the rest is listed.
cut -d ' ' -f 1 all | git -C repo pack-objects -q objects/pack/pack > /dev/null
rm -f $folder/"$copy".idx $folder/"$copy".rev
expect 1 list repo
same out all
says "$copy.pack: there is no .idx beside it"
finish
