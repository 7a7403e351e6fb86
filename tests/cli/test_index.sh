#!/bin/sh
# index writes what git index-pack writes, byte for byte, and leaves nothing behind where it fails.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# leaves FILE...: just these are in the folder `here`
leaves() {
    # shellcheck disable=SC2012 # plain names
    equal "$ran: files" "$(ls -A here | paste -sd ' ' -)" "$*"
}

# with_git OPTIONS PACK: what git makes of it is told.idx and told.rev, and its words are `told`
with_git() {
    rm -f told.idx told.rev
    # shellcheck disable=SC2086 # several options
    git index-pack $1 --rev-index -o told.idx "$2" > told
}

# Whatever the options, and whatever the pack.
mkdir here
for pack in "$FIXTURES"/packs/*/pack/*.pack "$FIXTURES"/sha256/types/pack/*.pack \
    "$FIXTURES"/special/pack-v3/pack/*.pack "$FIXTURES"/special/missing-index/pack/*.pack \
    "$FIXTURES"/repos/[a-l]*/objects/pack/*.pack "$FIXTURES"/repos/m*/objects/pack/*.pack \
    "$FIXTURES"/repos/refdelta/objects/pack/*.pack "$FIXTURES"/sha256/repo/objects/pack/*.pack; do
    [ -e "$pack" ] || continue
    format=sha1
    case $pack in "$FIXTURES"/sha256/*) format=sha256 ;; esac
    with_git "--object-format=$format" "$pack"
    expect 0 index --rev "$pack" -o here/a.idx
    is_silent
    same out told
    same here/a.idx told.idx
    same here/a.rev told.rev
    leaves a.idx a.rev
    rm -f here/*
done
for pack in "$FIXTURES/packs/types/pack/pack-types.pack" "$(only_pack "$repos/refdelta")"; do
    with_git --index-version=1 "$pack"
    for options in --threads=1 --threads=3 '--window-size=4K --memory-limit=4M' --io=pread \
        --manager=static; do
        # shellcheck disable=SC2086 # several options
        expect 0 index --version=1 --rev $options "$pack" --output=here/a.idx
        same here/a.idx told.idx
        same here/a.rev told.rev
    done
done
rm -f here/*

# Beside the pack, where no other name is given; read-only, as far as the umask lets it.
small=$(only_pack "$repos/small")
cp "$small" here/a.pack
for mask in 022:444 077:400; do
    (umask "${mask%:*}" && "$PACKREAD" index here/a.pack > out)
    equal "the rights with umask ${mask%:*}" "$(stat -c %a here/a.idx)" "${mask#*:}"
    same here/a.idx "${small%.pack}.idx"
    rm -f here/a.idx
done
(cd here && "$PACKREAD" index a.pack > ../out)
leaves a.idx a.pack
expect 0 verify here/a.pack
prints ': ok (351 objects'

# One that is there is replaced, as git does; links are, not what they point to.
chmod u+w here/a.idx
echo 'something else' > here/a.idx
expect 0 index here/a.pack
same here/a.idx "${small%.pack}.idx"
rm -f here/a.idx
echo text > text
ln -s ../text here/a.idx
expect 0 index here/a.pack
same here/a.idx "${small%.pack}.idx"
equal 'what the link pointed to' "$(cat text)" text

# A name that is no .pack needs one for the index; the pack is never written over.
cp "$small" here/b
expect 0 index here/b -o here/b.idx
same here/b.idx "${small%.pack}.idx"
ln here/a.pack here/c.idx
expect 2 index here/a.pack -o here/c.idx
says 'here/c.idx is the pack itself'
ln here/a.pack here/d.rev
expect 2 index --rev here/a.pack -o here/d.idx
says 'here/d.rev is the pack itself'
same here/a.pack "$small"
rm -f here/[bcd]*

# Nor is anything else that is no index: named as one, begun as one, or empty, it may go.
cp "$small" here/b.pack
cp "$small" here/b
echo notes > here/notes
echo notes > here/b.rev
for name in b.pack b notes b.rev; do
    cp "here/$name" before
    for options in '' --salvage; do
        # shellcheck disable=SC2086 # an option, or none
        expect 2 index $options here/a.pack -o "here/$name"
        says "^packread index: here/$name is there and is no index: name another file, or remove it; see"
        prints_nothing
        same "here/$name" before
    done
done
expect 2 index here/a.pack -o here/new.pack
says 'here/new.pack is the name of a pack, not of an index'
expect 2 index --rev here/a.pack -o here/notes
rm -f here/b* here/notes
leaves a.idx a.pack
"$PACKREAD" index here/a.pack -o here/anything > out
: > here/empty
for name in anything empty; do
    expect 0 index here/a.pack -o here/$name
    same here/$name "${small%.pack}.idx"
done
echo text > here/b.idx
echo text > here/b.rev
expect 0 index --rev here/a.pack -o here/b.idx
same here/b.idx "${small%.pack}.idx"
rm -f here/b* here/anything here/empty
# What is no file stays what it is, and is told before the work.
for ending in idx rev; do
    for kind in folder fifo null; do
        case $kind in
        folder) mkdir here/e.$ending && pattern='cannot be written: Is a directory' ;;
        fifo) mkfifo here/e.$ending && pattern='not a regular file' ;;
        null) ln -s /dev/null here/e.$ending && pattern='not a regular file' ;;
        esac
        expect 4 index --progress --rev here/a.pack -o here/e.idx
        says "here/e.$ending: $pattern"
        says_not indexing
        leaves a.idx a.pack e.$ending
        rm -rf here/e.$ending
    done
done

# What is told besides.
expect 0 index --json --rev here/a.pack
hash=$(basename "$small" .pack | sed 's/pack-//')
prints "^{\"file\":\"here/a.pack\",\"ok\":true,\"index\":\"here/a.idx\",\"reverse_index\":\"here/a.rev\",\"pack\":\"$hash\",\"objects\":351,\"findings\":0}\$"
expect 0 index --progress here/a.pack
says 'indexing: 100% (351/351)'
expect 0 index --metrics here/a.pack
says 'misses'
rm -f here/*.idx here/*.rev

# Damage: told, and no index.
nothing_is_written() {
    expect 1 index --rev "$1" -o here/x.idx
    prints_nothing
    leaves a.pack
}
for name in flipped-byte truncated-pack wrong-pack-sum; do
    pack=$FIXTURES/damaged/$name/pack/pack-$name.pack
    nothing_is_written "$pack"
    says "^packread: $pack: offset [0-9]*: "
    says 'no index is written; --salvage indexes what is whole$'
done
nothing_is_written "$FIXTURES/damaged/flipped-byte/pack/pack-flipped-byte.pack"
says 'offset [0-9]*: deflated data is damaged$'
nothing_is_written "$FIXTURES/damaged/not-a-pack/pack/pack-not-a-pack.pack"
says 'does not begin with PACK$'
head -c 100000 "$PACKREAD" > no-pack
nothing_is_written no-pack
says '^packread: no-pack: does not begin with PACK$'
says_not salvage
nothing_is_written "$FIXTURES/damaged/zero-bytes-pack/pack/pack-zero-bytes-pack.pack"
says 'empty file$'
thin=$FIXTURES/special/thin/pack/pack-thin.pack
nothing_is_written "$thin"
base=$(printf 'the base that is not in the thin pack\n' | git hash-object --stdin)
says "^packread: $thin: offset [0-9]*: $base: .* (and 1 object that depends on it)\$"

# What the system refuses.
expect 4 index no/such.pack
says 'no/such.*: No such file or directory'
expect 4 index here/a.pack -o no/such/x.idx
says 'no/such/x.idx: cannot be written: No such file or directory'
expect 4 index here -o x.idx
says 'here: not a regular file'
mkfifo here/f.pack
expect 4 index here/f.pack
says 'here/f.pack: not a regular file'
rm -f here/f.pack
mkdir here/e.idx
expect 4 index --rev here/a.pack -o here/e.idx
says 'here/e.idx: cannot be written: Is a directory'
leaves a.pack e.idx
rmdir here/e.idx
expect 4 index --memory-limit=1M "$(only_pack "$repos/many")" -o here/x.idx
says 'at least [0-9]* bytes are needed: give --memory-limit=[0-9]*M or more'
leaves a.pack
enough=$(sed 's/.*--memory-limit=\([0-9]*M\).*/\1/' err)
expect 0 index --memory-limit="$enough" "$(only_pack "$repos/many")" -o here/x.idx
same here/x.idx "$(only_pack "$repos/many" | sed 's/pack$/idx/')"
rm -f here/x.idx
(
    # shellcheck disable=SC3045 # where the shell lacks it, the test is not run
    ulimit -f 8 2> /dev/null || exit 77
    "$PACKREAD" index --rev "$(only_pack "$repos/many")" -o here/x.idx 2> err
    exit $?
)
status=$?
if [ $status -ne 77 ]; then
    ran='index where files cannot grow'
    equal "$ran: exit status" $status 4
    says 'here/x.\(idx\|rev\): cannot be written: File too large'
    leaves a.pack
