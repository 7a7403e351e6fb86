#!/bin/sh
# batch in a partial clone: what was promised and never fetched is missing, standard error says once
# who promised it, and nothing is fetched.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git init -q origin
cd origin || exit 1
for i in 1 2 3; do
    seq $i 500 > file$i
done
git add .
git commit -q -m 'a commit'
git config uploadpack.allowFilter true
git config uploadpack.allowAnySHA1InWant true
cd ..
git clone -q --bare --filter=blob:none "file://$PWD/origin" partial 2> /dev/null
git -C origin cat-file --batch-all-objects --batch-check > all
grep -v ' blob ' all > there
grep ' blob ' all > promised
holds 'blobs were promised' test "$(wc -l < promised)" -eq 3

cut -d ' ' -f 1 all > names
awk '$2 == "blob" { print $1, "missing"; next } { print }' all > told
expect_input names 0 batch --check partial
same out told
says "^packread: partial: a partial clone: the remote 'origin' promised objects that are missing here; nothing is fetched\$"
has_lines err 1
expect_input names 0 batch --buffer partial
equal 'missing' "$(grep -ac ' missing$' out)" 3
has_lines err 1
sed 's/^/info /' names > requests
expect_input requests 0 batch --command partial
same out told
expect_input names 0 batch --check -q partial
same out told
is_silent
cut -d ' ' -f 1 there > names
expect_input names 0 batch --check partial
same out there
is_silent
expect 0 batch --all --check partial
same out there

# A name that can be none was not promised.
echo nonsense > names
expect_input names 0 batch --check partial
is_silent

# Other commands say it, too: of a name that leads to what was promised, and once of the files of a tree.
path=$(git -C origin ls-tree -r --name-only HEAD | head -n 1)
blob=$(git -C origin rev-parse "HEAD:$path")
promised="; the repository is a partial clone: 'origin' promised what is not there, and nothing is fetched\$"
expect 3 cat partial "HEAD:$path"
says "^packread: partial: HEAD:$path: $blob: not found$promised"
expect 3 cat partial HEAD:nonsense
says 'the tree has no such entry$'
expect 1 extract partial -o files --as=tree HEAD
says ": $path: $blob: not found$promised"
equal 'each is told' "$(grep -c ': not found' err)" 3
equal 'told once' "$(grep -c "promised" err)" 1

# Nothing was fetched.
git -C partial -c remote.origin.url=/nowhere cat-file --batch-all-objects --batch-check > now 2> /dev/null
same now there
finish
