#!/bin/sh
# verify says of each pack that it is whole, or what is wrong with it, and goes on.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# Whole packs, whatever the options.
for repository in "$repos/small" "$repos/deltas" "$repos/refdelta" "$repos/idxv1" "$repos/many" \
    "$repos/big" "$FIXTURES/sha256/repo"; do
    pack=$(only_pack "$repository")
    objects=$(git -C "$repository" cat-file --batch-all-objects --batch-check | wc -l | tr -d ' ')
    echo "$pack: ok ($objects objects, $(wc -c < "$pack" | tr -d ' ') bytes)" > told
    for options in '' '--threads=1' '--threads=3' '--io=pread' '--manager=static' \
        '--window-size=64K --memory-limit=8M'; do
        # shellcheck disable=SC2086 # several options
        expect 0 verify $options "$repository"
        same out told
        is_silent
    done
    expect 0 verify "$pack"
    same out told
    expect 0 verify -q "$repository"
    prints_nothing
    is_silent
done
for folder in "$FIXTURES"/packs/*; do
    expect 0 verify --threads=2 "$folder"
    prints ': ok ([0-9]* objects\{0,1\}, [0-9]* bytes)$'
    is_silent
done

# Several places, one after the other, in the order given.
expect 0 verify "$repos/small" "$repos/multi" "$repos/empty"
equal 'packs of two repositories, and one without' "$(grep -c ': ok (' out)" 7
prints "^$(only_pack "$repos/small"): ok"
is_silent

# An empty repository is right.
for option in --threads=1 --json -q; do
    expect 0 verify $option "$repos/empty" "$repos/empty"
    case $option in
    -q) prints_nothing ;;
    --json) prints '"ok":true,.*"objects":0,' ;;
    *) prints ': ok (0 objects, 0 bytes)$' ;;
    esac
    [ $option = -q ] || has_lines out 1
    is_silent
done
mkdir -p bare/pack bare/info
expect 0 verify bare
prints_only 'bare: ok (0 objects, 0 bytes)'
is_silent

# advises NAME: nothing on standard error, but where the damage is in the index alone: there, what mends it
advises() {
    case $1 in
    truncated-index | not-an-index | zero-bytes-index | other-index | flipped-crc | wrong-index-sum)
        equal "$ran: messages" "$(cat err)" \
            "packread: $FIXTURES/damaged/$1/pack/pack-$1.pack: the pack is whole; packread index $FIXTURES/damaged/$1/pack/pack-$1.pack writes its index anew"
        ;;
    *) is_silent ;;
    esac
}

# Packs are told as ever beside what is loose; what is not read was not verified: the place as a whole
# is not called right.
git init -q --bare beside.git
cp "$(only_pack "$repos/small")" "$(only_pack "$repos/small" | sed 's/pack$/idx/')" beside.git/objects/pack
echo loose | git -C beside.git hash-object -w --stdin > /dev/null
expect 0 verify beside.git
prints '\.pack: ok (351 objects, '
is_silent
expect 0 verify beside.git/objects/pack
is_silent
rm -rf beside.git/objects/??
echo /nowhere > beside.git/objects/info/alternates
expect 4 verify beside.git
says '^packread: /nowhere: objects are borrowed from this folder (named in beside.git/objects/info/alternates), but it cannot be read: No such file or directory$'

# Damage is on standard output, a line for each thing, and counts.
damaged=$FIXTURES/damaged/flipped-byte
bad=$(cat "$damaged/damaged.ids")
pack=$damaged/pack/pack-flipped-byte.pack
expect 1 verify "$damaged" "$repos/small"
is_silent
prints "^$pack: offset [0-9]*: $bad: "
prints "^$pack: [0-9]* findings, [0-9]* of 22 objects intact\$"
prints "^$(only_pack "$repos/small"): ok"
expect 1 verify -q "$damaged" "$repos/small"
prints "^$pack: offset [0-9]*: $bad: "
holds 'quiet: only findings' sh -c "! grep -q -e ok -e intact out"
for name in flipped-crc truncated-pack truncated-index wrong-pack-sum wrong-index-sum not-a-pack \
    not-an-index zero-bytes-pack zero-bytes-index missing-pack other-index; do
    expect 1 verify "$FIXTURES/damaged/$name"
    advises "$name"
    prints "/pack-$name\.\(pack\|idx\): "
    equal "$ran: lines told twice" "$(sort out | uniq -d)" ''
    expect 1 verify -q "$FIXTURES/damaged/$name"
done
for name in not-a-pack truncated-index zero-bytes-pack; do
    file=$FIXTURES/damaged/$name/pack/pack-$name.pack
    expect 1 verify "$file"
    advises $name
    prints "^${file%.pack}\.\(pack\|idx\): "
done

# A whole pack beside damaged ones is verified all the same.
mkdir -p mixed/pack
for name in flipped-byte not-a-pack truncated-pack; do
    cp "$FIXTURES/damaged/$name"/pack/* mixed/pack
done
cp "$FIXTURES"/packs/types/pack/* mixed/pack
expect 1 verify mixed
prints 'pack-types.pack: ok (12 objects'
prints 'pack-not-a-pack.pack: '
prints 'pack-flipped-byte.pack: offset'
prints 'pack-truncated-pack.pack: '

# What hangs on a damaged object is counted.
thin=$FIXTURES/special/thin
expect 1 verify "$thin"
prints 'pack-thin.pack: offset [0-9]*: [0-9a-f]*: .*base.* (and 1 object that depends on it)$'
prints 'pack-thin.pack: 1 finding, 2 of 4 objects intact$'

# An index that cannot be used hides no damage of its pack: wherever the pack is named, it is verified as
# one without index is, and both are told.
spoil_index() {
    rm -rf spoiled
    mkdir -p spoiled/pack
    cp "$FIXTURES"/packs/types/pack/*.pack spoiled/pack/a.pack
    cp "$FIXTURES"/packs/types/pack/*.idx spoiled/pack/a.idx
    chmod u+w spoiled/pack/*
    index_size=$(wc -c < spoiled/pack/a.idx)
    case $1 in
    empty) : > spoiled/pack/a.idx ;;
    short) truncate -s 500 spoiled/pack/a.idx ;;
    zeros)
        rm spoiled/pack/a.idx
        truncate -s "$index_size" spoiled/pack/a.idx
        ;;
    strange) echo 'this is no index' > spoiled/pack/a.idx ;;
    esac
}
for how in empty short zeros strange; do
    for where in spoiled spoiled/pack/a.pack spoiled/pack/a.idx; do
        spoil_index $how
        expect 1 verify "$where"
        # What may have a checksum has a line for that.
        told=$(grep -c '^spoiled/pack/a.idx: offset [0-9]*: index checksum is wrong$' out)
        equal "$how index, $ran: checksum" "$told" "$([ $how = zeros ] && echo 1 || echo 0)"
        equal "$how index, $ran: lines" "$(wc -l < out | tr -d ' ')" $((2 + told))
        prints '^spoiled/pack/a.idx: '
        prints "^spoiled/pack/a.pack: $((1 + told)) findings\{0,1\}, 12 of 12 objects intact\$"
        says '^packread: spoiled/pack/a.pack: the pack is whole; packread index spoiled/pack/a.pack writes its index anew$'
        expect 1 verify -q "$where"
        equal "$how index, $ran: lines" "$(wc -l < out | tr -d ' ')" $((1 + told))
        is_silent

        printf '\377\377\377\377' | dd of=spoiled/pack/a.pack bs=1 seek=60 conv=notrunc 2> /dev/null
        for quiet in '' -q; do
            # shellcheck disable=SC2086 # an option, or none
            expect 1 verify --object-format=sha1 $quiet "$where"
            prints '^spoiled/pack/a.idx: '
            prints '^spoiled/pack/a.pack: offset [0-9]*: '
            is_silent
        done
        expect 1 verify --object-format=sha1 --json "$where"
        is_silent
        prints '^{"file":"spoiled/pack/a.idx","offset":.*"dependents":0}$'
        prints '^{"file":"spoiled/pack/a.pack","offset":[0-9]*,'
        prints '^{"file":"spoiled/pack/a.pack","ok":false,"objects":12,"bytes":[0-9]*,"findings":[0-9]*,"intact":[0-9]*}$'
        findings=$(grep -c '"dependents":' out)
        prints "\"ok\":false,.*\"findings\":$findings,"
    done
done
# The pack may be nothing that can be verified, or not be there.
spoil_index empty
: > spoiled/pack/a.pack
expect 1 verify --json spoiled
prints '^{"file":"spoiled/pack/a.pack","ok":false,.*"intact":null,"error":"'
equal "$ran: lines of packs" "$(grep -c '"ok":' out)" 1
is_silent
spoil_index short
"$PACKREAD" index spoiled/pack/a.pack > /dev/null
expect 0 verify spoiled
prints '^spoiled/pack/a.pack: ok (12 objects'

# JSON: a line for each pack and each finding.
expect 0 verify --json "$repos/small"
prints '^{"file":".*/pack-[0-9a-f]*\.pack","ok":true,"objects":351,"bytes":[0-9]*}$'
expect 1 verify --json "$damaged" "$thin" mixed
prints "^{\"file\":\"$pack\",\"offset\":[0-9]*,\"id\":\"$bad\",\"code\":\"[a-z-]*\",\"text\":\".*\",\"dependents\":[0-9]*}\$"
prints "^{\"file\":\"$pack\",\"ok\":false,\"objects\":22,.*\"findings\":[0-9]*,\"intact\":[0-9]*}\$"
prints '"offset":null,"id":null'
prints '"dependents":1}$'
is_silent
if command -v python3 > /dev/null; then
    holds 'the JSON is valid' python3 -c 'import json, sys
