#!/bin/sh
# A pack that is cut while index reads it: an error, no signal, and nothing left behind.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git init -q --bare made.git
head -c 40000000 /dev/urandom | git -C made.git -c core.compression=0 hash-object -w --stdin > id
git -C made.git -c core.compression=0 pack-objects -q "$PWD/pack" < id > name
mv "pack-$(cat name).pack" whole.pack
mkdir here
met=0
for options in '' --salvage --threads=1 --manager=static --io=mmap --io=pread; do
    for delay in 0.02 0.04 0.08; do
        cp whole.pack here/cut.pack
        chmod u+w here/cut.pack
        # shellcheck disable=SC2086 # an option, or none
        "$PACKREAD" index $options here/cut.pack > out 2> err &
        sleep $delay
        kill -STOP $! 2> /dev/null
        truncate -s 100000 here/cut.pack
        kill -CONT $! 2> /dev/null
        wait $!
        got=$?
        holds "index $options of a pack that is cut: exit status $got" \
            test $got -eq 0 -o $got -eq 1 -o $got -eq 4
        [ $got -ne 4 ] || met=$((met + 1))
        rm -f here/cut.pack here/cut.idx
        equal "index $options of a pack that is cut: left behind" "$(ls -A here)" ''
    done
done
holds 'some were cut in the middle' test $met -gt 0

finish
