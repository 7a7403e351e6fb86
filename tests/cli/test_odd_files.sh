#!/bin/sh
# Something else in the place of each file and folder: told by name, with the exit status that the manual
# gives, and never waited for. The packs beside it are served.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

good=$FIXTURES/packs/types/pack/pack-types
other=$FIXTURES/packs/sizes/pack/pack-sizes
id=$(awk '{ print $1; exit }' "$FIXTURES/packs/types/types.manifest")
objects=$(($(wc -l < "$FIXTURES/packs/sizes/sizes.manifest")))

# put KIND PATH: in the place of what is there; where it may be waited for, the program has a limit from then on
put() {
    if [ -e "$2" ] || [ -L "$2" ]; then
        rm -rf "$2"
    fi
    case $1 in
    fifo | zero | device) run_by=$limit ;;
    *) run_by='' ;;
    esac
    case $1 in
    fifo) mkfifo "$2" ;;
    zero) ln -s /dev/zero "$2" ;;
    null) ln -s /dev/null "$2" ;;
    device) mknod "$2" c 1 5 2> /dev/null || ln -s /dev/zero "$2" ;;
    folder) mkdir "$2" ;;
    loop) ln -s "$(basename "$2")" "$2" ;;
    dangling) ln -s nowhere-at-all "$2" ;;
    empty) : > "$2" ;;
    sparse) truncate -s 1G "$2" ;;
    text) echo text > "$2" ;;
    esac
}

