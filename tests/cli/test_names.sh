#!/bin/sh
# test_names.sh - in a repository OBJECT is a name: each form of gitrevisions leads where git says.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
export GIT_AUTHOR_DATE='1700000000 +0200' GIT_COMMITTER_DATE='1700000000 +0200'

# asked WHERE FILE WHAT: the names in FILE mean what git says, in batch and one by one
asked() {
    git -C "$1" cat-file --batch-check < "$2" > wanted 2> /dev/null
    expect_input "$2" 0 batch --check "$1"
    same out wanted "$3"
}

# one WHERE NAME: cat agrees with git about type and contents
one() {
    if type=$(git -C "$1" cat-file -t "$2" 2> /dev/null); then
        expect 0 cat -e "$1" "$2"
        is_silent
        prints_nothing
        expect 0 cat -t "$1" "$2"
        prints_only "$type"
        git -C "$1" cat-file -p "$2" > wanted
        expect 0 cat -p "$1" "$2"
        same out wanted
        expect 0 info "$1" "$2"
        prints "^id:  *$(git -C "$1" rev-parse --verify "$2")$"
    else
        expect 3 cat -e "$1" "$2"
        is_silent
        expect 3 cat "$1" "$2"
        prints_nothing
        says 'not found'
    fi
}

# zoo FORMAT: all kinds of refs and names, packed as objects, with refs loose and packed
zoo() {
    git init -q -b main --object-format="$1" zoo
    git -C zoo config core.warnAmbiguousRefs false
    (
        cd zoo || exit
        mkdir -p dir/sub 'odd names'
        echo readme > README.md
        echo deep > dir/sub/file
        printf 'x' > "odd names/a:b"
        printf 'y' > "odd names/-dash ~^{}"
        printf 'z' > 'odd names/back\slash'
        ln -s dir/sub/file link
        ln -s ../README.md dir/up
        ln -s /etc/passwd outside
        ln -s ../../out dir/far
        ln -s nowhere dangling
        ln -s loop2 loop1
        ln -s loop1 loop2
        ln -s dir dirlink
        chmod +x README.md
        git add . && git commit -qm 'one: the first'
        git update-index --add --cacheinfo "160000,$(git rev-parse HEAD),module"
        git commit -qm two
        git branch side
        echo 2 > README.md && git commit -qam three
        git checkout -q side && echo s > s && git add s && git commit -qm side
        git checkout -q main && git merge -q --no-edit side
        git tag light
        git tag -a -m annotated v1.0
        git tag -a -m nested v1.0-nested v1.0
        git tag -a -m tree tree-tag 'HEAD^{tree}'
        git tag -a -m blob blob-tag HEAD:README.md
        git tag -a -m 'tag of tree' tree-tag-2 tree-tag
        git branch v1.0 HEAD~1
        git update-ref refs/top HEAD~2
        git update-ref refs/remotes/origin/main HEAD~1
        git update-ref refs/remotes/origin/topic/a HEAD
        git symbolic-ref refs/remotes/origin/HEAD refs/remotes/origin/main
        git symbolic-ref refs/heads/alias refs/heads/side
        git symbolic-ref refs/heads/alias2 refs/heads/alias
        git symbolic-ref refs/heads/gone refs/heads/nowhere
        git symbolic-ref refs/heads/round refs/heads/round2
        git symbolic-ref refs/heads/round2 refs/heads/round
        git update-ref ORIG_HEAD HEAD~1
        printf '%s\t\tbranch x\n%s\tnot-for-merge\tbranch y\n' "$(git rev-parse HEAD~1)" "$(git rev-parse HEAD)" > .git/FETCH_HEAD
        git update-ref refs/heads/deadbeef HEAD~1
        git update-ref refs/bisect/bad HEAD~1
        git update-ref refs/heads/deep/er/branch HEAD
        # refs/heads/chain5 is read as the fifth: chain6 is one too many.
        git symbolic-ref refs/heads/chain2 refs/heads/side
        for i in 3 4 5 6; do
            git symbolic-ref refs/heads/chain$i refs/heads/chain$((i - 1))
        done
        git repack -qadk && git prune-packed
    ) 2> /dev/null
}

