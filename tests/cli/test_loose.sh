#!/bin/sh
# Loose objects: every command answers for them as git does, alone, beside packs, and where the same object
# is in both.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git_format='%(objectname) %(objecttype) %(objectsize) %(objectsize:disk) %(deltabase)'

# like_git REPOSITORY: all that can be asked of all objects
like_git() {
    git -C "$1" cat-file --batch-all-objects --batch-check > listed
    expect 0 list "$1"
    same out listed "$ran"
    is_silent
    git -C "$1" cat-file --batch-all-objects --batch-check="$git_format" > told
    expect 0 list --format="$git_format" "$1"
    same out told "$ran"
    expect 0 list --order=pack "$1"
    sort out > sorted
    same sorted listed "$ran"
    git -C "$1" cat-file --batch-all-objects --batch > contents
    expect 0 batch --all "$1"
    same out contents "$ran"
    expect 0 batch --all --threads=1 "$1"
    same out contents "$ran"
    cut -d ' ' -f 1 listed | sort -r > names
    git -C "$1" cat-file --batch < names > contents
    expect_input names 0 batch "$1"
    same out contents "$ran"
    cut -c 1-9 names > prefixes
    git -C "$1" cat-file --batch-check < prefixes > told
    expect_input prefixes 0 batch --check "$1"
    same out told "$ran by prefixes"
    [ "$(wc -l < names)" -lt 100 ] || return 0
    expect 0 extract "$1" -o files --all
    for file in files/*; do
        git -C "$1" hash-object -t "$(git -C "$1" cat-file -t "${file#files/}")" --no-filters "$PWD/$file"
    done | sort > hashes
    sort names > wanted
    same hashes wanted "$ran"
    rm -rf files
}

# fill REPOSITORY: commits, trees, blobs of some sizes, a tag
fill() {
    for size in 0 1 1000 70000; do
        head -c $size "$FIXTURES/packs/sizes/sizes.manifest" > "$1/file$size"
        git -C "$1" add "file$size"
        git -C "$1" -c user.name=a -c user.email=b commit -qm "of $size"
    done
    git -C "$1" -c user.name=a -c user.email=b tag -am "a tag" tag
}

for hash in sha1 sha256; do
    rm -rf repo
    git init -q --object-format=$hash repo
    # Empty: git prints nothing, and so do we.
    expect 0 list repo
    prints_nothing
    is_silent
    fill repo
    holds 'no pack' test -z "$(find repo/.git/objects/pack -type f)"
    like_git repo
    # Some packed, some not.
    git -C repo repack -adq
    echo more > repo/more
    git -C repo add more
    git -C repo -c user.name=a -c user.email=b commit -qm more
    like_git repo
    # The same in both.
    cp repo/.git/objects/pack/*.pack all.pack
    git init -q --object-format=$hash other
    git -C other unpack-objects -q < all.pack
    cp -R other/.git/objects/?? repo/.git/objects
    rm -rf other
    like_git repo
done

# A thousand and more, read ahead on threads.
git init -q many
i=0
while [ $i -lt 1500 ]; do
    echo "number $i"
    i=$((i + 1))
done | split -l 1 -a 4 - many/part.
(cd many && find . -name 'part.*' | git hash-object -w --stdin-paths > /dev/null)
like_git many
git -C many cat-file --batch-all-objects --batch > contents
expect 0 batch --all --threads=4 many
same out contents "$ran"

# info says where it is.
id=$(git -C many hash-object many/part.aaaa 2> /dev/null || git hash-object many/part.aaaa)
rest=$(echo "$id" | cut -c 3-)
xx=$(echo "$id" | cut -c 1-2)
expect 0 info many "$id"
prints '^store: *loose$'
prints "^path: *.*objects/$xx/$rest\$"
holds 'no offset' sh -c '! grep -q -e offset -e crc32 -e pack: out'
expect 0 info --json many "$id"
prints '"store":"loose","file":".*objects/'
expect 0 list --format='%(objectname) %(pack) %(offset) %(depth) %(crc32)' many
prints "^$id - - 0 -\$"
expect 0 list --json --format='%(objectname) %(pack) %(offset)' many
prints "\"id\":\"$id\",\"pack\":null,\"offset\":null"
expect 0 cat many "$id"
same out many/part.aaaa
expect 0 cat -t many "$id"
expect 0 cat -e many "$id"

# Damage: told by its file, the rest is listed; git's words are others.
file=many/.git/objects/$xx/$rest
chmod u+w "$file"
printf 'garbage' >> "$file"
expect 1 cat many "$id"
says "$file: .*$id: there is garbage behind its data\$"
prints_nothing
printf 'nothing of zlib' > "$file"
expect 1 list many
says "$file: .*the file is not zlib data\$"
equal 'the others' "$(($(wc -l < out)))" 1499
expect_input names 1 batch many
prints "^$id missing\$"
: > "$file"
expect 1 info many "$id"
says "$file: .*the file is empty\$"
# Cut short, as a disk that was full leaves it.
git -C repo cat-file -t HEAD > /dev/null
rm -f "$file"
expect 3 cat many "$id"
says "$id: not found\$"

# Very many damaged ones are counted.
for file in many/.git/objects/[0-3]?/*; do
    chmod u+w "$file"
    echo x > "$file"
done
expect 1 list many
says ' more loose objects could not be read$'
holds 'few lines' test "$(wc -l < err)" -lt 30

finish
