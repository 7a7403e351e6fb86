#!/bin/sh
# GitPython, which talks to git cat-file --batch and --batch-check over pipes, reads a repository's
# commits, trees, blobs and tags as well when packread batch answers in git's place.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

python=
for candidate in python3 /usr/bin/python3; do
    if $candidate -c 'import git' 2> /dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo 'not run: there is no GitPython (python3-git)'
    exit 77
fi

# A repository with some of everything.
git init -q repository
cd repository || exit 1
for i in 1 2 3 4 5 6 7 8; do
    mkdir -p "folder/$i" 'a name with blanks'
    seq "$i" $((i * 700)) > "folder/$i/numbers"
    seq 1 3000 | sed "s/^$i/& changed/" > large
    printf '\0\1\r\n\377%s' "$i" > 'a name with blanks/bytes'
    : > "folder/$i/empty"
    ln -sf "folder/$i" link
    chmod +x "folder/$i/numbers"
    git add -A
    git commit -q -m "commit $i

a body with umlauts: äöü"
    [ $((i % 3)) -ne 0 ] || git tag -a -m "tag $i" "v$i"
done
git tag light
git tag -a -m 'of a tag' nested v6 2> /dev/null
git tag -a -m 'of a tree' tree 'HEAD^{tree}'
git checkout -q -b side HEAD~3
echo side > side
git add side
git commit -q -m side
git checkout -q -
git merge -q -m merge side
cd ..

cat > read.py << 'END'
import hashlib, sys, git

def tell(o):
    data = o.data_stream.read()
    print(o.hexsha, o.type, o.size, len(data), hashlib.sha256(data).hexdigest())

repo = git.Repo(sys.argv[1])
seen = set()
def walk(tree):
    for o in [tree] + list(tree.traverse()):
        if o.hexsha not in seen:
            seen.add(o.hexsha)
            tell(o)
        if o.type == 'blob':
            print(' ', oct(o.mode), o.path)
for head in sorted(repo.heads, key=lambda h: h.name):
    for commit in repo.iter_commits(head.name):
        if commit.hexsha not in seen:
            seen.add(commit.hexsha)
            tell(commit)
            print(' ', commit.author.name, commit.authored_date, commit.message.strip(), len(commit.parents))
            walk(commit.tree)
for tag in sorted(repo.tags, key=lambda t: t.name):
    print(tag.name, tag.commit.hexsha if tag.name != 'tree' else '')
    if tag.tag is not None:
        tell(tag.tag)
        print(' ', tag.tag.message.strip(), tag.tag.object.hexsha, tag.tag.tagger)
head = repo.head.commit
for short in (head.hexsha[:7], head.tree.hexsha[:10]):
    print(short, repo.rev_parse(short).hexsha)
for name in ('HEAD~2', 'HEAD^{tree}', 'HEAD:large', 'side', 'light', 'side~1'):
    print(name, repo.rev_parse(name).hexsha)
try:
    repo.odb.info(b'\1' * 20)
    print('there')
except Exception as e:
    print(type(e).__name__)
# As they come, two streams at a time: the first is read to its end before the second begins.
for name in ('large', 'link'):
    stream = repo.odb.stream((head.tree / name).binsha)
    print(name, stream.size, len(stream.read(10)), len(stream.read()))
END

mkdir bin
cat > bin/git << 'END'
#!/bin/sh
case $* in
'cat-file --batch-check') check=--check ;;
'cat-file --batch') check= ;;
*) exec "$REAL_GIT" "$@" ;;
esac
echo "$*" >> "$ASKED"
exec "$PACKREAD" batch $check .
END
chmod +x bin/git
REAL_GIT=$(command -v git)
ASKED=$PWD/asked
export REAL_GIT ASKED PACKREAD

# with_packread WHAT: GitPython reads the same
with_packread() {
    rm -f asked
    $limit "$python" read.py repository > told 2> told.err
    equal "$1, with git: exit status" $? 0
    PATH=$PWD/bin:$PATH $limit "$python" read.py repository > out 2> err
    equal "$1, with packread: exit status" $? 0
    ran="GitPython, $1"
    same out told
    is_silent
    equal 'both kinds of batch were asked of packread' "$(sort -u asked | wc -l | tr -d ' ')" 2
    holds 'all objects were read' test "$(grep -c '^[0-9a-f]* [a-z]* [0-9]* ' out)" -ge \
        "$(git -C repository rev-list --all --objects | wc -l)"
}
with_packread 'loose objects'
git -C repository repack -adq
with_packread 'a pack'
echo more > repository/more
git -C repository add more
git -C repository commit -q -m more
with_packread 'both'
finish
