#!/bin/sh
# batch --command answers as git cat-file --batch-command does, byte for byte: contents and info,
# at once or, with --buffer, at "flush"; what is no request ends it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

small=$repos/small
id=$(first_id "$small" blob)
commit=$(first_id "$small" commit)
other=$(git -C "$small" cat-file --batch-all-objects --batch-check='%(objectname)' | tail -n 1)
say() { # TEXT: of printf
    # shellcheck disable=SC2059 # a format, on purpose
    printf "$1" > requests
}

# as_git [--buffer]: git's answers to `requests`, and its end: 128 there is 2 here
as_git() {
    git -C "$small" cat-file --batch-command "$@" < requests > told 2> /dev/null
    ends=$?
    [ $ends -eq 128 ] && ends=2
    expect_input requests $ends batch --command "$@" "$small"
    same out told "$(cat -v requests): $*"
}

for text in "info $id\n" "contents $id\n" "info $id\ncontents $commit\ninfo $other\n" "info $id" \
    "info $id\nflush\ncontents $id\n" "info $id\nflush\nflush\n" "info $id\r\ncontents $id\r\r\n" \
    "info nonsense\ncontents nonsense\n" 'info \n' 'contents \n' "info  $id\n" "info $id rest\n" \
    "info $id\000rest\n" 'flush\000rest\n' "contents $(echo "$id" | cut -c 1-12)\n" '' \
    '\n' "info $id\n\ninfo $id\n" " info $id\n" "\tinfo $id\n" '\r\r\n' 'info\n' 'contents' \
    "infox $id\n" "INFO $id\n" 'flush \n' 'flushx\n' 'flush x\n' 'flush\n' "bogus $id\n" \
    "info $id\nbogus\n" "info $id\nflush\ninfo $other\nbogus\n" '\000info\n' "info\000$id\n"; do
    say "$text"
    as_git
    as_git --buffer
done
for format in '%(objectname)' '<%(rest)>' '%(objectsize:disk)|%(deltabase)' '%%(x)%%z' ''; do
    {
        echo "info $id and more"
        echo "info $commit"
        echo 'info nonsense'
    } > requests
    git -C "$small" cat-file --batch-command="$format" < requests > told
    expect_input requests 0 batch --command --format="$format" "$small"
    same out told
    expect_input requests 0 batch --command --buffer --format="$format" "$small"
    same out told
done

# Contents behind a line that does not say of what type they are. (git 2.55 ends with an assertion.)
say "contents $id\ninfo $id\n"
git -C "$small" cat-file blob "$id" > contents
{
    echo "$id"
    cat contents
    printf '\n%s\n' "$id"
} > told
expect_input requests 0 batch --command --format='%(objectname)' "$small"
same out told

# What git says is said, with what came on standard input made harmless.
refused() { # TEXT PATTERN
    say "$1"
    expect_input requests 2 batch --command "$small"
    says "^packread: standard input: $2\$"
    is_clean err
}
refused '\n' 'empty command in input'
refused ' info' "whitespace before command: ' info'"
refused 'info\n' 'info requires arguments'
refused 'flush now\n' 'flush takes no arguments'
refused 'fetch\033[31m\n' "unknown command: 'fetch\\\\x1b\\[31m'"
refused 'flush\n' 'flush is only for --buffer mode'
refused 'mailmap maybe\n' "mailmap: invalid boolean 'maybe'"

# git 2.39 does not know "mailmap": true, yes, on, and numbers, as in its configuration.
git -C "$small" cat-file --batch-check > told << END
$id
$commit
END
for value in '' true YES On false no OFF 0 1 -1 0x10 2k '  7' 2147483647 -2147483648; do
    say "info $id\nmailmap $value\ninfo $commit\n"
    expect_input requests 0 batch --command "$small"
    same out told
    expect_input requests 0 batch --command --buffer "$small"
    same out told
