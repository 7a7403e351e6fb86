#!/bin/sh
# Whole repositories of every kind (fixtures/zoo.sh): what is listed, and what batch and cat answer to
# ids, prefixes and names, is byte for byte what git answers there.
# shellcheck source-path=SCRIPTDIR source=zoo.sh
. "${0%/*}/zoo.sh"

# theirs ARGUMENT...: git's answers
theirs() {
    git -C "$git" "$@" 2> git.err || [ "$1" = ls-tree ] || fail "git $*: $(grep fatal git.err)" >&2
}

# is_quiet: nothing on standard error, where there is nothing to say
is_quiet() {
    has problem || has partial || has bundle || is_silent
}

# turn NUMBER: each kind of repository is there with both hashes; half of the ways to ask is used with one of them, the
# other half with the other. CHECK_LARGE has all ways with both.
turn() {
    [ -n "${CHECK_LARGE-}" ] || [ $turn_at_hand -eq "$1" ]
}

# Every id in an order that has nothing to do with ids; each cut to another length; a digit changed.
id_names() {
    awk '{ print substr($1, 20), $1 }' truth | sort | awk '{
        $0 = $2
        print
        print substr($0, 1, 4 + NR % (length($0) - 4))
        if (NR % 8 == 0)
            print toupper(substr($0, 1, 4 + NR % 9))
        if (NR % 8 == 1)
            print substr($0, 1, 4)
        if (NR % 16 == 2)
            print substr($0, 1, length($0) - 1) (substr($0, length($0)) == "0" ? "1" : "0")
    }'
    printf '%s\n' 0000 00000000000000000000000000000000000000000
    printf '%.39s\n' "$first"
}

# The empty tree, which is there for git in every repository; names of refs, whole and short, with
# suffixes; paths below HEAD, but those of submodules, of which newer versions of git tell more.
ref_names() {
    printf '%s\n' 4b825dc642cb6eb9a060e54bf8d69288fbee4904 \
        6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321
    {
        printf '%s\n' HEAD @ ORIG_HEAD FETCH_HEAD MERGE_HEAD CHERRY_PICK_HEAD stash
        printf '%s\n' main-worktree/HEAD worktrees/linked/HEAD worktree/own bisect/bad ../config config refs \
            refs/ heads objects/info nothing/like/this '' 'HEAD ' ' HEAD' 'HEAD x' heads/ /HEAD
        theirs for-each-ref --format='%(refname)' | awk '{
            print
            name = $0
            while (sub("^[^/]*/", "", name))
                print name
        }'
    } | sort -u | awk '{
        split("^{} ^{tree} ^{commit} ^{blob} ^{tag} ^{object} ^0 ^ ~ ~1 ^2 ~0 ~3 ^{tree}^{tree} ~1^{tree} ^{}~1 " \
              "~100000 ^9 : :a :/a ^{nothing} ^{ ~x ^^ ^~2 ~1^2~1", suffixes, " ")
        print
        for (i = 1; i in suffixes; i++)
            if (NR % 3 == i % 3 || $0 == "HEAD" || $0 == "main")
                print $0 suffixes[i]
    }'
    theirs ls-tree --full-tree -r -t --format='%(objecttype) %(path)' -z HEAD | tr '\n\0' '\0\n' | grep -av '\x00' | tr -d '\0' |
        sed -n '/^commit /!s/^[a-z]* //p' | awk '{
        print "HEAD:" $0
        print "HEAD^{tree}:" $0
        if (NR % 4 == 0)
            print "HEAD~1:" $0 "\nHEAD:" $0 "/\nHEAD:" $0 "/nothing\nHEAD:/" $0 "\n@:" $0 "x\nHEAD:" $0 "^{}"
    }'
    printf '%s\n' HEAD: HEAD:a/b/../b HEAD:. main:a//b 'HEAD^{tree}:a' 'HEAD:with space'
    printf '%.40s^{}\n' "$first"
    awk '$2 == "commit" && ++n % 7 == 0 {
        print $1 "^{tree}\n" substr($1, 1, 8) "~1\n" substr($1, 1, 4) "^{commit}\n" substr($1, 1, 4) "^{tree}\n" \
            substr($1, 1, 10) ":a/b\n" $1 "^1\n" $1 ":plain"
    }' truth
}

