#!/bin/sh
# Deltas ten times larger than the memory limit, through every command that gives contents: right to
# the byte by way of a temporary file; and where there is no room for one, told, and the rest given.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# Three files of 2.8 MB in one pack: a base, and two deltas on it or on each other.
seq 100000 500000 > first
{
    seq 100000 250000
    echo changed
    seq 250001 500000
} > second
{
    seq 300000 500000
    seq 100000 299999
    echo end
} > third
git init -q --bare r.git
for file in first second third; do
    git -C r.git hash-object -w "$work/$file"
done > blobs
paste -d '\t' blobs - > rows << 'END'
first
second
third
END
tree=$(sed 's/^/100644 blob /' rows | git -C r.git mktree)
commit=$(echo message | git -C r.git commit-tree "$tree")
{
    cat blobs
    echo "$tree"
    echo "$commit"
} | git -C r.git pack-objects -q --window=10 --depth=10 objects/pack/pack > /dev/null
git -C r.git prune-packed
git -C r.git cat-file --batch-all-objects --batch > contents
git -C r.git cat-file --batch-all-objects --batch-check='%(objectname)' > names
git -C r.git cat-file --batch-check='%(objectname) %(deltabase)' < blobs > bases
grep -v ' 0*$' bases | cut -d ' ' -f 1 > deltas
whole=$(grep ' 0*$' bases | cut -d ' ' -f 1)
equal 'deltas of 2.8 MB' "$(($(wc -l < deltas)))" 2
mkdir temporary
export TMPDIR="$work/temporary"

for options in '' '--io=pread' '--window-size=4K' '--no-check' '--threads=1'; do
    # shellcheck disable=SC2086 # several options
    {
        expect 0 batch --memory-limit=1M --all $options r.git
        same out contents
        is_silent
        expect_input names 0 batch --memory-limit=1M $options r.git
        same out contents
        rm -rf all
        expect 0 extract --memory-limit=1M $options r.git -o all --all
        is_silent
    }
    equal "$ran: files" "$(find all -type f | wc -l | tr -d ' ')" 5
    while read -r id; do
        echo "all/$id"
    done < blobs | xargs git hash-object --no-filters > hashed
    same hashed blobs
    equal "$ran: temporary files" "$(ls temporary)" ''
done

expect 0 verify --memory-limit=1M r.git
expect 0 verify --memory-limit=1M --threads=1 r.git

# A static manager maps files whole: what it has room for is right, and the rest is told.
expect 0 batch --memory-limit=8M --manager=static --all r.git
same out contents

# No folder, and no room: the deltas are told with what they take, all else is given.
no_room() { # WHAT-IT-SAYS
    equal "$ran: deltas told" "$(grep -c "2800015 bytes are needed there" err)" 2
    while read -r id; do
        says "$id: $1.*2800015 bytes are needed there"
    done < deltas
}
TMPDIR=/nowhere
rm -rf some
expect 4 extract --memory-limit=1M r.git -o some --all
no_room 'no temporary file can be made here'
equal 'files without deltas' "$(find some -type f | wc -l | tr -d ' ')" 3
git hash-object --no-filters "some/$whole" > hashed
echo "$whole" > told
same hashed told 'the base'
expect_input names 4 batch --memory-limit=1M r.git
no_room 'no temporary file can be made here'
equal 'answers that are missing' "$(grep -a -c ' missing$' out)" 2
grep -v -F -f deltas names > others
git -C r.git cat-file --batch < others > told
sed -e '/^[0-9a-f]* missing$/d' out > given
same given told 'answers to the others'
expect 4 verify --memory-limit=1M r.git
prints ': 2 objects not checked, 3 of 5 objects intact$'
equal "$ran: lines" "$(grep -c . out)" 3
expect 4 verify --json --memory-limit=1M r.git
prints '"ok":false,"objects":5,.*"findings":0,"intact":3,"unchecked":2}'
# Nor is there an index without them, unless that is asked for: what was not checked may be whole,
# as it is here.
pack=$(find "$work/r.git/objects/pack" -name '*.pack')
mkdir indexes
for options in '' --json '--rev --threads=1'; do
    # shellcheck disable=SC2086 # several options
    expect 4 index --memory-limit=1M $options "$pack" -o indexes/x.idx
    says '/nowhere: no temporary file can be made here.*; [0-9]* bytes are needed there: let TMPDIR'
    says_not --salvage
    prints_nothing
    equal "$ran: files" "$(ls -A indexes)" ''
done
expect 4 index --memory-limit=1M --salvage "$pack" -o indexes/x.idx
says '/nowhere: no temporary file can be made here.*; [0-9]* bytes are needed there: let TMPDIR'
says ': 3 of 5 objects are in the index$'
prints_nothing
git show-index < indexes/x.idx | cut -d ' ' -f 2 | sort > given
sort others > told
same given told 'index of the others'
TMPDIR="$work/temporary"
expect 0 index --memory-limit=1M --salvage "$pack" -o indexes/x.idx
same indexes/x.idx "${pack%.pack}.idx"
TMPDIR="$work/temporary"
(
    # shellcheck disable=SC3045 # where the shell lacks it, the test is not run
    ulimit -f 100 2> /dev/null || exit 77
    for id in $(cat deltas) "$whole"; do
        "$PACKREAD" cat --memory-limit=1M r.git "$id" || echo "status $?" >&2
    done 2> err | git hash-object --stdin > hashed
)
if [ $? -ne 77 ]; then
    ran='cat under ulimit -f'
    no_room 'a temporary file has no room here'
    equal 'exit statuses' "$(grep -c '^status 4$' err)" 2
    echo "$whole" > told
    same hashed told 'the base, which takes no file'
fi
equal 'temporary files at the end' "$(ls temporary)" ''
finish
