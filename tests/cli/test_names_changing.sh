#!/bin/sh
# test_names_changing.sh - while git updates, packs, prunes, copies and deletes refs, those that are
# always there are always found, by one reader that stays open and by new ones.
#
# STRESS_SECONDS: how long (5; 60 with CHECK_LARGE).
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
seconds=${STRESS_SECONDS:-$([ "${CHECK_LARGE-}" = 1 ] && echo 60 || echo 5)}

git init -q -b main r
git -C r commit -q --allow-empty -m one
git -C r commit -q --allow-empty -m two
git -C r commit -q --allow-empty -m three
git -C r tag -a -m v v1.0
git -C r repack -qad
git -C r prune-packed
for i in 1 2 3 4 5 6 7 8; do
    git -C r branch "still/$i" main~1
    git -C r branch "moves/$i" main
done
git -C r rev-parse main main~1 main~2 > ids

# Until the file `over` is there.
change() {
    i=0
    while [ ! -e over ]; do
        i=$((i + 1))
        n=$((i % 8 + 1))
        git -C r update-ref "refs/heads/moves/$n" "main~$((i % 2))"
        git -C r branch -q -C "still/$n" "copy$i"
        [ $((i % 3)) -ne 0 ] || git -C r pack-refs --all --prune
        git -C r branch -q -D "copy$i"
        git -C r update-ref "refs/heads/moves/$((i % 5 + 1))" main
        [ $((i % 7)) -ne 0 ] || git -C r tag -f light main~1 > /dev/null
    done
    echo "$i" > changes
}

names() {
    for i in 1 2 3 4 5 6 7 8; do
        printf '%s\n' "still/$i" "moves/$i" "refs/heads/moves/$i^{tree}" HEAD main v1.0 'v1.0^{}'
    done
}

names > one_round
for _ in 1 2 3 4 5 6 7 8; do
    cat one_round
done > rounds

# Asks one program again and again; its answers go to a file.
read_on() {
    while [ ! -e over ]; do
        cat rounds
    done | $limit "$PACKREAD" batch --check --buffer r > "$1" 2> "$1.err"
    echo $? > "$1.status"
}

read_anew() {
    while [ ! -e over ]; do
        $limit "$PACKREAD" batch --check r < one_round
    done > "$1" 2> "$1.err"
    echo $? > "$1.status"
}

change > changing 2>&1 &
read_on first &
read_on second &
read_anew third &
sleep "$seconds"
: > over
wait

for reader in first second third; do
    equal "$reader: exit status" "$(cat $reader.status)" 0
    equal "$reader: missing" "$(grep -vc -E '^[0-9a-f]{40} (commit|tree|tag) [0-9]+$' $reader)" 0
    holds "$reader: answers" [ "$(wc -l < $reader)" -gt 200 ]
    holds "$reader: is silent" [ ! -s $reader.err ]
    # No other commit than the three.
    equal "$reader: commits" "$(awk '$2 == "commit" { print $1 }' $reader | sort -u | grep -vc -F -f ids)" 0
done
holds 'git has changed refs' [ "$(cat changes)" -gt 5 ]
holds 'git had no trouble' [ ! -s changing ]
echo "$(cat changes) rounds of changes, $(cat first second third | wc -l) answers"

finish
