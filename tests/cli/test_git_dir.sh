#!/bin/sh
# Where WHERE stands alone and none is given, it is GIT_DIR; where one is given, GIT_DIR is nothing.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git init -q one
git -C one commit -q --allow-empty -m one
git init -q two
git -C two commit -q --allow-empty -m two
git -C two tag only-here
head=$(git -C one rev-parse HEAD)
echo HEAD > names

git -C one cat-file --batch-all-objects --batch-check > wanted
GIT_DIR=one/.git expect 0 list
same out wanted
GIT_DIR=one/.git expect 0 list --json
prints "\"id\":\"$head\""
GIT_DIR=one/.git expect_input names 0 batch --check
prints "^$head commit "
GIT_DIR=one/.git expect 0 verify
prints '^one/.git/objects: ok (2 objects'
# A .git file, too.
echo 'gitdir: one/.git' > pointer
GIT_DIR=pointer expect 0 list -q
same out wanted

# WHERE goes before it.
GIT_DIR=one/.git expect 0 list two
git -C two cat-file --batch-all-objects --batch-check > other
same out other
GIT_DIR=one/.git expect 0 cat -t two only-here
GIT_DIR=one/.git expect_input names 0 batch --check two
prints "^$(git -C two rev-parse HEAD) commit "
GIT_DIR=one/.git expect 0 verify two
prints '^two/.git/objects: ok'
echo two > places
GIT_DIR=one/.git expect 0 verify --from=places
equal "$ran: places" "$(cut -d : -f 1 out)" two/.git/objects
: > places
GIT_DIR=one/.git expect 2 verify --from=places
says 'no place is named'

# It has to lead somewhere, and be set; where objects follow, WHERE has to be there.
GIT_DIR=nowhere expect 4 list
says '^packread: nowhere: '
for command in list verify batch; do
    GIT_DIR='' expect 2 $command
    says "^packread $command: WHERE is missing"
    expect 2 $command
    says "^packread $command: WHERE is missing"
done
GIT_DIR=one/.git expect 2 cat
says 'WHERE is missing'

finish