fi
mkdir locked
cp "$small" locked/a.pack
chmod 555 locked
chmod a+rx "$work"
as_nobody=''
if [ "$(id -u)" -eq 0 ]; then
    as_nobody='setpriv --reuid=65534 --regid=65534 --clear-groups'
fi
# shellcheck disable=SC2086 # a command, or nothing
if $as_nobody test -x "$PACKREAD" 2> /dev/null && $as_nobody test -r "$work/text" 2> /dev/null; then
    run_by=$as_nobody
    expect 4 index "$work/locked/a.pack"
    says 'locked/a.idx: cannot be written: Permission denied'
    run_by=''
else
    echo 'not run: what a user without rights sees'
fi

# A signal leaves nothing. The temporary file is there while the pack is walked.
big=$(only_pack "$repos/big")
for _ in 1 2 3 4 5 6 7 8 9 10; do
    ran='index and SIGTERM'
    "$PACKREAD" index --rev "$big" -o here/x.idx > /dev/null 2> err &
    process=$!
    while kill -0 $process 2> /dev/null && [ -z "$(find here -name '.packread-*')" ]; do :; done
    kill -s TERM $process 2> /dev/null
    wait $process 2> /dev/null
    status=$?
    [ $status -eq 0 ] || break
    rm -f here/x.*
