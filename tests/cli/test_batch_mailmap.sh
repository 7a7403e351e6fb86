#!/bin/sh
# "mailmap" of batch --command: commits and tags with the names and addresses of the repository's
# .mailmap, as git cat-file --use-mailmap has them.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git init -q repository
cd repository || exit 1
empty=$(git mktree < /dev/null)
# object TYPE: of standard input, whatever is wrong with it
object() {
    git hash-object -w -t "$1" --literally --stdin >> ../names
}
commit() { # IDENT IDENT [MESSAGE]
    printf 'tree %s\nauthor %s\ncommitter %s\n\n%s\n' "$empty" "$1" "$2" "${3-message}" | object commit
}
at='1112911993 -0700'
commit "Joe <joe@example.org> $at" "Nick <nick@example.org> $at"
commit "joe <JOE@Example.org> $at" "  Nick   <nick@example.org> $at"
commit "Other <nick@example.org> $at" "Jane <jane@old.example.org> $at"
commit "<joe@example.org> $at" "Nobody <nobody@example.org> $at"
commit "Joe joe@example.org $at" "Joe <joe@example.org $at"
commit "Joe <joe@example.org>" "Joe <joe@example.org>> $at"
commit "A <a@b> $at" "Same <same@example.org> $at" 'author Joe <joe@example.org> is named'
commit "Joe <joe@example.org> $at" "Long <long@example.org> $at"
printf 'tree %s\nauthor Joe <joe@example.org> %s\nencoding x\ncommitter Joe <joe@example.org> %s' "$empty" "$at" "$at" | object commit
printf 'tree %s\nauthor Joe <joe@example.org> %s\n\000\ncommitter Joe <joe@example.org> %s\n' "$empty" "$at" "$at" | object commit
printf 'object %s\ntype tree\ntag name\ntagger Joe <joe@example.org> %s\n\nmessage\n' "$empty" "$at" | object tag
printf 'author Joe <joe@example.org> %s\n' "$at" | object blob
printf '' | object tag
echo "$empty" >> ../names
git pack-objects -q .git/objects/pack/pack < ../names > ../name
git prune-packed -q
cat > .mailmap << 'END'
# Joe <wrong@example.org> <joe@example.org>
Joseph <joe@example.org>
<new@example.org> <joe@example.org>
Nicholas <nicholas@example.org>  Nick  <nick@example.org>
Nicolas <nick@example.org>
	Jane Doe 	 <jane@new.example.org> <jane@old.example.org> trailing
<same@example.org>
no address
Empty <>
Open <open@example.org
Joseph <joseph@example.org> joe <Joe@example.org>
Zero <zero@example.org> <>
END
printf 'Last <a@b>' >> .mailmap
cd ..

# as_git: contents and sizes of all names are those of git cat-file --use-mailmap
as_git() {
    echo 'mailmap yes' > requests
    : > told
    while read -r name; do
        type=$(git -C "$where" cat-file -t "$name")
        git -C "$where" cat-file --use-mailmap "$type" "$name" > contents
        printf 'info %s\ncontents %s\n' "$name" "$name" >> requests
        head="$name $type $(($(wc -c < contents)))"
        {
            printf '%s\n%s\n' "$head" "$head"
            cat contents
            echo
        } >> told
    done < names
    for options in '' --buffer; do
        # shellcheck disable=SC2086 # an option, or none
        expect_input requests 0 batch --command $options "$where"
        same out told "$1: $options"
        is_silent
    done
}
where=repository
as_git 'a .mailmap'
holds 'names are mapped' grep -aq '^author Joseph <joseph@example.org> 1112911993' out
grep -av '^committer Jane Doe' out > rest
holds 'old addresses are mapped' test "$(wc -l < rest)" -lt "$(wc -l < out)"

# It can be switched off again, and then all is as it was.
{
    echo 'mailmap yes'
    sed 's/^/info /' names
    echo 'mailmap no'
    sed 's/^/contents /' names
} > requests
expect_input requests 0 batch --command repository
git -C repository cat-file --batch < names > plain
tail -c "$(($(wc -c < plain)))" out > ended
same ended plain

# As newer versions of git have it, an empty line behind a line that was changed does not end the
# header, and a person in whose place nobody stands changes nothing for the next.
mv names others
cd repository || exit 1
commit "Same  <same@example.org> $at" "Joe <joe@example.org> $at" 'author Joe <joe@example.org> 1 +0
text

