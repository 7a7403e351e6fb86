#!/bin/sh
# Where the output goes: a reader that leaves, a full disk, closed descriptors, figures, progress; and
# bytes that must not reach a terminal.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

small=$repos/small
many=$repos/many
id=$(first_id "$small" blob)
git -C "$small" cat-file --batch-all-objects --batch-check='%(objectname)' > ids

# A reader that has seen enough: no message; the end is SIGPIPE's, even where that was ignored.
for command in 'list' 'list --json' 'batch --all' 'batch --all --check --unordered' \
    'list --progress'; do
    # shellcheck disable=SC2086 # a command and its options
    {
        "$PACKREAD" $command "$many" 2> err
        echo $? > status
    } | head -n 1 > out
    equal "$command | head: exit status" "$(cat status)" 141
    has_lines out 1
    case $command in
    *--progress) ;;
    *) equal "$command | head: messages" "$(cat err)" '' ;;
    esac
done
{
    (
        trap '' PIPE
        "$PACKREAD" list "$many" 2> err
    )
    echo $? > status
} | head -n 1 > out
equal 'with SIGPIPE ignored: exit status' "$(cat status)" 141
equal 'with SIGPIPE ignored: messages' "$(cat err)" ''

# full ARGUMENT...: nothing can be written
full() {
    ran="packread $* > /dev/full"
    "$PACKREAD" "$@" > /dev/full 2> err < ids
    equal "$ran: exit status" $? 4
    says '^packread: standard output: cannot be written: No space left on device$'
    has_lines err 1
}
: > out
if [ -c /dev/full ]; then
    full list "$small"
    full list "$many"
    full list --json "$small"
    full info "$small" "$id"
    full cat "$small" "$id"
    full cat -t "$small" "$id"
    full cat "$repos/big" "$(first_id "$repos/big" blob)"
    full verify "$small"
    full batch "$small"
    full batch --buffer --check "$small"
    full batch --all "$small"
    full --help
    full --version
    full cat --help
    full verify "$FIXTURES/damaged/flipped-byte"
    "$PACKREAD" cat -e "$small" "$id" > /dev/full
    equal 'nothing to write, nothing that fails' $? 0
    "$PACKREAD" verify -q "$small" > /dev/full
    equal 'nothing to write, nothing that fails' $? 0
    "$PACKREAD" list nowhere 2> /dev/full
    equal 'messages that cannot be written' $? 4
    "$PACKREAD" list --metrics=/dev/full "$small" > out 2> err
    equal 'figures that cannot be written' $? 4
    says '^packread: /dev/full: cannot be written: No space left on device$'
fi

# What is printed goes out in whole lines: on a terminal a message must not fall into the middle of one.
if command -v python3 > /dev/null; then
    for command in 'list --json' 'batch --all --check' \
        'list --format=%(offset)_%(objectname)_%(objectname)_%(pack)_%(deltabase)_%(objecttype)'; do
        ran="packread $command"
        # shellcheck disable=SC2086 # a command and its options
        "$PACKREAD" $command "$many" > told
        # shellcheck disable=SC2086 # a command and its options
        python3 -c 'import socket, subprocess, sys
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
process = subprocess.Popen(sys.argv[1:], stdout=theirs)
theirs.close()
while True:
    piece = ours.recv(1 << 20)
    if not piece:
        break
    sys.stdout.buffer.write(piece)
    if not piece.endswith(b"\n"):
        sys.exit("a line is cut: " + repr(piece[-30:]))
sys.exit(process.wait())' "$PACKREAD" $command "$many" > out 2> err
        equal "$ran: exit status" $? 0
        same out told
    done
fi

# Closed descriptors: what is written to them fails, and no file of ours takes their place.
ran='packread list >&-'
"$PACKREAD" list "$small" 2> err >&-
equal "$ran: exit status" $? 4
says '^packread: standard output: cannot be written: Bad file descriptor$'
"$PACKREAD" cat -e "$small" "$id" 2> err >&-
equal 'cat -e with standard output closed' $? 0
"$PACKREAD" extract "$small" -o dir "$id" <&- >&- 2>&-
equal 'extract with all closed: exit status' $? 0
git -C "$small" cat-file blob "$id" > told
same "dir/$id" told
"$PACKREAD" cat "$small" "$id" <&- > out 2>&-
equal 'cat with input and errors closed: exit status' $? 0
same out told
"$PACKREAD" cat "$small" 0000 2>&- > out
equal 'a message with standard error closed: exit status' $? 3
equal 'a message with standard error closed: output' "$(cat out)" ''
ran='packread batch <&-'
"$PACKREAD" batch "$small" <&- > out 2> err
equal "$ran: exit status" $? 4
says '^packread: standard input: cannot be read: Bad file descriptor$'
"$PACKREAD" batch "$small" < "$repos" > out 2> err
equal 'a folder as standard input: exit status' $? 4
says '^packread: standard input: cannot be read: Is a directory$'
cp "$(only_pack "$small")" copy.pack
index=$(only_pack "$small")
cp "${index%.pack}.idx" copy.idx
"$PACKREAD" verify copy.pack <&- > out 2>&-
equal 'verify with input and errors closed: exit status' $? 0
same copy.pack "$(only_pack "$small")" 'the pack after a run with closed descriptors'

