#!/bin/sh
# batch with the names of a repository: as git cat-file --batch has them, with modes, submodules and
# replacements.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git init -q repository
cd repository || exit 1
mkdir -p 'a folder'
echo one > file
echo two > 'a folder/with blanks'
printf '#!/bin/sh\n' > script
chmod +x script
ln -s file link
git add .
git commit -q -m one
echo other > file
git commit -q -a -m two
git tag -a -m 'a tag' v1
git tag light HEAD~1
other=1234567890123456789012345678901234567890
here=$(git rev-parse HEAD~1)
# What git mktree refuses is written as it is: entries of odd modes.
blob=$(git rev-parse HEAD:file)
entry() { # MODE NAME ID
    # shellcheck disable=SC2059 # escapes, on purpose
    printf '%s %s\000' "$1" "$2"
    # shellcheck disable=SC2059
    printf "$(echo "$3" | sed 's/../\\x&/g; s/\\x\(..\)/\\\\0\1/g' | awk -F '\\\\\\\\0' '{
        for (i = 2; i <= NF; i++) printf "\\%03o", hex($i) }
        function hex(h) { return 16 * (index("0123456789abcdef", substr(h, 1, 1)) - 1) + \
            index("0123456789abcdef", substr(h, 2, 1)) - 1 }')"
}
{
    entry 100664 a "$blob"
    entry 100755 b "$blob"
    entry 120000 c "$blob"
    entry 160000 here "$here"
    entry 40000 t "$(git rev-parse 'HEAD^{tree}')"
    entry 160000 there "$other"
} > odd
odd=$(git hash-object -t tree -w --literally odd)
rm odd
git repack -adq --keep-unreachable
{
    git rev-parse --all 'HEAD^{tree}' "$odd"
    git cat-file --batch-all-objects --batch-check='%(objectname)'
} | sort -u | git pack-objects -q .git/objects/pack/all > /dev/null
git prune-packed -q
cd ..

cat > names << END
HEAD
@
HEAD~1
HEAD^
HEAD^{tree}
HEAD^{}
HEAD^0
v1
v1^{commit}
v1^{tag}
v1^{tree}
v1^{blob}
light
refs/tags/v1
tags/v1
heads/master
nonsense
refs/heads/nonsense
HEAD~7
HEAD^2
HEAD:
HEAD:file
HEAD~1:file
HEAD:a folder
HEAD:a folder/
HEAD:a folder/with blanks
HEAD:link
HEAD:script
HEAD:nonsense
HEAD:file/x
HEAD:file:x
v1:file
$odd:a
$odd:here
$odd:t/file
$(echo "$odd" | cut -c 1-10):b
HEAD file
HEAD:a folder/with blanks rest
 HEAD
HEAD
END
# as_git OPTION...
as_git() {
    git -C repository cat-file --batch-check < names > told 2> /dev/null
    expect_input names 0 batch --check "$@" repository
    same out told
    git -C repository cat-file --batch < names > told 2> /dev/null
    expect_input names 0 batch "$@" repository
    same out told
    git -C repository cat-file --batch-check='%(objectname) %(rest)' < names > told 2> /dev/null
    expect_input names 0 batch --check --format='%(objectname) %(rest)' "$@" repository
    same out told
    sed 's/^/contents /' names > requests
    git -C repository cat-file --batch-command --buffer < requests > told 2> /dev/null
    expect_input requests 0 batch --command --buffer "$@" repository
    same out told
}
as_git
as_git --no-replace
as_git --buffer --io=pread

# git 2.39 knows neither modes nor submodules.
printf '%s\n' "$odd:a" "$odd:b" "$odd:c" "$odd:here" "$odd:t" "$odd:" "$odd" HEAD:script HEAD:link > names
printf '<%s>\n' 100644 100755 120000 160000 040000 '' '' 100755 120000 > told
expect_input names 0 batch --check --format='<%(objectmode)>' repository
same out told
echo "$odd:there" > names
echo "$other submodule" > told
for options in '' --check --buffer '--filter=blob:none --check'; do
    # shellcheck disable=SC2086 # options, or none
    expect_input names 0 batch $options repository
    same out told
    is_silent
done
printf 'info %s\000' "$odd:there" > requests
printf '%s submodule\000' "$other" > told
expect_input requests 0 batch --command -Z repository
same out told

# What is not supported is missing, and said why, once.
printf '%s\n' ':file' '@{u}' ':file' ':/two' 'HEAD@{1.day.ago}' ':0:file' > names
sed 's/$/ missing/' names > told
expect_input names 0 batch --check repository
same out told
equal 'reasons' "$(($(wc -l < err)))" "$(sed 's/.*not found: //' err | sort -u | wc -l | tr -d ' ')"
says ':file: not found: :PATH is not supported'
says ':/two: not found: :/TEXT is not supported'

# Prefixes before a suffix are narrowed by it, else ambiguous: to git those are missing.
prefix=808c
{
    echo "$prefix"
    for suffix in '^{blob}' '^{tree}' '^{commit}' '^{tag}' '^{}' ':x' '~1' '^0'; do
        echo "$prefix$suffix"
    done
} > names
git -C "$repos/ambiguous" cat-file --batch-check < names > told 2> /dev/null
expect_input names 0 batch --check "$repos/ambiguous"
same out told
says '808c: ambiguous'

# Replacements: the id is the one that was asked for, all else is of the other object.
cd repository || exit 1
git replace "$(git rev-parse HEAD:file)" "$(git rev-parse HEAD~1:file)"
git replace -f "$(git rev-parse HEAD~1)" "$(git rev-parse HEAD)"
git repack -adq
cd ..
printf '%s\n' HEAD HEAD:file HEAD~1 HEAD~1:file "$(git -C repository rev-parse HEAD:file)" light > names
as_git
GIT_NO_REPLACE_OBJECTS=1
export GIT_NO_REPLACE_OBJECTS
as_git
unset GIT_NO_REPLACE_OBJECTS
git -C repository --no-replace-objects cat-file --batch < names > told
expect_input names 0 batch --no-replace repository
same out told
format='%(objectname) %(objectsize) %(objecttype) %(deltabase) %(objectsize:disk)'
git -C repository cat-file --batch-check="$format" < names > told
expect_input names 0 batch --check --format="$format" repository
same out told
# All objects are what they are.
git -C repository cat-file --batch-all-objects --batch > told
expect 0 batch --all repository
same out told
# A filter looks at what stands there.
blob=$(git -C repository rev-parse HEAD:file)
size=$(git -C repository cat-file -s "$blob")
raw=$(git -C repository --no-replace-objects cat-file -s "$blob")
holds 'sizes that differ' test "$size" -lt "$raw"
echo "$blob" > names
echo "$blob blob $size" > told
expect_input names 0 batch --check --filter="blob:limit=$raw" repository
same out told
expect_input names 0 batch --check --no-replace --filter="blob:limit=$raw" repository
prints "^$blob excluded\$"
finish