author Joe <joe@example.org> 1 +0'
git pack-objects -q .git/objects/pack/pack < ../names > ../name
git prune-packed -q
cd ..
printf 'mailmap yes\ncontents %s\n' "$(cat names)" > requests
git -C repository cat-file commit "$(cat names)" |
    sed '3s/Joe <joe@/Joseph <joseph@/; 5s/Joe <joe@/Joseph <joseph@/' > contents
{
    echo "$(cat names) commit $(($(wc -c < contents)))"
    cat contents
    echo
} > told
expect_input requests 0 batch --command repository
same out told
mv others names

# With a format, a filter, and NULs.
printf 'mailmap yes\000contents %s\000' "$(head -n 1 names)" > requests
{
    printf 'commit\0'
    git -C repository cat-file --use-mailmap commit "$(head -n 1 names)"
    printf '\0'
} > told
expect_input requests 0 batch --command -Z --format='%(objecttype)' repository
same out told
expect_input requests 0 batch --command -Z --format='%(objecttype)' --filter=object:type=commit repository
same out told

# Lines of a file longer than git reads at a time; CR LF; NUL; nothing; a great many.
cp repository/.mailmap mailmap
{
    awk 'BEGIN { for (i = 0; i < 1030; i++) printf "x"; print " <y@example.org> <long@example.org>" }'
    awk 'BEGIN { for (i = 0; i < 1000; i++) printf " "; print " Long <z@example.org> <long@example.org>" }'
    echo 'Joseph <joe@example.org>' # 2.39 looks no further than the first who is not in it
} > repository/.mailmap
as_git 'long lines'
sed 's/$/\r/' mailmap > repository/.mailmap
as_git 'CR LF'
printf 'Zero\000 <zero@example.org> <joe@example.org>\nJ\000 <joe@example.org>\nX <x@example.org> <joe@example.org>\000\n' > repository/.mailmap
as_git 'NULs'
: > repository/.mailmap
as_git 'an empty file'
awk 'BEGIN { for (i = 0; i < 20000; i++) print "Name" i " <new" i "@x> <old" (i * 7919) % 20000 "@x>" }
    END { print "Late <late@x> <joe@example.org>" }' < /dev/null > repository/.mailmap
as_git 'many lines'
rm repository/.mailmap
as_git 'no .mailmap'

# Where there is no work tree, it is that of HEAD; in a linked one it is its own, from any folder in it.
git init -q --bare bare
rm -rf bare/objects
cp -R repository/.git/objects bare/objects
where=bare
as_git 'none in HEAD'
cp mailmap repository/.mailmap
git -C repository add .mailmap
git -C repository commit -q -m mailmap
git -C bare fetch -q ../repository +HEAD:refs/heads/master
git -C bare symbolic-ref HEAD refs/heads/master
as_git 'that of HEAD'
holds 'names are mapped' grep -aq '^author Joseph <joseph@example.org> 1112911993' out
mkdir repository/folder
where=repository/folder
echo 'Nobody <joe@example.org>' > repository/.mailmap
(
    cd repository/folder || exit 1
    git cat-file --use-mailmap commit "$(head -n 1 ../../names)"
) > contents
holds 'not that of HEAD' grep -aq '^author Nobody' contents
printf 'mailmap yes\ncontents %s\n' "$(head -n 1 names)" > requests
{
    echo "$(head -n 1 names) commit $(($(wc -c < contents)))"
    cat contents
    echo
} > told
expect_input requests 0 batch --command repository/folder
same out told
git -C repository worktree add -q ../linked HEAD 2> /dev/null
echo 'Linked <joe@example.org>' > linked/.mailmap
sed 's/^author Nobody/author Linked/; s/^committer Nobody/committer Linked/' told > linked.told
expect_input requests 0 batch --command linked
same out linked.told
rm repository/.mailmap

# What cannot be read is told, and is as none.
ln -s ../mailmap repository/.mailmap
printf 'mailmap yes\ninfo %s\n' "$(head -n 1 names)" > requests
head -n 1 names | git -C repository cat-file --batch-check > told
expect_input requests 4 batch --command repository
says '\.mailmap: cannot be read'
same out told
rm repository/.mailmap
mkfifo repository/.mailmap
expect_input requests 4 batch --command repository
same out told
expect_input requests 4 batch --command --buffer repository
same out told
finish