# Control bytes and bytes that are not UTF-8, in arguments and in names of files.
bad=$(printf 'x\033[31m\a\r\177\001y\302\233z\377')
expect 4 list "$bad"
is_clean err
says 'x\\x1b\[31m\\a\\r\\x7f\\x01y\\xc2\\x9bz\\xff: '
for arguments in "$bad" "list --$bad" "list -$bad" "cat copy.pack $bad" "list --format=%($bad) $small" \
    "list --order=$bad $small" "list --window-size=$bad $small" "list --type=$bad $small" \
    "verify --threads=$bad $small"; do
    # shellcheck disable=SC2086 # words
    expect 2 $arguments
    is_clean err
    has_lines err 1
done
expect 3 cat "$small" "$bad" # in a repository that may be a name
is_clean err
has_lines err 1
expect 4 list "$(printf 'two\nlines')"
says 'two\\nlines: '
# UTF-8 is left alone.
expect 4 list 'zażółć gęślą'
says 'zażółć gęślą: '

mkdir -p "$bad/pack"
types=$FIXTURES/packs/types/pack/pack-types
cp "$types.pack" "$bad/pack/pack-$bad.pack"
cp "$types.idx" "$bad/pack/pack-$bad.idx"
cp "$FIXTURES/damaged/not-a-pack/pack/pack-not-a-pack.pack" "$bad/pack/pack-0$bad.pack"
cp "$FIXTURES/damaged/not-a-pack/pack/pack-not-a-pack.idx" "$bad/pack/pack-0$bad.idx"
object=$(awk '{ print $1; exit }' "$FIXTURES/packs/types/types.manifest")
expect 1 list --format='%(pack)' "$bad"
is_clean out
is_clean err
prints 'pack-x\\x1b\[31m\\a'
expect 0 info "$bad" "$object"
is_clean out
expect 1 verify "$bad"
is_clean out
is_clean err
expect 0 info --json "$bad" "$object"
is_clean err
printf '%s\n' "$(tr -d '\n\40-\176' < out | od -An -c | head -n 1)" > rest
equal 'control bytes in JSON' "$(tr -d '\n\40-\176\302-\364\200-\277' < out)" ''
# No byte is lost there: one that is not UTF-8 is \udcXX.
prints '"pack":"pack-x\\u001b\[31m\\u0007\\u000d\\u007f\\u0001y\\u009bz\\udcff"'
if command -v python3 > /dev/null; then
    # Overlong, a surrogate, past the last, cut short, a byte too many; and a letter that is UTF-8.
    odd=$(printf 'a\300\257b\355\263\277c\364\220\200\200d\342\202e\200\303\251')
    mkdir -p "$odd/pack"
    cp "$types.pack" "$odd/pack/pack-$odd.pack"
    cp "$types.idx" "$odd/pack/pack-$odd.idx"
    cp "$FIXTURES/damaged/flipped-byte/pack/pack-flipped-byte.pack" "$odd/pack/alone-$odd.pack"
    for place in "$bad" "$odd"; do
        expect 1 verify --json "$place"
        cp out json
        expect 0 info --json "$place/pack/pack-$place.pack" "$object"
        cat out >> json
        "$PACKREAD" list --json --format='%(pack)' "$place" >> json 2> err
        holds 'JSON gives back each byte of a name' python3 -c 'import json, os, sys
def as_bytes(text):
    return text.encode("utf-8", "surrogateescape")
wanted = os.fsencode(sys.argv[2])
for line in open(sys.argv[1], encoding="utf-8"):
    value = json.loads(line)
    names = [as_bytes(value[key]) for key in ("file", "pack") if key in value]
    assert names and all(wanted in name for name in names), line
    assert "file" not in value or os.path.exists(as_bytes(value["file"])), line' json "$place"
    done
fi
# Names on standard input come back as they are, as from git, but not in messages.
printf '%s\n' "$bad" > names
expect_input names 0 batch "$small"
{
    printf '%s' "$bad"
    echo ' missing'
} > told
same out told

