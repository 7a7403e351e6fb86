#!/bin/sh
# Every call that the libraries make out of themselves is one that the fault tests let fail (wraps.opt),
# or one that is known not to fail. A new call is put into one of the two lists; into wraps.opt with a
# function in wraps.c if it can fail.
#
# Environment: STATIC, the two archives.
set -eu
: "${STATIC:?names the archives}"
here=$(dirname "$0")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# What cannot fail, or only by a wrong use; what says so by the bytes it is given (hashes, inflate's
# whole buffers); and two answers that have a default (getenv, getrlimit).
cat > "$scratch/known" << 'EOT'
_GLOBAL_OFFSET_TABLE_
__cpu_model
__errno_location
__sched_cpucount
__stack_chk_fail
crc32
fcntl64
getenv
getpid
getrlimit64
inflateReset
libdeflate_crc32
libdeflate_zlib_decompress_ex
memchr
memcmp
memcpy
memmove
memset
nettle_sha1_digest
nettle_sha1_init
nettle_sha1_update
nettle_sha256_digest
nettle_sha256_init
nettle_sha256_update
pthread_cond_broadcast
pthread_cond_signal
pthread_cond_wait
pthread_mutex_lock
pthread_mutex_trylock
pthread_mutex_unlock
pthread_once
pthread_sigmask
qsort
raise
sigaddset
sigemptyset
signal
snprintf
strchr
strcmp
strcpy
strcspn
strlen
strncmp
strnlen
strrchr
strspn
strstr
EOT
sed 's/--wrap=//' "$here/wraps.opt" >> "$scratch/known"
sort -u "$scratch/known" -o "$scratch/known"
# shellcheck disable=SC2086 # two names
nm --undefined-only $STATIC | awk '$1 == "U" { print $2 }' | grep -v '^smmap_\|^packread_\|^smm_\|^pkr_' |
    sort -u > "$scratch/used"
comm -13 "$scratch/known" "$scratch/used" > "$scratch/unknown"
echo "$(wc -l < "$scratch/used") calls out of the libraries"
if [ -s "$scratch/unknown" ]; then
    echo 'FAILED: neither in tests/faults/wraps.opt nor known not to fail:'
    cat "$scratch/unknown"
    exit 1
fi
