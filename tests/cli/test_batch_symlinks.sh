#!/bin/sh
# batch --follow-symlinks: REV:PATH through symbolic links within the tree, and what is answered
# where they lead out of it, nowhere, in circles, or through a file; as git has it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git init -q repository
cd repository || exit 1
mkdir -p dir/sub 'a b'
echo file > file
echo inner > dir/inner
echo deep > dir/sub/deep
echo blanks > 'a b/c d'
link() { # TARGET NAME
    ln -s "$1" "$2"
}
link file same
link same to-same
link dir to-dir
link dir/ to-dir-slash
link dir/sub to-sub
link ../file dir/up
link ../../file dir/sub/up-up
link .. dir/parent
link . dir/here
link ../dir/sub/../inner dir/round
link ../out out
link ../../far/out dir/out
link ../.. dir/far
link /absolute/path absolute
link / root
link nowhere broken
link dir/nowhere broken-inside
link file/x through-file
link loop2 loop1
link loop1 loop2
link loop loop
link dir/./sub//deep odd
link 'a b/c d' 'with blanks'
link "$(printf 'new\nline')" 'to newline'
link "$(awk 'BEGIN { for (i = 0; i < 500; i++) printf "dir/../" }')file" long
i=1
link file chain0
while [ $i -le 45 ]; do
    link chain$((i - 1)) chain$i
    i=$((i + 1))
done
git add -A
git commit -q -m links
git repack -adq
cd ..

for path in file same to-same to-dir to-dir/inner to-dir/sub/deep to-dir-slash to-dir-slash/inner to-sub/deep \
    to-sub/up-up dir/up dir/parent dir/parent/file dir/parent/dir/parent/file dir/here/here/inner dir/round \
    out dir/out dir/far dir/far/x out/x absolute absolute/x root root/etc broken broken/x broken-inside \
    broken-inside/x through-file through-file/y file/x dir/inner/x loop1 loop1/x loop2 loop loop/x odd long \
    'with blanks' 'to newline' 'a b/c d' nowhere nowhere/x dir/nowhere dir/nowhere/x dir/../file \
    dir/../../file dir/.. dir/sub/../inner dir/. dir//inner dir/ file/ '' / . .. \
    chain38 chain39 chain40 chain41 chain45 to-dir/parent/to-dir/parent/file dir/parent/out; do
    printf 'HEAD:%s\n' "$path"
done > names
printf '%s\n' HEAD 'HEAD^{tree}' 'HEAD^{tree}:to-dir/inner' master:same "$(git -C repository rev-parse HEAD:)" \
    "$(git -C repository rev-parse HEAD:):to-sub/deep" nonsense nonsense:same HEAD:file:same >> names
for options in '' --buffer; do
    git -C repository cat-file --batch-check --follow-symlinks < names > told
    # shellcheck disable=SC2086 # an option, or none
    expect_input names 0 batch --check --follow-symlinks $options repository
    same out told
    git -C repository cat-file --batch --follow-symlinks < names > told
    # shellcheck disable=SC2086
    expect_input names 0 batch --follow-symlinks $options repository
    same out told
done
for answer in symlink dangling loop notdir; do
    prints "^$answer [0-9]*\$"
done
sed 's/^/info /' names > requests
git -C repository cat-file --batch-command --follow-symlinks < requests > told
expect_input requests 0 batch --command --follow-symlinks repository
same out told
git -C repository cat-file --batch-check < names > told
expect_input names 0 batch --check repository
same out told

# Ends in NUL: names with newlines, and answers.
tr '\n' '\0' < names > records
git -C repository cat-file --batch-check --follow-symlinks -z < records > told
expect_input records 0 batch --check --follow-symlinks -z repository
same out told
printf 'HEAD:to newline\000HEAD:out\000HEAD:loop\000HEAD:same\000' > records
printf 'dangling 15\000HEAD:to newline\000symlink 6\000../out\000loop 9\000HEAD:loop\000%s blob 5\000' \
    "$(git -C repository rev-parse HEAD:file)" > told
expect_input records 0 batch --check --follow-symlinks -Z repository
same out told

# The mode is that of what the link leads to; a filter leaves out what it leads to.
printf 'HEAD:to-dir\nHEAD:same\nHEAD:to-dir/sub\nHEAD\n' > names
printf '040000 tree\n100644 blob\n040000 tree\n commit\n' > told
expect_input names 0 batch --check --follow-symlinks --format='%(objectmode) %(objecttype)' repository
same out told
printf '040000 tree\nHEAD:same excluded\n040000 tree\n commit\n' > told
expect_input names 0 batch --check --follow-symlinks --filter=blob:none \
    --format='%(objectmode) %(objecttype)' repository
same out told
finish
