#!/bin/sh
# Packs come and go while batch waits for names, as git repack and git fetch have it: it looks for packs
# again and answers every object that is there, and it does not look more often than it helps.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# Many packs, larger than a window.
git -C "$repos/deltas" cat-file --batch-all-objects --batch-check='%(objectname)' > ids
git init -q --bare start
split -l 150 ids part.
for part in part.*; do
    git -C "$repos/deltas" pack-objects -q "$work/start/objects/pack/pack" < "$part" > /dev/null
done
packs=$(echo start/objects/pack/*.pack | wc -w)
holds 'many packs' test "$packs" -ge 40
git -C start cat-file --batch < ids > contents
git -C start cat-file --batch-check < ids > headers
cut -d ' ' -f 1 headers | sort > all
# Where all can be kept open, packs that go, or are replaced by equal ones, are read to their end.
for options in '' '--io=pread'; do
    for change in gone equal; do
        rm -rf repo answers
        cp -R start repo
        mkfifo answers
        # shellcheck disable=SC2086 # options, or none
        $limit "$PACKREAD" list --window-size=4K --memory-limit=1M $options repo > answers 2> err &
        process=$!
        exec 4< answers
        read -r first <&4
        if [ $change = equal ]; then
            cp -R repo/objects/pack again
            mv -f again/* repo/objects/pack
            rmdir again
        else
            rm -f repo/objects/pack/*
        fi
        { echo "$first"; cat <&4; } > out
        exec 4<&-
        wait $process
        got=$?
        ran="list $options, packs that are $change"
        equal "$ran: exit status" $got 0
        cut -d ' ' -f 1 out > listed
        same listed all
        is_silent
    done
done

# Fewer are kept open than there are packs.
# shellcheck disable=SC3045 # the shells of all systems here have it
ulimit -n 192
mkfifo names

# begin OPTION...: starts batch on a copy, and sees to it that it is open: the first answer is there.
# More names go to descriptor 3.
begin() {
    ran="packread batch $*"
    rm -rf repo answers
    cp -R start repo
    mkfifo answers
    $limit "$PACKREAD" batch "$@" repo < names > answers 2> err &
    process=$!
    exec 3> names 4< answers
    first=${first_name:-$(head -n 1 ids)}
    echo "$first" >&3
    read -r answer <&4
    equal "$ran: the first answer" "${answer%% *}" "$first"
}

# end NAMES STATUS: gives these names too; what is answered to them goes to `out`
end() {
    cat <&4 3>&- > out &
    reader=$!
    exec 4<&-
    cat "$1" >&3
    exec 3>&-
    wait $process
    got=$?
    wait $reader
    equal "$ran: exit status" $got "$2"
}

# All packs are replaced by one.
for options in '' '--io=pread' '--no-check'; do
    # shellcheck disable=SC2086 # options, or none
    begin --check --window-size=4K --memory-limit=1M $options
    git -C repo repack -adkq
    end ids 0
    same out headers
    is_silent
done
# The answer that was awaited is a word without contents.
first_name=nonsense
for options in '' '--io=pread'; do
    # shellcheck disable=SC2086 # options, or none
    begin --window-size=4K --memory-limit=1M $options
    git -C repo repack -adkq
    end ids 0
    same out contents
    is_silent
done
cut -c 1-12 ids > prefixes
begin --check --window-size=4K --memory-limit=1M
git -C repo repack -adkq
end prefixes 0
same out headers
is_silent

# A pack that comes later, and one more; what could not be read of the others is told once.
mkdir late
for name in $(find start/objects/pack -name '*.pack' | sort | head -n 2); do
    mv "${name%.pack}".* late
done
echo 'no pack' > start/objects/pack/pack-bad.pack
cp "$(find start -name '*.idx' | head -n 1)" start/objects/pack/pack-bad.idx
first_name=nonsense
begin --check
for pack in late/*.pack; do
    "$PACKREAD" list --format='%(objectname)' "$pack" | head -n 1 > late.id
    cat late.id >&3
    read -r answer <&4
    equal "$ran: before the pack comes" "$answer" "$(cat late.id) missing"
    cp "${pack%.pack}".* repo/objects/pack
    cat late.id >&3
    read -r answer <&4
    equal "$ran: after the pack came" "${answer% *}" "$(cat late.id) $(git -C repo cat-file -t "$(cat late.id)")"
done
end ids 1
same out headers
equal "$ran: told of the bad pack" "$(grep -c 'pack-bad' err)" 1
has_lines err 1
rm -f start/objects/pack/pack-bad.*
mv late/* start/objects/pack

# Names that are nowhere do not have the packs opened again and again; nor do packs that are gone for good.
awk 'BEGIN { for (i = 0; i < 3000; i++) printf "%040d\n", i }' > nowhere
first_name=''
begin --check --metrics=figures.json
end nowhere 0
equal "$ran: missing" "$(grep -c ' missing$' out)" 3000
maps=$(sed -n 's/.*"maps":\([0-9]*\).*/\1/p' figures.json)
if [ "${SMMAP_DEBUG:-}" != onepage ]; then # where a window lives for one look-up
    holds "$ran: windows ($maps)" test "$maps" -lt 1000
fi
is_silent
begin --check --metrics=figures.json --window-size=4K --memory-limit=1M
rm -f repo/objects/pack/*.pack
end ids 4
equal "$ran: answers" "$(wc -l < out)" "$(wc -l < ids)"
equal "$ran: missing, and why" "$(grep -c ' missing$' out)" "$(grep -c 'No such file or directory$' err)"
holds "$ran: some were still open" grep -q -v missing out

finish
