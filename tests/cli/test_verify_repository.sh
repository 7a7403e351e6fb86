#!/bin/sh
# verify of whole repositories: loose objects beside packs, and what is borrowed; git fsck says which
# objects are damaged.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.com
export GIT_AUTHOR_DATE='2001-01-01 00:00:00 +0000' GIT_COMMITTER_DATE='2001-01-01 00:00:00 +0000'

# loose_files OBJECTS: the files of its loose objects
loose_files() {
    find "$1" -type f -path "$1/[0-9a-f][0-9a-f]/*" | sort
}

# bytes_of FILE...: all of them together
bytes_of() {
    cat "$@" | wc -c | tr -d ' '
}

# file_of OBJECTS ID
file_of() {
    echo "$1/$(echo "$2" | cut -c 1-2)/$(echo "$2" | cut -c 3-)"
}

# make_repository NAME FORMAT: a commit of 60 files, all of it loose
make_repository() {
    git init -q --object-format="$2" "$1"
    for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        echo "line $number" > "$1/a$number"
        seq "$number" 400 > "$1/b$number"
        head -c "$((number * 7000))" "$PACKREAD" > "$1/c$number"
    done
    git -C "$1" add .
    git -C "$1" commit -q -m one
    git -C "$1" tag -a -m tagged v1
    chmod -R u+w "$1/.git/objects"
}

# What is whole, of every kind of store, wherever it is named; git agrees.
for format in sha1 sha256; do
    make_repository "$format" $format
    objects=$format/.git/objects
    count=$(loose_files "$objects" | wc -l | tr -d ' ')
    # shellcheck disable=SC2046 # one name a word
    bytes=$(bytes_of $(loose_files "$objects"))
    for where in $format $format/.git "$objects"; do
        for options in '' --threads=1 --threads=3 --memory-limit=1M --io=pread; do
            # shellcheck disable=SC2086 # an option, or none
            expect 0 verify $options "$where"
            prints_only "$(echo "$where" | sed "s|^$format.*|$objects|"): ok ($count objects, $bytes bytes)"
            is_silent
        done
    done
    expect 0 verify -q $format
    prints_nothing
    expect 0 verify --json $format
    prints_only "{\"file\":\"$objects\",\"ok\":true,\"objects\":$count,\"bytes\":$bytes}"
    expect 0 verify --progress $format
    says "verifying: 100% ($count/$count)"
    holds 'git calls it right' git -C $format fsck --full --strict
    # Half of it in a pack, and more of it loose.
    git -C $format repack -q -a -d
    echo more > $format/more
    git -C $format add more
    git -C $format commit -q -m two
    expect 0 verify --progress $format
    has_lines out 2
    prints "^$objects/pack/pack-[0-9a-f]*\.pack: ok ($count objects, [0-9]* bytes)\$"
    prints "^$objects: ok (3 objects, [0-9]* bytes)\$"
    says "verifying: 100% ($((count + 3))/$((count + 3)))"
done

# damaged_by_git REPOSITORY: the ids that git fsck calls damaged
damaged_by_git() {
    git -C "$1" fsck --full --no-dangling 2>&1 | grep -e '^error: ' -e '^missing ' -e '^fatal: ' |
        sed -n -e 's|.*objects/\([0-9a-f][0-9a-f]\)/\([0-9a-f]\{38,62\}\).*|\1\2|p' -e "s/.* object '\{0,1\}\([0-9a-f]\{40,64\}\).*/\1/p" \
            -e 's/^error: \([0-9a-f]\{40,64\}\): object corrupt or missing.*/\1/p' | sort -u
}

# damaged_by_us: those of the last run
damaged_by_us() {
    sed -n 's/.*: \([0-9a-f]\{40,64\}\): .*/\1/p' out | sort -u
}

