#!/bin/sh
# Of a damaged file verify names that file, and none that is whole; in few lines where one bit is wrong.
# What reads by it says so too, and gives all objects that it can reach.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

export GIT_CONFIG_NOSYSTEM=1 HOME="$work" GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b
export GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b
export GIT_AUTHOR_DATE='2001-01-01 00:00:00 +0000' GIT_COMMITTER_DATE='2001-01-01 00:00:00 +0000'

# make NAME FORMAT: a work tree of commits, not packed yet
make() {
    git init -q --object-format="$2" "$1"
    for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
        seq "$i" 300 > "$1/long-$i"
        echo "$i" > "$1/short-$i"
        git -C "$1" add .
        git -C "$1" commit -qm "$i"
    done
}

# number FILE OFFSET SIZE: of 1 or 4 bytes, the first one highest
number() {
    od -An -v -tu1 -j "$2" -N "$3" "$1" | awk '{ for (i = 1; i <= NF; i++) n = n * 256 + $i } END { print n }'
}

# flip FILE OFFSET BIT: changes the bit of that value; what was there is $was
flip() {
    od -An -v -tu1 -j "$2" -N 1 "$1" > byte
    read -r was < byte
    # the one bit, without a shell's own operators for bits
    if [ $((was / $3 % 2)) -eq 1 ]; then put_byte "$1" "$2" $((was - $3)); else put_byte "$1" "$2" $((was + $3)); fi
}

# put_byte FILE OFFSET VALUE
put_byte() {
    [ -w "$1" ] || chmod u+w "$1"
    # shellcheck disable=SC2059 # the format is the byte
    printf "\\$(($3 / 64))$(($3 / 8 % 8))$(($3 % 8))" > byte
    dd if=byte of="$1" bs=1 seek="$2" conv=notrunc 2> /dev/null
}

# rising INDEX FANOUT: an entry of the fanout whose last bit can change while all still rise
rising() {
    od -An -v -tu1 -w4 -j "$2" -N 1024 "$1" |
        awk '{ n[NR] = (($1 * 256 + $2) * 256 + $3) * 256 + $4 }
             END { for (i = 2; i < 256; i++) {
                       other = n[i] % 2 ? n[i] - 1 : n[i] + 1
                       if (other >= n[i - 1] && other <= n[i + 1]) { print i - 1; exit } } }'
}

# names_only FILE MOST: the last run of verify told so many lines at most of what is wrong, each of FILE, but for
# the verdict of a pack, which counts what is wrong with its index too
names_only() {
    own=0 other=0
    while IFS= read -r found; do
        case $found in
        *': ok ('* | *' objects intact') ;;
        "$1: "*) own=$((own + 1)) ;;
        *) other=$((other + 1)) ;;
        esac
    done < out
    equal "$ran: lines of other files" "$other" 0
    holds "$ran: lines of $1" test "$own" -ge 1 -a $((own + other)) -le "$2"
}

# ---- Indexes ---------------------------------------------------------------------------------------------------

# regions: what is flipped, as NAME:OFFSET:BIT:READ, where READ is how much can be read then: all, or all but one
# object
regions() {
    sum=$1 version=$2
    size=$(($(wc -c < good.idx)))
    fanout=$((version == 2 ? 8 : 0))
    rows=$(number good.idx $((fanout + 1020)) 4)
    middle=$((rows / 2))
    if [ "$version" = 2 ]; then
        id=$((1032 + middle * sum))
        crc=$((1032 + rows * sum + 4 * middle))
        offset=$((crc + 4 * rows))
        wide=$((1032 + rows * (sum + 8)))
        wide_size=$((size - 2 * sum - wide))
        echo magic:1:1:all version:7:1:all crc:$crc:4:all crc-high:$((crc + 3)):128:all
        # each with its 64-bit offset where there are any
        if [ $wide_size -gt 0 ]; then
            echo wide:$((wide + 15)):2:one wide-high:$((wide + 8)):1:one wide-number:$((offset + 2)):64:one
        else
            echo wide-flag:$offset:128:one
        fi
    else
        id=$((1028 + middle * (sum + 4)))
        offset=$((id - 4))
    fi
    echo fanout-high:$((fanout + 400)):16:all fanout-count:$((fanout + 1023)):1:all \
        fanout-rises:$((fanout + 4 * $(rising good.idx $fanout) + 3)):1:all \
        id-first:$id:128:one id-second:$((id + 1)):16:one id-last:$((id + sum - 1)):1:one \
        offset-low:$((offset + 3)):1:one offset-middle:$((offset + 2)):1:one offset-high:$((offset + 1)):64:one \
        pack-sum:$((size - 2 * sum)):1:all pack-sum-last:$((size - sum - 1)):128:all \
        own-sum:$((size - sum)):1:all own-sum-last:$((size - 1)):128:all
}

