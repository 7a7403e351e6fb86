#!/bin/sh
# A damaged pack that is read through an index made from it: that there is damage is said and in the
# exit status, wherever it is, though all objects that the header counts may seem to be there.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

pack=$(only_pack "$repos/small")
git -C "$repos/small" cat-file --batch-all-objects --batch-check > listed
count=$(wc -l < listed)
size=$(wc -c < "$pack")

# damaged NAME OFFSET OCTAL: the pack with one other byte, and no index
damaged() {
    cp "$pack" "$1.pack"
    chmod u+w "$1.pack"
    # shellcheck disable=SC2059 # a byte
    printf "\\$3" | dd of="$1.pack" bs=1 seek="$2" conv=notrunc 2> /dev/null
}

cp "$pack" whole.pack
expect 0 list whole.pack
same out listed

# One named as a file is read whatever its name, as those that a fetch which broke off leaves; what lies
# beside it is not its index.
for name in tmp_pack_x pack x.pack.old whole.idx.old; do
    cp "$pack" "$name"
    expect 0 list "$name"
    same out listed
    says "^packread: $name: an index made from the pack is used\$"
    has_lines err 1
    id=$(head -n 1 listed | cut -d ' ' -f 1)
    expect 0 cat -t "$name" "$id"
    expect 0 info "$name" "$id"
    echo "$id" > asked
    expect_input asked 0 batch --check "$name"
    prints "^$id "
    expect 0 extract "$name" -o made "$id"
    expect 0 verify "$name"
    prints "^$name: ok ($count objects, $size bytes)\$"
    expect 0 index "$name" -o made.idx
    head -c $((size / 2)) "$pack" > "$name"
    expect 1 list "$name"
    says 'the pack is damaged'
    rm -f "$name"
done
echo 'no pack' > tmp_pack_x
expect 2 list tmp_pack_x
says 'neither a pack'

damaged trailer $((size - 1)) 252
cmp -s "$pack" trailer.pack && damaged trailer $((size - 1)) 125
damaged counted 11 001
head -c $((size - 1)) "$pack" > cut.pack
(cat "$pack" && echo more) > longer.pack
for name in trailer counted cut longer; do
    expect 1 list "$name.pack"
    same out listed
    says 'the pack is damaged'
    expect 1 batch --check --all "$name.pack"
    [ "$(wc -l < out)" -eq "$count" ] || fail "$name: not all objects"
    expect 1 verify "$name.pack"
done

# What counts differently is named.
expect 1 list counted.pack
says "^packread: counted.pack: the pack is damaged: its header counts 257 objects, the index made from it has $count\$"
cp "${pack%.pack}.idx" counted.idx
expect 1 list counted.pack
says "counted.pack: offset 8: pack header counts 257 objects, its index $count; an index made from .*; restore "
says "its header counts 257 objects, the index made from it has $count\$"
expect 1 verify counted.pack
prints "^counted.pack: offset 8: pack header counts 257 objects, its index $count\$"
rm counted.idx

# That an index can be written is not said of a damaged pack, but with a condition.
mkdir -p folder/pack
cp cut.pack folder/pack/a.pack
expect 1 list folder
says 'a.pack: there is no .idx beside it; packread index folder/pack/a.pack writes it if the pack is whole$'
head -c 100 "${pack%.pack}.idx" > folder/pack/a.idx
expect 1 list folder
says 'a.idx: .*; packread index folder/pack/a.pack writes it anew if the pack is whole$'
says 'a.pack: the pack is damaged'

# Of an object that is not there no pack is doubted which was read whole, if by an index made from it;
# a damaged one is, and one that did not open.
absent=0123456789012345678901234567890123456789
mkdir -p doubts/pack
cp "$pack" doubts/pack/a.pack
echo 'no index' > doubts/pack/a.idx
expect 3 cat doubts "$absent"
says "^packread: doubts: $absent: not found\$"
expect 3 cat -e doubts "$absent"
expect 3 extract doubts -o none "$absent"
echo "$absent" > asked
expect_input asked 0 batch doubts
prints "^$absent missing\$"
expect 1 list doubts
cp "$pack" doubts/pack/b.pack
expect 1 cat doubts "$absent"
says "^packread: doubts: $absent: not found, but not all packs could be read whole (first: doubts/pack/b.pack)\$"
expect 1 cat -e doubts "$absent"
expect_input asked 1 batch doubts
rm doubts/pack/b.pack
cp cut.pack doubts/pack/a.pack
damaged doubts/pack/a $((size / 2)) 125
for command in cat info; do
    expect 1 $command doubts "$absent"
    says "^packread: .*/a.pack: $absent: not found, but this pack is damaged, .*: of some objects no id is known\$"
done
expect_input asked 1 batch doubts
# With an index that is whole all ids of a damaged pack are known.
rm -rf doubts
mkdir doubts
head -c $((size / 2)) "$pack" > doubts/a.pack
cp "${pack%.pack}.idx" doubts/a.idx
expect 3 cat doubts/a.pack "$absent"
says "^packread: doubts/a.pack: $absent: not found\$"

# A pack that lacks bases is thin, and nothing is damaged.
cp "$FIXTURES/special/thin/pack/pack-thin.pack" thin.pack
for command in list batch info; do
    case $command in
    list) expect 1 list thin.pack ;;
    batch) expect 1 batch --all --check thin.pack ;;
    info) expect 0 info thin.pack "$(head -n 1 out | cut -d ' ' -f 1)" ;;
    esac
    says '^packread: thin.pack: the pack is thin: 2 of its 4 objects are deltas on objects that it does not have$'
    says_not damaged
done
expect 1 cat thin.pack "$absent"
says "^packread: thin.pack: $absent: not found, but this pack is thin: of deltas on objects that it does not have no id is known\$"

# Progress is told of one that is made later too.
rm -rf folder
cp -R "$FIXTURES/packs/types" folder
mkfifo asked.fifo
rm -f out err
"$PACKREAD" batch --check --progress folder < asked.fifo > out 2> err &
process=$!
exec 3> asked.fifo
echo 00000000 >&3
until [ -s out ]; do kill -0 $process || break; done
holds 'no index is made at first' test ! -s err
cp "$pack" folder/pack/later.pack
echo 'no index' > folder/pack/later.idx
echo "$id" >&3
exec 3>&-
wait $process
ran='batch --progress'
prints "^$id "
says "making an index: 100% ($count/$count)"
says 'later.idx: .*; an index made from the pack is used instead'

# Wherever a bit changes: each line is one of the good pack's, or the status says that there is damage.
at=12
while [ $at -lt $((size - 20)) ]; do
    damaged bit $at 125
    if ! cmp -s "$pack" bit.pack; then
        expect 1 list bit.pack
    fi
    at=$((at + size / 40))
done

finish