for line in open(sys.argv[1]): json.loads(line)' out
fi

# One that cannot be opened, or not be verified to its end, is not ok either.
for name in not-a-pack zero-bytes-pack truncated-index not-an-index zero-bytes-index; do
    unopened=$FIXTURES/damaged/$name/pack/pack-$name.pack
    for where in "$unopened" "${unopened%.pack}.idx" "$FIXTURES/damaged/$name"; do
        expect 1 verify --json "$where"
        advises $name
        prints "^{\"file\":\"${unopened%pack}\(pack\|idx\)\",\"offset\":.*\"text\":\""
        equal "$ran: lines of packs" "$(grep -c '"ok":' out)" 1
        prints "^{\"file\":\"$unopened\",\"ok\":false,\"objects\":\(null\|[0-9]*\),\"bytes\":\(null\|[0-9]*\),\"findings\":[1-9][0-9]*,\"intact\":\(null,\"error\":\"[a-zA-Z ]*\"\|[0-9]*\)}"
        expect 1 verify --json -q "$where"
        holds "$ran: only findings" sh -c '! grep -q "\"ok\":" out'
    done
done
prints '"text":"empty file"'
expect 1 verify --json "$unopened"
prints '"ok":false,"objects":22,"bytes":[0-9]*,"findings":1,"intact":22}$'
expect 1 verify --json "$FIXTURES/damaged/zero-bytes-pack"
prints '"ok":false,"objects":null,"bytes":null,"findings":1,"intact":null,"error":"empty file"}$'
expect 4 verify --json no/such.pack "$repos/small"
says 'no/such.pack: .*: No such file or directory'
prints '^{"file":"no/such.pack","ok":false,"objects":null,"bytes":null,"findings":0,"intact":null,"error":".*: No such file or directory"}$'
prints '"ok":true,"objects":351'
mkdir -p odd/pack
mkdir odd/pack/pack-odd.pack
cp "$FIXTURES"/packs/types/pack/*.idx odd/pack/pack-odd.idx
expect 4 verify --json odd
prints '^{"file":"odd/pack/pack-odd.pack","ok":false,.*,"error":"not a regular file"}$'
if command -v python3 > /dev/null; then
    holds 'the JSON is valid' python3 -c 'import json, sys
for line in open(sys.argv[1]): json.loads(line)' out
fi

# Neither there nor a pack.
expect 4 verify no/such
says 'no/such: .*: No such file or directory'
prints_nothing
expect 4 verify no/such "$repos/small"
prints ': ok (351 objects'
mkdir folder
expect 2 verify folder "$repos/small"
prints ': ok (351 objects'
says 'folder: neither a pack'
expect 4 verify no/such "$damaged"
prints "$bad"

# What it is says a file's bytes and not its name: what a fetch that broke off leaves, or anything.
types=$FIXTURES/packs/types/pack/pack-types
mkdir left
for name in tmp_pack_a1B2c3 pack .pack x.pack.old x.idx.pack; do
    cp "$types.pack" "left/$name"
    expect 0 verify "left/$name"
    prints_only "left/$name: ok (12 objects, $(wc -c < "$types.pack" | tr -d ' ') bytes)"
    head -c 300 "$types.pack" > "left/$name"
    expect 1 verify "left/$name"
    prints "^left/$name: [0-9]* findings, [0-9]* of 12 objects intact$"
done
echo text > left/text
printf PAC > left/short
mkfifo left/tmp_pack_fifo
expect 2 verify left/text
says 'left/text: '
expect 2 verify left/short
expect 4 verify left/tmp_pack_fifo
# An index that is there and cannot be read does not keep the pack from being checked.
odd_index() { # WHAT: `odd` has a pack with an index that is this
    rm -rf odd
    mkdir odd
    cp "$types.pack" odd/a.pack
    chmod u+w odd/a.pack
    case $1 in
    folder) mkdir odd/a.idx ;;
    fifo) mkfifo odd/a.idx ;;
    loop) ln -s a.idx odd/a.idx ;;
    dangling) ln -s nowhere odd/a.idx ;;
    socket) python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("odd/a.idx")' ;;
    esac
}
for kind in folder fifo loop dangling socket; do
    if [ $kind = socket ] && ! command -v python3 > /dev/null; then
        continue
    fi
    odd_index $kind
    for place in odd odd/a.pack odd/a.idx; do
        expect 4 verify $place
        says '^packread: odd/a.idx: .*; its pack is checked by itself$'
        has_lines err 1
        prints_only 'odd/a.pack: 12 of 12 objects intact'
        expect 4 verify -q $place
        says '^packread: odd/a.idx: '
        prints_nothing
        expect 4 verify --json $place
        prints '^{"file":"odd/a.pack","ok":false,"objects":12,"bytes":[0-9]*,"findings":0,"intact":12,"error":"[^"]*"}$'
        expect 4 verify $place "$repos/small"
        prints ': ok (351 objects'
    done
    printf '\377\377\377' | dd of=odd/a.pack bs=1 seek=200 conv=notrunc 2> /dev/null
    expect 4 verify odd
    prints '^odd/a.pack: offset [0-9]*: pack checksum is wrong$'
    prints '^odd/a.pack: [0-9]* findings, [0-9]* of 12 objects intact$'
done
# Neither index nor pack, or a pack that is none.
expect 4 verify odd/none.idx
has_lines err 1
odd_index folder
rm odd/a.pack
mkfifo odd/a.pack
expect 4 verify odd/a.idx
says 'not a regular file'
# A pack behind another in one file: no more is intact than there is.
cat "$types.pack" "$types.pack" > double
expect 1 verify double
prints '^double: [0-9]* findings, 24 objects intact, where the header counts 12$'
mkdir doubles
cp double doubles/a.pack
cp "$types.idx" doubles/a.idx
expect 1 verify doubles
prints '^doubles/a.pack: [0-9]* findings, 12 of 12 objects intact$'

# Progress.
expect 0 verify --progress "$repos/deltas"
says 'verifying: 100% (6100/6100)'
expect 1 verify --progress "$damaged"
says 'verifying: '
prints "^$pack: offset [0-9]*: $bad: "
expect 0 verify --progress -q "$repos/deltas"
is_silent
# On a terminal both are one stream: the line that says 100% comes before the last result.
for place in "$repos/small" "$repos/multi" "$damaged"; do
    "$PACKREAD" verify --progress "$place" > out 2>&1
    equal "verify --progress $place: last lines" \
        "$(tail -n 2 out | tr '\r' '\n' | sed -n 's/.*\(100%\).*/\1/p; s/.*\(ok\|intact\).*/result/p' | uniq)" \
        "$(printf '100%%\nresult')"