# Figures of the windows.
expect 0 list --metrics "$small"
says '^misses  *[1-9]'
says '^bytes_peak  *[1-9]'
equal 'figures' "$(grep -c '^[a-z_]* *[0-9]*$' err)" 18
for file in figures.txt figures.json figures.prom; do
    # Into a new file, an empty one, and over the figures of an earlier run.
    expect 0 cat --metrics=$file "$small" "$id"
    is_silent
    mv $file earlier.${file#*.}
    : > $file
    for earlier in $file earlier.*; do
        [ "$earlier" = $file ] || cp "$earlier" $file
        expect 0 cat --metrics=$file "$small" "$id"
        is_silent
        same $file earlier.${file#*.}
    done
done
equal 'figures of an earlier run' "$(echo earlier.*)" 'earlier.json earlier.prom earlier.txt'
holds 'text' grep -q '^maps  *[0-9]*$' figures.txt
holds 'JSON' grep -q '^{"hits":[0-9]*,.*"cursors":[0-9]*}$' figures.json
holds 'Prometheus' grep -q '^packread_window_misses_total [1-9][0-9]*$' figures.prom
holds 'Prometheus: a level' grep -q '^# TYPE packread_window_bytes_peak gauge$' figures.prom
equal 'temporary files' "$(find . -name '.packread*')" ''
# A device, a pipe or a descriptor by its name is written to, never replaced.
before=$(stat -c '%F' /dev/stderr /dev/null)
expect 0 list --metrics=/dev/stderr "$small"
says '^misses  *[1-9]'
expect 0 list --metrics=/dev/null "$small"
is_silent
equal 'devices after that' "$(stat -c '%F' /dev/stderr /dev/null)" "$before"
mkfifo pipe.json
cat pipe.json > through &
expect 0 cat --metrics=pipe.json "$small" "$id"
wait $!
holds 'JSON through a pipe' grep -q '^{"hits"' through
holds 'the pipe is still one' test -p pipe.json
# What a link points to is replaced; the link stays.
cp figures.json target.txt
ln -s target.txt link.txt
expect 0 cat --metrics=link.txt "$small" "$id"
holds 'the link is still one' test -L link.txt
holds 'its target is new' grep -q '^maps' target.txt
# Anything else that a file holds is not written over, be it behind a link, and is told before
# anything is done.
git clone -q --bare "$small" kept.git
ln kept.git/HEAD HEAD.txt
ln -s kept.git/HEAD HEAD.json
cp "$(only_pack "$small")" a-pack.txt
printf '# HELP packread_objects Of another program.\n' > another.prom
printf '{"hit' > short.json
printf 'hits 7\n' > another.txt
printf '\n' > line.txt
for file in kept.git/HEAD kept.git/config HEAD.txt HEAD.json a-pack.txt another.prom short.json another.txt line.txt; do
    cp $file told
    expect 2 list --metrics=$file "$small"
    says "^packread list: --metrics does not write over '$file', which holds something else than figures of an earlier run: name another file, or remove it; see"
    prints_nothing
    same $file told
done
holds 'the link is still one' test -L HEAD.json
holds 'git still reads that repository' git -C kept.git cat-file -e HEAD
# Nor over what comes there while the command runs.
mkfifo asked answered
$limit "$PACKREAD" batch --check --metrics=meanwhile.txt "$small" < asked > answered 2> err &
exec 3> asked 4< answered
echo "$id" >&3
read -r answer <&4
equal 'answer before a file came' "${answer%% *}" "$id"
echo precious > meanwhile.txt
exec 3>&- 4<&-
wait $!
equal 'exit status where a file came' $? 4
says '^packread: meanwhile.txt: cannot be written: File exists$'
equal 'the file that came' "$(cat meanwhile.txt)" precious
# What cannot be written is told before anything is done.
expect 4 list --metrics=no/such/file "$small"
says '^packread: no/such/file: cannot be written: No such file or directory$'
equal 'ids listed before that' "$(wc -c < out)" 0
expect 4 list --metrics=dir "$small"
says '^packread: dir: cannot be written: Is a directory$'
equal 'ids listed before that' "$(wc -c < out)" 0
expect 4 batch --metrics=no/such/file "$small"
equal 'temporary files after all that' "$(find . -name '.packread*')" ''
expect 3 cat --metrics=absent.txt "$small" 0000
holds 'figures come also where something failed' test -s absent.txt
# Wrong usage has no figures, and leaves those of an earlier run.
echo 'of an earlier run' > kept.json
cp kept.json told
expect 2 list --metrics=kept.json "$small" 0000
same kept.json told
expect 0 list --metrics=window.txt --window-size=4K --memory-limit=1M "$many"
peak=$(awk '$1 == "bytes_peak" { print $2 }' window.txt)
holds 'the limit holds' test "$peak" -le 1048576
expect 0 list --metrics=pread.txt --io=pread "$many"
equal 'windows by mmap with --io=pread' "$(awk '$1 == "maps" { print $2 }' pread.txt)" 0
expect 0 verify --metrics=sum.txt "$small" "$repos/deltas"
holds 'figures of several places' test "$(awk '$1 == "misses" { print $2 }' sum.txt)" -ge 4

# Quiet: neither warnings nor progress, but errors.
expect 0 list -q --progress "$repos/empty"
is_silent
expect 4 list -q nowhere
says 'nowhere'
expect 3 cat -q "$small" 0000
says 'not found'
# No progress where standard error is no terminal and nobody asked.
expect 0 verify "$many"
is_silent
finish
