#!/bin/sh
# Memory that ran out once is there again for the next request: windows, caches and spare buffers give what they
# hold. Under a small address space, as batch systems and containers set it, without a --memory-limit to fit.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

case ${SANITIZE-} in
*address* | *thread*)
    echo 'not run: the sanitizer takes all address space for itself'
    exit 77
    ;;
esac

# 40 blobs of 2 MB that do not compress, among 30,000 of a line; by id they come mixed.
noise=$(git -C "$repos/big" cat-file --batch-all-objects --batch-check | awk '$3 > 12000000 && $3 < 13000000 { print $1 }')
git -C "$repos/big" cat-file blob "$noise" > bytes
git init -q --bare mixed.git
{
    i=0
    while [ $i -lt 40 ]; do
        printf 'blob\ndata 2000000\n'
        tail -c +$((i * 250000 + 1)) bytes | head -c 2000000
        i=$((i + 1))
    done
    awk 'BEGIN { for (i = 0; i < 30000; i++) { line = "a line, number " i "\n"; printf "blob\ndata %d\n%s", length(line), line } }'
} | git -C mixed.git -c core.compression=0 -c core.bigFileThreshold=1m -c fastimport.unpackLimit=0 fast-import --quiet
git -C mixed.git cat-file --batch-all-objects --batch-check > listed
cut -d ' ' -f 1 listed > ids
equal 'objects' "$(($(wc -l < ids)))" 30040
git -C mixed.git cat-file --batch < ids | cksum > wanted

# under HOW KILOBYTES OPTION...: all objects are given, by their names, with --all, or both
under() {
    hows=$1 kilobytes=$2
    shift 2
    [ -z "${CHECK_LARGE-}" ] || hows='by-name --all'
    for how in $hows; do
        [ "$how" = --all ] || how=''
        ran="ulimit -v $kilobytes; packread batch $how $*"
        # shellcheck disable=SC2086,SC3045 # an option, or none; some shells have no -v
        (ulimit -v "$kilobytes" && exec "$PACKREAD" batch $how "$@" mixed.git < ids) 2> err | cksum > given
        same given wanted
        is_silent
    done
}
# Each costs the bytes of all objects: both ways where least is there, by turns with more; CHECK_LARGE has all.
under 'by-name --all' 40000 --threads=1
under by-name 50000 --threads=1
under --all 60000 --threads=1
under by-name 70000 --threads=1
under --all 100000 --threads=1
under 'by-name --all' 100000 --threads=2
under --all 100000 --io=pread --threads=2
under --all 200000 --threads=2
under by-name 200000 --io=pread --threads=2
under by-name 20000 --threads=1 --memory-limit=8M

finish
