#!/bin/sh
# extract --as=tree writes the files of a tree as git checks them out: names, modes, symbolic links,
# contents, folders; each whole or not there. Hostile trees: test_extract_hostile.sh.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# tree_of REPOSITORY FOLDER TREE: the id of the tree that git makes of what is in the folder, and of
# the submodules of TREE, whose empty folders git passes over
tree_of() {
    rm -f index
    (
        GIT_DIR=$1 GIT_WORK_TREE=$2 GIT_INDEX_FILE=$work/index GIT_OBJECT_DIRECTORY=$work/made
        GIT_ALTERNATE_OBJECT_DIRECTORIES=$1/objects
        export GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES
        mkdir -p made
        git -c core.fileMode=true -c core.autocrlf=false -c core.bare=false add -A -f "$2" 2> /dev/null
        git ls-tree -r -z "$3" | grep -z ^160000 | git update-index -z --index-info
        git write-tree
    )
}

# is_tree REPOSITORY FOLDER TREE
is_tree() {
    equal "$ran: $2" "$(tree_of "$1" "$2" "$3")" "$3"
    equal "$ran: temporary files" "$(find "$2" -name '.packread*')" ''
}

# Every tree and every commit of a repository.
small=$repos/small
git -C "$small" cat-file --batch-all-objects --batch-check | sort -k 2 > all
blob=$(first_id "$small" blob)
awk '$2 == "tree" { print $1 }' all | sed -n '1,8p;$p' > trees
git -C "$small" rev-list --all | sed -n '1,4p;$p' > commits
small=$(cd "$small" && git rev-parse --absolute-git-dir)
while read -r id; do
    rm -rf files
    expect 0 extract "$small" --as=tree -o files "$id"
    is_silent
    prints_nothing
    is_tree "$small" "$work/files" "$(git -C "$small" rev-parse "$id^{tree}")"
done << EOT
$(cat trees commits)
EOT
sha256=$(cd "$FIXTURES/sha256/repo" && git rev-parse --absolute-git-dir)
id=$(git -C "$sha256" rev-list --all | head -n 1)
expect 0 extract "$sha256" --as=tree -o sha256 "$id"
is_tree "$sha256" "$work/sha256" "$(git -C "$sha256" rev-parse "$id^{tree}")"

# One of every kind: modes, links (to anything), folders, a submodule, odd names; by tags of tags.
git init -q made.git 2> /dev/null
(
    cd made.git || exit
    git config user.name A
    git config user.email a@example.org
    mkdir -p folder/below/deep 'a folder'
    echo plain > plain
    echo run > run
    chmod 755 run
    : > empty
    ln -s folder/below link
    ln -s /etc/passwd absolute
    ln -s ../../.. above
    ln -s "$(printf 'no such\nplace')" dangling
    echo deep > folder/below/deep/file
    echo odd > "$(printf 'a folder/tab\tnewline\nquote"back\\slash')"
    echo bytes > "$(printf 'a folder/\303\251\377\001')"
    echo hidden > .hidden
    echo no > .gitignore
    echo dash > ./-dash
    head -c 3000000 /dev/zero | tr '\0' 'a' > large
    git add -A -f .
    git update-index --add --cacheinfo "160000,$(head -n 1 ../commits),folder/module"
    git commit -qm one
    git tag -a -m tag tagged
    git tag -a -m tag again tagged 2> /dev/null
    git repack -adq
)
made=$work/made.git/.git
commit=$(git -C made.git rev-parse HEAD)
for name in "$commit" "$(git -C made.git rev-parse again)" "$(git -C made.git rev-parse 'HEAD^{tree}')"; do
    rm -rf every
    expect 0 extract "$made" --as=tree -o every "$name"
    is_silent
    is_tree "$made" "$work/every" "$(git -C made.git rev-parse 'HEAD^{tree}')"
    equal 'a submodule' "$(find every/folder/module)" every/folder/module
done
for options in --io=pread --manager=static '--window-size=4K --memory-limit=1M' --no-check --progress; do
    rm -rf again
    # shellcheck disable=SC2086 # several options
    expect 0 extract $options "$made" --as=tree "$commit" -o again
    diff -r --no-dereference every again > differences 2>&1
    same differences /dev/null
