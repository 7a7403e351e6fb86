#!/bin/sh
# Anything but a pack in a pack's place is told clearly, with the exit status that the manual gives,
# and never waited for.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# What is no file may be waited for without end.
run_by=$limit
sizes=$FIXTURES/packs/sizes/pack/pack-sizes
id=$(awk '{ print $1; exit }' "$FIXTURES/packs/sizes/sizes.manifest")

# all_say STATUS PATTERN WHERE: every command
all_say() {
    for command in list info cat extract verify batch; do
        case $command in
        info | cat) set -- "$1" "$2" "$3" "$id" ;;
        extract) set -- "$1" "$2" "$3" -o "$work/out.d" --all ;;
        *) set -- "$1" "$2" "$3" ;;
        esac
        wanted_status=$1
        pattern=$2
        shift 2
        expect_input /dev/null "$wanted_status" $command "$@"
        tells "$pattern"
        set -- "$wanted_status" "$pattern" "$1"
    done
}

all_say 4 'nowhere.pack: .*No such file or directory' nowhere.pack
all_say 4 'nowhere: .*No such file or directory' nowhere
all_say 4 "'': .*No such file or directory" ''
mkfifo fifo fifo.pack
cp "$sizes.idx" fifo.idx
all_say 4 'fifo: neither a regular file' fifo
all_say 4 'fifo.pack: not a regular file' fifo.pack
mkdir folder.pack
cp "$sizes.idx" folder.idx
all_say 4 'folder.pack: not a regular file' folder.pack
all_say 4 'folder.pack: not a regular file' folder.idx
cp "$sizes.pack" index.pack
mkfifo index.idx
expect 4 list index.pack
says 'index.idx: .*not a regular file'
all_say 4 '/dev/null: ' /dev/null
all_say 4 '/dev/zero: ' /dev/zero
ln -s loop.pack loop.pack
all_say 4 'loop.pack: .*Too many levels of symbolic links' loop.pack
echo text > text
all_say 2 'text: neither a pack' text
mkdir empty
all_say 2 'empty: neither a pack' empty
all_say 4 'text/below: .*Not a directory' text/below
echo 'gitdir: elsewhere' > .git
all_say 4 'elsewhere: .*No such file or directory' .git
echo 'gitdir' > .git
all_say 2 '.git: neither a pack' .git
rm .git
run_by=''

# not_pack STATUS PATTERN PACK-BYTES INDEX
not_pack() {
    cp "$3" broken.pack
    cp "$4" broken.idx
    chmod u+w broken.pack broken.idx
    all_say "$1" "$2" broken.pack
    all_say "$1" "$2" broken.idx
    rm -f broken.pack broken.idx
}
: > nothing
head -c 11 "$sizes.pack" > short
printf 'PACK\000\000\000\004\000\000\000\000' > version4
head -c 20 /dev/zero >> version4
printf '\377tOc\000\000\000\003' > index3
head -c 2000 /dev/zero >> index3
not_pack 1 'broken.pack: empty file' nothing "$sizes.idx"
not_pack 1 'broken.pack: does not begin with PACK' "$sizes.idx" "$sizes.idx"
not_pack 1 'broken.pack: ' short "$sizes.idx"
not_pack 1 'broken.pack: .*version' version4 "$sizes.idx"

# An index that is of no use costs the pack nothing. not_index STATUS PATTERN INDEX
awk '{ print $1, $2, $3 }' "$FIXTURES/packs/sizes/sizes.manifest" | sort > whole
not_index() {
    cp "$sizes.pack" broken.pack
    cp "$3" broken.idx
    chmod u+w broken.pack broken.idx
    for place in broken.pack broken.idx; do
        expect "$1" list $place
        says "$2"
        same out whole
        expect 0 cat -t $place "$id"
        says "$2"
        expect "$1" verify $place
        tells "$2"
    done
    rm -f broken.pack broken.idx
}
not_index 1 'broken.idx: .*empty file' nothing
not_index 1 'broken.idx: .*version' index3
not_index 1 'broken.idx: .*is the index of another pack' "$FIXTURES/packs/types/pack/pack-types.idx"

cp "$sizes.pack" alone.pack
expect 0 list alone.pack
says 'alone.pack: there is no .idx beside it; an index made from the pack is used: packread index alone.pack writes it$'
same out whole
cp "$sizes.idx" lone.idx
expect 1 list lone.idx
says 'lone'

