#!/bin/sh
# The writer of test_stress: commits, fetches and tidies up in a repository until it is told to end.
#
#     stress_writer.sh FOLDER SEED
#
# FOLDER/repository is the repository. FOLDER/journal has a line "ID TYPE SIZE" for each object that
# is reachable from a ref: from when it stands there, to the end. FOLDER/refs likewise "ID REF" for
# each ref, which is there from then on, and whose objects are all in the journal; a ref that moves
# forward is told again, after it moved. FOLDER/steps counts what was done. Ends when FOLDER/stop is there;
# FOLDER/failed says what went wrong.
set -eu

cd "$1"
seed=$2
tell_failure() {
    if [ "$1" -ne 0 ]; then
        { echo "$step: exit status $1"; cat log; } > failed
    fi
}
trap 'tell_failure $?' EXIT
exec 2>> log
# shellcheck disable=SC2046 # a list of names
unset $(git rev-parse --local-env-vars)
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_CONFIG_NOSYSTEM=1 LC_ALL=C
export GIT_CONFIG_COUNT=5 GIT_CEILING_DIRECTORIES="$PWD"
export GIT_CONFIG_KEY_0=gc.auto GIT_CONFIG_VALUE_0=0
export GIT_CONFIG_KEY_1=core.fsync GIT_CONFIG_VALUE_1=none
export GIT_CONFIG_KEY_2=init.defaultBranch GIT_CONFIG_VALUE_2=main
export GIT_CONFIG_KEY_3=pack.threads GIT_CONFIG_VALUE_3=1
export GIT_CONFIG_KEY_4=maintenance.auto GIT_CONFIG_VALUE_4=false
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@example.com
step=beginning
number=0
: > journal
: > refs
: > steps

random() { # BELOW: a number
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    drawn=$((seed / 65536 % $1))
}

# ours ARGUMENT...
ours() {
    git --git-dir=repository "$@"
}

# commit REPOSITORY REF: a commit with some files changed, in one pack or loose
commit() {
    number=$((number + 1))
    random 3
    limit=$((drawn * 1000))
    {
        printf 'commit %s\ncommitter C <c@example.com> %d +0000\ndata 7\nnumber\n\n' "$2" $((1700000000 + number))
        if git --git-dir="$1" rev-parse -q --verify "$2^0" > tip; then
            printf 'from %s\n' "$(cat tip)"
        fi
        for file in 1 2 3; do
            random 12
            printf 'M 100644 inline folder%d/file%d\ndata <<END\n' $((drawn % 4)) "$drawn"
            awk -v number=$number -v file=$file 'BEGIN { for (i = 0; i < 40; i++) print "line " i " of " (i % 9 == number % 9 ? number : file) }'
            printf 'END\n'
        done
        echo
    } | git --git-dir="$1" -c fastimport.unpackLimit=$limit fast-import --quiet --force
}

# tell REF OLD: the objects of a ref that were not reachable before, and the ref
tell() {
    # shellcheck disable=SC2086 # none or one
    ours rev-list --objects "$1" ${2:+"^$2"} | cut -d ' ' -f 1 | ours cat-file --batch-check >> journal
    ours for-each-ref --format='%(objectname) %(refname)' "$1" >> refs
}

# index_packs: writes a multi-pack-index, where there are packs
index_packs() {
    for pack in repository/objects/pack/pack-*.idx; do
        [ ! -e "$pack" ] || ours multi-pack-index write
        return 0
    done
}

# Packs become loose objects, which are all there before their pack goes.
unpack_one() {
    rm -rf unpacked
    for pack in repository/objects/pack/pack-*.pack; do
        [ -e "$pack" ] || return 0
        [ "$(wc -c < "$pack")" -lt 100000 ] || continue
        git init -q --bare --template= unpacked
        git --git-dir=unpacked unpack-objects -q < "$pack"
        for folder in unpacked/objects/??; do
            [ -d "$folder" ] || continue
            mkdir -p "repository/objects/${folder##*/}"
            mv -f "$folder"/* "repository/objects/${folder##*/}"
        done
        rm -f repository/objects/pack/multi-pack-index
        rm -f "${pack%.pack}.idx"
        rm -f "${pack%.pack}".*
        return 0
    done
}

commit repository refs/heads/main
old=
tell refs/heads/main "$old"
git clone -q --bare repository other
ours symbolic-ref HEAD refs/heads/main

while [ ! -e stop ]; do
    random 16
    step=$drawn
    case $step in
    0 | 1 | 2)
        step=commit
        old=$(ours rev-parse refs/heads/main)
        commit repository refs/heads/main
        tell refs/heads/main "$old"
        ;;
    3)
        step=branch
        number=$((number + 1))
        ours update-ref "refs/heads/branch-$((number % 7))/number-$number" refs/heads/main
        tell "refs/heads/branch-$((number % 7))/number-$number" refs/heads/main
        ours update-ref "refs/heads/passing-$((number % 2))/number-$((number % 5))" refs/heads/main
        ours pack-refs --all
        ours update-ref -d "refs/heads/passing-$(((number + 1) % 2))/number-$((number * 3 % 5))"
        ;;
    4)
        step=repack-ad
        ours repack -adq
        ;;
    5)
        step=geometric
        ours repack -q --geometric=2 -d --write-midx
        ;;
    6)
        step=fetch
        old=$(ours rev-parse refs/heads/main)
        git --git-dir=other fetch -q "$PWD/repository" refs/heads/main:refs/heads/copy --force
        commit other refs/heads/side
        random 2
        ours -c fetch.unpackLimit=$((drawn * 1000 + 1)) fetch -q "$PWD/other" refs/heads/side:refs/heads/side
        tell refs/heads/side
        ;;
    7)
        step=repack
        ours repack -q
        ours prune-packed
        ;;
    8)
        step=midx-write
        index_packs
        ;;
    9)
        step=midx-repack
        index_packs
        ours multi-pack-index repack --batch-size=0
        ours multi-pack-index expire
        ;;
    10)
        step=midx-expire
        ours multi-pack-index expire
        ;;
    11)
        step=gc
        ours gc -q --prune=now
        ;;
    12)
        step=cruft
        echo "reached by nobody, $number" | ours hash-object -w --stdin > nobody
        ours repack -q --cruft --cruft-expiration=now -d
        ;;
    13)
        step=loosen
        ours repack -A -d -q --unpack-unreachable=now
        ;;
    14)
        step=unpack
        unpack_one
        ;;
    15)
        step=bitmap
        ours repack -q -a -d -b --write-midx
        ;;
    esac
    echo "$step" >> steps
done
step=fsck
ours fsck --full --no-dangling > log
ours rev-list --objects --all | cut -d ' ' -f 1 | ours cat-file --batch-check > at-the-end
: > ended