done
(
    umask 027
    "$PACKREAD" extract "$made" -o modes --as=tree "$commit"
)
# shellcheck disable=SC2012 # one name each
equal 'modes' "$(for file in plain run folder; do ls -ld modes/$file | cut -c 1-10; done | tr '\n' ' ')" \
    '-rw-r----- -rwxr-x--- drwxr-x--- '

# What is there stays, and is told; folders that are there are gone into.
mkdir -p there/folder
echo mine > there/plain
ln -s nowhere there/run
expect 1 extract "$made" -o there --as=tree "$commit"
says ': plain: refused: something is there already$'
says ': run: refused: something is there already$'
has_lines err 2
equal 'a file that was there' "$(cat there/plain)" mine
equal 'a link that was there' "$(readlink there/run)" nowhere
equal 'below a folder that was there' "$(cat there/folder/below/deep/file)" deep
expect 1 extract "$made" -o there --as=tree "$commit"
says ': folder/below/deep/file: refused: something is there already$'
for what in 'echo text > other/folder' 'ln -s ../outside other/folder' 'mkfifo other/folder'; do
    rm -rf other
    mkdir -p other outside
    eval "$what"
    expect 1 extract "$made" -o other --as=tree "$commit"
    says ": folder: refused: something is there already, and is no folder$"
    has_lines err 1
    holds 'the rest' test -f other/plain
    equal 'outside' "$(ls outside)" ''
done

# A tree's own objects that are missing or damaged: told by path and id, and the rest goes on.
missing=$(git -C made.git rev-parse HEAD:plain)
folder=$(git -C made.git rev-parse HEAD:folder/below)
top=$(git -C made.git rev-parse 'HEAD^{tree}')
git -C made.git cat-file --batch-all-objects --batch-check='%(objectname)' |
    grep -v -e "$missing" -e "$folder" | git -C made.git pack-objects -q "$work/partial" > /dev/null
expect 1 extract partial-*.pack -o partial --as=tree "$commit"
says "partial-.*pack: $top: plain: $missing: not found$"
says ": folder/below: $folder: not found$"
has_lines err 2
holds 'the rest' test -f partial/run
holds 'no file' test ! -e partial/plain
holds 'no folder' test ! -e partial/folder/below
damaged=$(only_pack made.git/.git)
cp "$damaged" "${damaged%.pack}.idx" .
damaged=$(basename "$damaged")
chmod u+w "$damaged"
at=$("$PACKREAD" list --format='%(offset)' --order=pack "$damaged" > /dev/null && "$PACKREAD" list "$damaged" \
    --format='%(objectname) %(offset) %(objectsize:disk)' | awk -v id="$missing" '$1 == id { print $2 + $3 - 3 }')
printf 'xyz' | dd of="$damaged" bs=1 seek="$at" conv=notrunc 2> /dev/null
expect 1 extract "$damaged" -o damaged --as=tree "$commit"
says "$damaged: offset [0-9]*: $missing: "
says "$damaged: $top: plain: $missing: cannot be read$"
diff -r --no-dereference every damaged > differences 2>&1
equal "$ran: differences" "$(cat differences)" "Only in every: plain"

# Objects that others stand for, as git has it: a commit behind a tag, a tree, a blob.
git init -q stands 2> /dev/null
(
    cd stands || exit
    git config user.name A
    git config user.email a@example.org
    mkdir folder
    echo one > folder/file
    echo one > file
    git add .
    git commit -qm one
    git tag -a -m tag tagged
    git replace "$(git rev-parse HEAD:file)" "$(echo other | git hash-object -w --stdin)"
    git replace "$(git rev-parse HEAD:folder)" "$(printf '100644 blob %s\tnew\n' "$(echo new | git hash-object -w --stdin)" | git mktree)"
    git repack -adq
    git archive tagged | (mkdir ../archived && tar xf - -C ../archived)
)
expect 0 extract stands -o replaced --as=tree "$(git -C stands rev-parse tagged)"
diff -r archived replaced > differences 2>&1
same differences /dev/null
equal 'a replaced blob' "$(cat replaced/file)" other
equal 'a replaced tree' "$(ls replaced/folder)" new