# forms WHERE: all of them, one a line
forms() {
    for base in HEAD @ main heads/main refs/heads/main side v1.0 tags/v1.0 heads/v1.0 v1.0-nested light \
        tree-tag tree-tag-2 blob-tag top refs/top origin origin/main origin/topic/a remotes/origin alias \
        alias2 gone chain4 chain5 ORIG_HEAD FETCH_HEAD deadbeef refs/bisect/bad \
        deep/er/branch deep deep/er nosuch refs refs/ /main main/ main//x ./main main.lock 'ma in' \
        main-worktree/HEAD worktrees/nosuch/HEAD refs/heads heads config objects MERGE_HEAD \
        "$(git -C "$1" rev-parse HEAD)" "$(git -C "$1" rev-parse --short HEAD)" \
        "$(git -C "$1" rev-parse --short=4 HEAD)" "$(git -C "$1" rev-parse 'HEAD^{tree}')" \
        "$(git -C "$1" rev-parse --short v1.0)" "$(git -C "$1" rev-parse HEAD:README.md)" \
        "$(git -C "$1" rev-parse HEAD | tr a-f A-F)" "$(git -C "$1" describe --long)" \
        "nosuch-12-g$(git -C "$1" rev-parse --short HEAD)" "x-1-g$(git -C "$1" rev-parse --short HEAD:README.md)" \
        "x-1-g$(git -C "$1" rev-parse --short HEAD~1)" \
        0000 000 0 "$(git -C "$1" rev-parse HEAD | tr 0-9a-f 1-9a-f0)"; do
        for end in '' '^' '^0' '^1' '^2' '^3' '~' '~0' '~1' '~2' '~3' '~10' '~00' '^^' '^2~1' '~1^2' '~^' \
            '^{}' '^{commit}' '^{tree}' '^{blob}' '^{tag}' '^{object}' '^{nosuch}' '^{tree}^{tree}' \
            '^{}^{tree}' '^{tree}~1' '^{commit}^2^{tree}' '^{' '^}' '~a' '^-' '^!' '^@' '~-1' \
            '~2147483648' '~99999999999999999999' '^99999999999' ':' ':README.md' ':dir' ':dir/' ':dir//' \
            ':dir/sub' ':dir/sub/file' ':dir/sub/file/' ':dir/sub/file/x' ':/README.md' ':nosuch' \
            ':dir/nosuch' ':module' ':module/' ':module/x' ':link' ':odd names/a:b' \
            ':odd names/-dash ~^{}' ':odd names/back\slash' '^{tree}:dir' '~1:README.md' ':README.md^{blob}' \
            ':README.md~1' '::' ':dir:' '^{}:' '^{tree}^{}'; do
            printf '%s\n' "$base$end"
        done
    done
    printf '%s\n' '' ' ' '^' '~' '~1' '^{}' '^{tree}' : :: '@@' '@^{}' '@~1' 'HEAD@' '..' 'HEAD..main' '^HEAD' '-' \
        'refs/heads/main^{commit}~1' 'HEAD^{tree' 'HEAD^tree}' 'HEAD{tree}' 'HEAD^{tree}x' '{}' '@{}x'
}

