#!/bin/sh
# The border of a file system on the way up to a repository, with git beside it: not crossed unless
# GIT_DISCOVERY_ACROSS_FILESYSTEM says so. Needs a system where a user may mount in a namespace of
# his own; skipped elsewhere.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

if [ "${1-}" != --inside ]; then
    script=$(cd "$OLDPWD" && cd "$(dirname "$0")" && pwd)/$(basename "$0")
    if ! unshare -rm sh -c "mount -t tmpfs none '$work'" 2> /dev/null; then
        echo 'skipped: no file system can be mounted here'
        exit 77
    fi
    unshare -rm sh "$script" --inside
    exit
fi

git init -q repo
git -C repo commit -q --allow-empty -m one
id=$(git -C repo rev-parse HEAD)
mkdir -p repo/here repo/there
mount -t tmpfs none repo/there || exit 1
mkdir -p repo/here/below repo/there/below

# both FOLDER WANTED: packread finds the repository from there (0) or not, and so does git
both() {
    "$PACKREAD" cat -t "$1" HEAD > out 2> err
    ours=$?
    git -C "$1" cat-file -t HEAD > theirs 2> /dev/null
    equal "git from $1, ${GIT_DISCOVERY_ACROSS_FILESYSTEM-not set}" "$(($? != 0))" "$2"
    equal "packread from $1, ${GIT_DISCOVERY_ACROSS_FILESYSTEM-not set}" "$((ours != 0))" "$2"
    same out theirs "what is said from $1"
}

both repo/here/below 0
both repo/there 1
both repo/there/below 1
for value in 1 true yes on 7; do
    export GIT_DISCOVERY_ACROSS_FILESYSTEM=$value
    both repo/here/below 0
    both repo/there 0
    both repo/there/below 0
done
for value in 0 false no off ''; do
    export GIT_DISCOVERY_ACROSS_FILESYSTEM=$value
    both repo/here/below 0
    both repo/there 1
    both repo/there/below 1
done
unset GIT_DISCOVERY_ACROSS_FILESYSTEM

# A repository that is itself on the other side of a border is one.
git init -q repo/there/own
git -C repo/there/own commit -q --allow-empty -m two
mkdir repo/there/own/deep
both repo/there/own 0
both repo/there/own/deep 0
expect 0 cat -t repo/there/own "$(git -C repo/there/own rev-parse HEAD)"
expect 3 cat -t repo/there/own "$id"

umount repo/there
finish
