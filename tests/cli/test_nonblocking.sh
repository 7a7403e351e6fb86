#!/bin/sh
# Standard descriptors that do not block, and that are full or empty: O_NONBLOCK is of the open file, so
# whoever shares it with us may have set it. The program waits and goes on; signals and a closed pipe end it
# meanwhile as ever.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

many=$repos/many
small=$repos/small
if [ ! -r /proc/self/stat ] || ! dd if=/dev/null count=0 oflag=nonblock 2> /dev/null | cat; then
    echo 'not run: there is no /proc to tell when a process waits, or no dd that sets O_NONBLOCK'
    exit 77
fi
mkfifo pipe

# open_pipe: descriptor 4 writes into a pipe, 5 reads from it
open_pipe() {
    exec 3<> pipe
# shellcheck disable=SC2094 # both ends of a pipe
    exec 4> pipe 5< pipe
    exec 3>&-
}

# fill_pipe: nothing more goes into it; then, and after this, its writer does not block. Sets `filled`.
fill_pipe() {
    dd if=/dev/zero bs=4096 count=4096 oflag=nonblock >&4 2> filling
    filled=$(sed -n 's/^\([0-9]*\) bytes.*/\1/p' filling)
}

# await_wait PROCESS: until it sleeps, or has ended
await_wait() {
    while :; do
        state=$(sed 's/.*) //' "/proc/$1/stat" 2> /dev/null)
        case $state in
        S* | Z* | '') return ;;
        esac
    done
}

# ends WHAT PROCESS STATUS: within a time
ends() {
    if timeout 20 tail --pid="$2" -f /dev/null; then
        wait "$2" 2> /dev/null
        equal "$1: exit status" $? "$3"
    else
        fail "$1: does not end"
        kill -KILL "$2"
        wait "$2" 2> /dev/null
    fi
}

# gives WHAT FILE ARGUMENT...: standard output through a full pipe
gives() {
    ran=$1
    told=$2
    shift 2
    open_pipe
    fill_pipe
    "$PACKREAD" "$@" >&4 2> err 4>&- 5<&- < names &
    process=$!
    exec 4>&-
    await_wait $process
    tail -c +$((filled + 1)) <&5 > out
    exec 5<&-
    ends "$ran" $process 0
    same out "$told"
    is_silent
}
git -C "$many" cat-file --batch-all-objects --batch-check='%(objectname)' | head -n 200 > names
git -C "$many" cat-file --batch-all-objects --batch > told
gives 'batch --all' told batch --all "$many"
git -C "$many" cat-file --batch < names > told
gives 'batch' told batch "$many"
git -C "$many" cat-file --batch-all-objects --batch-check > told
gives 'list' told list "$many"
big=$(first_id "$repos/big" blob)
git -C "$repos/big" cat-file blob "$big" > told
gives 'cat' told cat "$repos/big" "$big"
"$PACKREAD" verify "$small" > told
gives 'verify' told verify "$small"

# Standard error: messages, figures.
for arguments in "list $work/nowhere" "list --metrics $small" "verify --progress $small"; do
    ran="packread $arguments, standard error full"
    open_pipe
    fill_pipe
    # shellcheck disable=SC2086 # words
    "$PACKREAD" $arguments 2>&4 > out 4>&- 5<&- &
    process=$!
    exec 4>&-
    await_wait $process
    tail -c +$((filled + 1)) <&5 > err
    exec 5<&-
    case $arguments in
    *nowhere)
        ends "$ran" $process 4
        says '^packread: .*nowhere'
        ;;
    *metrics*)
        ends "$ran" $process 0
        equal "$ran: figures" "$(grep -c '^[a-z_]* *[0-9]*$' err)" 18
        ;;
    *)
        ends "$ran" $process 0
        says '100%'
        ;;
    esac
done

# Standard input that has nothing yet.
ran='batch, standard input that does not block'
open_pipe
dd of=/dev/null count=0 iflag=nonblock <&5 2> /dev/null
"$PACKREAD" batch --check "$many" <&5 > out 2> err 4>&- 5<&- &
process=$!
exec 5<&-
await_wait $process
cat names >&4
exec 4>&-
ends "$ran" $process 0
git -C "$many" cat-file --batch-check < names > told
same out told
is_silent

# waits OUTPUT ARGUMENT...: a process that waits since OUTPUT is full
waits() {
    output=$1
    shift
    open_pipe
    if [ "$output" = blocking ]; then
        fill_pipe
        exec 4>&-
        exec 4> pipe # opened anew it blocks
        "$PACKREAD" "$@" 2>&4 > out 4>&- 5<&- &
    else
        fill_pipe
        "$PACKREAD" "$@" >&4 2> err 4>&- 5<&- &
    fi
    process=$!
    exec 4>&-
    await_wait $process
}
waits nonblocking list "$many"
kill -s TERM $process
ends 'list that waits, and SIGTERM' $process 143
exec 5<&-
waits nonblocking list "$many"
exec 5<&-
: > out
ends 'list that waits, and a reader that goes' $process 141
is_silent
# A line that is shown gets its end where there is room for it, and else not.
waits blocking verify --progress "$many"
kill -s TERM $process
ends 'verify that waits for standard error, and SIGTERM' $process 143
exec 5<&-
finish