export GIT_CONFIG_COUNT=2 GIT_CONFIG_KEY_0=maintenance.auto GIT_CONFIG_VALUE_0=false
export GIT_CONFIG_KEY_1=advice.graftFileDeprecated GIT_CONFIG_VALUE_1=false
for format in sha1 sha256; do
    git init -q --object-format=$format probe 2> /dev/null || continue
    rm -rf probe zoo
    zoo $format
    forms zoo > names
    holds "there are forms enough" [ "$(wc -l < names)" -gt 3000 ]
    holds "git finds many of them" [ "$(git -C zoo cat-file --batch-check < names 2> /dev/null | grep -vc 'missing$')" -gt 800 ]
    asked zoo names "$format, loose refs"
    asked zoo/.git names "$format, the git dir"
    asked zoo/dir names "$format, a folder in the work tree"
    git -C zoo pack-refs --all --prune
    asked zoo names "$format, packed refs"
    git -C zoo update-ref refs/heads/main main~1
    asked zoo names "$format, packed and loose refs"
    git -C zoo branch -qD side
    asked zoo names "$format, a branch less"
    # packed-refs as old versions wrote it: no header; and not sorted.
    for name in HEAD v1.0 'v1.0-nested^{tree}' HEAD~2 main:dir main:link light 'HEAD^{blob}' \
        nosuch HEAD:nosuch HEAD~99 tree-tag chain5 "$(git -C zoo rev-parse --short=7 HEAD)"; do
        one zoo "$name"
    done
    cp zoo/.git/packed-refs packed
    grep -v '^#' packed > zoo/.git/packed-refs
    asked zoo names "$format, packed-refs without a header"
    grep -v '^[#^]' packed | sort -r > zoo/.git/packed-refs
    asked zoo names "$format, packed-refs in no order"
    cp packed zoo/.git/packed-refs
    git -C zoo update-ref refs/heads/main 'tags/v1.0^{}'
    mv zoo zoo-$format
done

# Ambiguous prefixes: narrowed by what follows, else the candidates are told.
git init -q -b main many
(
    cd many || exit
    # Enough objects that 4 digits are not.
    i=0
    while [ $i -lt 500 ]; do
        printf 'blob\nmark :%d\ndata <<E\n%d\nE\n' $((i + 1)) $i
        i=$((i + 1))
    done > import
    i=0
    while [ $i -lt 250 ]; do
        printf 'commit refs/heads/main\ncommitter a <a@example.org> %d +0000\ndata <<E\nnumber %d\nE\nM 100644 :%d file%d\n' \
            $((1700000000 + i)) $i $((i + 1)) $i
        printf 'tag t%d\nfrom refs/heads/main\ntagger a <a@example.org> %d +0000\ndata <<E\nt\nE\n' $i $((1700000000 + i))
        i=$((i + 1))
    done >> import
    git fast-import --quiet < import
    git repack -qadk
)
git -C many cat-file --batch-all-objects --batch-check | awk '{ print substr($1, 1, 4) }' | sort | uniq -d > prefixes
holds 'some prefixes are ambiguous' [ "$(wc -l < prefixes)" -gt 3 ]
while read -r prefix; do
    for end in '' '^{commit}' '^{tree}' '~0' '^' '^{}' : :file0 '^{tree}~1' '~1^{tree}' '^{blob}' '^{tag}' '^{object}'; do
        echo "$prefix$end"
    done
    echo "t1-3-g$prefix"
done < prefixes > names
asked many names 'ambiguous prefixes'
holds 'some stay so' grep -q 'ambiguous$' out
while read -r prefix; do
    git -C many cat-file -t "$prefix" 2> told > /dev/null
    sed -n 's/^hint:   \([0-9a-f]*\) /\1 /p' told > wanted
    expect 3 cat many "$prefix"
    says "$prefix: ambiguous"
    sed -n 's/^packread:   //p' err > shown
    equal "$ran: candidates" "$(wc -l < shown)" "$(wc -l < wanted)"
    # git's ids are shorter.
    cut -d ' ' -f 2- wanted > wanted.text
    cut -d ' ' -f 2- shown > shown.text
    same shown.text wanted.text
    cut -c 1-4 wanted > wanted.id
    cut -c 1-4 shown > shown.id
    same shown.id wanted.id
done < prefixes

# What is not supported says so, once and why.
for name in 'HEAD@{0}' '@{0}' 'main@{u}' '@{-1}' 'main@{yesterday}' '@{push}' ':/one' 'HEAD^{/one}' ':README.md' \
    ':0:README.md' 'HEAD:./README.md' 'HEAD:../x'; do
    expect 3 cat zoo-sha1 "$name"
    says 'not found: .*not supported'
    has_lines err 1
    expect 3 cat -e zoo-sha1 "$name"
    is_silent
