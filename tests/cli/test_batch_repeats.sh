#!/bin/sh
# A name that is asked for again and again floods standard error with nothing: the same line is told
# once, and how often at the end.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git init -q repo
git -C repo commit -q --allow-empty -m one
git -C repo update-ref refs/heads/good HEAD
id=$(echo text | git -C repo hash-object -w --stdin)
head=$(git -C repo rev-parse HEAD)
cp -R repo deep
echo 'no ref at all' > repo/.git/HEAD
echo 'nor this' > repo/.git/refs/heads/other

ask() { # COUNT NAME
    yes "$2" | head -n "$1"
}

ask 100000 HEAD > names
expect_input names 1 batch --check repo
equal "$ran: answers" "$(grep -c '^HEAD missing$' out)" 100000
has_lines err 2
says '/HEAD: neither an id nor the name of a ref$'
says '^packread: the line above: said 100000 times$'

# Others between: each is told, once in a row.
{
    ask 3 HEAD
    ask 2 good
    ask 1 HEAD
    ask 1 other
    ask 5 HEAD
} > names
expect_input names 1 batch --check repo
sed -e 's/.*HEAD: neither.*/HEAD/' -e 's/.*other: neither.*/other/' \
    -e 's/.*said \([0-9]*\) times/\1/' err > told
printf 'HEAD\n3\nHEAD\nother\nHEAD\n5\n' > wanted
same told wanted

# Once is once.
ask 1 HEAD > names
expect_input names 1 batch --check repo
has_lines err 1

# Lines that are longer than what is kept of one are all told: these are of a folder whose name
# takes four characters for each byte.
mkdir -p deep/.git/refs/replace
echo 1111111111111111111111111111111111111111 > "deep/.git/refs/replace/$head"
part=$(printf '%0250d' 0 | tr 0 '\001')
where=$part/$part/$part/$part/$part
mkdir -p "$where"
mv deep "$where/deep"
ask 3 "$head" > names
expect_input names 1 batch --check "$where/deep"
equal "$ran: lines told" "$(grep -c 'is replaced' err)" 3
says_not 'said'

# An object that is damaged, too.
file=repo/.git/objects/$(echo "$id" | cut -c 1-2)/$(echo "$id" | cut -c 3-)
chmod u+w "$file"
echo garbage > "$file"
ask 1000 "$id" > names
expect_input names 1 batch repo
has_lines err 2
says "$id: .*zlib"
says 'said 1000 times$'

finish