# Damage of every kind, each to a blob of its own: git finds the same ones, and no others.
for format in sha1 sha256; do
    make_repository "damaged-$format" $format
    objects=damaged-$format/.git/objects
    all=$(loose_files "$objects" | wc -l | tr -d ' ')
    git -C "damaged-$format" ls-tree -r HEAD | awk '{ print $3 }' > blobs
    : > expected
    number=0
    for how in flip-first flip-middle flip-last cut-1 cut-half cut-all append other-object no-zlib; do
        number=$((number + 3))
        id=$(sed -n "${number}p" blobs)
        file=$(file_of "$objects" "$id")
        size=$(wc -c < "$file" | tr -d ' ')
        echo "$id" >> expected
        case $how in
        flip-first) printf '\300' | dd of="$file" bs=1 seek=0 conv=notrunc 2> /dev/null ;;
        flip-middle) printf '\377\377\377' | dd of="$file" bs=1 seek=$((size / 2)) conv=notrunc 2> /dev/null ;;
        flip-last) printf '\001\002\003\004' | dd of="$file" bs=1 seek=$((size - 4)) conv=notrunc 2> /dev/null ;;
        cut-1) truncate -s $((size - 1)) "$file" ;;
        cut-half) truncate -s $((size / 2)) "$file" ;;
        cut-all) : > "$file" ;;
        append) echo more >> "$file" ;;
        other-object) cp "$(file_of "$objects" "$(sed -n 1p blobs)")" "$file" ;;
        no-zlib) echo 'this is no object' > "$file" ;;
        esac
    done
    sort -u -o expected expected
    for threads in 1 3; do
        expect 1 verify --threads=$threads "damaged-$format"
        is_silent
        damaged_by_us > ours
        same ours expected "$ran: what was damaged"
        prints "^$objects: 9 findings, $((all - 9)) of $all objects intact\$"
    done
    damaged_by_git "damaged-$format" > theirs
    same theirs expected 'what git fsck finds'
    expect 1 verify -q "damaged-$format"
    has_lines out 9
    expect 1 verify --json "damaged-$format"
    prints "\"file\":\"$objects\",\"ok\":false,\"objects\":$all,\"bytes\":[0-9]*,\"findings\":9,\"intact\":$((all - 9))}"
done

# Compressed otherwise is right all the same.
make_repository otherwise sha1
git -C otherwise -c core.looseCompression=0 hash-object -w --stdin < "$PACKREAD" > /dev/null
git -C otherwise -c core.looseCompression=9 hash-object -w --stdin < otherwise/b1 > /dev/null
expect 0 verify otherwise

# A copy that is whole elsewhere makes no damage good.
make_repository twice sha1
git -C twice repack -q -a
id=$(git -C twice rev-parse HEAD:a3)
echo wrong > "$(file_of twice/.git/objects "$id")"
expect 1 verify twice
equal "$ran: findings" "$(damaged_by_us)" "$id"
prints '\.pack: ok ('
expect 0 cat twice "$id"
git -C twice repack -q -a -d
rm -f "$(file_of twice/.git/objects "$id")"
expect 0 verify twice

# Files of other names are none of ours; git counts them as garbage and finds nothing wrong.
make_repository garbage sha1
fan=$(find garbage/.git/objects -type d -name '[0-9a-f][0-9a-f]' | head -n 1)
echo garbage > "$fan/tmp_obj_abcdef"
echo garbage > "$fan/0123"
echo garbage > garbage/.git/objects/tmp_obj_top
holds 'git finds nothing wrong' git -C garbage fsck --full
expect 0 verify garbage
is_silent

# What is no file, or a link that leads nowhere, in the place of an object.
make_repository odd sha1
objects=odd/.git/objects
folder=$(file_of $objects "$(git -C odd rev-parse HEAD:a1)")
fifo=$(file_of $objects "$(git -C odd rev-parse HEAD:a2)")
nowhere=$(file_of $objects "$(git -C odd rev-parse HEAD:a3)")
loop=$(file_of $objects "$(git -C odd rev-parse HEAD:a4)")
rm "$folder" "$fifo" "$nowhere" "$loop"
mkdir "$folder"
mkfifo "$fifo"
ln -s not-there "$nowhere"
expect 1 verify odd
prints "^$folder: [0-9a-f]*: not a regular file\$"
prints "^$fifo: [0-9a-f]*: not a regular file\$"
prints "^$nowhere: [0-9a-f]*: is a symbolic link that leads nowhere\$"
prints "^$objects: 3 findings, "
# What cannot be read is no damage: a message, and the status of the system.
ln -s "${loop##*/}" "$loop"
expect 4 verify odd
says "^packread: $loop: [0-9a-f]*: cannot be opened: "
prints "^$objects: 3 findings, 1 object not checked, "
rm -r "$folder" "$fifo" "$nowhere"
expect 4 verify odd
prints "^$objects: 1 object not checked, "
has_lines err 1
expect 4 verify --json odd
prints '"ok":false,.*"unchecked":1,"error":"cannot be opened: '
if [ "$(id -u)" -ne 0 ]; then
    rm "$loop"
    chmod 0 $objects/[0-9a-f][0-9a-f]
    expect 4 verify odd
    chmod 755 $objects/[0-9a-f][0-9a-f]
