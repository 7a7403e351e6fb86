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
equal 'packs of two repositories' "$(grep -c ': ok (' out)" 6
says 'empty: there are no packs here'
prints "^$(only_pack "$repos/small"): ok"
expect 0 verify -q "$repos/empty"
is_silent

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
    is_silent
    prints "/pack-$name\.\(pack\|idx\): "
    equal "$ran: lines told twice" "$(sort out | uniq -d)" ''
    expect 1 verify -q "$FIXTURES/damaged/$name"
done
for file in "$FIXTURES/damaged/not-a-pack/pack/pack-not-a-pack.pack" \
    "$FIXTURES/damaged/truncated-index/pack/pack-truncated-index.pack" \
    "$FIXTURES/damaged/zero-bytes-pack/pack/pack-zero-bytes-pack.pack"; do
    expect 1 verify "$file"
    is_silent
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

# JSON: a line for each pack and each finding.
expect 0 verify --json "$repos/small"
prints '^{"file":".*/pack-[0-9a-f]*\.pack","ok":true,"objects":351,"bytes":[0-9]*}$'
expect 1 verify --json "$damaged" "$thin" mixed
prints "^{\"file\":\"$pack\",\"offset\":[0-9]*,\"id\":\"$bad\",\"code\":\"[a-z-]*\",\"text\":\".*\",\"dependents\":[0-9]*}\$"
prints "^{\"file\":\"$pack\",\"ok\":false,\"objects\":22,.*\"findings\":[0-9]*,\"intact\":[0-9]*,\"unchecked\":0}\$"
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
        is_silent
        prints "^{\"file\":\"${unopened%pack}\(pack\|idx\)\",\"offset\":.*\"text\":\""
        equal "$ran: lines of packs" "$(grep -c '"ok":' out)" 1
        prints "^{\"file\":\"$unopened\",\"ok\":false,\"objects\":\(null\|[0-9]*\),\"bytes\":\(null\|[0-9]*\),\"findings\":[1-9][0-9]*,\"intact\":[0-9]*[,}]"
        expect 1 verify --json -q "$where"
        holds "$ran: only findings" sh -c '! grep -q "\"ok\":" out'
    done
done
prints '"text":"empty file"'
expect 1 verify --json "$unopened"
prints '"ok":false,"objects":null,"bytes":null,"findings":1,"intact":0,"error":"empty file"}$'
expect 4 verify --json no/such.pack "$repos/small"
says 'no/such.pack: .*: No such file or directory'
prints '^{"file":"no/such.pack","ok":false,"objects":null,"bytes":null,"findings":0,"intact":0,"error":".*: No such file or directory"}$'
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

# Progress.
expect 0 verify --progress "$repos/deltas"
says 'verifying: 100% (6100/6100)'
expect 1 verify --progress "$damaged"
says 'verifying: '
prints "^$pack: offset [0-9]*: $bad: "
expect 0 verify --progress -q "$repos/deltas"
is_silent
finish
