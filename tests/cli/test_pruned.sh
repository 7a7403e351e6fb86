#!/bin/sh
# What is gone when a listing comes to it, and what was never there although its name is: told as that
# by every command, with one exit status.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# More than pipes and what is read ahead can hold.
git init -q --bare start
i=0
while [ $i -lt 60 ]; do
    head -c 600000 /dev/urandom > "blob.$i"
    i=$((i + 1))
done
git -C start hash-object -w --stdin-paths > ids << EOF
$(ls -d "$work"/blob.*)
EOF
rm -f blob.*
mkfifo answers
# copy_start: files of objects are never written to, so links do where there can be some
copy_start() {
    cp -Rl start r.git 2> /dev/null || {
        rm -rf r.git
        cp -R start r.git
    }
}
for command in 'batch --all' 'batch --all --threads=1' 'batch --all --unordered' \
    'batch --all --unordered --threads=1'; do
    rm -rf r.git
    copy_start
    # shellcheck disable=SC2086 # a command and its options
    $limit "$PACKREAD" $command r.git > answers 2> err &
    process=$!
    exec 4< answers
    head -c 10 <&4 > /dev/null
    rm -rf r.git/objects/[0-9a-f][0-9a-f]
    cat <&4 > out
    exec 4<&-
    wait "$process"
    got=$?
    ran="packread $command, while objects are removed"
    equal "$ran: exit status" $got 4
    holds "$ran: some are missing" grep -a -q ' missing$' out
    says ': was removed while the objects were listed: '
    says_not 'not found'
    equal "$ran: other messages" \
        "$(grep -v -e ': was removed while' -e 'more loose objects\{0,1\} could not be read$' err | head -n 3)" ''
done

# Into a pack, as gc does it: nothing is missing.
pack() { # FOLDER
    git -C "$1" pack-objects -q --window=0 "$1/objects/pack/pack" < ids > /dev/null
    git -C "$1" prune-packed -q
}
for command in 'batch --all' 'batch --all --threads=1' 'batch --all --unordered' \
    'batch --all --unordered --threads=1'; do
    rm -rf r.git
    copy_start
    # shellcheck disable=SC2086 # a command and its options
    $limit "$PACKREAD" $command r.git > answers 2> err &
    process=$!
    exec 4< answers
    head -c 10 <&4 > /dev/null
    pack "$work/r.git"
    cat <&4 > out
    exec 4<&-
    wait "$process"
    got=$?
    ran="packread $command, while objects are packed"
    equal "$ran: exit status" $got 0
    equal "$ran: answers" "$(grep -a -c '^[0-9a-f]\{40\} blob 600000$' out)" 59
    is_silent
done
for form in content loose; do
    # Stopped while it is under way, which may take more than one try.
    for try in 1 2 3 4 5 6 7 8 9 10; do
        rm -rf r.git o
        copy_start
        "$PACKREAD" extract --all --as=$form r.git -o o > out 2> err &
        process=$!
        until [ -n "$(find o -type f 2> /dev/null | head -n 1)" ]; do
            kill -0 "$process" 2> /dev/null || break
        done
        kill -STOP "$process"
        [ "$(find o -type f | wc -l)" -ge 50 ] || break
        kill -CONT "$process"
        wait "$process"
    done
    pack "$work/r.git"
    kill -CONT "$process"
    wait "$process"
    got=$?
    ran="packread extract --all --as=$form, while objects are packed"
    holds "$ran: not stopped in $try tries" [ "$try" -lt 10 ]
    equal "$ran: exit status" $got 0
    equal "$ran: files" "$(find o -type f | wc -l)" 60
    is_silent
done

# A link that leads nowhere does not go, nor come back.
git init -q --bare r2.git
present=$(echo there | git -C r2.git hash-object -w --stdin)
lost=abcdefabcdefabcdefabcdefabcdefabcdefabcd
mkdir -p r2.git/objects/ab
ln -s nowhere "r2.git/objects/ab/${lost#ab}"
echo "$lost" > names
for command in list 'batch --all' "cat r2.git $lost" verify; do
    case $command in cat*) place='' ;; *) place=r2.git ;; esac
    # shellcheck disable=SC2086 # a command and its options, and no place
    expect 1 $command $place
    tells "$lost: is a symbolic link that leads nowhere"
    says_not 'at rest'
done
expect_input names 1 batch r2.git
prints "^$lost missing$"
says "$lost: is a symbolic link that leads nowhere"
# Another copy takes its place.
git init -q --bare other.git
echo there | git -C other.git hash-object -w --stdin > names
file=r2.git/objects/$(echo "$present" | sed 's|^..|&/|')
rm -f "$file"
ln -s nowhere "$file"
echo "$work/other.git/objects" > r2.git/objects/info/alternates
expect 0 cat r2.git "$present"
equal 'the other copy' "$(cat out)" there

# What is no damage gets no advice for damage.
GIT_ALTERNATE_OBJECT_DIRECTORIES="$FIXTURES/sha256/repo/objects"
export GIT_ALTERNATE_OBJECT_DIRECTORIES
git init -q --bare r3.git
expect 1 list r3.git
says 'its ids have 32 bytes (SHA-256), those of the repository 20 (SHA-1)$'
unset GIT_ALTERNATE_OBJECT_DIRECTORIES

# The advice for a pack that was cut can be followed.
pack=$(only_pack "$repos/small")
mkdir cut foreign
size=$(wc -c < "$pack")
head -c $((size - 100)) "$pack" > cut/p.pack
cp "${pack%.pack}.idx" cut/p.idx
expect 1 list cut
says 'packread index --salvage -o FILE makes an index of it$'
expect 1 index --salvage -o new.idx cut/p.pack
holds 'an index' test -s new.idx

# An index of the other hash is another pack's.
cp "$pack" foreign/p.pack
cp "$FIXTURES"/sha256/repo/objects/pack/*.idx foreign/p.idx
expect 1 verify foreign
prints '^foreign/p.idx: .*is the index of another pack$'
prints '^foreign/p.pack: 1 finding, \([0-9]*\) of \1 objects intact$'
cp "$FIXTURES"/sha256/repo/objects/pack/*.pack foreign/q.pack
rm -f foreign/p.*
cp "${pack%.pack}.idx" foreign/q.idx
expect 1 verify foreign
prints '^foreign/q.idx: .*is the index of another pack$'
finish
