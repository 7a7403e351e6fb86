#!/bin/sh
# batch -z and -Z: requests that end in NUL, so that a name may hold a newline, and with -Z answers
# that do. git 2.39 has -z; -Z only changes how answers end.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

small=$repos/small
id=$(first_id "$small" blob)
commit=$(first_id "$small" commit)
say() { # TEXT: of printf
    # shellcheck disable=SC2059 # a format, on purpose
    printf "$1" > requests
}

# as_git FORMAT OPTION...
as_git() {
    format=$1
    shift
    git -C "$small" cat-file --batch-check="$format" -z < requests > told
    expect_input requests 0 batch --check --format="$format" -z "$@" "$small"
    same out told "$(cat -v requests): $format"
    expect_input requests 0 batch --check --format="$format" -Z "$@" "$small"
    # Names hold newlines too: here both are one, below they are told apart.
    tr '\n' '\001' < told > marked
    tr '\0\n' '\001\001' < out > ours
    same ours marked
}

for text in "$id\000$commit\000" "$id\000$commit" "\000" '' "$id a b\000$commit\tc\000" \
    "$id\r\000$id\n\000" "$id\n$commit\000" "\n\000" "a name\nof two lines\000$id\000" " $id\000" \
    "$id  two  blanks \000\t$id\000"; do
    say "$text"
    for format in '%(objectname) %(objecttype) %(objectsize)' '%(rest)' '%(objectname) <%(rest)>' x; do
        as_git "$format"
        as_git "$format" --buffer
    done
done

# Answers with contents, byte for byte.
say "$id\000nonsense\nof two lines\000$commit\000"
{
    printf '%s blob %s\0' "$id" "$(git -C "$small" cat-file -s "$id")"
    git -C "$small" cat-file blob "$id"
    printf '\0nonsense\nof two lines missing\0'
    printf '%s commit %s\0' "$commit" "$(git -C "$small" cat-file -s "$commit")"
    git -C "$small" cat-file commit "$commit"
    printf '\0'
} > told
expect_input requests 0 batch -Z "$small"
same out told
expect_input requests 0 batch -Zz --buffer "$small"
same out told
git -C "$small" cat-file --batch -z < requests > told
expect_input requests 0 batch -z "$small"
same out told
say "$(git -C "$repos/ambiguous" cat-file --batch-all-objects --batch-check='%(objectname)' | sed -n 's/^808c.*/808c/p' | head -n 1)\000"
expect_input requests 0 batch -Z "$repos/ambiguous"
printf '808c ambiguous\0' > told
same out told

# All objects.
git -C "$small" cat-file --batch-all-objects --batch-check | tr '\n' '\0' > told
expect 0 batch --all --check -Z "$small"
same out told
expect 0 batch --all --format='%(objecttype)' -Z "$small"
equal 'bytes of all' "$(($(wc -c < out)))" \
    "$(git -C "$small" cat-file --batch-all-objects --batch='%(objecttype)' | wc -c | tr -d ' ')"

# Commands.
say "info $id\000contents $commit\000info a\nb\000flush\000info $id"
{
    printf '%s blob %s\0' "$id" "$(git -C "$small" cat-file -s "$id")"
    printf '%s commit %s\0' "$commit" "$(git -C "$small" cat-file -s "$commit")"
    git -C "$small" cat-file commit "$commit"
    printf '\0a\nb missing\0'
    printf '%s blob %s\0' "$id" "$(git -C "$small" cat-file -s "$id")"
} > told
expect_input requests 0 batch --command --buffer -Z "$small"
same out told
git -C "$small" cat-file --batch-command --buffer -z < requests > told
expect_input requests 0 batch --command --buffer -z "$small"
same out told
for text in '\000' '\ninfo x\000' 'info\000' 'bogus\n\000'; do
    say "$text"
    expect_input requests 2 batch --command -Z "$small"
    prints_nothing
done

# A record longer than what is held, with CRs and newlines where it is cut.
for byte in a '\r' '\n'; do
    {
        head -c 16777216 /dev/zero | tr '\0' "$byte"
        printf '\r\n\r\0%s\0' "$id"
    } > requests
    {
        head -c 16777216 /dev/zero | tr '\0' "$byte"
        printf '\r\n\r missing\0%s blob %s\0' "$id" "$(git -C "$small" cat-file -s "$id")"
    } > told
    expect_input requests 0 batch --check -Z "$small"
    same out told "a long record of $byte"
done
finish