# What is no tree, and what is not there.
expect 2 extract "$small" -o none --as=tree "$blob"
says "$blob: a blob: --as=tree takes a tree, or a commit or tag of one$"
expect 3 extract "$small" -o none --as=tree 0123456789012345678901234567890123456789
holds 'no folder' test ! -e none
# One that names as its tree what is none is corrupt: that is not about what was asked for.
whole_tree=$(git -C made.git mktree < /dev/null)
a_blob=$(echo text | git -C made.git hash-object -w --stdin)
whole=$(printf 'tree %s\n' "$whole_tree" | git -C made.git hash-object --literally -w -t commit --stdin)
: > wrong
for kind in "commit tree blob $a_blob" "commit tree commit $whole" "tag tree blob $a_blob" "tag commit tree $whole_tree" "tag blob commit $whole"; do
    # shellcheck disable=SC2086 # words
    set -- $kind
    case $1 in
    commit) printf 'tree %s\n' "$4" ;;
    tag) printf 'object %s\ntype %s\ntag t\n' "$4" "$2" ;;
    esac | git -C made.git hash-object --literally -w -t "$1" --stdin | sed "s/$/ $kind/" >> wrong
done
of_blob=$(printf 'object %s\ntype blob\ntag t\n' "$a_blob" | git -C made.git hash-object --literally -w -t tag --stdin)
of_tag=$(printf 'object %s\ntype tag\ntag t\n' "$(sed -n '1s/ .*//p' wrong)" | git -C made.git hash-object --literally -w -t tag --stdin)
of_commit=$(printf 'object %s\ntype commit\ntag t\n' "$(sed -n '1s/ .*//p' wrong)" | git -C made.git hash-object --literally -w -t tag --stdin)
while read -r name type named found id; do
    expect 1 extract made.git -o none --as=tree "$name"
    says "^packread: made.git: $name: corrupt $type: what it names as its $named, $id, is a $found$"
done < wrong
expect 1 extract made.git -o none --as=tree "$of_commit"
says ": corrupt commit: what it names as its tree, $a_blob, is a blob$"
expect 1 extract made.git -o none --as=tree "$of_tag"
says ": $of_tag: corrupt tag: what it names as its tag, [0-9a-f]*, is a commit$"
expect 2 extract made.git -o none --as=tree "$of_blob"
says "$a_blob: a blob: --as=tree takes a tree, or a commit or tag of one$"
holds 'no folder' test ! -e none
nonsense=$(printf 'nonsense' | git -C made.git hash-object --literally -w -t commit --stdin)
tag=$(printf 'object %s\n' "$nonsense" | git -C made.git hash-object --literally -w -t tag --stdin)
leads_nowhere=$(printf 'tree %s\n' "$missing" | git -C made.git hash-object --literally -w -t commit --stdin)
printf '%s\n' "$nonsense" "$tag" "$leads_nowhere" | git -C made.git pack-objects -q "$work/odd" > /dev/null
for name in "$nonsense" "$tag"; do
    expect 1 extract odd-*.pack -o none --as=tree "$name"
    says "$nonsense: malformed commit: it does not begin with an id$"
done
expect 1 extract odd-*.pack -o none --as=tree "$leads_nowhere"
says "$missing: not found$"

# A folder that nothing can be written to ends it at the first entry.
if [ "$(id -u)" -ne 0 ]; then
    mkdir shut
    chmod 555 shut
    expect 4 extract "$made" -o shut --as=tree "$commit"
    says '^packread: shut/[^/]*: cannot be written: Permission denied$'
    has_lines err 1
    # One below it that is shut spoils itself only.
    mkdir -p half/folder
    chmod 0 half/folder
    expect 4 extract "$made" -o half --as=tree "$commit"
    says '^packread: half/folder: cannot be written: Permission denied$'
    holds 'the rest' test -f half/run
    chmod 755 half/folder
fi

# A limit on the size of files stands in for a full disk.
(
    # shellcheck disable=SC3045 # where the shell lacks it, the test is not run
    ulimit -f 64 2> /dev/null || exit 77
    "$PACKREAD" extract "$made" -o limited --as=tree "$commit" 2> err
    exit $?
)
status=$?
if [ $status -ne 77 ]; then
    equal 'exit status where files cannot grow' $status 4
    says 'limited/large: cannot be written: File too large'
    equal 'temporary files' "$(find limited -name '.packread*')" ''
    holds 'no file' test ! -e limited/large
fi
finish