done

for name in HEAD..main HEAD~1..HEAD HEAD...main main.. ..main ... ^HEAD ^main~2 'HEAD^@' 'HEAD^!' HEAD^- HEAD^-1; do
    git -C zoo-sha1 rev-parse "$name" > told 2> err || fail "git does not know $name"
    expect 3 cat zoo-sha1 "$name"
    says "not found: sets of commits are not supported: name one object"
    printf '%s\n' "$name" > names
    git -C zoo-sha1 cat-file --batch-check < names > told
    expect_input names 0 batch --check zoo-sha1
    same out told
    says "not found: sets of commits are not supported: name one object"
done
for name in .. '^' 'HEAD^{' 'a^b' 'HEAD^x' 'HEAD^-x' 'HEAD-1' 'HEAD:a..b' 'HEAD:^a' 'HEAD^{/'; do
    printf '%s\n' "$name" > names
    git -C zoo-sha1 cat-file --batch-check < names > told 2> /dev/null
    expect_input names 0 batch --check zoo-sha1
    same out told
    expect 3 cat zoo-sha1 "$name"
done

# Objects that replace others; the id that is printed is the one that was asked for.
cp -r zoo-sha1 replaced
(
    cd replaced || exit
    new=$(git commit-tree -m 'another' -p HEAD~2 "$(git rev-parse 'HEAD~1^{tree}')")
    git replace HEAD "$new"
    git replace HEAD~3:README.md "$(echo new | git hash-object -w --stdin)"
    git replace "$(git rev-parse 'main~2^{tree}')" "$(git rev-parse 'main^{tree}')" 2> /dev/null
    git repack -qadk
) > /dev/null 2>&1
for _ in loose packed; do
    for name in HEAD HEAD~1 'HEAD^{tree}' HEAD:README.md HEAD~1:README.md 'HEAD^2' main~2 'main~2^{tree}' main~2:dir \
        "$(git -C zoo-sha1 rev-parse HEAD)" "$(git -C zoo-sha1 rev-parse 'main~2^{tree}')"; do
        one replaced "$name"
    done
    expect 0 info replaced HEAD
    prints "^replaced:  *$(git -C replaced rev-parse "refs/replace/$(git -C replaced rev-parse HEAD)")$"
    GIT_NO_REPLACE_OBJECTS=1
    export GIT_NO_REPLACE_OBJECTS
    for name in HEAD HEAD~1 'HEAD^{tree}' HEAD:README.md main~2:dir; do
        one replaced "$name"
    done
    unset GIT_NO_REPLACE_OBJECTS
    git -C replaced pack-refs --all 2> /dev/null
done
git -C replaced config core.useReplaceRefs false
one replaced HEAD:README.md
one replaced 'HEAD^{tree}'
# Also where the configuration says no version.
git -C replaced config --unset core.repositoryformatversion
one replaced HEAD:README.md
one replaced 'HEAD^{tree}'
git -C replaced config core.repositoryformatversion 0
git -C replaced config --unset core.useReplaceRefs
git -C replaced for-each-ref --format='%(objectname) %(refname)' refs/replace | sed 's,refs/replace,refs/other,' |
    while read -r id ref; do git -C replaced update-ref "$ref" "$id"; done
git -C replaced for-each-ref --format='delete %(refname)' refs/replace | git -C replaced update-ref --stdin
GIT_REPLACE_REF_BASE=refs/other/
export GIT_REPLACE_REF_BASE
one replaced 'HEAD^{tree}'
unset GIT_REPLACE_REF_BASE
one replaced 'HEAD^{tree}'
# More than 5 in a row.
a=$(git -C replaced rev-parse HEAD:README.md)
for i in 1 2 3 4 5; do
    b=$(echo "number $i" | git -C replaced hash-object -w --stdin)
    git -C replaced update-ref "refs/replace/$a" "$b"
    a=$b
    GIT_NO_REPLACE_OBJECTS=1 git -C replaced repack -qadk 2> /dev/null
    if [ $i -lt 5 ]; then
        expect 0 cat replaced HEAD:README.md
        prints_only "number $i"
        git -C replaced cat-file -p HEAD:README.md > wanted
        same out wanted
    else
        expect 1 cat replaced HEAD:README.md
        says 'replaced more than 5 times'
        git -C replaced cat-file -p HEAD:README.md > wanted 2>&1 && fail 'git follows it'
        expect 0 cat replaced "$b"
    fi
