#!/bin/sh
# list prints what git prints, byte for byte: all repositories, orders, types and formats, with
# every manager, window, limit and way of reading.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

for repository in "$repos"/ambiguous "$repos"/big "$repos"/deltas "$repos"/empty "$repos"/idxv1 \
    "$repos"/many "$repos"/multi "$repos"/refdelta "$repos"/small "$repos"/worktree/main \
    "$repos"/worktree/linked "$repos"/worktree/main/sub "$FIXTURES"/sha256/repo; do
    git -C "$repository" cat-file --batch-all-objects --batch-check > all
    expect 0 list "$repository"
    same out all
    expect 0 list -q "$repository"
    is_silent
    for options in '--manager=static' '--io=pread' '--io=mmap' '--no-check' \
        '--window-size=4K --memory-limit=1M' '--window-size=64K --memory-limit=32M' \
        '--window-size=1 --io=pread' '--manager=static --io=pread' '--threads=1'; do
        # shellcheck disable=SC2086 # several options
        expect 0 list $options "$repository"
        same out all
    done
    for type in blob tree commit tag; do
        expect 0 list --type=$type "$repository"
        awk -v type=$type '$2 == type' all > some
        same out some
    done
    expect 0 list --type=tree,commit,tree "$repository"
    awk '$2 == "tree" || $2 == "commit"' all > some
    same out some
    # Of several copies either may be shown, by git and by us. Git has the empty tree built in, and
    # says that it takes no room even where a pack has it.
    if [ "$repository" != "$repos/multi" ]; then
        empty_tree=$(git -C "$repository" hash-object -t tree /dev/null)
        format='%(objectname)|%(objecttype)%%%(objectsize) %(objectsize:disk)%x%(deltabase)%(rest)'
        git -C "$repository" cat-file --batch-all-objects --batch-check="$format" |
            grep -v "^$empty_tree" > formatted
        expect 0 list --format="$format" "$repository"
        grep -v "^$empty_tree" out > ours
        same ours formatted
    fi
    expect 0 list --order=pack "$repository"
    sort out > sorted
    same sorted all
done

# Every way to name the same packs.
small=$repos/small
pack=$(only_pack "$small")
git -C "$small" cat-file --batch-all-objects --batch-check > all
for where in "$small" "$small/" "$small/objects" "$small/objects/pack" "$pack" "${pack%.pack}.idx"; do
    expect 0 list "$where"
    same out all
done
ln -s "$pack" link.pack
ln -s "${pack%.pack}.idx" link.idx
expect 0 list link.pack
same out all
cd "$small" || exit 1
"$PACKREAD" list . > "$work/here"
cd "$work" || exit 1
same here all 'packread list .'

# Order, offset, size on disk and depth as git verify-pack tells them.
for repository in "$repos/deltas" "$repos/refdelta" "$repos/small" "$repos/idxv1" \
    "$FIXTURES/sha256/repo"; do
    git -C "$repository" verify-pack -v "$(only_pack "$repository")" |
        awk '$2 ~ /^(blob|tree|commit|tag)$/ { print $1, $2, $4, $5, ($6 == "" ? 0 : $6) }' |
        sort -n -k 4 > told
    expect 0 list --order=pack \
        --format='%(objectname) %(objecttype) %(objectsize:disk) %(offset) %(depth)' "$repository"
    same out told
    git -C "$repository" verify-pack -v "$(only_pack "$repository")" |
        awk 'length($1) >= 40 && $7 != "" { print $1, $7 }' | sort > bases
    expect 0 list --format='%(objectname) %(deltabase)' "$repository"
    awk '$2 !~ /^0*$/' out > ours
    same ours bases
done

# CRCs as the index has them; none in version 1.
git show-index < "${pack%.pack}.idx" | awk '{ print $2, substr($3, 2, 8) }' > told
expect 0 list --format='%(objectname) %(crc32)' "$small"
same out told
expect 0 list --format='%(crc32)' "$repos/idxv1"
equal 'CRCs of a version 1 index' "$(sort -u out)" -
name=${pack##*/}
expect 0 list --format='%(pack)' "$small"
equal 'name of the pack' "$(sort -u out)" "${name%.pack}"

# Formats without atoms, and with odd percent signs.
printf '%s\n' 'a format' > one
expect 0 list --format='a format' "$pack"
sort -u out > lines
same lines one
expect 0 list --format='' "$pack"
equal 'lines of an empty format' "$(($(wc -l < out)))" "$(($(wc -l < all)))"
for format in '%' '%%' '%%%' 'a%' '%%(objectname)' '%o%(objectname)%'; do
    git -C "$small" cat-file --batch-all-objects --batch-check="$format" > told
    expect 0 list --format="$format" "$small"
    same out told
done

# JSON: the same facts, and valid.
expect 0 list --json "$small"
sed -n 's/^{"id":"\([0-9a-f]*\)","type":"\([a-z]*\)","size":\([0-9]*\),"store":"pack","pack":"pack-[0-9a-f]*"}$/\1 \2 \3/p' out > ours
same ours all
expect 0 list --json --format='%(objectname)x%(pack)%(deltabase)%(crc32)%(depth)%(offset)%(objectname)' "$small"
prints '^{"id":"[0-9a-f]*","pack":"pack-[0-9a-f]*","base":null,"crc32":"[0-9a-f]\{8\}","depth":0,"offset":[0-9]*}$'
expect 0 list --json --format='%(crc32)%(deltabase)' "$repos/idxv1"
prints '^{"crc32":null,"base":"[0-9a-f]\{40\}"}$'
if command -v python3 > /dev/null; then
    holds 'the JSON is valid' python3 -c 'import json, sys
for line in open(sys.argv[1]): json.loads(line)' out
fi

# Packs that git does not write: against their manifests.
for manifest in "$FIXTURES"/packs/*/*.manifest "$FIXTURES"/special/sparse/*.manifest \
    "$FIXTURES"/special/pack-v3/*.manifest "$FIXTURES"/sha256/types/*.manifest; do
    folder=${manifest%/*}
    case $folder in
    */duplicates) continue ;;
    esac
    expect 0 list -q --format='%(objectname) %(objecttype) %(objectsize) %(offset) %(depth)' "$folder"
    same out "$manifest"
done

# What cannot be listed is told; the rest is listed.
thin=$FIXTURES/special/thin
expect 1 list "$thin"
says 'pack-thin.pack: offset [0-9]*: [0-9a-f]*: .*base'
has_lines out 2
expect 0 list --format='%(objectname) %(offset)' "$thin"
awk '{ print $1, $4 }' "$thin/thin.manifest" > told
same out told

# A repository without objects has none to list.
expect 0 list "$repos/empty"
is_silent
prints_nothing
expect 0 list -q "$repos/empty"
is_silent

# Progress, when asked for, goes to standard error and leaves the output alone.
expect 0 list --progress "$small"
same out all
says 'listing: 100% (351/351)'
expect 0 list --no-progress "$small"
is_silent
# On a terminal it goes before anything else is printed.
"$PACKREAD" list --progress "$repos/many" > out 2>&1
equal 'list --progress: lines of progress that something else is printed behind' \
    "$(tr '\r' '\n' < out | grep '^listing' | grep -v "$(printf '\033\\[K$')")" ''
finish
