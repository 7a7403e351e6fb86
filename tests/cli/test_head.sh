#!/bin/sh
# A reader that wants the first lines only: they come before the headers of all objects are read, and
# once it has gone nothing more is read. Seen by damage behind the first lines, which is told where
# it is met, while all lines would fit in the buffer before standard output.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# A pack of 700 blobs by id, the last of them damaged; by offset another one.
git init -q --bare made.git
i=0
while [ $i -lt 700 ]; do
    printf 'blob\nmark :%d\ndata <<END\nnumber %d\nEND\n' $((i + 1)) $i
    i=$((i + 1))
done | git -C made.git fast-import --quiet
git -C made.git cat-file --batch-all-objects --batch-check='%(objectname)' > ids
equal 'objects' "$(($(wc -l < ids)))" 700
mkdir packs
git -C made.git pack-objects -q "$work/packs/pack" < ids > name
pack=$(echo packs/*.pack)
chmod u+w "$pack"
"$PACKREAD" list --format='%(objectname) %(offset)' packs > offsets
damage() { printf '\0' | dd of="$pack" bs=1 seek="$1" conv=notrunc 2> /dev/null; }
damage "$(tail -n 1 offsets | cut -d ' ' -f 2)"
bad=$(tail -n 1 ids)

# A pipe that nobody reads.
mkfifo pipe
# shellcheck disable=SC2094 # both ends of one pipe are meant
exec 3<> pipe 4> pipe 3>&-
for command in 'list' 'list --json' 'list --type=blob' 'list --threads=1' 'list --format=%(objecttype)' \
    'batch --all --check' 'batch --all --threads=1'; do
    # shellcheck disable=SC2086 # a command and its options
    expect 1 $command packs
    says "$bad"
    # shellcheck disable=SC2086 # likewise
    "$PACKREAD" $command packs >&4 2> err
    equal "$command to nobody: exit status" $? 141
    equal "$command to nobody: messages" "$(cat err)" ''
done
# Nothing to write is nothing that fails.
"$PACKREAD" list --type=tag packs >&4 2> err
equal 'nothing to nobody: exit status' $? 1
says "$bad"
exec 4>&-

# Somebody who waits for the first lines gets them while the rest is not there yet: the damage is
# told after they were written, not before.
"$PACKREAD" list packs > both 2>&1
holds 'lines come before the message' test "$(sed -n "/^packread: .*$bad/=" both | head -n 1)" -gt 64

finish
