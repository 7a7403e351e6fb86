#!/bin/sh
# A bundle is read as a pack without an index: by list, cat, batch, info, extract, verify and index,
# under any name, with what git itself unbundles as the oracle.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

small=$repos/small

# unbundled NAME [FORMAT]: a repository with what git takes out of NAME.bundle, and its listing
unbundled() {
    rm -rf "$1.git"
    git init -q --bare ${2:+"--object-format=$2"} "$1.git"
    git -C "$1.git" bundle unbundle "$work/$1.bundle" > refs
    git -C "$1.git" cat-file --batch-all-objects --batch-check > wanted
}

git -C "$small" bundle create -q "$work/two.bundle" --all
git -C "$small" bundle create -q --version=3 "$work/three.bundle" --all
git -C "$FIXTURES/sha256/repo" bundle create -q "$work/sha256.bundle" --all
cp two.bundle deltas.bundle
git -C "$repos/deltas" bundle create -q "$work/deltas.bundle" --all 2> /dev/null
for name in two three sha256 deltas; do
    case $name in
    sha256) hash=sha256 ;;
    *) hash=sha1 ;;
    esac
    unbundled $name $hash
    expect 0 list $name.bundle
    same out wanted
    is_silent
    expect 0 list --order=pack --format='%(objectname) %(offset) %(pack)' $name.bundle
    # Offsets are those in the pack, as its index has them.
    expect 0 index $name.bundle -o $name.idx
    git show-index --object-format=$hash < $name.idx | awk '{ print $1, $2 }' | sort -n > offsets
    "$PACKREAD" list -q --order=pack --format='%(offset) %(objectname)' $name.bundle > got
    same got offsets
    expect 0 verify $name.bundle
    prints "^$name.bundle: ok ($(($(wc -l < wanted))) objects, "
    sed -n '1p;7p;$p' wanted > some
    while read -r id type size; do
        git -C $name.git cat-file "$type" "$id" > told
        equal 'size' "$(($(wc -c < told)))" "$size"
        expect 0 cat -q $name.bundle "$id"
        same out told
        expect 0 info -q $name.bundle "$id"
        prints "$id"
    done < some
    cut -d ' ' -f 1 wanted > ids
    git -C $name.git cat-file --batch < ids > told
    expect_input ids 0 batch -q $name.bundle
    same out told
done
git init -q --bare loose.git
expect 0 extract two.bundle -o loose.git/objects --as=loose --all
git -C loose.git cat-file --batch-all-objects --batch-check > got
unbundled two
same got wanted
commit=$(git -C "$small" rev-list --all | head -n 1)
expect 0 extract -q two.bundle -o files --as=tree "$commit"
expect 0 extract -q "$small" -o others --as=tree "$commit"
diff -r --no-dereference files others > differences 2>&1
same differences /dev/null

# Under any name, and beside the index that was made for it.
cp two.bundle named.pack
cp two.bundle whatever
for name in named.pack whatever; do
    expect 0 list $name
    same out wanted
done
expect 0 index named.pack
expect 0 list named.pack
is_silent
same out wanted
expect 0 verify named.pack
prints 'named.pack: ok'

# Thin: what hangs on the prerequisites is told as in a thin pack.
git init -q thin 2> /dev/null
(
    cd thin || exit
    git config user.name A
    git config user.email a@example.org
    for i in 1 2 3 4 5 6; do
        seq 1 3000 | sed "s/^$((i * 100))\$/changed/" > file
        git add file
        git commit -qm "$i"
    done
    git bundle create -q ../thin.bundle HEAD~2..HEAD 2> /dev/null
)
expect 1 verify thin.bundle
prints "thin.bundle: .* of .* objects intact"
expect 1 cat thin.bundle 0000000000000000000000000000000000000000
says ': not found, but this pack is thin: of deltas on objects that it does not have no id is known'
# An id of the other hash cannot be one of those.
expect 1 cat thin.bundle 0000000000000000000000000000000000000000000000000000000000000000
says ': not found, but not all packs could be read whole (first: thin.bundle)'
expect 1 list thin.bundle
says 'thin.bundle: the pack is thin: [0-9]* of its [0-9]* objects are deltas on objects that it does not have'
"$PACKREAD" list -q thin.bundle 2> /dev/null | while read -r id type size; do
    [ "$(git -C thin cat-file --batch-check << EOT
$id
EOT
    )" = "$id $type $size" ] || echo "$id"
done > wrong
same wrong /dev/null

# Filtered bundles are bundles; capabilities that nobody knows are refused by name; the rest is told.
header=$(($(grep -a -n '^$' three.bundle | head -n 1 | cut -d : -f 1) + 1))
{
    printf '# v3 git bundle\n@object-format=sha1\n@filter=blob:none\n%s HEAD\n\n' "$commit"
    tail -n +$header three.bundle
} > filtered.bundle
expect 0 list filtered.bundle
same out wanted
{
    printf '# v3 git bundle\n@colour=blue\n%s HEAD\n\n' "$commit"
    tail -n +$header three.bundle
} > unknown.bundle
expect 1 list unknown.bundle
says 'unknown.bundle: offset 16: a capability of the bundle is not known'
expect 1 verify unknown.bundle
{
    printf '# v2 git bundle\nnonsense\n\n'
    tail -n +$header three.bundle
} > odd.bundle
expect 1 verify odd.bundle
prints "odd.bundle: offset 16: malformed line in the bundle's header"
"$PACKREAD" list -q odd.bundle > got 2> err
says "odd.bundle: offset 16: malformed line in the bundle's header"
same got wanted
head -c 60 three.bundle > cut.bundle
expect 1 list cut.bundle
says "cut.bundle: offset [0-9]*: the bundle's header has no end"
printf '# v2 git bundle\n\n' > empty.bundle
expect 1 list empty.bundle
says 'empty.bundle: '
head -c 20000 three.bundle > short.bundle
expect 1 verify short.bundle
prints 'short.bundle: [0-9]* findings'
finish
