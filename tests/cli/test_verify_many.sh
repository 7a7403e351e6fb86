#!/bin/sh
# verify of many places in one run: named, or listed in a file; none that fails ends it, and what several
# have in common is verified once.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

small=$repos/small
many=$repos/many
multi=$repos/multi
damaged=$FIXTURES/damaged/flipped-byte

# Once, in the order given, however a file or folder is named.
expect 0 verify "$small" "$many"
cp out told
pack=$(only_pack "$small")
ln -s "$small" link
for again in "$small" "$small/objects" "$pack" "${pack%.pack}.idx" "$small/objects/pack/../pack" link/objects/pack; do
    expect 0 verify "$small" "$many" "$again"
    same out told
    is_silent
done
expect 0 verify "$pack" "$pack"
has_lines out 1
# A copy is another file, and a hard link has a name of its own.
mkdir -p copied linked
cp "$pack" "${pack%.pack}.idx" copied
ln copied/* linked 2> /dev/null || cp copied/* linked
expect 0 verify copied linked
has_lines out 2
# So are damaged ones: told once, and the status stays.
expect 1 verify "$damaged"
cp out told
expect 1 verify "$damaged" "$damaged/pack"
sort told > wanted
sort out > got
same got wanted "$ran"
for name in not-a-pack zero-bytes-index missing-pack; do
    expect 1 verify "$FIXTURES/damaged/$name" "$FIXTURES/damaged/$name"
    equal "$ran: lines told twice" "$(sort out | uniq -d)" ''
done

# None that fails ends the run, and the worst of the states is that of all.
expect 4 verify not-there "$small" "$damaged" "$many"
says '^packread: not-there: '
equal "$ran: whole" "$(grep -c ': ok (' out)" 2
expect 1 verify "$damaged" "$small"
prints ': ok ('
mkdir no-place
expect 2 verify no-place "$small"
prints ': ok ('

# Out of a file, one a line; empty lines name nothing, and the last needs no newline.
expect 0 verify "$small" "$many" "$multi"
cp out told
printf '%s\n\n%s\n%s' "$small" "$many" "$multi" > places
expect 0 verify --from=places
same out told
expect_input places 0 verify --from=-
same out told
expect_input places 0 verify --from - --threads=1
same out told
printf '%s\r\n%s\r\n' "$many" "$multi" > places
expect 0 verify --from=places "$small"
same out told
# Or with NULs between, so that names may have newlines.
newline='a
b'
mkdir -p "$newline"
cp "$pack" "${pack%.pack}.idx" "$newline"
printf '%s\0%s\0' "$newline" "$many" > places
expect_input places 0 verify -0
equal "$ran: whole" "$(grep -c ': ok (' out)" 2
prints '^a\\nb/'
expect 0 verify -0 --from=places
equal "$ran: whole" "$(grep -c ': ok (' out)" 2
expect 0 verify --from=places -0 -q
prints_nothing
# A line that is no name fails, the others are verified.
expect 4 verify --from=places
says '^packread: a: '
says '^packread: places: has a line that is no name of a place: '
head -c 17000000 /dev/zero | tr '\0' x > long
printf '\n%s\n' "$small" >> long
expect 2 verify --from=long
says 'too long'
prints ': ok ('

# Failures in the list end nothing either.
printf '%s\nnot-there\n%s\n%s\n' "$damaged" "$small" "$many" > places
expect 4 verify --from=places
equal "$ran: whole" "$(grep -c ': ok (' out)" 2
prints 'offset [0-9]*: '
expect 4 verify -q --json --from=places
equal "$ran: verdicts" "$(grep -c '"ok"' out)" 0
expect 4 verify --json --from=places
equal "$ran: verdicts" "$(grep -c '"ok"' out)" 4

# Nothing to verify is wrong usage, not success.
expect_input /dev/null 2 verify -0
says 'no place is named'
expect_input /dev/null 2 verify --from=-
expect 2 verify
expect 4 verify --from=no-such-list
says '^packread: no-such-list: '
expect 4 verify --from=no-place
expect 4 verify --from=no-such-list "$small"
prints ': ok ('
expect 2 verify --shard=1/2 "$small"

# Each is verified before the next is read: its line is there while the list is still open.
mkfifo list
$limit "$PACKREAD" verify --from=list > out 2> err &
runs=$!
exec 3> list
echo "$small" >&3
tries=0
until grep -q ': ok (' out || [ $tries -eq 200 ]; do
    sleep 0.05
    tries=$((tries + 1))
done
ran='verify --from=list'
prints ': ok ('
echo "$many" >&3
exec 3>&-
wait $runs
equal "$ran: exit status" $? 0
equal "$ran: whole" "$(grep -c ': ok (' out)" 2

finish