done
for value in ' ' maybe 7x 2147483648 3000000k -2147483649 '1 ' 2kk; do
    say "info $id\nmailmap $value\ninfo $commit\n"
    expect_input requests 2 batch --command --buffer "$small"
    head -n 1 told > first
    same out first "mailmap $value"
done

# Lines that no buffer holds.
letters() { # COUNT
    head -c "$1" /dev/zero | tr '\0' a
}
{
    echo "info $id"
    printf 'info '
    letters 17000000
    printf '\ncontents %s\n' "$id"
} > requests
as_git
as_git --buffer
letters 17000000 > requests
expect_input requests 2 batch --command "$small"
prints_nothing
holds 'not all of it is said' test "$(wc -c < err)" -lt 1000

# What does not go together.
expect 2 batch --command --check "$small"
says 'do not go together'
expect 2 batch --command --all "$small"

# talk OPTION...: to a batch, on descriptors 3 and 4
talk() {
    rm -f requests.fifo answers.fifo
    mkfifo requests.fifo answers.fifo
    $limit "$PACKREAD" batch --command "$@" "$small" < requests.fifo > answers.fifo &
    process=$!
    exec 3> requests.fifo 4< answers.fifo
}
hang_up() {
    exec 3>&-
    cat <&4 > rest
    exec 4<&-
    wait $process
    equal 'exit status of a batch that was talked to' $? "${1-0}"
}

# Each answer is there before the next request is sent.
talk
for name in "$id" nonsense "$commit"; do
    echo "info $name" >&3
    read -r answer <&4
    equal 'an answer while the input stays open' "${answer%% *}" "$name"
done
hang_up
holds 'nothing more' test ! -s rest

# With --buffer all are there after "flush", and the rest at the end.
talk --buffer
printf 'info %s\ninfo nonsense\nflush\n' "$id" >&3
read -r answer <&4
equal 'the first answer after flush' "${answer%% *}" "$id"
read -r answer <&4
equal 'the second answer after flush' "$answer" 'nonsense missing'
echo "info $commit" >&3
hang_up
equal 'the answer at the end' "$(cut -d ' ' -f 1 rest)" "$commit"

# A request that is none takes those that wait with it, as in git; what was flushed is there.
talk --buffer
printf 'info %s\nflush\ninfo %s\nbogus\n' "$id" "$commit" >&3
hang_up 2
equal 'answers' "$(cut -d ' ' -f 1 rest)" "$id"

# Any number of requests may be written before the first answer is read, and they take no memory.
many=1000000
if [ -n "${SANITIZE-}" ]; then
    many=60000
fi
awk -v n=$many -v a="$id" -v b="$commit" 'BEGIN { for (i = 0; i < n; i++) print "info " (i % 2 ? a : b) }' > requests
talk --buffer --memory-limit=2M
cat requests >&3
echo flush >&3
pid=$(pgrep -P $process 2> /dev/null || echo $process) # timeout runs it
read -r answer <&4
equal 'the first of many' "${answer%% *}" "$commit"
if [ -z "${SANITIZE-}" ] && [ -r "/proc/$pid/status" ]; then
    peak=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$pid/status")
    holds "bounded memory: $peak KiB" test "${peak:-0}" -lt 40000
fi
hang_up
equal 'as many answers' "$(($(wc -l < rest)))" $((many - 1))
equal 'in their order' "$(cut -d ' ' -f 1 rest | uniq -c | awk '{ print $1 }' | sort -u)" 1

# Where there is no room on disk, they are answered early.
head -n 60000 requests > some
git -C "$small" cat-file --batch-command --buffer < some > told
TMPDIR=$PWD/nowhere expect_input some 0 batch --command --buffer "$small"
same out told
is_silent
mkdir folder
TMPDIR=$PWD/folder expect_input some 0 batch --command --buffer "$small"
same out told
equal 'nothing is left behind' "$(ls -A folder)" ''
finish
