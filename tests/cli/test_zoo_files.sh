#!/bin/sh
# Whole repositories of every kind (fixtures/zoo.sh): verify finds nothing wrong in them, and what
# extract writes is what git reads and writes: contents, loose objects, the files of HEAD.
# shellcheck source-path=SCRIPTDIR source=zoo.sh
. "${0%/*}/zoo.sh"

# does ARGUMENT...: with exit status 0, or 1 where something else is left alone
does() {
    if has problem; then
        ran="packread $*"
        "$PACKREAD" "$@" > out 2> err
        holds "$ran: exit status" [ $? -le 1 ]
    else
        expect 0 "$@"
    fi
}

# Every file has the name that git gives to its contents, one process for each type.
contents() {
    does extract "$where" -o contents --all
    find contents -type f | sed 's:.*/::' | sort > got
    cut -d ' ' -f 1 truth > wanted
    same got wanted "$ran: names of files"
    rm -f ids.* paths.*
    awk -v folder="$PWD/contents/" '{ print folder $1 > ("paths." $2); print $1 > ("ids." $2) }' truth
    for paths in paths.*; do
        [ ! -s "$paths" ] || git -C "$git" hash-object -t "${paths#paths.}" --stdin-paths --no-filters < "$paths"
    done > got 2>&1
    : > wanted
    [ ! -s truth ] || cat ids.* > wanted
    same got wanted "$ran: contents"
    rm -rf contents
}

# git reads them all, and finds nothing wrong with each; whether all that they name is there is
# another question, for a part of a history.
loose() {
    git init -q --bare --object-format="$hash" loose
    does extract "$where" -o loose/objects --as=loose --all
    if has partial || has shallow || has bundle; then
        git --git-dir=loose cat-file --batch-all-objects --batch > got
        git -C "$git" cat-file --batch-all-objects --batch > wanted 2> git.err
        same got wanted
    else
        git --git-dir=loose cat-file --batch-all-objects --batch-check > got
        same got truth
        git --git-dir=loose fsck --no-dangling > checked 2>&1
        equal "$ran: fsck" $? 0
        grep -v '^notice: ' checked > complaints
        same complaints /dev/null "$ran: fsck"
    fi
    rm -rf loose
}

# told FOLDER: every file, folder and link below it: kind, whether it runs, and what a link says
told() {
    (cd "$1" && find . \( -type l -printf '%p %y %l\n' \) -o -type f -perm -100 -printf '%p runs\n' -o -printf '%p %y\n' | sort)
}

files() {
    mkdir wanted.files
    git -C "$git" archive HEAD 2> git.err | tar xf - -C wanted.files
    does extract "$where" -o got.files --as=tree HEAD
    told got.files > got
    told wanted.files > wanted
    same got wanted
    holds "$ran: the files are those of git archive" diff -r --no-dereference got.files wanted.files
    rm -rf got.files wanted.files
}

# All that was read is told: each object once for each place where it lies.
verified() {
    does verify "$where"
    ! [ -s truth ] || prints ': ok ('
    says_not 'damaged\|wrong\|corrupt'
}

while next_place; do
    hash=${name%%/*}
    git -C "$git" cat-file --batch-all-objects --batch-check > truth 2> git.err
    verified
    # Thousands of files: one form of them for each of the two repositories that are alike.
    if has alike; then
        :
    elif has sha1; then
        contents
    else
        loose
    fi
    if has files && ! has alike; then
        files
    fi
    place_done
done < "$zoo/places"
finish
