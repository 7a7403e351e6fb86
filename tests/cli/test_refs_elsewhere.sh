#!/bin/sh
# Refs that are kept in another folder (extensions.refStorage = files://PATH): the names are those of
# that folder, and those that stand in the repository are none. Debian's git refuses the extension, so
# it makes the repository and tells the ids before it is set.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git init -q -b main repo
git -C repo commit -q --allow-empty -m one
git -C repo branch side
git -C repo tag -a -m tag annotated
git -C repo pack-refs --all
git -C repo worktree add -q -b linked ../linked
git -C linked commit -q --allow-empty -m linked
git -C linked update-ref refs/bisect/bad HEAD
one=$(git -C repo rev-parse HEAD)
linked=$(git -C linked rev-parse HEAD)
tag=$(git -C repo rev-parse annotated)

mkdir -p elsewhere/worktrees/linked
cp -r repo/.git/HEAD repo/.git/refs repo/.git/packed-refs elsewhere
cp -r repo/.git/worktrees/linked/HEAD repo/.git/worktrees/linked/refs elsewhere/worktrees/linked
# What is in the repository itself goes on, and is not read.
git -C repo commit -q --allow-empty -m two
git -C repo branch only-here
two=$(git -C repo rev-parse HEAD)
git -C repo config core.repositoryformatversion 1

# names FOLDER NAME ID NAME ID...: ID - where there is no such name
names() {
    folder=$1
    shift
    : > wanted
    : > asked
    while [ $# -gt 0 ]; do
        echo "$1" >> asked
        if [ "$2" = - ]; then
            echo "$1 missing" >> wanted
        else
            echo "$2" >> wanted
        fi
        shift 2
    done
    expect_input asked 0 batch --check --format='%(objectname)' "$folder"
    same out wanted
    is_silent
}

for place in "files://$work/elsewhere" 'files://../../elsewhere'; do
    git config -f repo/.git/config extensions.refStorage "$place"
    names repo HEAD "$one" main "$one" side "$one" annotated "$tag" 'annotated^{commit}' "$one" \
        refs/heads/linked "$linked" only-here - refs/bisect/bad - main-worktree/HEAD "$one" \
        worktrees/linked/HEAD "$linked" worktrees/linked/refs/bisect/bad "$linked"
    names linked HEAD "$linked" main "$one" refs/bisect/bad "$linked" main-worktree/HEAD "$one" only-here -
    # No object is less there for it.
    expect 0 cat -t repo "$two"
    expect 0 verify repo
done

# A later commit in the other folder is seen.
echo "$two" > elsewhere/refs/heads/main
names repo HEAD "$two" main "$two" side "$one"

# A folder that is not there has no refs; objects are read all the same.
git config -f repo/.git/config extensions.refStorage "files://$work/nowhere"
expect 0 cat -t repo "$one"
expect 3 cat -t repo main

git config -f repo/.git/config extensions.refStorage 'other://place'
expect 1 cat -t repo main
finish