for format in sha1 sha256; do
    make $format $format
    git -C $format repack -adq
    sum=20
    [ $format = sha256 ] && sum=32
    for kind in 1 2 2,0x100; do
        folder=$format-$kind/objects/pack
        git init -q --bare --object-format=$format "$format-$kind"
        cp "$(only_pack "$format/.git")" "$folder"
        pack=$(only_pack "$format-$kind")
        git -C "$format-$kind" index-pack --index-version=$kind "objects/pack/${pack##*/}" > /dev/null
        index=${pack%.pack}.idx
        cp "$index" good.idx
        expect 0 list "$format-$kind"
        cp out good.list
        cut -d ' ' -f 1 good.list > good.ids
        count=$(grep -c . good.list)
        regions=$(regions $sum ${kind%,*})
        for midx in without with; do
            [ $midx = with ] && git -C "$format-$kind" multi-pack-index write
            expect 0 verify "$format-$kind"
            for region in $regions; do
                name=${region%%:*} reads=${region##*:}
                region=${region#*:} region=${region%:*}
                flip "$index" "${region%:*}" "${region#*:}"
                expect 1 verify "$format-$kind"
                ran="$ran ($name, $midx multi-pack-index)"
                names_only "$index" 4
                prints "^$index: offset [0-9]*: index checksum is wrong\$"
                prints "^$pack: [0-9]* findings\{0,1\}, $count of $count objects intact\$"
                says "^packread: $pack: the pack is whole; packread index $pack writes its index anew\$"
                [ $midx = without ] || prints '/multi-pack-index: ok ('

                # One object may be lost with its row; the others are there, and no other is given for any.
                "$PACKREAD" list "$format-$kind" > out 2> err
                comm -3 out good.list > differing # what was lost stands behind a tab
                "$PACKREAD" batch "$format-$kind" < good.ids > contents 2>> err
                missing=$(grep -a -c ' missing$' contents)
                if [ "$reads" = all ]; then
                    holds "$ran: objects that list lost" test ! -s differing
                    equal "$ran: objects that batch lost" "$missing" 0
                else
                    lost=$(grep -c '^	' differing)
                    holds "$ran: objects that list lost" test "$lost" -le 1 -a $(($(wc -l < differing) - lost)) -le 1
                    holds "$ran: objects that batch lost" test "$missing" -le 1
                fi
                says_not "^packread: $pack: "
                put_byte "$index" "${region%:*}" "$was"
            done
            same good.idx "$index"
        done
    done
done

# ---- What stands beside the packs ------------------------------------------------------------------------------

git clone -q --bare sha1 side
git -C side config pack.writeReverseIndex true
git -C side repack -adq
echo unreachable | git -C side hash-object -w --stdin > /dev/null
git -C side repack -dq --cruft --cruft-expiration=never
git -C side multi-pack-index write
folder=side/objects/pack
expect 0 verify side
rows=$(grep -c . out)
try() { # FILE OFFSET BIT MOST
    flip "$1" "$2" "$3"
    expect 1 verify side
    ran="$ran ($1, offset $2)"
    names_only "$1" "$4"
    put_byte "$1" "$2" "$was"
}
midx=$folder/multi-pack-index
size=$(($(wc -c < $midx)))
chunks=$(number $midx 6 1)
try $midx 0 1 3
try $midx 7 1 3
chunk=0
while [ $chunk -lt "$chunks" ]; do
    begin=$(number $midx $((12 + 12 * chunk + 8)) 4)
    end=$(number $midx $((12 + 12 * chunk + 20)) 4)
    for at in "$begin" $((begin + 3)) $((begin + 5)) $(((begin + end) / 2)) $((end - 1)); do
        try $midx "$at" 1 4
        try $midx "$at" 64 4
    done
    chunk=$((chunk + 1))
done
try $midx $((size - 1)) 1 3
for file in "$folder"/*.rev "$folder"/*.mtimes; do
    size=$(($(wc -c < "$file")))
    for at in 0 7 11 12 $((size - 40)) $((size - 1)); do
        try "$file" $at 1 3
    done
done
expect 0 verify side
equal "$ran: lines" "$(grep -c . out)" "$rows"

# A multi-pack-index whose rows lead nowhere is told in few lines, with how many.
cp $midx kept
begin=$(number $midx $((12 + 12 * 3 + 8)) 4)
end=$(number $midx $((12 + 12 * 4 + 8)) 4)
chmod u+w $midx
head -c $((end - begin)) /dev/zero | dd of=$midx bs=1 seek="$begin" conv=notrunc 2> /dev/null
expect 1 verify side
names_only $midx 12
prints "^$midx: offset [0-9]*: [0-9a-f]*: [0-9]* rows up to [0-9a-f]* lead to objects that are not there"
expect 1 verify --json side
prints '"dependents":0,"objects":[0-9]*}$'
cp -f kept $midx

# ---- One object, a loose copy and a packed one -----------------------------------------------------------------

id=$(git -C sha1 rev-parse HEAD:long-5)
git init -q --bare twice
cp "$(only_pack sha1/.git)" twice/objects/pack
pack=$(only_pack twice)
git -C twice index-pack "objects/pack/${pack##*/}" > /dev/null
git -C sha1 cat-file blob "$id" > contents
mkdir other
git init -q --bare other
git -C other hash-object -w --stdin < contents > /dev/null
file=objects/$(echo "$id" | cut -c 1-2)
mkdir "twice/$file"
file=$file/$(echo "$id" | cut -c 3-)
cp "other/$file" "twice/$file"
expect 0 verify twice
flip "twice/$file" 5 1
expect 1 verify twice
names_only "twice/$file" 1
prints "^$pack: ok ("
cp -f "other/$file" "twice/$file"
place=$("$PACKREAD" list --format='%(offset) %(objectname)' --order=pack "$pack" | awk -v id="$id" '$2 == id { print $1 }')
flip "$pack" $((place + 6)) 1
expect 1 verify twice
names_only "$pack" 4
prints "^$pack: offset $place: $id: "
prints '^twice/objects: ok (1 object, '
expect 0 cat twice "$id"
same out contents

# Lists of refs are not looked at, and are none of its business.
git -C side pack-refs --all
flip side/packed-refs $(($(wc -c < side/packed-refs) - 2)) 1
expect 0 verify side

# ---- Packs that were cut short ---------------------------------------------------------------------------------

for format in sha1 sha256; do
    for midx in without with; do
        rm -rf cut
        git init -q --bare --object-format=$format cut
        cp "$(only_pack $format/.git)" cut/objects/pack
        pack=$(only_pack cut)
        git -C cut index-pack "objects/pack/${pack##*/}" > /dev/null
        [ $midx = with ] && git -C cut multi-pack-index write
        expect 0 list cut
        cp out all
        count=$(grep -c . all)
        "$PACKREAD" list --order=pack --format='%(offset) %(objectname)' cut > offsets
        last=$(tail -n 1 offsets | cut -d ' ' -f 1)
        whole=$(($(wc -c < "$pack")))
        cp "$pack" whole.pack
        inside=$(sed -n 40p offsets | cut -d ' ' -f 1)
        for size in $((inside + 9)) "$inside" "$last" 100 $((whole / 2)); do
            cp -f whole.pack "$pack"
            chmod u+w "$pack"
            truncate -s "$size" "$pack"
            behind=$(awk -v size="$size" '$1 >= size' offsets | grep -c .)
            expect 1 verify cut
            ran="$ran (cut at $size of $whole, $midx multi-pack-index)"
            names_only "$pack" 2
            is_silent
            prints "^$pack: offset $size: the pack is cut short here: $behind of $count objects of its index lie behind, the last at offset $last\$"
            [ $midx = without ] || prints '/multi-pack-index: ok ('
            # What the cut goes through is named.
            through=$(awk -v size="$size" '$1 < size { id = $2; at = $1 } END { print at ": " id }' offsets)
            ends=$(awk -v size="$size" '$1 == size' offsets | grep -c .)
            [ "$ends" -eq 1 ] || prints "^$pack: offset $through: "
            prints "^$pack: [12] findings\{0,1\}, $((count - behind - 1 + ends)) of $count objects intact\$"
            expect 1 verify --json cut
            prints "\"offset\":$size,\"id\":null,\"code\":\"corrupt\",\"text\":\"the pack is cut short here: .*\",\"dependents\":0,\"objects\":$behind}\$"

            # Who reads is told what it is, and what to do.
            expect 1 list cut
            says "^packread: $pack: offset $size: the pack is cut short here: $behind of $count .*; restore it, or fetch again; .*packread index --salvage"
            says_not '\.idx'
            holds "$ran: messages" test "$(wc -l < err)" -le 4
            comm -23 out all > strange
            equal "$ran: strange objects" "$(cat strange)" ''
            holds "$ran: objects before the cut" test "$(grep -c . out)" -ge $((count - behind - 1))
            expect 1 cat cut "$(tail -n 1 offsets | cut -d ' ' -f 2)"
            says "the pack is cut short here: the object lay behind\$"
            prints_nothing
        done
        # Damage before the cut has lines of its own.
        cp -f whole.pack "$pack"
        chmod u+w "$pack"
        truncate -s $((whole / 2)) "$pack"
        damaged=$(sed -n 4p offsets)
        flip "$pack" $((${damaged% *} + 6)) 1
        expect 1 verify cut
        prints "^$pack: offset ${damaged% *}: ${damaged#* }: "
        prints "^$pack: offset $((whole / 2)): the pack is cut short here: "
        # Cut in its trailer it has all objects, and no row is behind.
        cp -f whole.pack "$pack"
        chmod u+w "$pack"
        truncate -s $((whole - 5)) "$pack"
        expect 1 verify cut
        names_only "$pack" 2
        prints "^$pack: [12] findings\{0,1\}, $count of $count objects intact\$"
        "$PACKREAD" list cut > out 2> err
        same out all
        says_not '\.idx'
    done
done

# ---- Holes -----------------------------------------------------------------------------------------------------

# Zeros where objects were: one line, with how many; others have lines of their own, and what hangs on them is counted.
pack=$(only_pack sha1-2)
cp "$pack" whole.pack
"$PACKREAD" list --order=pack --format='%(offset) %(objectname)' sha1-2 > offsets
chmod u+w "$pack"
from=$(sed -n 10p offsets) to=$(sed -n 25p offsets) last=$(sed -n 24p offsets)
head -c $((${to% *} - ${from% *})) /dev/zero | dd of="$pack" bs=1 seek="${from% *}" conv=notrunc 2> /dev/null
expect 1 verify sha1-2
names_only "$pack" 4
prints "^$pack: offset ${from% *}: ${from#* }: a hole of $((${to% *} - ${from% *})) zeros, where 15 objects were, the last of them ${last#* }\( (and [0-9]* objects\{0,1\} that depends\{0,1\} on it)\)\{0,1\}\$"
expect 1 verify --json sha1-2
prints "\"id\":\"${from#* }\",\"code\":\"corrupt\",\"text\":\"a hole of .*,\"objects\":15}\$"
lost=$(sed -n 's/.*"dependents":\([0-9]*\),"objects":15}$/\1/p' out)
prints "\"intact\":$(($(grep -c . offsets) - 15 - lost))}\$"
# Down to its end, as after a crash; the index lies about nothing.
for index_version in 2 1; do
    pack=$(only_pack sha1-$index_version)
    chmod u+w "$pack"
    cp -f whole.pack "$pack"
    truncate -s "${from% *}" "$pack"
    truncate -s "$(($(wc -c < whole.pack)))" "$pack"
    expect 1 verify sha1-$index_version
    names_only "$pack" 3
    prints "^$pack: offset ${from% *}: ${from#* }: a hole of [0-9]* zeros, where $(($(grep -c . offsets) - 9)) objects were, "
    prints "^$pack: 3 findings, 9 of $(grep -c . offsets) objects intact\$"
    # What is left is read.
    expect 1 list sha1-$index_version
    equal "$ran: objects" "$(grep -c . out)" 9
    cp -f whole.pack "$pack"
done

finish
