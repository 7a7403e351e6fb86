#!/bin/sh
# The system's limits: few descriptors, little address space, a full or read-only disk. What can be
# done under them is done right; what cannot is told, and nothing is left behind.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# under LIMIT STATUS ARGUMENT...: packread under `ulimit LIMIT`
under() {
    bound=$1
    wanted=$2
    shift 2
    ran="ulimit $bound; packread $*"
    # shellcheck disable=SC2086,SC3045 # a letter and a number; some shells lack some letters
    (ulimit $bound && exec "$PACKREAD" "$@") > out 2> err
    got=$?
    if [ "$got" -eq "$wanted" ]; then
        pass
    else
        fail "$ran: exit status $got, not $wanted"
    fi
}

# 300 packs of one blob each, read with 24 descriptors.
git init -q --bare packs.git
i=0
while [ $i -lt 300 ]; do
    printf 'blob\ndata 9\nblob %03d\n\ncheckpoint\n\n' $i # which ends a pack
    i=$((i + 1))
done | git -C packs.git -c fastimport.unpackLimit=0 fast-import --quiet
equal 'packs' "$(find packs.git -name '*.pack' | wc -l | tr -d ' ')" 300
git -C packs.git cat-file --batch-all-objects --batch-check > listed
git -C packs.git cat-file --batch-all-objects --batch > contents
for options in '' '--io=pread' '--manager=static' '--window-size=4K --memory-limit=1M'; do
    # shellcheck disable=SC2086 # several options
    {
        under '-n 24' 0 list $options packs.git
        is_silent
        same out listed
        under '-n 24' 0 batch --all $options packs.git
        is_silent
        same out contents
        under '-n 24' 0 verify $options packs.git
        is_silent
        equal "$ran: packs that are whole" "$(grep -c ': ok (1 object' out)" 300
        rm -rf files
        under '-n 24' 0 extract $options packs.git -o files --all
        is_silent
    }
    cat files/* | sort > found
    sed -n '/^blob/p' contents | sort > wanted
    same found wanted "$ran: contents"
done
awk '{ print $1 }' listed | sort -r > names
(
    # shellcheck disable=SC3045 # as above
    ulimit -n 24 && exec "$PACKREAD" batch packs.git < names
) > out 2> err
git -C packs.git cat-file --batch < names > told
same out told 'batch of 300 packs with 24 descriptors'
# Loose objects are read with few descriptors too.
echo loose | git -C packs.git hash-object -w --stdin > id
git -C packs.git cat-file --batch-all-objects --batch-check > listed
under '-n 24' 0 list packs.git
same out listed
prints "^$(cat id) blob 6\$"
# So few that not even two files can be open: an error, not a wrong answer.
for count in 3 4 5 6 7; do
    (
        # shellcheck disable=SC3045 # as above
        ulimit -n $count && exec "$PACKREAD" list packs.git
    ) > out 2> err
    status=$?
    case $status in
    0) same out listed "list with $count descriptors" ;;
    4) says 'Too many open files' ;;
    127) ;; # the program's own libraries cannot be opened
    *) fail "list with $count descriptors: exit status $status" ;;
    esac
done

# 256 MiB of address space, and a pack of 5 GiB.
sparse=$FIXTURES/special/sparse
case ${SANITIZE-} in
*address* | *thread*) echo 'not run: the sanitizer takes all address space for itself' ;;
*)
    awk '{ print $1, $2, $3 }' "$sparse/sparse.manifest" > manifest
    awk '$3 < 1000 { print $1 }' "$sparse/sparse.manifest" > ids
    big=$(awk '$3 > 1000000 { print $1 }' "$sparse/sparse.manifest")
    : > right
    while read -r id; do
        "$PACKREAD" cat "$sparse" "$id" >> right
    done < ids
    for options in '' '--io=pread' '--io=mmap' '--window-size=1M' '--memory-limit=16M'; do
        # shellcheck disable=SC2046,SC2086 # several options, ids
        {
            under '-v 262144' 0 list $options "$sparse"
            same out manifest
            under '-v 262144' 0 cat $options "$sparse" $(cat ids)
            same out right
            under '-v 262144' 0 cat -s $options "$sparse" "$big"
        }
    done
    # A whole file of 5 GiB cannot be mapped: said at once.
    under '-v 262144' 4 list --manager=static "$sparse"
    says "give --manager=sliding, which reads no file whole"
    says 'sparse.pack: .*Cannot allocate memory'
    # Chains and large windows: as much as there is room for.
    under '-v 262144' 0 verify --threads=2 "$repos/deltas"
    under '-v 262144' 0 batch --all --window-size=2G --memory-limit=2G "$repos/many"
    git -C "$repos/many" cat-file --batch-all-objects --batch > contents
    same out contents
    under '-v 262144' 0 verify --window-size=2G --memory-limit=2G "$repos/big"
    # Next to nothing: the program says so, if it can start at all.
    for kilobytes in 6000 8000 10000 14000 20000 40000; do
        (
            # shellcheck disable=SC3045 # as above
            ulimit -v $kilobytes && exec "$PACKREAD" verify --threads=2 "$repos/big"
        ) > out 2> err
        status=$?
        case $status in
        0) prints ': ok (4 objects' ;;
        4) says '^packread: ' ;;
        127) ;;
        *) fail "verify in $kilobytes KiB: exit status $status" ;;
        esac
    done
    if [ -n "${CHECK_LARGE-}" ]; then
        under '-v 262144' 0 verify "$sparse"
    fi
    ;;
esac

# Whole files need room for whole files: what is advised then does.
expect 4 list --manager=static --memory-limit=4M "$repos/big"
says 'bytes are needed: give --memory-limit=[0-9]*M or more, or --manager=sliding$'
advised=$(sed -n 's/.*give \(--memory-limit=[0-9]*M\) .*/\1/p' err)
expect 0 list --manager=static "$advised" "$repos/big"
expect 0 verify --manager=static "$advised" "$repos/big"
expect 0 list --manager=sliding --memory-limit=4M "$repos/big"