# Truncated: told, and nothing wrong is printed; what is whole is still served.
truncated=$FIXTURES/damaged/truncated-pack
expect 1 list "$truncated"
says 'pack-truncated-pack'
awk '{ print $1, $2, $3 }' "$FIXTURES/packs/sizes/sizes.manifest" > manifest
sort out > ours
equal 'lines that are not so' "$(comm -23 ours manifest)" ''
expect 1 batch --all "$truncated"
expect 1 extract "$truncated" -o rest --all
git hash-object --no-filters rest/* > hashes
find rest -type f | sed 's|.*/||' | sort > names
same hashes names

# A folder with a pack that cannot be opened serves the others.
mkdir -p some/pack
cp "$FIXTURES"/packs/types/pack/* some/pack
cp "$FIXTURES"/damaged/not-a-pack/pack/* some/pack
blob=$(awk '$2 == "blob" { print $1; exit }' "$FIXTURES/packs/types/types.manifest")
expect 1 list some
says 'pack-not-a-pack.pack: does not begin with PACK'
has_lines out 12
expect 0 cat -t some "$blob"
says 'pack-not-a-pack.pack'
expect 1 cat some "$id"
says "some: $id: not found, but not all packs could be read whole (first: .*/pack-not-a-pack.pack)\$"

# What was not read is named by its kind.
git init -q --bare kinds.git
mkdir -p kinds.git/objects/12
for command in cat info 'extract -o made'; do
    # shellcheck disable=SC2086 # words
    expect 3 $command kinds.git "$id"
    says "kinds.git: $id: not found\$"
done
echo /nowhere > kinds.git/objects/info/alternates
rmdir kinds.git/objects/12
expect 4 cat kinds.git "$id"
says "/nowhere: .*: No such file or directory"
says "not found, but other object folders were not read (/nowhere)\$"
rm kinds.git/objects/info/alternates
cp some/pack/*not-a-pack* kinds.git/objects/pack
mkdir kinds.git/objects/ab
expect 1 cat kinds.git "$id"
says "not found, but not all packs could be read whole (first: kinds.git/objects/pack/pack-not-a-pack.pack)\$"
rm -rf kinds.git
expect 1 cat -e some "$id"
expect 1 extract some -o parts --all
equal 'files' "$(find parts -type f | wc -l | tr -d ' ')" 12
mkfifo some/pack/pack-fifo.pack
cp "$sizes.idx" some/pack/pack-fifo.idx
run_by=$limit
expect 4 list some
run_by=''
says 'pack-fifo.pack: not a regular file'
has_lines out 12

# No permission, for a user who has none: root reads everything.
cp "$sizes.pack" secret.pack
cp "$sizes.idx" secret.idx
mkdir locked
cp "$sizes.pack" "$sizes.idx" locked
chmod 0 secret.pack locked
chmod a+rx "$work"
as_nobody=''
if [ "$(id -u)" -eq 0 ]; then
    as_nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi
# shellcheck disable=SC2086 # a command, or nothing
if $as_nobody test -x "$PACKREAD" 2> /dev/null && $as_nobody test -r "$work/text" 2> /dev/null; then
    run_by=$as_nobody
    expect 4 list "$work/secret.pack"
    says 'secret.pack: .*Permission denied'
    expect 4 list "$work/locked"
    says 'locked: .*Permission denied'
    expect 4 list "$work/locked/pack-sizes.pack"
    says 'Permission denied'
    expect 4 verify "$work/secret.pack"
    says 'Permission denied'
    mkdir unwritable
    chmod 555 unwritable
    expect 4 extract "$FIXTURES/packs/types" -o "$work/unwritable/no-right" --all
    says 'no-right: the folder cannot be made: Permission denied'
else
    echo 'not run: what a user without rights sees'
fi
chmod 755 locked

# What memory has no room for goes through a temporary file; without one it is told what is needed.
TMPDIR=$work/none
export TMPDIR
run_by=''
expect 4 cat --memory-limit=1M "$FIXTURES/packs/zeros" \
    "$(awk '$5 > 0 && $3 > 60000000 { print $1; exit }' "$FIXTURES/packs/zeros/zeros.manifest")"
says 'let TMPDIR name a folder with room'
prints_nothing
unset TMPDIR
finish
