#!/bin/sh
# Refs that are kept in another folder (extensions.refStorage = files://PATH, GIT_REFERENCE_BACKEND):
# the names are those of that folder, and those that stand in the repository are none. Debian's git
# refuses the extension and does not know the variable, so it makes the repository and tells the ids
# before they are set. What the variable does is what git 2.55 was seen to do.
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

# ---- The environment ---------------------------------------------------------------------------

echo "$one" > elsewhere/refs/heads/main
cp -r elsewhere repo/.git/inside
cp -r elsewhere 'with space'
cp -r elsewhere repo/not-this
mkdir repo/deep
# configured LINE LINE: what the configuration has in its sections core and extensions
configured() {
    printf '[core]\n\tbare = false\n%s\n[extensions]\n%s\n' "$1" "$2" > repo/.git/config
}
# backend VALUE: what the variable says from now on
backend() {
    GIT_REFERENCE_BACKEND=$1
    export GIT_REFERENCE_BACKEND
}
main_tree() {
    names "$1" HEAD "$one" main "$one" side "$one" annotated "$tag" 'annotated^{commit}' "$one" \
        refs/heads/linked "$linked" only-here - refs/bisect/bad - main-worktree/HEAD "$one" \
        worktrees/linked/HEAD "$linked" worktrees/linked/refs/bisect/bad "$linked"
}
linked_tree() {
    names "$1" HEAD "$linked" main "$one" refs/bisect/bad "$linked" main-worktree/HEAD "$one" only-here - \
        worktrees/linked/HEAD "$linked"
}
# It stands for what the configuration says, of a repository of any version.
version0=$(printf '\trepositoryformatversion = 0')
version1=$(printf '\trepositoryformatversion = 1')
nowhere=$(printf '\trefStorage = files://%s/nowhere' "$work")
tables=$(printf '\trefStorage = reftable')
for value in "files://$work/elsewhere" "files://$work/elsewhere/" 'files://../../elsewhere' files://inside files://./inside \
    "files://$work/with space"; do
    backend "$value"
    for said in "$version0" "$version1" "" "$version1+$nowhere" "$version1+$tables"; do
        case $said in
            *+*) configured "${said%+*}" "${said#*+}" ;;
            *) configured "$said" '' ;;
        esac
        # A relative folder is seen from the common git dir, wherever one is.
        for folder in repo repo/deep repo/.git; do
            main_tree "$folder"
        done
        for folder in linked repo/.git/worktrees/linked; do
            linked_tree "$folder"
        done
    done
done
# No folder: the usual place.
for value in files files://; do
    backend "$value"
    configured "$version1" "$nowhere"
    names repo HEAD "$two" main "$two" only-here "$two" refs/bisect/bad -
    names linked HEAD "$linked" main "$two" refs/bisect/bad "$linked"
done
# There are no tables, and nothing in a folder that is not there.
for value in reftable "files://$work/nowhere" files://not-this; do
    backend "$value"
    configured "$version0" ''
    names repo HEAD - main - only-here - refs/heads/linked - "$two" "$two"
    names linked HEAD - main - refs/bisect/bad -
done
# A form that is not known. Of what is no repository it says nothing.
git -C repo bundle create -q ../all.bundle main
git -C repo repack -qad
for value in other other://place FILES Files files:/x ://x ' files'; do
    backend "$value"
    for folder in repo linked repo/.git repo/deep; do
        expect 1 cat -t "$folder" "$two"
        says ': GIT_REFERENCE_BACKEND is neither files nor reftable$'
    done
    expect 1 list repo
    expect 0 cat -t all.bundle main
    for place in repo/.git/objects repo/.git/objects/pack repo/.git/objects/pack/*.pack; do
        expect 0 cat -t "$place" "$two"
        is_silent
    done
done
# What the configuration says has to be known all the same, as to git.
backend files
configured "$version1" "$(printf '\trefStorage = other')"
expect 1 cat -t repo main
says 'extensions.refstorage is neither files nor reftable'
unset GIT_REFERENCE_BACKEND
finish