# What git is asked has other answers in a newer git only where these names are.
answers() {
    id_names > names
    # A bundle has refs, but is no repository: no empty tree without being asked, no work tree.
    if has bundle; then
        ref_names | grep -v -e '^main-worktree/' -e '^4b825dc' -e '^6ef19b4' >> names
    elif has names; then
        ref_names >> names
    fi
    theirs cat-file --batch-check < names > told
    expect_input names "$status" batch --check "$where"
    same out told
    ! has alike || return 0
    if turn 0; then
        tr '\n' '\0' < names > names.z
        expect_input names.z "$status" batch --check -z "$where"
        same out told
    fi
    theirs cat-file --batch < names > told
    if turn 0; then
        expect_input names "$status" batch "$where"
        same out told
    fi
    turn 1 || return 0
    expect_input names "$status" batch --buffer --io=pread "$where"
    same out told
    awk '{ print(NR % 3 ? "contents" : "info", $0) }' names > commands
    # Both end at the first command without a name.
    grep -v ' $' commands > names
    theirs cat-file --batch-command --buffer < names > told
    expect_input names "$status" batch --command "$where"
    same out told
}

lists() {
    theirs cat-file --batch-all-objects --batch-check > truth
    expect "$status" list "$where"
    same out truth
    is_quiet
    ! has alike || return 0
    if turn 0; then
        expect "$status" list --order=pack "$where"
        sort out > sorted
        same sorted truth
    fi
    if has single && turn 1; then
        format='%(objectname) %(objectsize:disk) %(deltabase)'
        # The empty tree is built into git, and takes no room there.
        theirs cat-file --batch-all-objects --batch-check="$format" | grep -v ' 0 0*$' > told
        expect "$status" list --format="$format" "$where"
        grep -v -e ^4b825dc642cb6eb9a060e54bf8d69288fbee4904 -e ^6ef19b41225c5369f1c104d45d8d85efa9b057b5 out > stored
        same stored told
    fi
    if turn 0; then
        theirs cat-file --batch-all-objects --batch > told
        expect "$status" batch --all "$where"
        same out told
    fi
    if turn 1; then
        expect "$status" batch --all --unordered --check "$where"
        sort out > sorted
        same sorted truth
    fi
}

# One process for all ids.
cats() {
    cut -d ' ' -f 1 truth > ids
    [ -s ids ] || return
    ids=$(cat ids)
    if turn 0; then
        theirs cat-file --batch-check='%(objecttype)' < ids > told
        # shellcheck disable=SC2086 # a list of ids
        expect 0 cat -t "$where" $ids
        same out told
        # shellcheck disable=SC2086
        expect 0 cat -e "$where" $ids
        prints_nothing
    fi
    turn 1 || return 0
    theirs cat-file --batch-check='%(objectsize)' < ids > told
    # shellcheck disable=SC2086
    expect 0 cat -s "$where" $ids
    same out told
    awk '$2 == "tree" && ++trees < 3 || $2 == "tag" && !tags++ || $2 == "commit" && !commits++ { print $1 }' truth > ids
    while read -r id; do
        theirs cat-file -p "$id"
    done < ids > told
    # shellcheck disable=SC2046
    expect 0 cat -p "$where" $(cat ids)
    same out told
}

equal 'places' "$([ "$(wc -l < "$zoo/places")" -ge 80 ] && echo enough)" enough
while next_place; do
    # By the kind's name, and the other one for the other hash.
    kind=${name#*/}
    turn_at_hand=$((${#kind} % 2))
    ! has sha256 || turn_at_hand=$((1 - turn_at_hand))
    status=0
    if has problem; then
        status=1
    fi
    lists
    first=''
    ! [ -s truth ] || read -r first _ < truth
    answers
    if ! has alike; then
        cats
    fi
    place_done
done < "$zoo/places"

# A bundle with deltas on what it does not have: what is whole in it is told, and nothing else.
for hash in sha1 sha256; do
    is_wanted "$hash" || continue
    git -C "$zoo/$hash/source" cat-file --batch-all-objects --batch-check > truth
    git -C "$zoo/$hash/source" rev-list --objects main ^side > objects
    expect 1 list "$zoo/$hash/bundle-thin"
    says 'bundle-thin: the pack is thin: '
    sort out truth | uniq -d > both
    same both out
    told=$(wc -l < out)
    holds 'most of it is told' [ "$told" -gt 100 ]
    holds 'not all of it is told' [ "$told" -lt "$(wc -l < objects)" ]
done
finish