done

# Symbolic links in trees are followed as git does it, 40 of them.
git init -q -b main links
(
    cd links || exit
    mkdir -p dir/sub/deep
    echo readme > README.md
    echo deep > dir/sub/file
    for pair in dir/sub/file:link ../README.md:dir/up /etc/passwd:outside ../../out:dir/far nowhere:dangling \
        loop2:loop1 loop1:loop2 dir:dirlink sub/..:dir/self .:dot ./dir:dotdir dir/:slashed dir//sub:doubled \
        ../..:dir/sub/top ../../..:dir/sub/above README.md/x:through /abs:dir/abs; do
        ln -s "${pair%%:*}" "${pair#*:}"
    done
    last=README.md
    for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 \
        38 39 40 41 42; do
        ln -s "$last" "chain$i"
        last=chain$i
    done
    git add .
    git update-index --add --cacheinfo 160000,0123456789012345678901234567890123456789,module
    git commit -qm links
)
for name in link dir/up outside dir/far dangling loop1 dirlink dirlink/sub dirlink/sub/file dirlink/ dir/self \
    dir/self/sub/file dot dot/README.md dotdir slashed slashed/sub doubled doubled/file dir/sub/top \
    dir/sub/top/README.md dir/sub/above dir/sub/above/x through README.md/x README.md/ README.md chain38 chain39 \
    chain40 chain41 dir/../README.md /README.md //dir dir//sub dir/sub/ dir/.. .. . nosuch nosuch/x dangling/x \
    outside/x dir/abs dir/abs/y module module/x '' / dir/up/ link/ link/x dir/far/more loop1/x; do
    printf '%s\n' "HEAD:$name" "HEAD^{tree}:$name"
done > names
git -C links cat-file --batch-check --follow-symlinks < names > wanted 2> /dev/null
expect_input names 0 batch --check --follow-symlinks links
same out wanted 'symbolic links in trees'

# Linked work trees: each has its own HEAD.
cp -r zoo-sha1 trees
git -C trees worktree add -q --detach ../linked HEAD~2 2> /dev/null
git -C linked update-ref refs/bisect/bad HEAD~1
git -C linked update-ref refs/worktree/mine HEAD
git -C trees update-ref refs/bisect/good HEAD
printf '%s\n' HEAD HEAD~1 main main-worktree/HEAD worktrees/linked/HEAD refs/bisect/bad refs/bisect/good \
    worktrees/linked/refs/bisect/bad main-worktree/refs/bisect/good main-worktree/refs/bisect/bad \
    refs/worktree/mine worktrees/linked/refs/worktree/mine worktrees/linked/refs/heads/main > names
asked trees names 'the main work tree'
asked linked names 'a linked work tree'
git -C trees pack-refs --all
asked trees names 'the main work tree, packed'
asked linked names 'a linked work tree, packed'

# A shallow clone ends where it says; grafts give other parents.
git clone -q --bare --depth=2 "file://$work/zoo-sha1" shallow 2> /dev/null
printf '%s\n' HEAD HEAD~1 HEAD~2 'HEAD^2' 'HEAD~1^' HEAD~3 > names
asked shallow names 'a shallow clone'
cp -r zoo-sha1 grafted
echo "$(git -C grafted rev-parse HEAD) $(git -C grafted rev-parse HEAD~3) $(git -C grafted rev-parse HEAD~1)" > grafted/.git/info/grafts
printf '%s\n' HEAD~1 'HEAD^2' 'HEAD^3' HEAD~2 'HEAD^2~1' > names
asked grafted names grafts

