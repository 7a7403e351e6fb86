#!/bin/sh
# The changed bytes that leave a right pack are right for git too: it indexes and verifies every one.
#
# Environment: PACKREAD, beside which the test programs lie.
set -eu
: "${PACKREAD:?names the program}"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/packs"
LEGAL_FLIPS=$scratch/packs "$(dirname "$PACKREAD")/tests/malformed/test_malformed_flips" > "$scratch/log" 2>&1 || {
    cat "$scratch/log"
    exit 1
}
for format in sha1 sha256; do
    git init -q --object-format=$format "$scratch/$format"
done

passed=0
failed=0
for pack in "$scratch"/packs/*.pack; do
    agrees=no
    for format in sha1 sha256; do
        git -C "$scratch/$format" index-pack -o "$scratch/one.idx" "$pack" > "$scratch/said" 2>&1 || continue
        cp "$pack" "$scratch/one.pack"
        if git -C "$scratch/$format" verify-pack "$scratch/one.idx" >> "$scratch/said" 2>&1; then
            agrees=yes
        fi
        rm -f "$scratch/one.idx" "$scratch/one.pack"
    done
    if [ $agrees = yes ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: git does not take ${pack##*/}:"
        cat "$scratch/said"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
