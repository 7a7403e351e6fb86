#!/bin/sh
# What git says of malformed packs. Those that test_malformed_flips calls right although a byte is
# another: git agrees, and finds the same objects in them. Those of test_malformed_cases: packread
# writes no index where git writes none, and the same where git writes one.
set -u

command -v git > /dev/null || { echo 'no git'; exit 77; }
built=$(cd "$(dirname "$PACKREAD")" && pwd) || exit 1
PACKREAD=$built/$(basename "$PACKREAD")
work=$(mktemp -d "${TMPDIR:-/tmp}/legal-flips-XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
# In no repository: git would look for the objects in it.
cd "$work" && GIT_CEILING_DIRECTORIES=$(dirname "$PWD") && export GIT_CEILING_DIRECTORIES || exit 1
failed=0

# Only the test that leaves them; the names are the test's.
LEGAL_FLIPS=$work CK_RUN_CASE='legal flips' "$built/tests/malformed/test_malformed_flips" > "$work/log" 2>&1 || {
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

# The good ones, once.
for good in "$work"/good-*.pack; do
    if ! objects_of "$good" > "${good%.pack}.objects" || [ ! -s "${good%.pack}.objects" ]; then
        echo "git does not read $(basename "$good")"
        failed=1
    fi
done

count=0
for pack in "$work"/pack-byte-*.pack; do
    case $pack in
    *sha256*) good=$work/good-sha256.objects ;;
    *) good=$work/good-sha1.objects ;;
    esac
    count=$((count + 1))
    if ! objects_of "$pack" > "$work/changed" || ! cmp -s "$good" "$work/changed"; then
        echo "git does not read $(basename "$pack") as it does the good one"
        failed=1
    fi
done
echo "$count changed packs that are right, for git too"
[ "$count" -gt 0 ] || failed=1

# Here git may write an index where packread does not: git before 2.55 loses the upper bits of a
# size, and to git the last size of a delta may end in the middle.
may_differ() {
    case $1 in
    'a size of 2^64 and more in ten bytes' | 'a size in ten bytes, seven too many' | \
        'a size of 300 bytes that are all zero bits' | 'a result that is empty, its size cut') ;;
    *) return 1 ;;
    esac
}

mkdir "$work/cases" && cd "$work/cases" || exit 1
MALFORMED_PACKS=$work/cases CK_RUN_CASE='left for git' \
    "$built/tests/malformed/test_malformed_cases" > "$work/log" 2>&1 || {
    cat "$work/log"
    exit 1
}
count=0
for pack in *.pack; do
    name=$(cat "${pack%.pack}.name")
    count=$((count + 1))
    git index-pack -o "$work/cases/git.idx" "$pack" > /dev/null 2>&1
    of_git=$?
    "$PACKREAD" index "$pack" -o ours.idx > /dev/null 2>&1
    ours=$?
    if [ "$of_git" -eq 0 ] && [ "$ours" -eq 0 ]; then
        cmp git.idx ours.idx || failed=1
    elif [ "$of_git" -eq 0 ] && ! may_differ "$name"; then
        echo "$name: git writes an index, packread ends with status $ours"
        failed=1
    elif [ "$of_git" -ne 0 ] && [ "$ours" -eq 0 ]; then
        echo "$name: packread writes an index, git ends with status $of_git"
        failed=1
    fi
    rm -f git.idx ours.idx
done
echo "$count malformed packs, of which git says the same"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
