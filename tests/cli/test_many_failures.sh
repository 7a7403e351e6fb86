#!/bin/sh
# A pack that is cut, or goes while it is read, is told once with the number of objects that it costs;
# damaged objects are told one by one up to a number.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

lines() { wc -l < "$1" | tr -d ' '; }

# copy REPOSITORY FOLDER: its pack, to be changed
copy() {
    rm -rf "$2"
    mkdir "$2"
    cp "$1"/objects/pack/*.pack "$1"/objects/pack/*.idx "$2"
    chmod u+w "$2"/*
    pack=$(echo "$2"/*.pack)
}

counted() {
    sed -n "s|^packread: $pack: \([0-9]*\) objects could not be read (first: [0-9a-f]*, told above)\$|\1|p" err |
        grep . || echo 0
}

# Cut at half: the trailer, the first object that is out of reach, one that is cut through, the count.
copy "$repos/deltas" cut
all=$("$PACKREAD" list "$repos/deltas" | wc -l | tr -d ' ')
truncate -s $(($(wc -c < "$pack") / 2)) "$pack"
for options in '' '--order=pack'; do
    # shellcheck disable=SC2086 # an option, or none
    expect 1 list $options cut
    holds "$ran: few messages" test "$(lines err)" -le 4
    equal "$ran: objects" "$(($(lines out) + $(counted)))" "$all"
    said=$(sed -n 's/.*(first: \([0-9a-f]*\), told above)$/\1/p' err)
    says ": $said: the pack is cut short here: the object lay behind\$"
done
beyond=$(counted)
for options in --check --unordered ''; do
    # shellcheck disable=SC2086 # an option, or none
    expect 1 batch --all $options cut
    equal "$ran: objects out of reach" "$(counted)" "$beyond"
    holds "$ran: few messages" test "$(lines err)" -le 25
    missing=$(grep -a -c '^[0-9a-f]\{40\} missing$' out)
    holds "$ran: each is answered" test "$missing" -ge "$beyond"
done
copy "$repos/small" cut
truncate -s $(($(wc -c < "$pack") / 2)) "$pack"
expect 1 list cut
beyond=$(counted)
expect 1 extract cut -o made --all
equal "$ran: objects out of reach" "$(counted)" "$beyond"
holds "$ran: few messages" test "$(lines err)" -le 25
# Who asks for one is told about that one.
"$PACKREAD" batch --all --check cut 2> err | sed -n 's/ missing$//p' | head -n 50 > names
expect_input names 1 batch --check cut
equal "$ran: messages" "$(lines err)" 51
# shellcheck disable=SC2046 # ids
expect 1 extract cut -o made $(cat names)
equal "$ran: messages" "$(lines err)" 51
# Programs are told each.
expect 1 list --json cut
equal "$ran: messages" "$(lines err)" $((beyond + 1))

# Cut while it is read: the program waits for the pipe meanwhile, and has not read ahead.
for options in '' --unordered; do
    copy "$repos/deltas" live
    # shellcheck disable=SC2086 # an option, or none
    { "$PACKREAD" batch --all --threads=1 $options live 2> err; echo $? > status; } | {
        head -c 100 > /dev/null
        truncate -s 50000 "$pack"
        cat > out
    }
    ran="batch --all $options of a pack that is cut meanwhile"
    equal "$ran: exit status" "$(cat status)" 4
    says 'the file was replaced or changed its size; run it again once the file is at rest$'
    holds "$ran: few messages" test "$(lines err)" -le 3
    equal "$ran: objects" "$(counted)" "$(grep -a -c '^[0-9a-f]\{40\} missing$' out)"
done

# damage NUMBER: the last byte of the deflated data of so many whole objects, the check of its contents
damage() {
    copy "$repos/small" damaged
    "$PACKREAD" list --order=pack \
        --format='%(depth) %(offset) %(objectsize:disk)' "$repos/small" |
        awk '$1 == 0 { print $2 + $3 - 1 }' | tail -n "$1" > places
    while read -r at; do
        byte=$(od -An -tu1 -j "$at" -N 1 "$pack" | tr -d ' ')
        # shellcheck disable=SC2059 # the format is the byte
        printf "\\$(printf %o $((byte ^ 255)))" |
            dd of="$pack" bs=1 seek="$at" conv=notrunc 2> /dev/null
    done < places
}
for number in 1 20 21 60; do
    damage "$number"
    equal 'places' "$(lines places)" "$number"
    for options in 'batch --all' 'extract -o made --all'; do
        # shellcheck disable=SC2086 # words
        expect 1 $options damaged
        untold=0
        told=$(grep -c ': offset [0-9]*: [0-9a-f]\{40\}: ' err)
        [ "$told" -lt 20 ] || untold=$(sed -n "s|^packread: $pack: \([0-9]*\) more objects\{0,1\} could not be read\$|\1|p" err)
        holds "$ran: $number or what depends on them" test $((told + ${untold:-0})) -ge "$number"
        holds "$ran: at most 20 one by one" test "$told" -le 20
        equal "$ran: messages" "$(lines err)" $((told + (${untold:-0} > 0)))
        case $options in
        batch*) equal "$ran: told or counted" $((told + ${untold:-0})) "$(grep -a -c '^[0-9a-f]\{40\} missing$' out)" ;;
        esac
    done
done
finish
