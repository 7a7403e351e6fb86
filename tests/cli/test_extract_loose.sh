#!/bin/sh
# extract --as=loose writes objects as git keeps those that are in no pack: git reads them all, and
# finds nothing wrong with them.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# listing REPOSITORY
listing() {
    git -C "$1" cat-file --batch-all-objects --batch-check
}

# new_repository NAME [FORMAT]: empty, to put objects into
new_repository() {
    rm -rf "$1"
    git init -q --bare ${2:+"--object-format=$2"} "$1"
}

# is_read_by_git REPOSITORY OF: it has the objects of the other, and git finds each of them right
is_read_by_git() {
    listing "$1" > got
    listing "$2" > wanted
    same got wanted "$ran: objects"
    git -C "$1" fsck --full --no-dangling > checked 2>&1
    equal "$ran: fsck" $? 0
    grep -v '^notice: ' checked > complaints
    same complaints /dev/null "$ran: fsck"
    equal "$ran: temporary files" "$(find "$1" -name '.packread*')" ''
}

for source in small multi deltas refdelta idxv1 big; do
    new_repository "$source.git"
    expect 0 extract "$repos/$source" -o "$source.git/objects" --as=loose --all
    is_silent
    prints_nothing
    is_read_by_git "$source.git" "$repos/$source"
done
new_repository sha256.git sha256
expect 0 extract "$FIXTURES/sha256/repo" -o sha256.git/objects --as=loose --all
is_read_by_git sha256.git "$FIXTURES/sha256/repo"
for options in --io=pread --manager=static '--window-size=4K --memory-limit=1M' --no-check --progress; do
    new_repository again.git
    # shellcheck disable=SC2086 # several options
    expect 0 extract $options "$repos/small" --as loose -o again.git/objects --all
    is_read_by_git again.git "$repos/small"
done

# Of any size, in little memory: contents that do not compress, and that do.
new_repository large.git
git init -q --bare source.git
{
    "$PACKREAD" list "$repos/multi" | sed 's/ .*//' | head -n 3000
    head -c 9000000 /dev/zero
    gzip -c "$PACKREAD"
} > large
id=$(git -C source.git hash-object -w "$work/large")

echo "$id" | git -C source.git pack-objects -q "$work/packed" > /dev/null
expect 0 extract packed-*.pack -o large.git/objects --as=loose --memory-limit=2M "$id"
git -C large.git cat-file blob "$id" > got
same got large

