#!/bin/sh
# Whatever way objects are hashed (PACKREAD_HASH), the answers are the same: of good repositories and
# damaged ones, read, verified and indexed, on one thread and on two, with little memory too.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# answers PLACE PACK: all that there is to say of it, in the folder `answers`
answers() {
    rm -rf answers
    mkdir answers
    for options in --threads=1 '--threads=2 --memory-limit=4M'; do
        # shellcheck disable=SC2086 # two options
        "$PACKREAD" verify --json $options "$1" 2>&1 | sort > "answers/verify.$options"
        # shellcheck disable=SC2086
        "$PACKREAD" index --salvage $options -o "answers/idx.$options" "$2" > "answers/index.$options" 2>&1
    done
    "$PACKREAD" batch --all "$1" > answers/batch 2> answers/told
    echo $? >> answers/told
}

ways=''
for way in lanes16 sha lanes8 plain; do
    PACKREAD_HASH=$way "$PACKREAD" info "$repos/small" > /dev/null 2> told
    if grep -q PACKREAD_HASH told; then
        echo "not on this machine: $way"
    else
        ways="$ways $way"
    fi
done
compared=0
for place in "$repos"/small "$FIXTURES"/sha256/repo "$FIXTURES"/damaged/*; do
    pack=
    for file in "$place"/objects/pack/*.pack "$place"/*.pack "$place"/*/*.pack; do
        [ -f "$file" ] && pack=$file
    done
    [ -n "$pack" ] || continue
    answers "$place" "$pack"
    rm -rf default
    mv answers default
    for way in $ways; do
        export PACKREAD_HASH="$way"
        answers "$place" "$pack"
        ran="$way: $place"
        holds "$ran" diff -r default answers
        compared=$((compared + 1))
        unset PACKREAD_HASH
    done
done
holds "more than $compared are compared" [ "$compared" -ge 10 ]

export PACKREAD_HASH=other
expect 2 list "$repos/small"
says 'PACKREAD_HASH is not lanes16, lanes8, sha or plain'
finish