done
# An index of another pack: what is wrong is told, and that the pack itself is whole.
make_pack() { # NAME COMMITS TEXT
    git init -q "$1"
    n=0
    while [ $n -lt "$2" ]; do
        n=$((n + 1))
        echo "$3 $n" > "$1/file"
        git -C "$1" add file
        git -C "$1" -c user.name=A -c user.email=a@b commit -qm "$3 $n"
    done
    git -C "$1" repack -adq
}
make_pack ours 3 this
make_pack same 3 that
make_pack longer 4 those
mkdir foreign
cp ours/.git/objects/pack/*.pack foreign/p.pack
for other in same longer; do
    cp -f $other/.git/objects/pack/*.idx foreign/p.idx
    expect 1 verify foreign/p.pack
    prints '^foreign/p.idx: offset [0-9]*: is the index of another pack$'
    prints '^foreign/p.pack: [0-9]* findings\{0,1\}, [0-9]* of 9 objects intact$'
    says 'foreign/p.pack: the pack .*is whole.*; packread index foreign/p.pack writes it'
    expect 1 verify --json -q foreign
    prints '"code":"pack and index do not belong together"'
done
prints_not() {
    if grep -q -e "$1" out; then fail "$ran: prints $1"; else pass; fi
}
# Of a pack that is damaged too it is not said to be whole.
chmod u+w foreign/p.pack
printf '\377\377' | dd of=foreign/p.pack bs=1 seek=60 conv=notrunc 2> /dev/null
for other in same longer; do
    cp -f $other/.git/objects/pack/*.idx foreign/p.idx
    expect 1 verify foreign/p.pack
    says_not whole
    prints_not ': ok ('
done

# A pack that has an object twice, as git index-pack takes it: its index has the id twice. It is told, and nobody is
# sent to write that index anew, which would be the same.
mkdir twice twice/one
echo twice > twice/file
git -C twice init -q one
git -C twice/one hash-object -w ../file | git -C twice/one pack-objects -q --stdout > twice/one.pack
size=$(($(wc -c < twice/one.pack) - 20))
{
    printf 'PACK\0\0\0\2\0\0\0\2'
    head -c $size twice/one.pack | tail -c +13
    head -c $size twice/one.pack | tail -c +13
} > twice/body
mkdir twice/packs
{
    cat twice/body
    # shellcheck disable=SC2059 # an octal number for each byte
    printf "$(sha1sum < twice/body | cut -c 1-40 | fold -w 2 | while read -r byte; do printf '\\%03o' "0x$byte"; done)"
} > twice/packs/p.pack
git index-pack twice/packs/p.pack > /dev/null 2>&1
twice=$(git hash-object twice/file)
expect 1 verify twice/packs
prints "^twice/packs/p.idx: offset [0-9]*: $twice: two rows of the index have this id\$"
prints '^twice/packs/p.pack: 1 finding, 2 of 2 objects intact$'
says_not 'packread index'
expect 0 cat twice/packs "$twice"
same out twice/file
absent=$(echo "$twice" | tr 0-9a-f 1-9a-f0)
expect 1 cat twice/packs "$absent"
says "^packread: twice/packs/p.pack: $absent: not found, but an id stands twice in the index of this pack: it has an object twice, or another is missing here\$"
# Where the index is what is wrong, it is said.
mkdir misled
cp ours/.git/objects/pack/*.pack misled/p.pack
cp ours/.git/objects/pack/*.idx misled/p.idx
# The second row takes the first one's id.
chmod u+w misled/*
dd if=misled/p.idx of=id bs=1 skip=1032 count=20 2> /dev/null
dd if=id of=misled/p.idx bs=1 seek=1052 conv=notrunc 2> /dev/null
expect 1 verify misled
prints 'two rows of the index have this id$'
says 'misled/p.pack: the pack is whole; packread index misled/p.pack writes its index anew$'

# Nothing is left unchecked, whatever is said.
for name in truncated-pack wrong-pack-sum; do
    expect 1 verify --threads=1 "$FIXTURES/damaged/$name"
    cp out checked
    expect 1 verify --threads=1 --no-check "$FIXTURES/damaged/$name"
    same out checked
done

finish
