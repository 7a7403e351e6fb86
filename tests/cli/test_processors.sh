#!/bin/sh
# Without --threads as many threads work as there are processors that the process may use: not more than it
# may run on, and not more than its control group has time for.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

many=$repos/many
if [ ! -d /proc/self/task ] || ! command -v taskset > /dev/null; then
    echo 'not run: there is no /proc to count threads in, or no taskset'
    exit 77
fi
mkfifo pipe

# threads WHAT COUNT COMMAND...: while the command waits for its output to be read, it has so many threads
threads() {
    what=$1
    wanted=$2
    shift 2
    "$@" 2> err > pipe &
    process=$!
    exec 3< pipe
    # Soon after the first answer all threads are there, and those that made the list are gone; the pipe
    # holds but few of the answers.
    read -r _ <&3
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        set -- "/proc/$process/task/"*
        count=$#
        [ "$count" -ne "$wanted" ] || break
        sleep 0.1
    done
    exec 3<&-
    wait $process 2> /dev/null
    equal "$what" "$count" "$wanted"
}

processors=$(nproc)
first=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')
threads 'one processor' 1 taskset -c "$first" "$PACKREAD" batch --all "$many"
threads 'one processor, --threads=2' 3 taskset -c "$first" "$PACKREAD" batch --all --threads=2 "$many"
if [ "$processors" -gt 1 ]; then
    threads 'all processors' $((1 + (processors < 8 ? processors : 8))) \
        "$PACKREAD" batch --all --memory-limit=4G "$many"
fi

# Control groups, made of files in a place of their own.
groups() {
    # shellcheck disable=SC2016 # the inner shell expands them
    exec unshare -m sh -c 'mount -t tmpfs tmpfs /sys/fs/cgroup && mount --bind "$1/cgroup" /proc/$$/cgroup && shift &&
        mkdir -p "/sys/fs/cgroup/$1" && printf "%s\n" "$3" > "/sys/fs/cgroup/$1/$2" &&
        if [ "$4" != - ]; then printf "%s\n" "$5" > "/sys/fs/cgroup/$1/$4"; fi && shift 5 && exec "$@"' - "$work" "$@"
}
echo '0::/' > cgroup
if [ "$processors" -eq 1 ] || ! (groups . cpu.max 'max 100000' - - true) 2> err; then
    echo 'not run: quotas of control groups: one processor, or no file system may be mounted here'
    finish
fi
full=$((1 + (processors < 8 ? processors : 8)))
# quota WHAT COUNT GROUP FILE TEXT FILE TEXT
quota() {
    what=$1
    wanted=$2
    shift 2
    # The process that unshare begins becomes the program.
    threads "$what" "$wanted" groups "$@" "$PACKREAD" batch --all --memory-limit=4G "$many"
}
quota 'no quota' $full . cpu.max 'max 100000' - -
quota 'half a processor' 1 . cpu.max '50000 100000' - -
quota 'one processor' 1 . cpu.max '100000 100000' - -
quota 'more than one' 3 . cpu.max '150000 100000' - -
quota 'more than there are' $full . cpu.max '100000000 100000' - -
for text in '' 'x' '50000' '-1 100000' '0 100000' '50000 0' '99999999999999999999 1' '50000 -3'; do
    quota "nonsense: $text" $full . cpu.max "$text" - -
done
echo '0::/a/b' > cgroup
quota 'of a group above' 1 a cpu.max '50000 100000' - -
quota 'of the group' 1 a/b cpu.max '50000 100000' - -
quota 'of the root of a container' 1 . cpu.max '50000 100000' - -
quota 'of another group' $full a/c cpu.max '50000 100000' - -
quota 'version 2 beside version 1' 1 unified/a cpu.max '50000 100000' - -
printf '%s\n' '7:cpuset:/other' '3:cpu,cpuacct:/docker/x' '0::/' > cgroup
quota 'version 1' 1 cpu/docker/x cpu.cfs_quota_us 50000 cpu.cfs_period_us 100000
quota 'version 1, another folder' 1 cpu,cpuacct/docker cpu.cfs_quota_us 50000 cpu.cfs_period_us 100000
quota 'version 1, no quota' $full cpu/docker/x cpu.cfs_quota_us -1 cpu.cfs_period_us 100000
quota 'version 1, not all of it' $full cpu/docker/x cpu.cfs_quota_us 50000 - -
for text in '' x 1:cpu 1:cpu:; do
    printf '%s\n' "$text" > cgroup
    quota "a list of groups: $text" $full cpu/docker/x cpu.cfs_quota_us 50000 cpu.cfs_period_us 100000
done
finish