fi

# Objects that move while it runs are met where they are then: so many findings that nobody reads block it among
# the loose objects, and meanwhile a pack comes, and the index of one that stood without it.
git init -q --bare moving.git
mkdir moving.git/objects/00
number=1000
while [ $number -lt 2500 ]; do
    echo wrong > moving.git/objects/00/0000000000000000000000000000000000$number
    number=$((number + 1))
done
types=$FIXTURES/packs/types/pack/pack-types
cp "$types.pack" moving.git/objects/pack/pack-late.pack
mkfifo pipe
$limit "$PACKREAD" verify --threads=1 moving.git > pipe 2> err &
runs=$!
exec 3< pipe
dd bs=1 count=200 <&3 > begun 2> /dev/null
cp "$(only_pack "$repos/small")" moving.git/objects/pack/pack-new.pack
cp "$(only_pack "$repos/small" | sed 's/pack$/idx/')" moving.git/objects/pack/pack-new.idx
cp "$types.idx" moving.git/objects/pack/pack-late.idx
cat <&3 > rest
exec 3<&-
wait $runs
got=$?
ran='verify of what moves'
equal "$ran: exit status" "$got" 1
cat begun rest > out
prints '^moving.git/objects: 1500 findings, 0 of 1500 objects intact$'
prints '^moving.git/objects/pack/pack-new.pack: ok (351 objects, '
prints '^moving.git/objects/pack/pack-late.pack: ok (12 objects, '
equal "$ran: lines" "$(wc -l < out | tr -d ' ')" 1503
is_silent

# ---- Borrowed objects ------------------------------------------------------------------------------------------

make_repository lender sha1
git -C lender repack -q -a -d
echo loose > lender/loose
git -C lender add loose
git -C lender commit -q -m two
git clone -q --bare --shared lender borrower.git
echo borrower | git -C borrower.git hash-object -w --stdin > /dev/null
lent=$(cd lender/.git/objects && pwd -P)
expect 0 verify borrower.git
is_silent
prints "^borrower.git/objects: ok (1 object, "
prints "^$lent: ok (3 objects, "
prints "^$lent/pack/pack-[0-9a-f]*\.pack: ok ("
has_lines out 3
# What several borrow is verified once, by whatever path.
git clone -q --bare --shared lender second.git
expect 0 verify borrower.git second.git lender lender/.git/objects
has_lines out 3
# Damage there is told, here and there.
chmod u+w "$lent"/pack/*.pack
printf '\377\377' | dd of="$(echo "$lent"/pack/*.pack)" bs=1 seek=100 conv=notrunc 2> /dev/null
expect 1 verify borrower.git
prints "^$lent/pack/pack-[0-9a-f]*\.pack: offset "
expect 1 verify second.git lender
equal "$ran: verdicts" "$(grep -c ' objects intact$' out)" 1
# A lender that is not there: said once, and the rest is verified.
echo "$work/not-there/objects" >> borrower.git/objects/info/alternates
echo "$work/not-there/objects" >> second.git/objects/info/alternates
git -C lender repack -q -a -d -f
rm -rf lender
expect 4 verify borrower.git second.git
says "^packread: $work/not-there/objects: objects are borrowed from this folder (named in .*borrower.git/objects/info/alternates), but it cannot be read: No such file"
says "^packread: $lent: objects are borrowed from this folder"
has_lines err 2
prints '^borrower.git/objects: ok (1 object, '
expect 4 verify --json borrower.git
prints "{\"file\":\"$work/not-there/objects\",\"ok\":false,"

# A pack of the other hash has no business in a repository, but is whole, and so is its index.
git init -q --bare other.git
cp "$FIXTURES"/sha256/repo/objects/pack/*.pack "$FIXTURES"/sha256/repo/objects/pack/*.idx other.git/objects/pack
expect 1 verify other.git
is_silent
prints '\.pack: its ids have 32 bytes (SHA-256), those of the repository 20 (SHA-1)$'
prints '\.pack: 1 finding, \([0-9]*\) of \1 objects intact$'
has_lines out 2

# What may not be read is refused by name.
make_repository refused sha1
git -C refused config core.repositoryformatversion 1
git -C refused config extensions.mystery true
expect 1 verify refused
holds "$ran: says what is refused" grep -qi 'mystery' out err

finish
