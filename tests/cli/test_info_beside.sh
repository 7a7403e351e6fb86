#!/bin/sh
# info tells what stands beside the pack that has the object: .rev, .mtimes, .keep, .promisor and
# .bitmap, as text and as members of JSON.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

cp -R "$repos/small" repo
chmod -R u+w repo
pack=$(only_pack repo)
stem=${pack%.pack}
id=$(first_id repo)
for ending in rev mtimes keep promisor bitmap; do
    rm -f "$stem.$ending"
done

expect 0 info repo "$id"
holds 'nothing is beside' sh -c '! grep -q beside out'
expect 0 info --json repo "$id"
prints '"rev":false,"mtimes":false,"keep":false,"promisor":false,"bitmap":false'

# Each alone, in a repository and where the pack is named itself.
for ending in rev mtimes keep promisor bitmap; do
    : > "$stem.$ending"
    for where in repo "$pack"; do
        expect 0 info "$where" "$id"
        shown=.$ending
        [ $ending != mtimes ] || shown='.mtimes (a cruft pack)'
        equal "$ran: beside" "$(sed -n 's/^beside: *//p' out)" "$shown"
        expect 0 info --json "$where" "$id"
        prints "\"$ending\":true"
        equal "$ran: true ones" "$(grep -o '":true' out | wc -l | tr -d ' ')" 1
    done
    rm -f "$stem.$ending"
done

for ending in rev keep bitmap; do
    : > "$stem.$ending"
done
expect 0 info repo "$id"
prints '^beside: *\.rev, \.keep, \.bitmap$'

# What is loose has nothing beside it.
loose=$(echo loose | git -C repo hash-object -w --stdin)
expect 0 info repo "$loose"
holds 'a loose object has none' sh -c '! grep -q beside out'
expect 0 info --json repo "$loose"
holds 'a loose object has none' sh -c '! grep -q keep out'

finish
