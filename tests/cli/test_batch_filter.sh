#!/bin/sh
# batch --filter: what git's filters leave out is "excluded" where it was asked for, and not told
# with --all. git 2.39's cat-file has no --filter: what is in is worked out from type and size.
# shellcheck source-path=SCRIPTDIR source=lib.sh disable=SC2016
. "${0%/*}/lib.sh"

# Packed and loose objects.
git init -q --bare both
cp "$repos"/small/objects/pack/* both/objects/pack
chmod u+w both/objects/pack/*
for i in 1 300 2000; do
    seq 1 $i | git -C both hash-object -w --stdin > /dev/null
done
printf 'tree %s\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\nloose\n' "$(git -C both mktree < /dev/null)" |
    git -C both hash-object -t commit -w --stdin > /dev/null
small=both
git -C "$small" cat-file --batch-all-objects --batch-check > all
size=$(awk '$2 == "blob" { print $3 }' all | sort -n | sed -n 2p)

# filtered FILTER CONDITION: awk's, of what is in
filtered() {
    awk "$2" all > in
    awk "$2 { print; next } { print \$1 \" excluded\" }" all > told
    cut -d ' ' -f 1 all > names
    expect_input names 0 batch --check --filter="$1" "$small"
    same out told
    sed 's/^/info /' names > requests
    expect_input requests 0 batch --command --buffer --filter="$1" "$small"
    same out told
    cut -d ' ' -f 1 told | tr '\n' '\0' > ids
    awk "$2 { print \$2; next } { print \$1 \" excluded\" }" all | tr '\n' '\0' > told
    tr '\n' '\0' < names > records
    expect_input records 0 batch --check -Z --filter="$1" --format='%(objecttype)' "$small"
    same out told

    expect 0 batch --all --check --filter "$1" "$small"
    same out in
    expect 0 batch --all --check --unordered --filter "$1" "$small"
    sort out > sorted
    same sorted in
    # With contents, of names and of all; on threads where there are enough objects.
    cut -d ' ' -f 1 in | git -C "$small" cat-file --batch > told
    expect 0 batch --all --filter="$1" "$small"
    same out told
    expect_input names 0 batch --filter="$1" "$small"
    grep -av ' excluded$' out > answered
    same answered told
    equal "$ran: excluded" "$(grep -ac ' excluded$' out)" \
        $(($(wc -l < names) - $(wc -l < in)))
}
filtered blob:none '$2 != "blob"'
filtered blob:limit=0 '$2 != "blob"'
filtered "blob:limit=$size" "\$2 != \"blob\" || \$3 < $size"
filtered "blob:limit=$((size + 1))" "\$2 != \"blob\" || \$3 < $size + 1"
filtered blob:limit=1k '$2 != "blob" || $3 < 1024'
filtered blob:limit=1K '$2 != "blob" || $3 < 1024'
filtered blob:limit=0x40 '$2 != "blob" || $3 < 64'
filtered blob:limit=010 '$2 != "blob" || $3 < 8'
filtered blob:limit=1m '$2 != "blob" || $3 < 1024 * 1024'
filtered blob:limit=18446744073709551615 1
for type in blob tree commit tag; do
    filtered object:type=$type "\$2 == \"$type\""
done

# Names that are not there, or ambiguous, are what they are without a filter.
printf 'nonsense\n\n808c\n' > names
printf 'nonsense missing\n missing\n808c ambiguous\n' > told
expect_input names 0 batch --filter=object:type=tag "$repos/ambiguous"
same out told

# On several threads.
git -C "$repos/deltas" cat-file --batch-all-objects --batch-check='%(objecttype) %(objectname)' |
    sed -n 's/^tree //p' | git -C "$repos/deltas" cat-file --batch > told
expect 0 batch --all --threads=3 --filter=object:type=tree "$repos/deltas"
same out told

# What is no filter, and git's filters that cat-file does not take.
for filter in '' blob blob:nonesuch blob:limit blob:limit= blob:limit=-1 blob:limit=1kk blob:limit=1t \
    blob:limit=18446744073709551616 blob:limit=17179869184g object:type= object:type=blo \
    object:type=blobs tree:0 sparse:oid=HEAD combine:blob:none+tree:0 auto; do
    expect_input /dev/null 2 batch --filter="$filter" "$small"
    prints_nothing
    says '--filter takes blob:none'
done

# A blob that is damaged is told as such only where it has to be read.
damaged=$FIXTURES/damaged/flipped-byte
bad=$(cat "$damaged/damaged.ids")
type=$("$PACKREAD" cat -t "$FIXTURES/packs/sizes" "$bad")
echo "$bad" > names
case $type in
blob) opposite=tree ;;
*) opposite=blob ;;
esac
expect_input names 0 batch --filter=object:type=$opposite "$damaged"
prints "^$bad excluded\$"
expect_input names 1 batch --filter=object:type="$type" "$damaged"
prints "^$bad missing\$"
finish