# By name: modes, and folders made and not made.
small=$repos/small
blob=$(first_id "$small" blob)
tree=$(first_id "$small" tree)
file=$(echo "$blob" | sed 's|^..|&/|')
expect 0 extract "$small" -o named --as=loose "$(echo "$blob" | cut -c 1-12)" "$tree"
equal 'files' "$(find named -type f | wc -l | tr -d ' ')" 2
# shellcheck disable=SC2012 # names are ids
equal 'mode of a file' "$(ls -l "named/$file" | cut -c 1-10)" '-r--r--r--'
(
    umask 027
    "$PACKREAD" extract "$small" -o modes --as=loose "$blob"
)
# shellcheck disable=SC2012
equal 'mode of a file' "$(ls -l "modes/$file" | cut -c 1-10)" '-r--r-----'
# shellcheck disable=SC2012
equal 'mode of a folder' "$(ls -ld "modes/${file%/*}" | cut -c 1-10)" 'drwxr-x---'

# What is there stays: it is the same object.
chmod u+w "named/$file"
echo kept > "named/$file"
expect 0 extract "$small" -o named --as=loose "$blob" "$tree"
equal 'a file that was there' "$(cat "named/$file")" kept
absent=0123456789012345678901234567890123456789
expect 3 extract "$small" -o nothing --as=loose "$absent"
holds 'no folder for an object that is not there' test ! -e nothing

# What fails leaves nothing, and the rest is extracted.
damaged=$FIXTURES/damaged/flipped-byte
bad=$(cat "$damaged/damaged.ids")
expect 1 extract "$damaged" -o rest --as=loose --all
says "$bad: "
holds 'a damaged object has no file' test ! -e "rest/$(echo "$bad" | sed 's|^..|&/|')"
whole=$("$PACKREAD" batch --all --check "$damaged" | wc -l)
equal 'folders without a file' "$(find rest -type d -empty)" ''
equal 'files but the damaged one' "$(find rest -type f | wc -l | tr -d ' ')" $((whole - 1))

# Places that cannot be written to.
echo text > file
expect 4 extract "$small" -o file --as=loose "$blob"
says 'file: cannot be opened as a folder: Not a directory'
# Nothing is written past what is in a folder's place: a link to a folder, to nothing, to a file, to
# itself, or a file. The rest is extracted.
ab=${file%/*}
"$PACKREAD" list "$small" | sed "/^$ab/d; s/ .*//" | sort > others
holds 'there are others' test -s others
mkdir -p outside "outside-with/${file#*/}"
rmdir "outside-with/${file#*/}"
echo 'not the object' > "outside-with/${file#*/}"
for kind in folder with nothing file itself taken; do
    rm -rf beside
    mkdir beside
    case $kind in
    folder) ln -s ../outside "beside/$ab" ;;
    with) ln -s "$work/outside-with" "beside/$ab" ;;
    nothing) ln -s ../nowhere "beside/$ab" ;;
    file) ln -s ../others "beside/$ab" ;;
    itself) ln -s "$ab" "beside/$ab" ;;
    taken) echo text > "beside/$ab" ;;
    esac
    ls -l "beside/$ab" > before
    expect 1 extract "$small" -o beside --as=loose "$blob" "$tree"
    says "^packread: beside/$ab: refused: a symbolic link, or something else that is no folder, is there: objects $ab\.\.\. are left out; remove it$"
    equal 'the next object is extracted' "$(find beside -mindepth 2 -type f | wc -l | tr -d ' ')" 1
    expect 1 extract "$small" -o beside --as=loose --all
    has_lines err 1
    (cd beside && find . -mindepth 2 -type f) | sed 's|^\./||; s|/||' | sort > written
    same written others
    ls -l "beside/$ab" > after
    same before after
    equal 'outside' "$(ls -A outside)" ''
    holds 'nothing is made' test ! -e nowhere
done
equal 'outside' "$(ls -A outside-with)" "${file#*/}"
equal 'temporary files' "$(find . -name '.packread*')" ''
# The folder that is named may be a link itself.
mkdir real
ln -s real named-by-link
expect 0 extract "$small" -o named-by-link --as=loose "$blob"
holds 'below the link that is named' test -f "real/$file"
# A folder that cannot be written to spoils what belongs there alone.
if [ "$(id -u)" -ne 0 ]; then
    mkdir -p "shut/$ab"
    chmod a-w "shut/$ab"
    expect 4 extract "$small" -o shut --as=loose "$blob" "$tree"
    says "shut/$file: cannot be written: Permission denied"
    equal 'the next object is extracted' "$(find shut -type f | wc -l | tr -d ' ')" 1
fi
mkdir -p "folder/$file"
expect 4 extract "$small" -o folder --as=loose "$blob" "$tree"
says "folder/$file: cannot be written: Is a directory"
equal 'the next object is extracted' "$(find folder -type f | wc -l | tr -d ' ')" 1
(
    # shellcheck disable=SC3045 # where the shell lacks it, the test is not run
    ulimit -f 64 2> /dev/null || exit 77
    "$PACKREAD" extract "$repos/big" -o limited --as=loose --all 2> err
    exit $?
)
status=$?
if [ $status -ne 77 ]; then
    equal 'exit status where files cannot grow' $status 4
    says 'limited/../[0-9a-f]*: cannot be written: File too large'
    equal 'temporary files' "$(find . -name '.packread*')" ''
fi
finish