# Symbolic links as refs, and refs that are broken.
ln -s refs/heads/main zoo-sha1/.git/refs/heads/bylink
ln -s main zoo-sha1/.git/refs/heads/byfile
: > zoo-sha1/.git/refs/heads/empty
echo nonsense > zoo-sha1/.git/refs/heads/broken
echo 'ref: refs/heads/bad..name' > zoo-sha1/.git/refs/heads/badtarget
printf '%s\n' bylink byfile > names
asked zoo-sha1 names 'symbolic links'
for name in empty broken badtarget round chain6; do
    git -C zoo-sha1 rev-parse -q --verify "$name" > /dev/null 2>&1 && fail "git reads $name"
    expect 1 cat zoo-sha1 "$name"
    says '/refs/heads/'
done
# One that is broken does not hide a tag of the name.
echo nonsense > zoo-sha1/.git/refs/light
git -C zoo-sha1 cat-file -p light > wanted 2> /dev/null
expect 0 cat -p zoo-sha1 light
same out wanted
says 'ref refs/light is broken, or leads to none: it is passed over$'

# What there is none of.
expect 3 cat zoo-sha1 HEAD:nosuch
says 'not found: .*the tree has no such entry$'
expect 3 cat zoo-sha1 HEAD~99
says 'not found: .*the commit has no such parent$'
expect 3 cat zoo-sha1 'HEAD^{blob}'
says 'leads to no object of that type$'
# Newer versions of git want a name of a ref before what git describe adds.
expect 3 cat zoo-sha1 "a:b-1-g$(git -C zoo-sha1 rev-parse --short HEAD)"
expect 3 cat zoo-sha1 "x-g$(git -C zoo-sha1 rev-parse --short HEAD)"
git init -q empty
expect 3 cat empty HEAD
says 'empty: HEAD: not found: stands for refs/heads/[a-z]*, which is not there$'
expect 3 cat empty 000
says 'empty: 000: not found: the prefix of an id has 4 digits at least$'
expect 3 cat empty 'HEAD^{foo}'
says 'there is no such type: ^{} takes commit, tree, blob, tag, object$'

# A folder of packs has no refs, but suffixes.
mkdir packs
cp zoo-sha1/.git/objects/pack/* packs
id=$(git -C zoo-sha1 rev-parse HEAD)
for end in '' ~1 '^{tree}' :dir/sub/file; do
    expect 0 cat -p packs "$id$end"
    git -C zoo-sha1 cat-file -p "$id$end" > wanted
    same out wanted
done
expect 2 cat packs HEAD
says 'names need a repository'
expect 3 cat packs "$id:nosuch"

# A name of several refs, or of a ref and an id: git takes the first, and warns; so does this, unless it is not wanted.
git init -q -b main twice
echo 1 > twice/file
git -C twice add file
git -C twice commit -q -m 1
git -C twice branch both
git -C twice branch one
git -C twice commit -q --allow-empty -m 2
git -C twice tag both
git -C twice branch "$(git -C twice rev-parse --short=8 HEAD)"
short=$(git -C twice rev-parse --short=8 HEAD)
for name in both 'both^{tree}' both:file both~1 "$short" one heads/both tags/both HEAD main refs/heads/both; do
    git -C twice rev-parse "$name" > wanted 2> git.err
    echo "$name" > names
    for command in 'cat -t' 'cat -e' info batch; do
        case $command in
        batch) expect_input names 0 batch --check twice ;;
        *)
            # shellcheck disable=SC2086 # words
            expect 0 $command twice "$name"
            ;;
        esac
        if [ -s git.err ]; then
            said=$(sed -n "s/^warning: \(refname '.*' is ambiguous\).*/\1/p" git.err)
            says "^packread: twice: $said; "
            has_lines err 1
        else
            is_silent
        fi
    done
    equal "$ran: object" "$(cut -d ' ' -f 1 out)" "$(cat wanted)"
    expect 0 cat -q -t twice "$name"
    is_silent
done
git -C twice config core.warnAmbiguousRefs false
for name in both "$short"; do
    expect 0 cat -t twice "$name"
    is_silent
done

finish
