#!/bin/sh
# test_disambiguate.sh - core.disambiguate: which object an ambiguous prefix means where nothing behind
# it says so, in all its values, and what is told of those that stay ambiguous. git is asked the same.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# Enough objects of all types that 4 digits are not; tags are of commits, trees, blobs and other tags.
history() {
    i=0
    while [ $i -lt 400 ]; do
        printf 'blob\nmark :%d\ndata <<E\n%d\nE\n' $((i + 1)) $i
        i=$((i + 1))
    done
    i=0
    while [ $i -lt 200 ]; do
        printf 'commit refs/heads/main\nmark :%d\ncommitter a <a@example.org> %d +0000\ndata <<E\nnumber %d\nE\nM 100644 :%d file\n' \
            $((1000 + i)) $((1700000000 + i)) $i $((i + 1))
        for what in commit blob tag; do
            printf 'tag %s%d\nmark :%d\nfrom :' $what $i $((2000 + i))
            case $what in
                commit) echo $((1000 + i)) ;;
                blob) echo $((1 + i)) ;;
                tag) echo $((2000 + i)) ;;
            esac
            printf 'tagger a <a@example.org> %d +0000\ndata <<E\nt\nE\n' $((1700000000 + i))
        done
        i=$((i + 1))
    done
}
git init -q -b main many
history > import
git -C many fast-import --quiet < import
git -C many log --format='%T %ct' > trees
mkdir tags
while read -r tree second; do
    printf 'object %s\ntype tree\ntag tree\ntagger a <a@example.org> %d +0000\n\nt\n' "$tree" "$second" > tags/"$second"
    echo "$work/tags/$second"
done < trees > paths
git -C many hash-object -t tag -w --stdin-paths < paths |
    paste -d ' ' - trees | awk '{ print "update refs/tags/tree-" $3, $1 }' > updates
git -C many update-ref --stdin < updates
git -C many repack -qadk
git -C many cat-file --batch-all-objects --batch-check > objects
awk '{ print substr($1, 1, 4) }' objects | sort | uniq -d > prefixes
holds 'many prefixes are ambiguous' [ "$(wc -l < prefixes)" -gt 10 ]
while read -r prefix; do
    for end in '' '^{}' '^{object}' '^{blob}' '^{tag}' '^{commit}' '^{tree}' '~0' '^' : :file '^{}^{tree}' '^{tag}~1' '^{blob}:file'; do
        echo "$prefix$end"
    done
    echo "$prefix" | tr a-f A-F
    echo "main-3-g$prefix"
done < prefixes > names

# settled WHAT: all names mean what git says
settled() {
    git -C many cat-file --batch-check < names > wanted 2> /dev/null
    expect_input names 0 batch --check many
    same out wanted "$1"
}

# told PREFIX: by itself it means the same to git, or the same candidates are told
told() {
    if git -C many cat-file -t "$1" > wanted 2> err.git; then
        expect 0 cat -t many "$1"
        same out wanted
        expect 0 info many "$1"
        prints "^id:  *$(git -C many rev-parse "$1")$"
        return
    fi
    expect 3 cat many "$1"
    says "$1: ambiguous"
    # git's ids are shorter.
    sed -n 's/^hint:   \([0-9a-f]*\) /\1 /p' err.git | sed 's/^\(....\)[^ ]*/\1/' > wanted
    sed -n 's/^packread:   //p' err | sed 's/^\(....\)[^ ]*/\1/' > shown
    same shown wanted "$ran: candidates"
}

settled 'without a word'
cp out none
turn=0
for value in none commit committish tree treeish blob None COMMIT Committish tReE TREEISH bloB; do
    git -C many config core.disambiguate "$value"
    settled "$value"
    case $value in
        none | None) holds "$value changes nothing" cmp -s out none ;;
        *)
            holds "$value changes something" sh -c '! cmp -s out none'
            holds "$value: some stay ambiguous" grep -q 'ambiguous$' out
            ;;
    esac
    case $value in
        # By itself each prefix in one value of three; with CHECK_LARGE in all.
        [a-z]*[a-z])
            turn=$((turn + 1)) at=0
            while read -r prefix; do
                at=$((at + 1))
                if [ -n "${CHECK_LARGE-}" ] || [ $(((at + turn) % 3)) -eq 0 ]; then
                    told "$prefix"
                fi
            done < prefixes
            ;;
    esac
done

# The last one counts; a linked work tree has the same, unless its own configuration has another.
git -C many config --replace-all core.disambiguate blob
git -C many config --add core.disambiguate commit
settled 'the last one counts'
git -C many config --replace-all core.disambiguate blob
git -C many worktree add -q --detach ../linked
git -C many config extensions.worktreeConfig true
git -C linked cat-file --batch-check < names > wanted 2> /dev/null
expect_input names 0 batch --check linked
same out wanted 'a linked work tree'
git -C linked config --worktree core.disambiguate tree
git -C linked cat-file --batch-check < names > wanted 2> /dev/null
expect_input names 0 batch --check linked
same out wanted 'a linked work tree with its own'
settled 'the main one has that of all'

# Without a version of the format it counts too, but not what is a work tree's own.
git -C many config core.disambiguate tree
git -C many config --unset core.repositoryformatversion
git -C many cat-file --batch-check < names > wanted 2> /dev/null
holds 'git heeds it' sh -c '! cmp -s wanted none'
settled 'without a version'
git -C linked cat-file --batch-check < names > wanted 2> /dev/null
expect_input names 0 batch --check linked
same out wanted 'a linked work tree without a version'
git -C many config core.repositoryformatversion 0
git -C many config --unset core.disambiguate
git -C many config --unset extensions.worktreeConfig

# Of an objects folder and of packs there is no configuration.
git -C many config core.disambiguate tree
grep -v '^main-' names > plain
expect_input plain 0 batch --check many/.git/objects
cp out shown
git -C many config --unset core.disambiguate
expect_input plain 0 batch --check many
same shown out 'an objects folder'

# What is no value is an error, as in git, even before one that is.
cp many/.git/config config
for line in 'disambiguate' 'disambiguate =' 'disambiguate = tag' 'disambiguate = "commit "' 'disambiguate = commits' \
    'disambiguate = any\n\tdisambiguate = commit' 'disambiguate = true'; do
    # shellcheck disable=SC2059 # it has escapes
    printf "[core]\n\t$line\n" | cat config - > many/.git/config
    holds "git refuses $line" sh -c '! git -C many cat-file -t main 2> err'
    expect 1 cat -t many main
    says '^packread: many/.git/config: .*line [0-9]*: '
done
# Of another section it is another's.
printf '[core "x"]\n\tdisambiguate = y\n[x]\n\tdisambiguate = y\n' | cat config - > many/.git/config
settled 'other keys'
holds 'they change nothing' cmp -s out none
finish