# In the place of one file of a named pack. answer KIND STATUS PATTERN
answer() {
    put "$1" "$odd"
    for command in list info cat verify batch extract; do
        case $command in
        info | cat) set -- "$1" "$2" "$3" "$id" ;;
        extract) set -- "$1" "$2" "$3" -o "$work/made" --all ;;
        *) set -- "$1" "$2" "$3" ;;
        esac
        kind=$1
        wanted_status=$2
        pattern=$3
        shift 3
        expect_input /dev/null "$wanted_status" $command pair/pack-types.pack "$@"
        tells "$pattern"
        set -- "$kind" "$wanted_status" "$pattern"
    done
    # In a folder, beside a pack that is whole.
    mkdir -p folder/pack
    cp "$other.pack" "$other.idx" folder/pack
    mv pair/* folder/pack
    for command in list 'batch --all --check' verify; do
        # shellcheck disable=SC2086 # words
        expect_input /dev/null "$2" $command folder
        tells "$3"
        case $command in
        verify) prints 'pack-sizes.pack: ok' ;;
        *) equal "$ran: objects of the other pack" "$(($(wc -l < out)))" "$objects" ;;
        esac
    done
    mv folder/pack/pack-types.* pair
    rm -rf folder made "$odd"
}

mkdir pair
odd=pair/pack-types.pack
cp "$good.idx" pair/
for kind in fifo zero null device folder; do
    answer $kind 4 'pack-types.pack: not a regular file'
done
answer loop 4 'pack-types.pack: .*Too many levels of symbolic links'
answer empty 1 'pack-types.pack: empty file'
answer sparse 1 'pack-types.pack: '
answer text 1 'pack-types.pack: '
cp "$good.pack" pair/
odd=pair/pack-types.idx

# In the place of an index: what the pack has is read all the same, by an index made from it, and that
# is said once. index_answer KIND STATUS PATTERN: the status of what tells of the whole place
index_answer() {
    put "$1" "$odd"
    mkdir -p folder/pack
    cp pair/pack-types.pack folder/pack
    put "$1" folder/pack/pack-types.idx
    cp "$other.pack" "$other.idx" folder/pack
    for place in pair/pack-types.pack pair/pack-types.idx folder; do
        for command in list info cat 'cat -e' batch extract 'list --no-check'; do
            case $command in
            info | cat*) set -- "$1" "$2" "$3" "$id" ;;
            extract) set -- "$1" "$2" "$3" -o "$work/made" --all ;;
            *) set -- "$1" "$2" "$3" ;;
            esac
            kind=$1
            wanted_status=$2
            pattern=$3
            shift 3
            case $command in
            info | cat* | batch) status=0 ;;
            *) status=$wanted_status ;;
            esac
            # shellcheck disable=SC2086 # words
            expect_input /dev/null "$status" $command $place "$@"
            says "pack-types.idx: $pattern"
            says '; an index made from the pack is used instead'
            has_lines err 1
            case $command in
            list*) equal "$ran: objects" "$(grep -c -F -f types "$work/out")" 12 ;;
            cat) same out blob ;;
            extract)
                equal "$ran: files" "$(find made -type f | grep -c -F -f ids)" 12
                rm -rf made
                ;;
            esac
            set -- "$kind" "$wanted_status" "$pattern"
        done
        expect "$2" verify $place
        tells "pack-types.idx: .*$3"
    done
    rm -rf folder "$odd"
}
cp "$good.idx" pair/
expect 0 list pair/pack-types.pack
cp out types
cut -d' ' -f1 types > ids
expect 0 cat pair/pack-types.pack "$id"
cp out blob
rm pair/pack-types.idx
for kind in fifo zero null device folder; do
    index_answer $kind 4 'not a regular file'
done
index_answer loop 4 '.*Too many levels of symbolic links'
index_answer dangling 4 '.*No such file or directory'
index_answer empty 1 'empty file'
index_answer sparse 1 ''
index_answer text 1 ''
# With no file of a pack beside it, it is nothing by itself.
mkdir -p alone.idx
mkfifo lone.idx
ln -s nowhere-at-all dangling.idx
run_by=$limit
for name in alone lone; do
    expect 4 list $name.idx
    says "$name.idx: not a regular file\$"
    mkdir $name.pack
    expect 4 list $name.idx
    says "$name.idx: not a regular file\$"
done
run_by=''
expect 4 list dangling.idx
says 'dangling.idx: cannot be opened: No such file or directory$'
# A sparse file of zeros is read in small memory, however long it is.
truncate -s 1T pair/pack-types.idx 2> /dev/null && {
    expect 1 list pair/pack-types.pack
    says 'pack-types.idx: '
    same out types
}
# None at all: where the pack is named it is read, and nothing is wrong; in a folder it is no part yet.
rm -f pair/pack-types.idx
expect 0 list pair/pack-types.pack
says '^packread: pair/pack-types.pack: there is no .idx beside it; an index made from the pack is used: '
has_lines err 1
same out types
expect 0 list -q pair/pack-types.pack
is_silent
expect 0 list --progress pair/pack-types.pack
says 'making an index: 100% (12/12)'
expect 0 cat pair/pack-types.pack "$id"
same out blob
expect 3 cat -e pair/pack-types.pack 0123456789012345678901234567890123456789
expect 1 list pair
says 'pair/pack-types.pack: there is no .idx beside it; packread index pair/pack-types.pack writes it'
has_lines out 0
expect 0 verify pair/pack-types.pack
rm -rf pair

# place STATUS PATTERN WHERE
place() {
    for command in list 'verify' "cat -e"; do
        case $command in
        cat*) set -- "$1" "$2" "$3" "$id" ;;
        *) set -- "$1" "$2" "$3" ;;
        esac
        wanted_status=$1
        pattern=$2
        shift 2
        # shellcheck disable=SC2086 # words
        expect "$wanted_status" $command "$@"
        says "$pattern"
        prints_nothing
        set -- "$wanted_status" "$pattern" "$1"
    done
}

# The folders of a repository.
git init -q --bare repo.git
cp "$good.pack" "$good.idx" repo.git/objects/pack/
expect 0 list repo.git
for kind in fifo zero device empty text; do
    put $kind repo.git/objects/pack
    place 4 'repo.git/objects/pack: cannot be read: Not a directory' repo.git
    put $kind repo.git/objects
    place 2 'repo.git/objects: not a folder' repo.git
    put folder repo.git/objects
done
put loop repo.git/objects/pack
place 4 'repo.git/objects/pack: .*Too many levels of symbolic links' repo.git
put loop repo.git/objects
place 4 'repo.git/objects: .*Too many levels of symbolic links' repo.git
put dangling repo.git/objects
place 2 'repo.git: neither a pack' repo.git
put folder repo.git/objects
expect 0 list repo.git
is_silent
put dangling repo.git/objects/pack
expect 0 list repo.git
is_silent
rm repo.git/objects/pack
cp -r "$FIXTURES/packs/types/pack" repo.git/objects/pack
# Odd files beside the packs do not matter.
for kind in fifo device folder loop dangling; do
    put $kind "repo.git/objects/pack/odd-$kind"
    put $kind "repo.git/objects/pack/odd-$kind.keep"
    put $kind "repo.git/objects/pack/odd-$kind.rev"
done
run_by=$limit
expect 0 list repo.git
is_silent

# A .git file, and a commondir.
mkdir work linked
put text linked/HEAD
for name in work/.git linked/commondir; do
    where=${name%/*}
    for kind in fifo zero device; do
        put $kind $name
        place 2 "$name: .*not\|$name: neither a regular file" "$where"
    done
    put loop $name
    place 4 "$name: .*Too many levels of symbolic links" "$where"
    put dangling $name
    place 2 "$where: neither a pack" "$where"
    for kind in empty sparse; do
        put $kind $name
        place 2 "$where: its .* file does not say where the repository is" "$where"
    done
    printf 'gitdir: ../loop\n../loop\n' > $name
    put loop loop
    printf 'gitdir: ' > $name
    case $name in *commondir) : > $name ;; esac
    echo ../loop >> $name
    place 4 "loop: $name leads here, but it cannot be opened: Too many levels of symbolic links" "$where"
    put fifo loop
    place 4 "loop: $name leads here, but it is neither a regular file nor a folder" "$where"
    rm -rf $name loop
done
put fifo work/.git
place 4 'work/.git: neither a regular file nor a folder' work/.git
put device work/.git
place 4 'work/.git: neither a regular file nor a folder' work/.git

# Where files are extracted to.
for kind in fifo zero device text; do
    put $kind target
    expect 4 extract repo.git -o target "$id"
    says 'target: cannot be opened as a folder: Not a directory'
done
put loop target
expect 4 extract repo.git -o target "$id"
says 'target: cannot be opened as a folder: Too many levels'
put dangling target
expect 4 extract repo.git -o target "$id"
says 'target: cannot be opened as a folder: No such file'
# What sits at an object's name is replaced, not opened, and not followed.
expect 0 extract repo.git -o whole "$id"
for kind in fifo zero device loop dangling text; do
    rm -rf target
    mkdir target
    put $kind "target/$id"
    expect 0 extract repo.git -o target "$id"
    is_silent
    same "target/$id" "whole/$id" "extract over a $kind"
done
rm -rf target
mkdir target
echo precious > precious
ln -s ../precious "target/$id"
expect 0 extract repo.git -o target "$id"
equal 'what a link pointed to' "$(cat precious)" precious
equal 'temporary files' "$(find . -name '.packread*')" ''

# Names from a device.
expect_input /dev/null 0 batch repo.git
prints_nothing
head -c 40000000 /dev/zero > zeros
expect_input zeros 0 batch repo.git
equal 'a line of zeros' "$(cat out)" ' missing'
rm zeros

# No right to read or write, for a user who has none: root reads everything. The program, the packs
# and the folder may lie where others may not go, so they are put where all may.
as_nobody=''
[ "$(id -u)" -eq 0 ] && as_nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
open=$(TMPDIR=/tmp mktemp -d)
trap 'chmod -R u+rwX "$work" "$open" 2> /dev/null; rm -rf "$work" "$open"' EXIT
chmod 755 "$open"
cp "$PACKREAD" "$open/packread"
chmod 755 "$open/packread"
cp -r repo.git work "$open"
rm -rf "$open/work/.git"
printf 'gitdir: ../repo.git\n' > "$open/work/.git"
chmod -R a+rX "$open"
find "$open" -name 'odd-*' -prune -exec rm -rf {} +
# shellcheck disable=SC2086 # a command, or nothing
if $as_nobody "$open/packread" list "$open/work" > out 2> err; then
    PACKREAD=$open/packread
    run_by=$as_nobody
    pack=$open/repo.git/objects/pack/pack-types
    # denied STATUS PATTERN PATH: when nobody may read it
    denied() {
        chmod 0 "$3"
        for command in list verify batch; do
            expect_input /dev/null "$1" $command "$open/work"
            says "$2: .*Permission denied"
        done
        expect "$1" cat "$open/work" "$id"
        says "$2: .*Permission denied"
        chmod 755 "$3"
    }
    expect 0 list "$open/work"
    chmod 0 "$pack.pack"
    expect 4 list "$open/work"
    says 'pack-types.pack: cannot be opened: Permission denied'
    says_not 'system call'
    expect 4 cat "$open/work" "$id"
    expect 4 verify "$pack.pack"
    says 'pack-types.pack: cannot be opened: Permission denied'
    chmod 644 "$pack.pack"
    chmod 0 "$pack.idx"
    expect 4 list "$open/work"
    says 'pack-types.idx: cannot be opened: Permission denied; an index made from the pack is used instead'
    has_lines out 12
    expect 0 cat "$open/work" "$id"
    expect 4 list "$pack.idx"
    # verify checks the pack from its bytes alone, and never says that all is well.
    for place in "$open/work" "$pack.pack" "$pack.idx"; do
        expect 4 verify "$place"
        says '^packread: .*pack-types.idx: cannot be opened: Permission denied; its pack is checked by itself$'
        prints 'pack-types.pack: 12 of 12 objects intact$'
    done
    chmod 644 "$pack.idx"
    # The folder of packs alone: what is loose is read, and nothing says that this is all.
    loose=$(git -C "$open/repo.git" hash-object -w --stdin < /dev/null)
    chmod -R a+rX "$open/repo.git"
    chmod 0 "$open/repo.git/objects/pack"
    for place in "$open/work" "$open/repo.git" "$open/repo.git/objects"; do
        expect 0 cat -t "$place" "$loose"
        prints '^blob$'
        says 'objects/pack: cannot be read: Permission denied'
        expect 4 list "$place"
        prints "^$loose blob 0\$"
        says 'objects/pack: cannot be read: Permission denied'
        expect 4 verify "$place"
        prints 'objects: ok (1 object,'
        for asked in '' -e; do
            # shellcheck disable=SC2086 # an option, or nothing
            expect 4 cat $asked "$place" "$id"
        done
        says 'objects/pack: cannot be read: Permission denied'
    done
    expect 4 cat "$open/work" "$id"
    says "$id: not found, but not everything could be read (first: .*objects/pack)"
    echo "$loose" > names
    expect_input names 0 batch --check "$open/work"
    echo "$id" >> names
    expect_input names 4 batch --check "$open/work"
    prints "^$loose blob 0\$"
    prints "^$id missing\$"
    expect 4 list "$open/repo.git/objects/pack"
    equal 'a folder of packs that is named itself' "$(cat out)" ''
    chmod 755 "$open/repo.git/objects/pack"
    rm -r "$open/repo.git/objects/$(echo "$loose" | cut -c 1-2)"
    expect 0 list "$open/work"
    denied 4 'repo.git/objects.*' "$open/repo.git/objects"
    denied 4 'repo.git' "$open/repo.git"
    denied 4 'work/.git' "$open/work/.git"
    denied 4 'work' "$open/work"
    # A folder that may be entered and not listed.
    chmod 711 "$open/repo.git/objects"
    expect 0 list "$open/work"
    says_not '^packread:' # a build that counts lines cannot write its counts as this user
    has_lines out 12
    expect 0 cat "$open/work" "$id"
    chmod 755 "$open/repo.git/objects"
    mkdir -m 555 "$open/unwritable"
    expect 4 extract "$open/work" -o "$open/unwritable" "$id"
    says "unwritable/$id: cannot be written: Permission denied"
    expect 4 extract "$open/work" -o "$open/unwritable/new" "$id"
    says 'unwritable/new: the folder cannot be made: Permission denied'
    expect 4 list --metrics="$open/unwritable/figures" "$open/work"
    says 'unwritable/figures: cannot be written: Permission denied'
    equal 'files in a folder without the right to write' "$(find "$open/unwritable" -type f)" ''
else
    echo 'NOT RUN: what a user without rights sees'
fi
finish
