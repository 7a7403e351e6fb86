#!/bin/sh
# The demo leaves nothing behind, also where its output ends early or it is ended.
# shellcheck source-path=SCRIPTDIR source=lib.sh
case $0 in
/*) demo=${0%/*}/../../fixtures/demo.sh ;;
*) demo=$PWD/${0%/*}/../../fixtures/demo.sh ;;
esac
. "${0%/*}/lib.sh"

mkdir places
export TMPDIR="$work/places"
export PACKREAD

"$demo" < /dev/null 2> err | head -n 1 > out
prints '^Making a repository'
equal 'left behind where its output ends' "$(ls places)" ''

mkfifo pipe
"$demo" < /dev/null > pipe 2> err &
runs=$!
exec 3< pipe
read -r line <&3
equal 'its first line' "$line" 'Making a repository of 500 commits, demo.git'
kill -TERM $runs
wait $runs
equal 'exit status after SIGTERM' $? 143
exec 3<&-
equal 'left behind by SIGTERM' "$(ls places)" ''
finish
