#!/bin/sh
# Lines of input that are longer than batch holds (16 MiB): answered as git answers them, byte for byte, in
# bounded memory, and the next one is served.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

small=$repos/small
id=$(first_id "$small" blob)
held=16777216 # bytes

# letters COUNT [LETTER]
letters() {
    head -c "$1" /dev/zero | tr '\0' "${2-a}"
}

# as_git [FORMAT]: the answers to `lines` are git's
as_git() {
    git -C "$small" cat-file "--batch-check${1:+=$1}" < lines > told 2> /dev/null
    expect_input lines 0 batch --check ${1:+"--format=$1"} "$small"
    same out told "$what"
    is_silent
}

# as_told: the answers to `lines` are in `told`. git needs a second for each long name.
as_told() {
    expect_input lines 0 batch --check "$small"
    same out told "$what"
    is_silent
}
good=$(echo "$id" | git -C "$small" cat-file --batch-check)

what='a name of 17 MB'
{
    letters 17000000
    echo
    echo "$id"
} > lines
as_git
expect_input lines 0 batch --buffer "$small"
git -C "$small" cat-file --batch < lines > told
same out told
what='CR LF after it, as git has it'
{
    letters 17000000
    printf '\r\n%s\r\n' "$id"
} > lines
as_git
# What is held ends between CR and LF, before them, behind them; and the CR stays where no LF follows.
# Each is 16 MiB to write and to compare, so the outer lengths have the first two, and all with CHECK_LARGE.
for length in $((held - 2)) $((held - 1)) $held $((held + 1)); do
    letters "$length" > name
    {
        cat name
        printf ' missing\n%s\n' "$good"
    } > told
    what="a newline after $length bytes"
    {
        cat name
        printf '\n%s\n' "$id"
    } > lines
    as_told
    what="CR LF after $length bytes"
    {
        cat name
        printf '\r\n%s\n' "$id"
    } > lines
    as_told
    [ -n "${CHECK_LARGE-}" ] || [ "$length" -eq $held ] || [ "$length" -eq $((held - 1)) ] || continue
    what="CR and no LF after $length bytes"
    {
        cat name
        printf '\r\r\rb\r\r\n%s\n' "$id"
    } > lines
    {
        cat name
        printf '\r\r\rb\r missing\n%s\n' "$good"
    } > told
    as_told
    what="the end after $length bytes"
    cp name lines
    {
        cat name
        echo ' missing'
    } > told
    as_told
    what="CR and the end after $length bytes"
    printf '\r' >> lines
    {
        cat lines
        echo ' missing'
    } > told
    as_told
done
for length in 0 $((held - 1)) $held ${CHECK_LARGE:+40 $((held + 100))}; do
    what="a NUL after $length bytes"
    letters "$length" > name
    {
        cat name
        printf '\0'
        letters 18000000 b
        printf '\n%s\n' "$id"
    } > lines
    {
        cat name
        printf ' missing\n%s\n' "$good"
    } > told
    as_told
done
what='a NUL after a good name'
{
    printf '%s\0' "$id"
    letters 18000000 b
    printf '\n%s\n' "$id"
} > lines
as_git

# With %(rest) in the format.
what='a long rest'
{
    printf '%s ' "$id"
    letters 20000000 r
    printf ' \r\n%s rest\nnonsense ' "$id"
    letters 20000000 r
    printf '\n%s rest' "$id"
} > lines
as_git '%(objectname) %(rest)'
as_git '<%(rest)> %(objecttype)'
git -C "$small" cat-file --batch='<%(rest)>' < lines > told 2> /dev/null
expect_input lines 0 batch --format='<%(rest)>' "$small"
same out told "$what"
what='many blanks before the rest'
{
    printf '%s \t' "$id"
    letters 20000000 ' '
    printf 'rest  here\n%s rest\n' "$id"
} > lines
as_git '%(rest)%(objectname)'
what='nothing but blanks'
{
    printf '%s' "$id"
    letters 20000000 ' '
} > lines
as_git '%(rest)%(objectname)'
what='a long name and a rest'
{
    letters 20000000
    letters 20000000 ' '
    printf 'rest\n%s rest\n' "$id"
} > lines
as_git '%(rest)%(objectname)'
what='a NUL in a long rest'
{
    printf '%s ' "$id"
    letters 20000000 r
    printf '\0'
    letters 20000000 r
    printf '\n%s rest' "$id"
} > lines
as_git '%(objectname) %(rest)'
# What is not held can be given back only once.
expect_input lines 4 batch --check --format='%(objectname) %(rest)%(rest)' "$small"
says '^packread: standard input: a line is longer than 16 MiB, and the format has %(rest) more than once$'
printf '%s missing\n%s restrest\n' "$id" "$id" > told
same out told

# Bounded memory.
case ${SANITIZE-} in
*address* | *thread*) echo 'not run: the sanitizer takes all address space for itself' ;;
*)
    {
        letters 120000000
        echo
        echo "$id"
    } > lines
    {
        letters 120000000
        echo ' missing'
        echo "$good"
    } > told
    # shellcheck disable=SC3045 # most shells have it
    (ulimit -v 100000 2> /dev/null && exec "$PACKREAD" batch --check "$small") < lines > out 2> err
    equal 'a name of 120 MB in 100 MB: exit status' $? 0
    same out told 'a name of 120 MB in 100 MB'
    ;;
esac
finish
