#!/bin/sh
# A signal that ends extract leaves no temporary file, and no file that is not whole. The process is
# stopped at a moment when its temporary file is there beside one that is done, and then gets the signal.
# Neither does one that ends index, whichever it is, nor a reader that has gone.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

many=$repos/many
if [ ! -r /proc/self/stat ]; then
    echo 'not run: there is no /proc to tell when a process has stopped'
    exit 77
fi

# A shell makes processes in the background ignore SIGINT and SIGQUIT; this undoes it.
default=''
if env --default-signal=INT,QUIT true 2> /dev/null; then
    default='env --default-signal=INT,QUIT'
fi
# shellcheck disable=SC3045 # where there is no -c, a core stays in the folder that goes
ulimit -c 0 2> /dev/null

# Waits until the process that was told to stop has stopped (T), or has ended.
await_stop() {
    while :; do
        state=$(sed 's/.*) //' "/proc/$1/stat" 2> /dev/null)
        case $state in
        T* | t* | Z* | '') return ;;
        esac
    done
}

# Waits until the process waits, or has ended.
await_sleep() {
    while :; do
        state=$(sed 's/.*) //' "/proc/$1/stat" 2> /dev/null)
        case $state in
        S* | Z* | '') return ;;
        esac
    done
}

# interrupt SIGNAL [OPTION]: ends an extraction in the middle of a file. Sets `status`; a run that was over
# too soon is tried again.
interrupt() {
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        rm -rf dir
        # shellcheck disable=SC2086 # a command and its option, or nothing
        $default "$PACKREAD" extract $2 "$many" -o dir --all 2> err &
        process=$!
        until [ -d dir ] || ! kill -0 $process 2> /dev/null; do :; done
        found=''
        others=''
        while kill -STOP $process 2> /dev/null; do
            await_stop $process
            found=$(find dir -name '.packread-*')
            others=$(find dir -type f ! -name '.packread-*' | head -n 1)
            if [ -n "$found" ] && [ -n "$others" ]; then
                break
            fi
            kill -CONT $process
        done
        kill -s "$1" $process
        kill -CONT $process
        wait $process 2> /dev/null
        status=$?
        if [ -n "$found" ] && [ -n "$others" ]; then
            return
        fi
    done
    fail "no extraction could be stopped in the middle of a file"
}

for signal in INT TERM HUP; do
    if [ $signal = INT ] && [ -z "$default" ]; then
        continue
    fi
    : > out
    ran="extract and SIG$signal"
    interrupt $signal ''
    case $signal in
    HUP) number=1 ;;
    INT) number=2 ;;
    *) number=15 ;;
    esac
    equal "$ran: exit status" "$status" $((128 + number))
    equal "$ran: temporary files" "$(find dir -name '.packread*')" ''
    equal "$ran: messages" "$(cat err)" ''
    find dir -type f | sort > paths
    holds "$ran: files that were done stay" test -s paths
    tr '\n' '\0' < paths | xargs -0 -r -n 200 git hash-object --no-filters -t blob -- > hashed
    # Names of blobs; trees and commits have other headers, so only blobs can be told so.
    git -C "$many" cat-file --batch-all-objects --batch-check | awk '$2 == "blob" { print $1 }' > blobs
    sed 's|.*/||' paths > names
    paste -d ' ' names hashed | awk '$1 != $2 { print $1 }' | sort | comm -12 - blobs > partial
    equal "$ran: files that are not whole" "$(cat partial)" ''
done

# A signal that the parent ignores (nohup) stays ignored.
ran='extract and an ignored SIGHUP'
rm -rf dir
deltas=$repos/deltas
(
    trap '' HUP
    exec "$PACKREAD" extract "$deltas" -o dir --all
) 2> err &
process=$!
until [ -d dir ] || ! kill -0 $process 2> /dev/null; do :; done
kill -s HUP $process 2> /dev/null
wait $process 2> /dev/null
equal "$ran: exit status" $? 0
equal "$ran: files" "$(find dir -type f | wc -l | tr -d ' ')" \
    "$(git -C "$deltas" cat-file --batch-all-objects --batch-check | wc -l | tr -d ' ')"

# What leaves nothing behind takes over no signals, but for what the packs' windows need.
if grep -q SigCgt /proc/self/status && [ -z "${SANITIZE-}" ]; then
    ran='batch that waits for names'
    mkfifo asked
    rm -f out err
    "$PACKREAD" batch "$deltas" < asked > out 2> err &
    process=$!
    exec 3> asked
    echo 0123 >&3
    until [ -s out ]; do kill -0 $process || break; done
    caught=$(sed -n 's/^SigCgt:[[:space:]]*//p' /proc/$process/status)
    exec 3>&-
    wait $process
    equal "$ran: signals caught" "$caught" 0000000000000040 # SIGBUS
fi

# Every signal that ends the process while index has its temporary files. It waits there: it has something
# to tell, and the pipe is full.
mkdir cut
cp "$(only_pack "$repos/small")" cut/cut.pack
chmod u+w cut/cut.pack
truncate -s $(($(wc -c < cut/cut.pack) / 2)) cut/cut.pack
mkfifo full
exec 3<> full
dd if=/dev/zero of=full bs=4096 count=4096 oflag=nonblock 2> /dev/null
for signal in HUP INT QUIT TERM USR1 USR2 ALRM VTALRM PROF XCPU PIPE ABRT SEGV BUS SYS; do
    case $signal in
    INT | QUIT) [ -n "$default" ] || continue ;;
    esac
    case "${SANITIZE-}/$signal" in
    [a-z]*/SEGV | [a-z]*/BUS | [a-z]*/ABRT) continue ;; # these have handlers of their own
    esac
    ran="index and SIG$signal"
    rm -f cut/.packread-*
    # shellcheck disable=SC2086 # a command and its option, or nothing
    $default "$PACKREAD" index --rev cut/cut.pack 2> full 3<&- &
    process=$!
    until [ "$(find cut -name '.packread-*' | wc -l)" -eq 2 ]; do
        kill -0 $process 2> /dev/null || break
    done
    kill -s $signal $process
    wait $process 2> /dev/null
    status=$?
    equal "$ran: exit status" "$(kill -l $status 2> /dev/null)" $signal
    equal "$ran: files" "$(ls -A cut)" cut.pack
done
exec 3<&-

# The reader of the messages has gone.
mkfifo start messages
rm -f cut/.packread-*
ran='index and a closed pipe'
(
    read -r _ < start
    exec "$PACKREAD" index cut/cut.pack
) 2> messages &
process=$!
exec 3< messages
exec 3<&-
echo > start
wait $process 2> /dev/null
equal "$ran: exit status" "$(kill -l $?)" PIPE
equal "$ran: files" "$(ls -A cut)" cut.pack

# Progress that is shown ends with its line.
ran='extract --progress and SIGTERM'
interrupt TERM --progress
equal "$ran: exit status" "$status" 143
equal "$ran: the line has its end" "$(tail -c 1 err | od -An -tx1 | tr -d ' ')" 0a
# Where something is about to be printed it has gone before.
mkfifo progress
ran='batch --progress and SIGTERM'
"$PACKREAD" batch --all --threads=1 --progress "$deltas" 2> err > progress &
process=$!
exec 3< progress
read -r _ <&3
await_sleep $process
kill -s TERM $process
wait $process 2> /dev/null
equal "$ran: exit status" $? 143
exec 3<&-
equal "$ran: the line has gone" "$(tail -c 4 err | od -An -tx1 | tr -d ' ')" 0d1b5b4b
finish
