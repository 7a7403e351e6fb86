#!/bin/sh
# A FIFO, a device or a folder in the place of a ref or of HEAD: status 4, as for any file; what
# stands under the name of a loose object is damage of that object, which verify counts: 1.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git init -q repo
echo text > repo/file
git -C repo add file
git -C repo commit -q -m one
head=$(git -C repo rev-parse HEAD)
blob=$(git -C repo rev-parse HEAD:file)

put() { # KIND PATH
    rm -rf "$2"
    case $1 in
    fifo) mkfifo "$2" ;;
    null) ln -s /dev/null "$2" ;;
    folder) mkdir "$2" ;;
    esac
}

for kind in fifo null; do
    cp -R repo bad
    put $kind bad/.git/HEAD
    expect 4 cat bad HEAD
    says 'bad/.git/HEAD: not a regular file$'
    expect 4 cat bad HEAD:file
    echo HEAD > names
    expect_input names 4 batch --check bad
    prints '^HEAD missing$'
    # What has another name is found.
    expect 0 cat -t bad "$head"

    put $kind bad/.git/refs/heads/odd
    for name in odd heads/odd refs/heads/odd odd~0; do
        expect 4 cat bad "$name"
        says 'refs/heads/odd: not a regular file$'
    done
    # It hides no other one: one of that name, or one that is packed.
    git -C repo rev-parse HEAD > bad/.git/refs/tags/odd
    expect 0 cat -t bad odd
    put $kind bad/.git/odd
    rm bad/.git/refs/heads/odd
    expect 0 cat -t bad odd
    # One that leads to it.
    put $kind bad/.git/refs/heads/odd
    echo 'ref: refs/heads/odd' > bad/.git/refs/heads/leads
    expect 4 cat bad leads
    says 'refs/heads/odd: not a regular file$'
    rm -rf bad
done

# A folder there is one of refs: there is none of that name.
cp -R repo bad
mkdir bad/.git/refs/heads/odd
expect 3 cat bad odd
rm -rf bad

for kind in fifo folder null; do
    cp -R repo bad
    put $kind "bad/.git/objects/$(echo "$blob" | cut -c 1-2)/$(echo "$blob" | cut -c 3-)"
    expect 1 cat bad HEAD:file
    says "$blob: not a regular file\$"
    expect 1 list bad
    expect 1 verify bad
    prints "$blob: not a regular file\$"
    # Where another copy is whole, it is read.
    git -C repo pack-objects -q --all ../bad/.git/objects/pack/pack < /dev/null > /dev/null
    expect 0 cat bad HEAD:file
    same out repo/file
    rm -rf bad
done

finish