# A disk that is full, and one that is read-only: a small file system of our own, where root may.
mkdir disk
if [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=1m tmpfs disk 2> /dev/null; then
    trap 'umount "$work/disk"; chmod -R u+rwX "$work" 2> /dev/null; rm -rf "$work"' EXIT
    expect 4 extract "$repos/many" -o disk/files --all
    says 'disk/files/[0-9a-f]*: cannot be written: No space left on device'
    has_lines err 1
    equal "$ran: temporary files" "$(find disk -name '.packread*')" ''
    holds "$ran: some files" test -n "$(find disk -type f)"
    (cd disk/files && ls) > names
    git -C "$repos/many" cat-file --batch-check='%(objectname) %(objectsize)' < names > wanted
    (cd disk/files && stat -c '%n %s' -- *) > sizes
    same sizes wanted "$ran: sizes"
    expect 4 list --metrics=disk/files/figures.json "$repos/small"
    says 'figures.json: cannot be written: No space left on device'
    holds "$ran: no part of a file" test ! -e disk/files/figures.json
    # An index of 850 KB, where there is room for half of it; what was there stays.
    rm -rf disk/files
    head -c 600000 /dev/zero > disk/ballast
    echo old > disk/there.idx
    for options in '' '--rev' '--version=1'; do
        # shellcheck disable=SC2086 # an option, or none
        expect 4 index $options "$(only_pack "$repos/many")" -o disk/new.idx
        says 'disk/new.*: cannot be written: No space left on device'
        equal "$ran: files" "$(ls -A disk)" "$(printf 'ballast\nthere.idx')"
    done
    expect 4 index "$(only_pack "$repos/many")" -o disk/there.idx
    equal "$ran: what was there" "$(cat disk/there.idx)" old
    rm disk/ballast
    expect 0 index "$(only_pack "$repos/many")" -o disk/there.idx
    same disk/there.idx "$(echo "$repos"/many/objects/pack/*.idx)"
    rm disk/there.idx
    mkdir disk/files
    mount -o remount,ro disk
    expect 4 extract "$repos/small" -o disk/files "$(first_id "$repos/small")"
    says 'cannot be written: Read-only file system'
    expect 4 extract "$repos/small" -o disk/other "$(first_id "$repos/small")"
    says 'disk/other: the folder cannot be made: Read-only file system'
    expect 4 index "$(only_pack "$repos/small")" -o disk/new.idx
    says 'disk/new.idx: cannot be written: Read-only file system'
    umount disk
    trap 'chmod -R u+rwX "$work" 2> /dev/null; rm -rf "$work"' EXIT
else
    echo 'NOT RUN: a full disk, a read-only disk: no file system may be mounted here'
fi
# Standard output on a full device.
if [ -w /dev/full ]; then
    "$PACKREAD" list "$repos/small" > /dev/full 2> err
    equal 'list > /dev/full: exit status' $? 4
    says 'standard output: cannot be written: No space left on device'
fi
finish
