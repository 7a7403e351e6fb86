#!/bin/sh
# An index whose ids are out of order: every object of it is still listed and handed out, and the end says
# that the list cannot be trusted.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

pack=$(only_pack "$repos/small")
mkdir swapped
cp "${pack%.pack}".* swapped
chmod u+w swapped/*
index=$(echo swapped/*.idx)
objects=$(git -C "$repos/small" cat-file --batch-all-objects --batch-check | wc -l | tr -d ' ')

# The ids of rows 10 and 200 change places; version 2: 20 bytes each from 1032 on.
id() { dd if="$index" bs=1 skip=$((1032 + 20 * $1)) count=20 2> /dev/null; }
id 10 > tenth
id 200 > other
dd if=other of="$index" bs=1 seek=$((1032 + 200)) conv=notrunc 2> /dev/null
dd if=tenth of="$index" bs=1 seek=$((1032 + 4000)) conv=notrunc 2> /dev/null

expect 1 list swapped
equal "$ran: lines" "$(($(wc -l < out)))" "$objects"
says 'index ids do not rise'
expect 1 batch --all --check swapped
equal "$ran: lines" "$(($(wc -l < out)))" "$objects"
says 'index ids do not rise'
expect 1 verify swapped
prints 'index ids do not rise'
prints 'index row has this id for an object whose id is [0-9a-f]*$'

# Two rows that swapped their ids name each other's objects: an index made from the pack has them, as all others.
for threads in 1 2; do
    expect 1 extract swapped -o "out.$threads" --all --threads=$threads
    equal "$ran: files" "$(find "out.$threads" -type f | wc -l | tr -d ' ')" "$objects"
    for way in --all '--all --unordered'; do
        # shellcheck disable=SC2086 # words
        expect 1 batch $way --threads=$threads --format='%(objectname) of one' swapped
        equal "$ran: objects" "$(grep -a -c '^[0-9a-f]* of one$' out)" "$objects"
    done
done

finish
