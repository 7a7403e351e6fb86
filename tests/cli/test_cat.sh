#!/bin/sh
# cat gives contents, types, sizes and lines of trees as git cat-file does; info tells the same facts
# as list and git verify-pack.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

for repository in "$repos/small" "$FIXTURES/sha256/repo"; do
    {
        git -C "$repository" cat-file --batch-all-objects --batch-check |
            awk '++seen[$2] <= 12'
        # The tree whose names need quotes.
        git -C "$repository" rev-parse 'main^{tree}' |
            git -C "$repository" cat-file --batch-check
    } > some
    while read -r id type size; do
        expect 0 cat "$repository" "$id"
        git -C "$repository" cat-file "$type" "$id" > told
        same out told
        expect 0 cat -p "$repository" "$id"
        git -C "$repository" cat-file -p "$id" > told
        same out told
        expect 0 cat -t "$repository" "$id"
        prints_only "$type"
        expect 0 cat -s "$repository" "$id"
        prints_only "$size"
    done < some
done

small=$repos/small
blob=$(first_id "$small" blob)
tree=$(first_id "$small" tree)
tag=$(first_id "$small" tag)

# Several objects, one after the other, with any options.
{
    git -C "$small" cat-file blob "$blob"
    git -C "$small" cat-file tree "$tree"
    git -C "$small" cat-file blob "$blob"
} > told
for options in '' '--io=pread' '--io=mmap' '--manager=static' '--window-size=4K' '--no-check' \
    '--memory-limit=1M' '-q' '--threads=2' '--progress' '--no-progress'; do
    # shellcheck disable=SC2086 # no or one option
    expect 0 cat $options "$small" "$blob" "$tree" "$blob"
    same out told
done
expect 0 cat -t "$small" "$blob" "$tree" "$tag"
printf 'blob\ntree\ntag\n' > told
same out told
expect 0 cat -e "$small" "$blob" "$tree"
prints_nothing
is_silent

# Large objects, in little memory.
big=$repos/big
git -C "$big" cat-file --batch-all-objects --batch-check='%(objecttype) %(objectname)' |
    awk '$1 == "blob" { print $2 }' > blobs
while read -r id; do
    git -C "$big" cat-file blob "$id" > told
    for options in '' '--memory-limit=2M --window-size=64K' '--io=pread --memory-limit=2M' \
        '--no-check --memory-limit=2M'; do
        # shellcheck disable=SC2086 # several options
        expect 0 cat $options "$big" "$id"
        same out told
    done
done < blobs
rm -f out told

# Prefixes.
expect 0 cat -t "$small" "$(echo "$blob" | cut -c 1-8 | tr a-f A-F)"
prints_only blob
expect 3 cat "$repos/ambiguous" 808c
prints_nothing
says 'ambiguous: 808c: ambiguous'
equal 'candidates' "$(grep -c '^packread:   808c[0-9a-f]\{36\} blob$' err)" 8
expect 3 cat -e "$repos/ambiguous" 808c
is_silent