done
equal "$ran: exit status" $status 143
leaves a.pack

# verify of a pack without an index is the same walk.
expect 0 verify here/a.pack
is_silent
prints "^here/a.pack: ok (351 objects, $(($(wc -c < "$small"))) bytes)\$"
# In a folder it is told: nothing of it is served there.
lacks='has no index: its objects are not served; packread index here/a.pack writes it'
expect 1 verify here
is_silent
prints "^here/a.pack: $lacks\$"
prints '^here/a.pack: 1 finding, 351 of 351 objects intact$'
has_lines out 2
expect 1 verify -q here
is_silent
prints_only "here/a.pack: $lacks"
expect 1 verify --json here
is_silent
prints "^{\"file\":\"here/a.pack\",\"offset\":null,.*\"text\":\"$lacks\",\"dependents\":0}\$"
prints '^{"file":"here/a.pack","ok":false,"objects":351,.*"findings":1,"intact":351}$'
expect 1 verify "$FIXTURES/special/thin-git/pack/pack-thin-git.pack"
prints 'is the base of this delta, and not among the whole objects'
cp "$FIXTURES/damaged/flipped-byte/pack/pack-flipped-byte.pack" here/b.pack
expect 1 verify here/b.pack
prints '^here/b.pack: offset [0-9]*: deflated data is damaged'
prints '^here/b.pack: offset [0-9]*: pack checksum is wrong'
prints '^here/b.pack: [0-9]* findings, [0-9]* of 22 objects intact$'
expect 1 verify --json here
prints '"file":"here/b.pack","ok":false,"objects":22,'
rm -f here/b.pack

# --salvage: all that is whole, under its own id, and the rest told.
types=$FIXTURES/packs/types/pack/pack-types
sort -n -k 4 "$FIXTURES/packs/types/types.manifest" > manifest
size=$(($(wc -c < "$types.pack")))
cut=$(awk 'NR == 9 { print $4 + 5 }' manifest)
head -c "$cut" "$types.pack" > here/cut.pack
expect 1 index here/cut.pack
leaves a.pack cut.pack
expect 1 index --salvage here/cut.pack
says "here/cut.pack: offset $(awk 'NR == 9 { print $4 }' manifest): entry header runs past the end"
says "here/cut.pack: offset 8: pack header counts 12 entries, but there are 9"
prints_nothing
said=$(sed -n 's/.*here.cut.pack: \([0-9]*\) of 12 objects are in the index$/\1/p' err)
holds 'some objects are salvaged' test "${said:-0}" -gt 4
expect 1 batch --all --check here/cut.pack
grep . out > listed
equal "$ran: objects" "$(($(wc -l < listed)))" "$said"
while read -r id _; do
    "$PACKREAD" cat here/cut.pack "$id" > ours 2> err
    "$PACKREAD" cat "$types.pack" "$id" > wanted
    same ours wanted "salvaged $id"
done < listed
# It is used from then on, and what it lacks may be there.
says "^packread: here/cut.pack: offset 8: pack header counts 12 objects, its index $said"
says_not 'index made from the pack'
expect 1 cat here/cut.pack "$(awk 'NR == 12 { print $1 }' manifest)"
says 'not found, but this pack is damaged'
expect 1 verify here/cut.pack
prints "pack header counts 12 objects, its index $said"
# The index that is there is kept: it may be from before the damage.
expect 1 index --salvage here/cut.pack
says 'here/cut.idx: is there already'
expect 1 index --salvage --json here/cut.pack -o here/cut.idx
prints '"ok":false,"index":"here/cut.idx","reverse_index":null,.*"findings":[1-9]'
head -c $((size / 2)) /dev/urandom > here/noise.pack
expect 1 index --salvage here/noise.pack
says 'nothing in it is whole: no index is written'
leaves a.pack cut.idx cut.pack noise.pack
# A whole pack is indexed as without it.
expect 0 index --salvage "$types.pack" -o here/t.idx
same here/t.idx "$types.idx"
finish
