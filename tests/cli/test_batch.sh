#!/bin/sh
# batch answers as git cat-file --batch does, byte for byte: whole ids, prefixes, names that are
# not there, odd lines, formats; it answers at once; and it outlives damaged objects.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# ids REPOSITORY: all of them, in an order that has nothing to do with ids or packs
ids() {
    git -C "$1" cat-file --batch-all-objects --batch-check='%(objectname)' |
        awk '{ print substr($1, 20), $1 }' | sort | cut -d ' ' -f 2
}

turn=0
for repository in "$repos/small" "$repos/deltas" "$repos/refdelta" "$repos/multi" "$repos/big" \
    "$repos/idxv1" "$repos/worktree/linked" "$FIXTURES/sha256/repo"; do
    ids "$repository" > names
    git -C "$repository" cat-file --batch < names > told
    # Each of the other ways in every second repository, and with CHECK_LARGE in all.
    turn=$((turn + 1))
    way=$turn
    for options in '' '--buffer' '--no-check' '--io=pread' '--manager=static' \
        '--window-size=4K' '--window-size=64K --memory-limit=4M --buffer'; do
        way=$((way + 1))
        [ -z "$options" ] || [ -n "${CHECK_LARGE-}" ] || [ $((way % 2)) -eq 0 ] || continue
        # shellcheck disable=SC2086 # several options
        expect_input names 0 batch $options "$repository"
        same out told
        is_silent
    done
    git -C "$repository" cat-file --batch-check < names > told
    expect_input names 0 batch --check "$repository"
    same out told

    # All objects: names are not read.
    git -C "$repository" cat-file --batch-all-objects --batch > told
    expect_input names 0 batch --all "$repository"
    same out told
    expect 0 batch --all --check "$repository"
    git -C "$repository" cat-file --batch-all-objects --batch-check > told
    same out told
    expect 0 batch --all --check --unordered "$repository"
    sort out > sorted
    same sorted told
    expect 0 batch --all --unordered --format='%(objectname)' "$repository"
    equal "$ran: bytes" "$(($(wc -c < out)))" \
        "$(git -C "$repository" cat-file --batch-all-objects --batch='%(objectname)' | wc -c | tr -d ' ')"
done

# Pack order is pack order.
"$PACKREAD" list --order=pack "$repos/deltas" > told
expect 0 batch --all --check --unordered "$repos/deltas"
same out told

# Prefixes, with and without candidates, in either case.
cut -c 1-7 names > prefixes
small=$repos/small
ids "$small" > names
{
    cut -c 1-39 names
    cut -c 1-12 names | tr a-f A-F
    tr a-f A-F < names
} > prefixes
git -C "$small" cat-file --batch < prefixes > told 2> /dev/null
expect_input prefixes 0 batch "$small"
same out told
printf '%s\n' 808c 808c8 808c8c 808c1 d6b552fa d6b552fac D6B5 808 0000 8 > prefixes
git -C "$repos/ambiguous" cat-file --batch < prefixes > told 2> /dev/null
expect_input prefixes 0 batch "$repos/ambiguous"
same out told
prints '^808c ambiguous$'
prints '^D6B5 ambiguous$'

# Lines that are no names, as git answers them.
id=$(first_id "$small" blob)
odd() {
    printf '\n \n\t\n%s \n %s\n%s\t\n%s rest of it\n' "$id" "$id" "$id" "$id"
    printf '%s\r\n\r\n%s\r\r\n0%s\n%sg\n' "$id" "$id" "$id" "$id"
    printf 'nonsense\n%s%s\nzażółć\n\377\376\n\033[31m\n-\n--\n%%s\n' "$id" "$id"
    printf '0000000000000000000000000000000000000000\n%s\000hidden\n\000%s\n' "$id" "$id"
    printf '%s  two  blanks \n\t%s\t\ttabs\n%s' "$id" "$id" "$id"
}
odd > lines
for format in '%(objectname) %(objecttype) %(objectsize)' '%(rest)' '' 'x' '%%%(objectname)%' \
    '%(objectname)|%(rest)|%(objectsize:disk)|%(deltabase)|%(rest)' '%(objecttype)%(objectsize)'; do
    git -C "$small" cat-file --batch-check="$format" < lines > told 2> /dev/null
    expect_input lines 0 batch --check --format="$format" "$small"
    same out told
    git -C "$small" cat-file --batch="$format" < lines > told 2> /dev/null
    expect_input lines 0 batch --format="$format" "$small"
    same out told
    expect_input lines 0 batch --buffer --format "$format" "$small"
    same out told
done
expect_input /dev/null 0 batch "$small"
prints_nothing
# One digit too many: from 2.45 on git takes what stands before it for the id.
printf '%s0\n' "$id" > lines
expect_input lines 0 batch --check "$small"
prints "^${id}0 missing\$"

# Atoms of our own, and those that git has, with contents.
"$PACKREAD" list --format='%(objectname) %(offset) %(depth) %(crc32) %(pack) %(deltabase)' "$small" > told
cut -d ' ' -f 1 told > names
expect_input names 0 batch --check \
    --format='%(objectname) %(offset) %(depth) %(crc32) %(pack) %(deltabase)' "$small"
