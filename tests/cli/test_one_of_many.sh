#!/bin/sh
# One pack or index of several is damaged, or changes while it is read: the objects of the others are
# there, and it alone is blamed.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# Two copies, the first with entries that are none: each object comes from the other, in pack order too.
mkdir packs
for name in a z; do
    cp "$repos"/small/objects/pack/*.pack packs/$name.pack
    cp "$repos"/small/objects/pack/*.idx packs/$name.idx
done
chmod u+w packs/*
for at in $("$PACKREAD" list --order=pack --format='%(offset)' packs/a.pack | head -n 60 | tail -n 30); do
    printf '\0' | dd of=packs/a.pack bs=1 seek="$at" conv=notrunc 2> /dev/null
done
expect 1 verify -q packs/a.pack
git -C "$repos/small" cat-file --batch-all-objects --batch-check > told
for options in 'list' 'list --order=pack' 'batch --all --check' 'batch --all --check --unordered'; do
    # shellcheck disable=SC2086 # words
    expect 0 $options packs
    sort -u out > sorted
    same sorted told
done
git -C "$repos/small" cat-file --batch-all-objects --batch | wc -c > told
for options in '' --unordered '--unordered --threads=1'; do
    # shellcheck disable=SC2086 # words
    expect 0 batch --all $options packs
    wc -c < out > size
    same size told
done

# Three packs of their own objects.
git init -q one
for part in 1 2 3; do
    i=0
    rm -rf one/files
    mkdir one/files
    while [ $i -lt 700 ]; do
        echo "$part $i and what makes it long enough to fill some pages of a pack" > "one/files/$i"
        i=$((i + 1))
    done
    git -C one add -A
    git -C one -c user.name=A -c user.email=a@b commit -qm "part $part"
    git -C one repack -dq
done
# nth NUMBER FILE...
nth() {
    shift "$1"
    echo "$1"
}
set -- one/.git/objects/pack/*.idx
equal 'packs' $# 3
n=0
for index in one/.git/objects/pack/*.idx; do
    n=$((n + 1))
    git show-index < "$index" | awk '{ print $2 }' | sort > ids.$n
done

# blames_only FILE: nothing else of the folder of packs
blames_only() {
    others=0
    while IFS= read -r message; do
        case $message in
        *"$1"*) ;;
        *objects/pack/*) others=$((others + 1)) ;;
        esac
    done < err
    equal "$ran: others blamed" $others 0
}

# changed COMMAND PART: PACKREAD COMMAND, whose reader changes the second pack's PART after some bytes
changed() {
    rm -rf live
    cp -r one/.git live
    chmod u+w live/objects/pack/*
    file=$(nth 2 live/objects/pack/*."$2")
    # shellcheck disable=SC2086 # words
    { "$PACKREAD" $1 live 2> err; echo $? > status; } | {
        head -c 200 > out
        truncate -s "$3" "$file"
        cat >> out
    }
    ran="$1, the second $2 $3"
    grep -a -o '^[0-9a-f]\{40\} [a-z]* [0-9]' out | cut -c 1-40 | sort -u > got
    for n in 1 3; do
        comm -23 ids.$n got > lost
        holds "$ran: lost of pack $n" test ! -s lost
    done
    read -r got < status
    holds "$ran: exit status $got" test "$got" -eq 0 -o "$got" -eq 4 -o "$got" -eq 1
    name=${file##*/}
    blames_only "${name%%.*}"
}
for command in 'batch --all --unordered --threads=1 --window-size=4K' 'batch --all --threads=1 --window-size=4K' \
    'batch --all --unordered --threads=1' 'list --order=pack' list; do
    for size in 0 1000 +1; do
        changed "$command" idx $size
        changed "$command" pack $size
    done
done

# An index that is cut under names from standard input.
mkfifo to from
for cut in 1 2 3; do
    for ask in 1 2 3; do
        rm -rf live
        cp -r one/.git live
        chmod u+w live/objects/pack/*
        "$PACKREAD" batch --check live < to > from 2> err &
        exec 3> to 4< from
        for n in 1 2 3; do
            sed -n 5p ids.$n >&3
            read -r answer <&4
        done
        truncate -s 1000 "$(nth $cut live/objects/pack/*.idx)"
        sed -n 500p ids.$ask >&3
        read -r answer <&4
        exec 3>&- 4<&-
        wait $!
        ran="batch, index $cut cut, an object of pack $ask"
        [ $cut -eq $ask ] || equal "$ran" "${answer% [a-z]* [0-9]*}" "$(sed -n 500p ids.$ask)"
        blames_only "$(nth $cut live/objects/pack/*.idx)"
    done
done

finish
