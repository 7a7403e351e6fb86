#!/bin/sh
# batch --all with threads that read ahead: the answers, the complaints and the exit status are those
# of one thread, whatever is small, large or damaged among the objects.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# as_one_thread STATUS OPTIONS... WHERE
as_one_thread() {
    status=$1
    shift
    expect "$status" batch --all --threads=1 "$@"
    mv out one.out
    mv err one.err
    for threads in 2 3 8; do
        expect "$status" batch --all --threads=$threads "$@"
        same out one.out
        same err one.err
    done
}

as_one_thread 0 --unordered "$repos/deltas"
if [ "${SANITIZE:-}" != thread ]; then # it would take minutes to say the same again
    for where in "$repos/multi" "$repos/refdelta" "$repos/many" "$FIXTURES/packs/chain-ofs"; do
        as_one_thread 0 --unordered "$where"
    done
fi
as_one_thread 0 "$repos/multi"
as_one_thread 0 --unordered --format='%(rest)%(objectname) %(depth)' "$repos/deltas"
as_one_thread 0 --unordered --format=x "$repos/deltas"
as_one_thread 0 --unordered --io=pread --window-size=4K "$repos/deltas"
as_one_thread 0 --unordered --manager=static "$repos/deltas"
as_one_thread 0 --unordered --memory-limit=8M "$repos/deltas"
git -C "$repos/deltas" cat-file --batch-all-objects --batch > told
expect 0 batch --all --threads=4 "$repos/deltas"
same out told

# What is read ahead has its part of the limit; where the rest is too little, both are asked for.
asked() { # THREADS
    expect 4 batch --all --threads="$1" --manager=static --memory-limit=256M "$FIXTURES/special/sparse"
    sed -n 's/.*at least \([0-9]*\) bytes are needed.*/\1/p' err > asked
}
asked 1
alone=$(cat asked)
asked 2
holds 'more is asked for two threads' test "$(cat asked)" -gt "$((alone + 4 * 8 * 1024 * 1024))"

# Large ones among small ones: they are not read ahead, and keep their place.
mkdir files
git init -q --bare mixed.git
i=0
while [ $i -lt 1300 ]; do
    echo "a line of file $i" > "files/$i"
    echo "$i" >> names
    i=$((i + 1))
done
for i in 7 700 1299; do
    awk -v n=$i 'BEGIN { for (k = 0; k < 250000; k++) print n * 7919 + k * 104729 }' > files/$i
done
(cd files && GIT_DIR=../mixed.git git hash-object -w --stdin-paths < ../names) > ids
equal 'objects made' "$(($(wc -l < ids)))" 1300
mkdir packs
git -C mixed.git pack-objects -q "$PWD/packs/pack" < ids > name
pack=packs/pack-$(cat name).pack
as_one_thread 0 --unordered packs
git -C mixed.git cat-file --batch < ids | sort > told
sort one.out > sorted
same sorted told
as_one_thread 0 packs

# Damaged ones in the middle: told in their place, the others are there.
chmod u+w "$pack"
size=$(($(wc -c < "$pack")))
for place in 2000 7000 $((size / 2)); do
    printf '\377\0\377\0\377\0\377\0' |
        dd of="$pack" bs=1 seek=$place conv=notrunc 2> /dev/null
done
as_one_thread 1 --unordered packs
equal 'some are missing' "$(grep -ac ' missing$' one.out | sed 's/^[1-9][0-9]*$/some/')" some
as_one_thread 1 packs

# Its reader leaves in the middle.
for threads in 1 4; do
    "$PACKREAD" batch --all --threads=$threads "$repos/many" 2> err | head -c 1000 > out
    is_silent
    equal 'bytes through head' "$(($(wc -c < out)))" 1000
done

finish