# More candidates than anyone reads: the ids of these blobs all begin with 808c.
git init -q --bare crowd
for number in 4990 9849 27055 37767 44869 45240 48300 60359 109593 120247 190587 191229 \
    264146 333444 351850 401295 442207 446102 460289 523994 613745 685675 763918; do
    printf 'blob\ndata %d\n%d\n\n' $((${#number} + 1)) "$number"
done | git -C crowd -c fastimport.unpackLimit=1 fast-import --quiet
expect 3 cat crowd 808c
equal 'candidates' "$(grep -c '^packread:   808c[0-9a-f]\{36\} blob$' err)" 20
says '^packread:   \.\.\. and 3 more$'

# Not there.
absent=0123456789012345678901234567890123456789
expect 3 cat "$small" $absent
says "small: $absent: not found"
prints_nothing
expect 3 cat "$small" "$absent$(echo $absent | cut -c 1-24)"
says 'not found'
expect 3 cat -e "$small" $absent
is_silent
expect 3 cat -e "$small" "$blob" $absent
is_silent
expect 3 info "$small" $absent
says 'not found'
expect 3 cat "$repos/empty" $absent
says_not 'no packs'
says 'not found'
# The others are given all the same.
expect 3 cat "$small" "$blob" $absent "$tree"
{
    git -C "$small" cat-file blob "$blob"
    git -C "$small" cat-file tree "$tree"
} > told
same out told

# Damaged: nothing of it is given, and the exit status says so.
damaged=$FIXTURES/damaged/flipped-byte
bad=$(cat "$damaged/damaged.ids")
expect 1 cat "$damaged" "$bad"
prints_nothing
says "pack-flipped-byte.pack: offset [0-9]*: $bad: "
expect 1 cat -p "$damaged" "$bad"
prints_nothing
expect 0 cat -e "$damaged" "$bad"
expect 0 cat -t "$damaged" "$bad"
prints_only blob
# An object that hangs on it.
hanging=$(awk -v bad="$bad" '$5 > 0 { print $1; exit }' "$FIXTURES/packs/sizes/sizes.manifest")
"$PACKREAD" cat -s "$damaged" "$hanging" > /dev/null 2>&1
holds 'a dependent is right or refused' test $? -le 1

# A thin pack: told as such.
thin=$FIXTURES/special/thin
orphan=$(awk '$5 == "-" { print $1; exit }' "$thin/thin.manifest")
expect 1 cat "$thin" "$orphan"
says "$orphan.*base"
prints_nothing
expect 1 cat -t "$thin" "$orphan"
says 'base'

# Trees with damage: what git never writes, in a pack of its own.
git init -q --bare broken
broken_tree() {
    git -C broken hash-object -t tree --literally -w --stdin
}
id20=aaaaaaaaaaaaaaaaaaaa
cut_short=$(printf '100644 good\0%s100644 name\0%s' $id20 short | broken_tree)
no_name=$(printf '100644 \0%s' $id20 | broken_tree)
no_mode=$(printf ' name\0%s' $id20 | broken_tree)
bad_mode=$(printf '10x644 name\0%s' $id20 | broken_tree)
no_end=$(printf '100644 name' | broken_tree)
odd_modes=$(printf '100664 a\0%s40755 b\0%s120777 c\0%s100700 d\0%s10644 e\0%s0100644 f\0%s0 g\0%s' \
    $id20 $id20 $id20 $id20 $id20 $id20 $id20 | broken_tree)
odd_names=$(printf '100644 \001\a\b\t\n\v\f\r"\\ \177\200\302\0%s100644 a"b\0%s100644 a b\0%s' \
    $id20 $id20 $id20 | broken_tree)
printf '%s\n' "$cut_short" "$no_name" "$no_mode" "$bad_mode" "$no_end" "$odd_modes" "$odd_names" |
    git -C broken pack-objects -q objects/pack/pack > /dev/null
for case in "$cut_short cut short" "$no_name empty name" "$no_mode malformed mode" \
    "$bad_mode malformed mode" "$no_end has no end"; do
    expect 1 cat -p broken "${case%% *}"
    says "broken: ${case%% *}: .*${case#* }"
    expect 0 cat broken "${case%% *}"
done
expect 1 cat -p broken "$cut_short"
prints '^100644 blob 6161.*	good$'
for id in "$odd_modes" "$odd_names"; do
    expect 0 cat -p broken "$id"
    git -C broken cat-file -p "$id" > told
    same out told
done

# A tree of 14 MB is printed while it is read, in less memory than it has bytes; entries lie across the
# pieces that it comes in.
git init -q --bare wide
awk 'BEGIN { for (i = 0; i < 340000; i++)
    printf "100644 blob %040x\t%s-%07d%s\n", i, i % 7 ? "a" : "a\\t\"\303\251", i, substr("abcdefghijklm", 1, i % 13) }' |
    git -C wide mktree --missing > id
wide=$(cat id)
git -C wide cat-file -p "$wide" > told
git -C wide pack-objects -q objects/pack/pack < id > /dev/null
rm -r wide/objects/??
holds 'a tree of 14 MB' test "$(git -C wide cat-file -s "$wide")" -gt 14000000
for options in '--memory-limit=2M' '--memory-limit=8M --io=pread' ''; do
    # shellcheck disable=SC2086 # no option, or some
    expect 0 cat -p $options wide "$wide"
    same out told
done
# An entry is held whole, but not one that no system has: with a name of more than a MiB.
git init -q --bare long
for length in 70000 1048000 1049000; do
    {
        printf '100644 a\0%s100644 ' $id20
        head -c $length /dev/zero | tr '\0' b
        printf '\0%s100644 c\0%s' $id20 $id20
    } | git -C long hash-object -t tree --literally -w --stdin
done > names
git -C long pack-objects -q objects/pack/pack < names > /dev/null
for id in $(head -n 2 names); do
    git -C long cat-file -p "$id" > told
    for options in '' '--memory-limit=1M'; do
        # shellcheck disable=SC2086 # an option, or none
        expect 0 cat -p $options long "$id"
        same out told
    done
done
id=$(tail -n 1 names)
expect 1 cat -p long "$id"
says "^packread: long: $id: a tree entry's name is longer than 1 MiB$"
has_lines out 1
# No end, however much comes.
id=$(head -c 5000000 /dev/zero | tr '\0' 7 | git -C long hash-object -t tree --literally -w --stdin)
echo "$id" | git -C long pack-objects -q objects/pack/pack > /dev/null
expect 1 cat -p long "$id"
expect 1 cat -p --memory-limit=1M long "$id"

# info: the facts that list and git tell.
deltas=$repos/deltas
git -C "$deltas" verify-pack -v "$(only_pack "$deltas")" | awk '$6 >= 200 { print; exit }' > deep
read -r id type _ disk offset depth base < deep
expect 0 info "$deltas" "$id"
is_silent
prints "^id: *$id\$"
prints "^type: *$type\$"
prints "^size: *$(git -C "$deltas" cat-file -s "$id")\$"
prints "^on disk: *$disk\$"
prints '^stored as: *ofs-delta$'
prints "^offset: *$offset\$"
prints "^depth: *$depth\$"
prints "^pack: *$(only_pack "$deltas")\$"
prints "^base 1: *$base offset [0-9]* on disk [0-9]*\$"
prints "^base $depth: "
equal 'bases of a chain' "$(grep -c '^base ' out)" "$depth"
# The chain, base by base, as git's one-step answers give it.
grep '^base ' out | sed 's/^base [0-9]*: *//' | awk '{ print $1, $3, $6 }' > ours
git -C "$deltas" verify-pack -v "$(only_pack "$deltas")" | awk -v id="$id" '
    $2 ~ /^(blob|tree|commit|tag)$/ { base[$1] = $7; line[$1] = $1 " " $5 " " $4 }
    END { while ((id = base[id]) != "") print line[id] }' > told
same ours told
expect 0 info --json "$deltas" "$id"
has_lines out 1
prints "^{\"id\":\"$id\",\"type\":\"$type\",.*\"depth\":$depth,\"bases\":\[{\"id\":\"$base\",\"offset\":"
if command -v python3 > /dev/null; then
    holds 'the JSON is valid' python3 -c 'import json, sys
for line in open(sys.argv[1]): assert len(json.loads(line)["bases"]) == int(sys.argv[2])' out "$depth"
fi
expect 0 info "$small" "$blob" "$tree" "$tag"
equal 'blocks of info' "$(grep -c '^id: ' out)" 3
expect 0 info --json "$small" "$blob" "$tree" "$tag"
has_lines out 3
expect 0 info "$repos/idxv1" "$blob"
prints '^crc32: *not in the index$'
expect 3 info "$small" $absent "$blob"
prints "^id: *$blob\$"
expect 1 info "$thin" "$orphan"
says 'base'
# A chain of 10,000 links.
last=$(awk '$5 == 10000 { print $1; exit }' "$FIXTURES/packs/chain-ofs/chain-ofs.manifest")
expect 0 info "$FIXTURES/packs/chain-ofs" "$last"
equal 'bases of a long chain' "$(grep -c '^base ' out)" 10000
expect 0 cat -s "$FIXTURES/packs/chain-ofs" "$last"
# Not found is not found, however the pack is named; in an index that is damaged it is doubtful.
cp "$(only_pack "$small")" named.pack
cp "$small"/objects/pack/*.idx named.idx
absent=0123456789012345678901234567890123456789
for named in named.pack named.idx; do
    expect 3 cat $named $absent
    says "^packread: $named: $absent: not found\$"
    expect 3 cat -e $named $absent
    is_silent
done
chmod u+w named.idx
dd if=/dev/zero of=named.idx bs=1 seek=1052 count=100 conv=notrunc 2> /dev/null
id=$(git -C "$small" cat-file --batch-all-objects --batch-check | sed -n '3s/ .*//p')
for named in named.pack named.idx; do
    expect 1 cat $named "$id"
    says "named.idx: $id: not found, but this index is damaged"
    expect 1 cat -e $named "$id"
    echo "$id" > names
    expect_input names 1 batch --check $named
    prints "^$id missing\$"
    says "named.idx: $id: not found, but this index is damaged"
done

finish
