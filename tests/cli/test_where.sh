#!/bin/sh
# WHERE: a repository named in any way, or anything in it; what it borrows from; and whether it may be
# read at all. git is asked the same from inside each place.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
export GIT_CEILING_DIRECTORIES="$work"

# make REPOSITORY OPTION...: with a commit of its own, all packed
make() {
    repository=$1
    shift
    git init -q "$@" "$repository"
    mkdir -p "$repository/sub/deep"
    echo "what $repository has" > "$repository/sub/deep/file"
    git -C "$repository" add .
    git -C "$repository" commit -q -m "$repository"
    git -C "$repository" repack -adq
}

# as_git [STATUS] WHERE: lists what git lists there, or is told that nothing is there where git says so
as_git() {
    wanted_status=0
    [ $# -eq 2 ] && wanted_status=$1 && shift
    if git -C "$1" cat-file --batch-all-objects --batch-check > want 2> git.err; then
        expect "$wanted_status" list "$1"
        same out want
    else
        expect 2 list "$1"
        says 'neither a pack'
    fi
}

# has_objects WHERE COUNT
has_objects() {
    equal "objects that git finds in $1" \
        "$(git -C "$1" cat-file --batch-all-objects --batch-check 2> /dev/null | wc -l | tr -d ' ')" "$2"
}

# ---- Where it is -------------------------------------------------------------------------------

make tree
git clone -q --bare tree bare.git
for where in tree tree/ tree/. tree/sub tree/sub/deep tree/sub/../sub/deep tree/.git tree/.git/ tree/.git/refs/heads \
    tree/.git/hooks tree/.git/objects/info bare.git bare.git/refs bare.git/hooks; do
    as_git $where
done
git -C tree cat-file --batch-all-objects --batch-check > all
for where in tree/.git/objects tree/.git/objects/pack tree/.git/objects/pack/*.pack tree/.git/objects/pack/*.idx \
    bare.git/objects; do
    expect 0 list "$where"
    same out all
done
# From inside, with other names, and through links.
for where in . .. ../deep; do
    (cd tree/sub/deep && "$PACKREAD" list "$where" > ../../../out)
    ran="list $where in tree/sub/deep"
    same out all
done
ln -s tree/sub/deep link
as_git link
ln -s ../../bare.git/refs tree/sub/to-bare
as_git tree/sub/to-bare
# Each command, in a folder below.
id=$(git -C tree rev-parse HEAD:sub/deep/file)
expect 0 cat tree/sub "$id"
prints 'what tree has'
expect 0 info tree/sub "$id"
expect 0 verify tree/sub
expect 0 extract tree/sub -o made "$id"
echo "$id" > ids
expect_input ids 0 batch --check tree/sub
prints "^$id blob 14\$"

# A .git file: of a repository elsewhere, of a submodule, of a linked work tree.
make apart --separate-git-dir=apart.git
for where in apart apart/sub/deep apart.git; do as_git $where; done
git -C apart cat-file --batch-all-objects --batch-check > all
expect 0 list apart/.git
same out all
git -C tree -c protocol.file.allow=always submodule --quiet add "$work/apart" sub/module 2> /dev/null
git -C tree commit -q -m module
git -C tree repack -adq
git -C tree/sub/module repack -adq
for where in tree/sub/module tree/sub/module/sub/deep tree/.git/modules/sub/module; do as_git $where; done
git -C tree worktree add -q --detach ../linked 2> /dev/null
for where in linked linked/sub tree/.git/worktrees/linked; do as_git $where; done
expect 0 list linked/.git
git -C tree cat-file --batch-all-objects --batch-check > all
same out all
# What is no repository is passed by on the way up, what is one is not.
mkdir -p tree/sub/empty/.git tree/sub/half/below tree/sub/other/below
for name in objects refs; do mkdir tree/sub/half/$name; done
echo nonsense > tree/sub/half/HEAD
as_git tree/sub/empty
as_git tree/sub/half/below
make tree/sub/other
as_git tree/sub/other/below
git init -q --bare tree/sub/other/below/bare
as_git tree/sub/other/below/bare/refs
# A folder named pack is not enough to be an objects folder in a work tree, and is where there is nothing above.
mkdir -p tree/sub/packs/pack nowhere/pack
as_git tree/sub/packs
expect 0 list nowhere
prints_nothing
# A .git that is odd ends the way up, as it does git's.
mkdir -p tree/sub/odd/below tree/sub/fifo/below
echo 'gitdir: ../nothing' > tree/sub/odd/.git
expect 4 list tree/sub/odd/below
says 'nothing: .*No such file or directory'
mkfifo tree/sub/fifo/.git
expect 2 list tree/sub/fifo/below
says 'fifo/.git: neither a regular file nor a folder'
rm -rf tree/sub/odd tree/sub/fifo

# ---- How far up --------------------------------------------------------------------------------

ln -s tree up
for ceiling in "$work" "$work/tree" "$work/tree/" "$work/tree/sub" "$work/tree/sub/deep" tree "$work/up" ":$work/up" \
    "$work/up:" "/nowhere:$work/tree/sub" "$work/tree/su" / '' "$work/tree/sub/deep/more"; do
    for where in tree/sub/deep tree/sub tree/.git/refs/heads; do
        export GIT_CEILING_DIRECTORIES="$work:$ceiling"
        as_git $where
    done
done
export GIT_CEILING_DIRECTORIES="$work"
# ---- What it borrows ---------------------------------------------------------------------------

for i in 0 1 2 3 4 5 6 7; do make chain$i; done
for i in 0 1 2 3 4 5 6; do
    echo "../../../chain$((i + 1))/.git/objects" > chain$i/.git/objects/info/alternates
done
has_objects chain2 30
has_objects chain1 35
has_objects chain0 35
as_git chain2
is_silent
as_git chain1
is_silent
as_git 1 chain0
says 'chain6/.git/objects/info/alternates: is left alone: object folders name others more than five levels deep$'
as_git chain7
# An objects folder has its alternates too, a folder of packs none.
git -C chain2 cat-file --batch-all-objects --batch-check > all
expect 0 list chain2/.git/objects
same out all
git -C chain7 cat-file --batch-all-objects --batch-check > all
mv chain2/.git/objects/pack/* chain3/.git/objects/pack
mv chain3/.git/objects/pack chain2/.git/objects/pack/pack && mkdir chain3/.git/objects/pack
mv chain2/.git/objects/pack/pack/* chain2/.git/objects/pack && rmdir chain2/.git/objects/pack/pack
as_git chain2
as_git chain3

# borrow REPOSITORY LINE: names one more folder
borrow() {
    printf '%s\n' "$2" >> "$1/.git/objects/info/alternates"
}
make lender
odd=$(printf 'new\nline \303\244 "quoted" \\ #x')
make odd && mv odd "$odd"
for i in relative absolute quoted hash twice byname self circle missing several nul; do make $i; done
borrow relative ../../../lender/.git/objects/
borrow absolute "$work/lender/.git/objects"
borrow quoted '# a comment'
borrow quoted '"../../../new\nline \303\244 \"quoted\" \\ #x/.git/objects"'
borrow quoted ''
ln -s "$odd" plain
borrow hash ../../../plain/.git/objects
borrow twice ../../../lender/.git/objects
borrow twice "$work/lender/.git/../.git/objects"
borrow twice ../../../lender/.git/objects
ln -s lender lender-link
ln -s ../../lender/.git/objects byname/.git/other
borrow byname ../other
borrow byname ../../../lender-link/.git/objects
borrow self .
borrow self ../objects
borrow self "$work/self/.git/objects"
borrow circle ../../../twice/.git/objects
borrow lender ../../../circle/.git/objects
borrow several ../../../relative/.git/objects
borrow several ../../../quoted/.git/objects
borrow several ../../../chain6/.git/objects
for where in relative absolute quoted hash twice byname self circle several relative/sub absolute/.git; do
    as_git $where
    is_silent
done
has_objects quoted 10
has_objects hash 10
has_objects several 45
equal 'folders of packs that are read' \
    "$("$PACKREAD" list --format='%(pack)' several | sort -u | wc -l | tr -d ' ')" 9
# Loose objects are borrowed too.
echo 'loose in the lender' > lender/more
git -C lender add more
for where in relative circle several lender; do
    as_git $where
    is_silent
done
has_objects relative 21
# What is not there is told once, and costs nothing else.
borrow missing ../../../nowhere-at-all/objects
borrow missing ../../../lender/.git/objects
borrow missing ../../../all
as_git 4 missing
says 'nowhere-at-all/objects: objects are borrowed from this folder (named in missing/.git/objects/info/alternates), but it cannot be read: No such file'
says '/all: objects are borrowed from this folder (named in missing/.git/objects/info/alternates), but it cannot be read: Not a directory'
has_lines err 2
expect 4 cat missing 0123456789012345678901234567890123456789
says 'not found, but other object folders were not read ('
id=$(git -C lender rev-parse HEAD)
expect 0 cat missing "$id"
ran='GIT_ALTERNATE_OBJECT_DIRECTORIES=/gone'
GIT_ALTERNATE_OBJECT_DIRECTORIES=/gone "$PACKREAD" cat -t lender "$id" > out 2> err
says '^packread: /gone: objects are borrowed from this folder (named in GIT_ALTERNATE_OBJECT_DIRECTORIES), but it'
# A linked work tree whose repository went elsewhere: which .git file leads there.
mkdir moved
echo "gitdir: $work/gone/.git/worktrees/moved" > moved/.git
expect 4 list moved
says "^packread: $work/gone/.git/worktrees/moved: moved/.git leads here, but it cannot be opened: No such file or directory$"
mkdir -p gone/.git/worktrees/moved
expect 2 list moved
says "^packread: $work/gone/.git/worktrees/moved: not a git repository, though moved/.git leads here$"
rm -rf gone moved
# Anything in the place of the list.
for kind in folder fifo huge nul; do
    rm -rf nul/.git/objects/info/alternates
    case $kind in
    folder) mkdir nul/.git/objects/info/alternates && code=4 text='not a regular file' ;;
    fifo) mkfifo nul/.git/objects/info/alternates && code=4 text='not a regular file' ;;
    huge) truncate -s 1G nul/.git/objects/info/alternates && code=1 text='larger than such a file may be' ;;
    nul) printf '../../../lender/.git/objects\0\n/x\n' > nul/.git/objects/info/alternates &&
        code=1 text='has a NUL in it' ;;
    esac
    expect "$code" list nul
    says "nul/.git/objects/info/alternates: $text"
    prints .
done
as_git 1 nul
# A list without end: each folder is read once, and what is not there does not fill the screen.
rm -rf nul/.git/objects/info/alternates
yes "$work/lender/.git/objects" | head -n 100000 > nul/.git/objects/info/alternates
as_git nul
seq -f "$work/nowhere%.0f" 100000 > nul/.git/objects/info/alternates
expect 4 list --memory-limit=32M nul
has_lines err 17
says 'nul/.git/objects/info/alternates: names more object folders that cannot be read'
# The same packs by two ways.
mkdir -p twin/.git/objects/info twin/.git/refs
echo 'ref: refs/heads/main' > twin/.git/HEAD
ln -s "$work/lender/.git/objects/pack" twin/.git/objects/pack
echo "$work/lender/.git/objects" > twin/.git/objects/info/alternates
expect 0 list --order=pack twin
equal 'objects in order of packs, each once' "$(sort -u out | wc -l)" "$(wc -l < out)"

# By the environment.
export GIT_ALTERNATE_OBJECT_DIRECTORIES="$work/tree/.git/objects:chain7/.git/objects:\"$work/new\\nline \\303\\244 \\\"quoted\\\" \\\\ #x/.git/objects\""
for where in relative tree bare.git; do
    git --git-dir="$(git -C $where rev-parse --absolute-git-dir)" cat-file --batch-all-objects --batch-check > want
    expect 0 list $where
    same out want
done
prints "$(git --git-dir="$work/$odd/.git" rev-parse HEAD) commit"
unset GIT_ALTERNATE_OBJECT_DIRECTORIES
GIT_OBJECT_DIRECTORY=$work/lender/.git/objects
export GIT_OBJECT_DIRECTORY
for where in tree bare.git; do as_git $where; done
# Of a pack or folder that was named itself they change nothing.
expect 0 list bare.git/objects/pack
# It has to be there: git takes nothing for a repository then.
for GIT_OBJECT_DIRECTORY in "$work/not/here" "$work/bare.git/HEAD" "$work/bare.git/HEAD/objects"; do
    for where in tree bare.git tree/.git; do
        holds 'git refuses' sh -c "! git -C $where cat-file --batch-all-objects --batch-check 2> err"
        for command in list batch verify; do
            expect 4 $command $where
            says "^packread: $GIT_OBJECT_DIRECTORY: GIT_OBJECT_DIRECTORY names it as the objects folder, and it cannot be read: "
        done
    done
    expect 0 list bare.git/objects/pack
done
unset GIT_OBJECT_DIRECTORY
git -C bare.git cat-file --batch-all-objects --batch-check > want
same out want

# ---- Whether it may be read --------------------------------------------------------------------

git init -q --bare zoo.git
cp zoo.git/config zoo.config
# may [STATUS] LINES: whether git opens the repository with this configuration, and says so of no other
may() {
    refusal=1
    [ $# -eq 2 ] && refusal=$1 && shift
    # shellcheck disable=SC2059 # it has escapes
    printf "$1" > zoo.git/config
    if git -C zoo.git rev-parse --git-dir > git.out 2> git.err; then
        expect 0 list zoo.git
    else
        expect "$refusal" list zoo.git
        says '^packread: zoo.git/config: '
    fi
}
# Each value of each extension, each extension and each value with each version; all three with CHECK_LARGE only.
turn=0
for extension in noop preciousObjects partialClone worktreeConfig noop-v1 unknown objectFormat; do
    for value in '' ' =' ' = true' ' = 1' ' = origin' ' = sha1' ' = sha256' ' = "'; do
        for version in 'repositoryformatversion = 0' 'repositoryFormatVersion=1' 'RepositoryFormatVersion' 'bare = true' \
            'repositoryformatversion = 2' 'repositoryformatversion = 99999999999' 'repositoryformatversion = -1'; do
            turn=$((turn + 1))
            [ -n "${CHECK_LARGE-}" ] || [ $((turn % 3)) -eq 0 ] || continue
            may "[core]\n\t$version\n[extensions]\n\t$extension$value\n"
        done
    done
done
for config in '' '\n' 'nonsense' '[core' '[core]' '[core]\nbare' '[core]\nbare = maybe' '[core]\nbare = "' '[core]\n bare = \\q' \
    '\357\273\277[core]\r\n\tbare = true\r\n' '\357\273[core]' '# x\n; y\n' '[core] bare = true' '[a "b\\"c"] d = e' '[a"b"] c' \
    '[core]\nworktree' '[a]\n1 = 2' '[a]\nb = c \\\n  d' '\001' '[include]\npath = /nowhere/else' \
    '[extensions "objectformat"]\nx = 1\n[core]\nrepositoryformatversion = 1' '[core]\nrepositoryformatversion = 1k'; do
    may "$config"
done
printf '[core]\n\trepositoryformatversion = 1\n[extensions]\n\tunheardOf = 1\n' > zoo.git/config
for command in 'list zoo.git' 'cat zoo.git 1234' 'batch zoo.git'; do
    # shellcheck disable=SC2086 # words
    expect_input /dev/null 1 $command
    says "zoo.git/config: the repository has the extension 'unheardof', which this version does not know"
done
# What git 2.39 does not know yet.
for line in 'compatObjectFormat = sha256' 'refStorage = files' 'refStorage = reftable' 'relativeWorktrees = true' \
    'submodulePathConfig = true'; do
    printf '[core]\n\trepositoryformatversion = 1\n[extensions]\n\t%s\n' "$line" > zoo.git/config
    expect 0 list zoo.git
    printf '[core]\n\trepositoryformatversion = 0\n[extensions]\n\t%s\n' "$line" > zoo.git/config
    expect 1 list zoo.git
    says 'zoo.git/config: extensions.[a-z]* needs core.repositoryformatversion 1, which is 0'
done
# Odd things in its place.
rm zoo.git/config
as_git zoo.git
mkfifo zoo.git/config
expect 4 list zoo.git
says 'zoo.git/config: not a regular file'
rm zoo.git/config
truncate -s 1G zoo.git/config
expect 1 list zoo.git
says 'zoo.git/config: larger than such a file may be'
rm zoo.git/config
# A linked work tree reads the common one; its own only if that says so.
git -C tree config extensions.worktreeConfig true
echo '[core' > tree/.git/worktrees/linked/config.worktree
expect 1 list linked
says 'config.worktree: bad config line 1'
git -C tree config --unset extensions.worktreeConfig
as_git linked

# What was promised and is not there.
printf '[core]\nrepositoryformatversion = 1\n[extensions]\npartialclone = far\n' > zoo.git/config
expect 3 cat zoo.git 0123456789012345678901234567890123456789
says "not found; the repository is a partial clone: 'far' promised what is not there, and nothing is fetched\$"
printf '[remote "near"]\npromisor = true\n' > zoo.git/config
expect 3 cat zoo.git 0123456789012345678901234567890123456789
says "partial clone: 'near' promised"

# ---- The hash ----------------------------------------------------------------------------------

make sha256 --object-format=sha256
as_git sha256/sub
cp bare.git/objects/pack/* sha256/.git/objects/pack
git -C bare.git cat-file --batch-all-objects --batch-check > others
expect 1 list sha256
same out want
says '\.pack: its ids have 20 bytes (SHA-1), those of the repository 32 (SHA-256)'
expect 2 list --object-format=sha1 sha256
says "the repository's ids have 32 bytes (SHA-256), not as many as were asked for"

# ---- What people see -------------------------------------------------------------------------

# Of a linked work tree and a submodule the paths that they would type, without detours; but a link
# leads elsewhere than its name.
make super
git -C super -c protocol.file.allow=always submodule --quiet add "$work/super" module
git -C super/module repack -adq
git -C super worktree add -q ../beside 2> git.err
ln -s super/module by-link
echo 'gitdir: ../super/.git/worktrees/beside' > beside/.git
shows() { # BEGINNING WHERE
    expect 0 verify "$2"
    holds "$2 is shown as $1" grep -q "^$1/objects/pack/pack-[0-9a-f]*\.pack: ok" out
}
shows super/.git super
shows super/.git beside
shows super/.git super/.git/worktrees/beside
shows super/.git/modules/module super/module
shows super/.git/modules/module super/.git/modules/module
shows by-link/../.git/modules/module by-link
cd super/module || exit 1
shows ../.git/modules/module .
cd "$work" || exit 1

# ---- Files of a repository -------------------------------------------------------------------

git -C super multi-pack-index write
expect 2 verify super/.git/objects/pack/multi-pack-index
says 'multi-pack-index: a multi-pack-index is read with its packs: name the repository'
touch super/.git/objects/pack/pack-1.mtimes
expect 2 verify super/.git/objects/pack/pack-1.mtimes
says 'mtimes: stands beside a pack, with which it is read: name the .pack, or the repository$'
object=$(echo loose | git -C super hash-object -w --stdin)
file=super/.git/objects/$(echo "$object" | sed 's/^../&\//')
expect 2 cat "$file" "$object"
says 'a loose object is read by its id: name the repository, or the objects folder$'
expect 2 list super/.git/HEAD
says 'HEAD: neither a pack, an index, a folder of packs nor a repository; if it lies in one, name its folder$'

finish
