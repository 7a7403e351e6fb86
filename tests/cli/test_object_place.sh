#!/bin/sh
# list, info, cat -p and --json give every object wherever it lies, and say where that is: in a pack or
# a loose file, of the repository or of one that it borrows from, in a bundle, or built into git.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# fill NAME: a commit with all kinds of entries, a tag on it; NAME is in the contents
fill() {
    git config user.name A
    git config user.email a@example.org
    mkdir -p "dir/with space"
    echo "$1" > dir/file
    echo "$1 script" > script
    chmod +x script
    ln -sf "dir/file $1" link
    printf 'x' > "dir/with space/tab	and \"quotes\""
    git add .
    git update-index --add --cacheinfo "160000,1234567890123456789012345678901234567890,module $1"
    git commit -qm "$1"
    git tag -a -m "$1" "tag-$1"
}

git init -q lender
(cd lender && fill lent-packed && git repack -adq && fill lent-loose)
git init -q repo
echo "$work/lender/.git/objects" > repo/.git/objects/info/alternates
(cd repo && fill packed && git repack -adlq && fill loose)
git -C repo bundle create -q ../a.bundle --all 2> /dev/null
lent=$(git -C lender rev-parse tag-lent-loose)
empty=$(git hash-object -t tree /dev/null)

# where ID: what has to be told of it, from the disk
where() {
    for objects in repo/.git/objects "$work/lender/.git/objects"; do
        loose=$objects/$(echo "$1" | cut -c 1-2)/$(echo "$1" | cut -c 3-)
        for index in "$objects"/pack/*.idx; do
            if git show-index < "$index" | grep -q " $1 "; then
                echo "pack ${index%.idx}.pack $(basename "$index" .idx)"
                return
            fi
        done
        if [ -f "$loose" ]; then
            echo "loose $loose -"
            return
        fi
    done
    echo 'nowhere'
}

git -C repo cat-file --batch-all-objects --batch-check > all
while read -r id _; do
    echo "$id $(where "$id")"
done < all > places
for kind in 'pack repo' 'loose repo' "pack $work/lender" "loose $work/lender"; do
    holds "there is one: $kind" grep -q "^[0-9a-f]* $kind" places
done
holds 'each is somewhere' sh -c '! grep -q nowhere places'

expect 0 list --format='%(objectname) %(store) %(file) %(pack)' repo
same out places
expect 0 list --format='%(pack) %(offset)' repo
equal 'without a pack' "$(grep -c '^- -$' out)" "$(grep -c ' loose ' places)"
expect 0 list repo
same out all
for order in id pack; do
    # One line in JSON for each, with what the lines have.
    expect 0 list --order=$order --json repo
    sed -n -e 's/^{"id":"\([0-9a-f]*\)","type":"\([a-z]*\)","size":\([0-9]*\),"store":"pack","pack":"\([^"]*\)"}$/\1 \2 \3 pack \4/p' \
        -e 's/^{"id":"\([0-9a-f]*\)","type":"\([a-z]*\)","size":\([0-9]*\),"store":"loose","file":"\([^"]*\)"}$/\1 \2 \3 loose \4/p' out |
        sort > got
    awk '{ print $1, $2, $2 == "pack" ? $4 : $3 }' places | join all - | sort > told
    same got told
done
expect 0 list --json --format='%(objectname) %(store) %(pack) %(file)' repo
sed -e 's/"pack":null/"pack":"-"/' \
    -e 's/^{"id":"\([0-9a-f]*\)","store":"\([a-z]*\)","pack":"\([^"]*\)","file":"\([^"]*\)"}$/\1 \2 \4 \3/' out > got
same got places

while read -r id store file pack; do
    expect 0 info repo "$id"
    if [ "$store" = pack ]; then
        prints "^pack:  *$file$"
        holds "$ran: no path" sh -c '! grep -q -e ^path: -e ^store: out'
    else
        prints '^store:  *loose$'
        prints "^path:  *$file$"
        holds "$ran: no pack" sh -c '! grep -q -e ^pack: -e ^offset: out'
    fi
    expect 0 info --json repo "$id"
    if [ "$store" = pack ]; then
        prints "\"store\":\"pack\",\"pack\":\"$pack\",\"file\":\"$file\",\"offset\":[0-9]*,\"crc32\":\"[0-9a-f]*\",\"depth\""
    else
        prints "\"store\":\"loose\",\"file\":\"$file\",\"depth\":0,"
    fi
    git -C repo cat-file -p "$id" > told
    expect 0 cat -p repo "$id"
    same out told
done < places
for name in HEAD tag-packed tag-loose 'HEAD^{tree}' 'tag-packed^{tree}' HEAD:dir "$lent" "$lent^{tree}" "$lent^{commit}"; do
    git -C repo cat-file -p "$name" > told
    expect 0 cat -p repo "$name"
    same out told
done
expect 0 cat -p repo 'HEAD^{tree}'
prints '^160000 commit 1234567890123456789012345678901234567890	module loose$'
prints '^120000 blob [0-9a-f]*	link$'
prints '^100755 blob [0-9a-f]*	script$'
prints '^040000 tree [0-9a-f]*	dir$'
# A repository asked from elsewhere names files as it was named.
expect 0 list --format='%(file)' "$work/repo/.git"
equal 'absolute' "$(grep -c -v "^$work/" out)" 0

# The empty tree is nowhere, and no part of a listing.
expect 0 info repo "$empty"
prints '^store:  *built in$'
expect 0 info --json repo "$empty"
prints '"type":"tree","size":0,.*"store":"built-in","file":null,'
expect 0 cat -p repo "$empty"
prints_nothing
echo "$empty" > names
expect_input names 0 batch --check --format='%(objectname) %(objecttype) %(store) %(file) %(pack) %(offset)' repo
equal 'the empty tree' "$(cat out)" "$empty tree built-in - - -"
# Unless somebody has it.
git -C repo hash-object -w -t tree /dev/null > told
expect 0 info --json repo "$empty"
prints "\"store\":\"loose\",\"file\":\"repo/.git/objects/4b/825dc642cb6eb9a060e54bf8d69288fbee4904\""
expect 0 list --format='%(objectname) %(store)' repo
prints "^$empty loose$"

# A bundle is a pack.
git init -q --bare unbundled.git
git -C unbundled.git bundle unbundle "$work/a.bundle" > refs
expect 0 list -q --format='%(store) %(file) %(pack)' a.bundle
equal 'in the bundle' "$(sort -u out)" 'pack a.bundle a'
expect 0 list -q --json a.bundle
equal 'in the bundle' "$(grep -c '"store":"pack","pack":"a"}$' out)" "$(wc -l < out | tr -d ' ')"
for name in tag-packed tag-loose 'tag-loose^{tree}' 'tag-loose^{commit}' tag-packed:dir; do
    git -C repo cat-file -p "$name" > told
    expect 0 cat -pq a.bundle "$name"
    same out told
    expect 0 info -q --json a.bundle "$name"
    prints '"store":"pack","pack":"a","file":"a.bundle","offset":'
done
if command -v python3 > /dev/null; then
    for where in repo a.bundle; do
        expect 0 list -q --json $where
        cp out lines
        expect 0 info -q --json $where tag-loose tag-packed:dir
        cat out >> lines
        holds 'the JSON is valid' python3 -c 'import json, sys
for line in open(sys.argv[1]): json.loads(line)' lines
    done
fi
finish
