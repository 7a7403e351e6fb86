#!/bin/sh
# The changed packs that test_malformed_flips calls right although a byte is another: git agrees, and
# finds the same objects in them.
set -u

command -v git > /dev/null || { echo 'no git'; exit 77; }
flips=$(dirname "$PACKREAD")/tests/malformed/test_malformed_flips
work=$(mktemp -d "${TMPDIR:-/tmp}/legal-flips-XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

# Only the test that leaves them; the names are the test's.
LEGAL_FLIPS=$work CK_RUN_CASE='legal flips' "$flips" > "$work/log" 2>&1 || {
    cat "$work/log"
    exit 1
}

# The ids, types and sizes of a pack as git's own index of it has them. Sizes on disk and offsets
# are part of what verify-pack says, so the lists are equal only if all is in its place.
objects_of() {
    case $1 in
    *sha256*) format=sha256 ;;
    *) format=sha1 ;;
    esac
    git index-pack --object-format=$format -o "${1%.pack}.idx" "$1" > /dev/null &&
        git verify-pack --object-format=$format -v "$1" > "$1.list" &&
        grep -E '^[0-9a-f]{40}' "$1.list" | sort
}

count=0
for pack in "$work"/pack-byte-*.pack; do
    case $pack in
    *sha256*) good=$work/good-sha256.pack ;;
    *) good=$work/good-sha1.pack ;;
    esac
    count=$((count + 1))
    if ! objects_of "$pack" > "$work/changed" || ! objects_of "$good" > "$work/good" ||
        [ ! -s "$work/good" ] || ! cmp -s "$work/good" "$work/changed"; then
        echo "git does not read $(basename "$pack") as it does the good one"
        failed=1
    fi
done
echo "$count changed packs that are right, for git too"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
