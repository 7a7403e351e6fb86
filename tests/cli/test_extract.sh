#!/bin/sh
# extract writes each object whole under its id, or not at all: no temporary file is left behind,
# whatever goes wrong.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# is_whole REPOSITORY FOLDER COUNT: that many files, each with the contents that its name says
is_whole() {
    find "$2" -type f | sort > files
    equal "$ran: files" "$(($(wc -l < files)))" "$3"
    git -C "$1" cat-file --batch-all-objects --batch-check |
        awk -v folder="$2" '{ print $2, folder "/" $1, $1 }' > expected
    rm -f paths.* wanted.*
    awk 'NR == FNR { is_there[$0] = 1; next }
        $2 in is_there { print $2 > ("paths." $1); print $3 > ("wanted." $1) }' files expected
    for type in blob tree commit tag; do
        [ -e paths.$type ] || continue
        # It keeps them all open.
        tr '\n' '\0' < paths.$type |
            xargs -0 -n 700 git -C "$1" hash-object --literally --no-filters -t $type -- > hashed
        same hashed wanted.$type "$ran: $type"
    done
    awk '{ print $2 }' expected | sort | comm -23 files - > strangers
    equal "$ran: other files" "$(cat strangers)" ''
}

# In a repository of its own, so that paths are right for git.
small=$repos/small
git -C "$small" cat-file --batch-all-objects --batch-check > all
blob=$(first_id "$small" blob)
tree=$(first_id "$small" tree)
tag=$(first_id "$small" tag)

expect 0 extract "$small" -o one "$blob" "$tree" "$tag"
is_silent
prints_nothing
is_whole "$small" "$work/one" 3
git -C "$small" cat-file blob "$blob" > told
same "one/$blob" told
git -C "$small" cat-file tree "$tree" > told
same "one/$tree" told

# By prefix, into a folder that is there, over a file that is there.
echo 'something else' > "one/$blob"
expect 0 extract "$small" "$(echo "$blob" | cut -c 1-10)" --output=one --as=content
is_whole "$small" "$work/one" 3
rm -rf one
mkdir elsewhere
ln -s elsewhere one
expect 0 extract "$small" -oone "$blob"
is_whole "$small" "$work/elsewhere" 1

for options in '' '--io=pread' '--manager=static' '--window-size=4K --memory-limit=1M' '--no-check' \
    '--progress' '--threads=1'; do
    rm -rf every
    # shellcheck disable=SC2086 # several options
    expect 0 extract $options "$small" -o every --all
    is_whole "$small" "$work/every" 351
done
says_not 'cannot'
expect 0 extract "$FIXTURES/sha256/repo" -o sha256 --all
equal 'objects of a SHA-256 repository' "$(find sha256 -type f | wc -l | tr -d ' ')" \
    "$(git -C "$FIXTURES/sha256/repo" cat-file --batch-all-objects --batch-check | wc -l | tr -d ' ')"
expect 0 extract "$repos/multi" -o multi --all
is_whole "$repos/multi" "$work/multi" 6100
rm -rf multi
expect 0 extract --memory-limit=2M "$repos/big" -o big --all
is_whole "$repos/big" "$work/big" 4
rm -rf big
expect 0 extract "$repos/empty" -o none --all
holds 'an empty repository makes an empty folder' test -d none

# A folder that was made for nothing does not stay.
absent=0123456789012345678901234567890123456789
expect 3 extract "$small" -o nothing "$absent"
holds 'no folder for an object that is not there' test ! -e nothing
expect 3 extract "$repos/multi" -o nothing 0123
holds 'no folder for a prefix that is not clear' test ! -e nothing
expect 3 extract "$small" -o nothing "$absent" "$blob"
holds 'the object that is there' test -s "nothing/$blob"
rm -rf nothing
mkdir nothing
expect 3 extract "$small" -o nothing "$absent"
holds 'a folder that was there stays' test -d nothing

# The mode is the user's.
(
    umask 027
    "$PACKREAD" extract "$small" -o modes "$blob"
)
# shellcheck disable=SC2012 # names are ids
equal 'mode of a file' "$(ls -l "modes/$blob" | cut -c 1-10)" '-rw-r-----'

# What fails leaves nothing, and the rest is extracted.
damaged=$FIXTURES/damaged/flipped-byte
bad=$(cat "$damaged/damaged.ids")
expect 1 extract "$damaged" -o rest --all
says "$bad: "
holds 'a damaged object has no file' test ! -e "rest/$bad"
whole=$("$PACKREAD" batch --all --check "$damaged" | wc -l)
equal 'files but the damaged one' "$(find rest -type f | wc -l | tr -d ' ')" $((whole - 1))
expect 1 extract "$damaged" -o alone "$bad"
holds 'a folder that was made for it does not stay' test ! -e alone
absent=0123456789012345678901234567890123456789
expect 3 extract "$small" -o some $absent "$blob"
says "$absent: not found"
is_whole "$small" "$work/some" 1
expect 3 extract "$repos/ambiguous" -o some 808c
says 'ambiguous'
thin=$FIXTURES/special/thin
expect 1 extract "$thin" -o thin --all
equal 'whole objects of a thin pack' "$(find thin -type f | wc -l | tr -d ' ')" 2

# Places that cannot be written to.
echo text > file
expect 4 extract "$small" -o file "$blob"
says 'file: cannot be opened as a folder: Not a directory'
expect 4 extract "$small" -o file/below "$blob"
says 'file/below: the folder cannot be made: Not a directory'
expect 4 extract "$small" -o no/such "$blob"
says 'no/such: the folder cannot be made: there is no folder no to make it in$'
if [ -d /proc/self ]; then
    ran='packread extract -o /proc/such'
    "$PACKREAD" extract "$small" -o /proc/such "$blob" 2> err
    equal "$ran: exit status" $? 4
    says '/proc/such: the folder cannot be made: No such file or directory$'
fi
mkdir -p "taken/$blob"
expect 4 extract "$small" -o taken "$blob" "$tree"
says "taken/$blob: cannot be written: Is a directory"
holds 'the next object is extracted' test -f "taken/$tree"
equal 'temporary files' "$(find taken -name '.packread*')" ''
expect 4 extract "$small" -o "$(printf 'no/such\033[31m\001')" "$blob"
says 'such\\x1b\[31m\\x01'
is_clean err

# A limit on the size of files stands in for a full disk: the write fails, and is told once.
mkdir limited
(
    # shellcheck disable=SC3045 # where the shell lacks it, the test is not run
    ulimit -f 64 2> /dev/null || exit 77
    "$PACKREAD" extract "$repos/big" -o limited --all 2> err
    exit $?
)
status=$?
if [ $status -ne 77 ]; then
    equal 'exit status where files cannot grow' $status 4
    says 'limited/[0-9a-f]*: cannot be written: File too large'
    has_lines err 1
    find limited -type f > found
    equal 'files' "$(cat found)" ''
fi
finish