same out told
echo "$id" > name
printf '%s %s\n' "$id" "$(awk -v id="$id" '$1 == id { print $2 }' told)" > answer
git -C "$small" cat-file blob "$id" >> answer
echo >> answer
expect_input name 0 batch --format='%(objectname) %(offset)' "$small"
same out answer

# A line longer than the first buffer; longer ones have a test of their own.
{
    awk 'BEGIN { for (i = 0; i < 30000; i++) printf "0123456789"; print "" }'
    echo "$id"
} > lines
git -C "$small" cat-file --batch-check < lines > told
expect_input lines 0 batch --check "$small"
same out told

# Each answer is there before the next name is asked for.
mkfifo names.fifo answers.fifo
$limit "$PACKREAD" batch --check "$small" < names.fifo > answers.fifo &
process=$!
exec 3> names.fifo 4< answers.fifo
for name in "$id" nonsense "$id"; do
    echo "$name" >&3
    read -r answer <&4
    equal 'an answer while the input stays open' "${answer%% *}" "$name"
done
printf '%s' "$id" >&3
exec 3>&-
read -r answer <&4
equal 'the answer to a last line without a newline' "${answer%% *}" "$id"
exec 4<&-
wait $process
equal 'exit status of a batch that was talked to' $? 0

# Two names in one write: both answers come, though no third name does.
$limit "$PACKREAD" batch --check "$small" < names.fifo > answers.fifo &
process=$!
exec 3> names.fifo 4< answers.fifo
printf '%s\n%s\nhalf a li' "$id" nonsense >&3
read -r answer <&4
equal 'the first of two answers' "${answer%% *}" "$id"
read -r answer <&4
equal 'the second of two answers' "$answer" 'nonsense missing'
exec 3>&-
read -r answer <&4
equal 'the answer to the rest' "$answer" 'half a li missing'
exec 4<&-
wait $process

# A damaged object: missing on standard output, the reason on standard error, the next is served.
damaged=$FIXTURES/damaged/flipped-byte
bad=$(cat "$damaged/damaged.ids")
good=$(awk -v bad="$bad" '$1 != bad && $5 == 0 { print $1; exit }' "$FIXTURES/packs/sizes/sizes.manifest")
printf '%s\n' "$bad" "$good" "$bad" > names
expect_input names 1 batch "$damaged"
prints "^$bad missing\$"
prints "^$good blob [0-9]*\$"
says "pack-flipped-byte.pack: offset [0-9]*: $bad: "
equal 'reasons told' "$(grep -c "$bad" err)" 2
{
    echo "$bad missing"
    "$PACKREAD" batch "$FIXTURES/packs/sizes" < names | sed -n "/^$good/,/^$bad/p" | sed '$d'
    echo "$bad missing"
} > told
same out told
expect 1 batch --all "$damaged"
says "$bad"
prints "^$bad missing\$"

# A large object that is damaged far from its beginning. Checked, not a byte of it is handed out, though
# it is larger than the memory allowed; unchecked, its beginning is, and then everything ends: an answer
# cannot be taken back.
mkdir -p large/pack
cp "$(only_pack "$repos/big")" large/pack/pack-large.pack
index=$(only_pack "$repos/big")
cp "${index%.pack}.idx" large/pack/pack-large.idx
chmod u+w large/pack/*
"$PACKREAD" list --format='%(objectsize:disk) %(offset) %(objectname)' large | sort -rn > entries
read -r disk offset bad < entries
good=$(tail -n 1 entries | cut -d ' ' -f 3)
printf '%s\n' "$bad" "$good" > names
printf '\377\377\377\377\377\377\377\377' |
    dd of=large/pack/pack-large.pack bs=1 seek=$((offset + disk * 3 / 4)) conv=notrunc 2> /dev/null
expect_input names 0 batch --check large
is_silent
expect_input names 1 batch --memory-limit=2M large
says "pack-large.pack: offset [0-9]*: $bad: "
prints "^$bad missing\$"
prints "^$good [a-z]* [0-9]*\$"
expect 1 cat --memory-limit=2M large "$bad"
prints_nothing
expect 1 extract --memory-limit=2M large -o files "$bad" "$good"
equal 'files' "$(ls -A files)" "$good"
expect 1 extract --no-check --memory-limit=2M large -o files "$bad"
equal 'files' "$(ls -A files)" "$good"
expect 1 cat --no-check --memory-limit=2M large "$bad"
expect_input names 1 batch --no-check --memory-limit=2M large
says 'large: the answers end in the middle of this object'
holds 'nothing is answered after that' sh -c "! grep -a -q '^$good' out"

# What is not there may be in a pack that could not be opened: not all is well then.
mkdir -p some/pack
cp "$FIXTURES"/packs/types/pack/* some/pack
cp "$FIXTURES"/damaged/not-a-pack/pack/* some/pack
none=0123456789012345678901234567890123456789
echo $none > names
awk '{ print $1; exit }' "$FIXTURES/packs/types/types.manifest" >> names
expect_input names 1 batch --check some
prints "^$none missing\$"
prints '^[0-9a-f]* [a-z]* [0-9]*$'
says 'pack-not-a-pack'
tail -n 1 names > name
echo nonsense >> name # that is no object's name
expect_input name 0 batch --check some
finish
