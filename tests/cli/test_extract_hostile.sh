#!/bin/sh
# extract --as=tree refuses by name what a hostile tree asks for, extracts the rest, ends with status
# 1, and never writes outside the folder: whatever the names, however deep, and while another process
# puts symbolic links in the place of folders.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

git init -q --bare made.git
blob=$(echo text | git -C made.git hash-object -w --stdin)

# entry MODE NAME ID: as trees have it; NAME with escapes of printf's
entry() {
    printf '%s ' "$1"
    # shellcheck disable=SC2059 # escapes
    printf "$2"
    octal='\000' hex=$3
    while [ -n "$hex" ]; do
        byte=$((0x${hex%"${hex#??}"}))
        octal="$octal\\$((byte / 64))$((byte / 8 % 8))$((byte % 8))"
        hex=${hex#??}
    done
    # shellcheck disable=SC2059
    printf "$octal"
}

# tree: of what is on standard input, whatever it is
tree() {
    git -C made.git hash-object -t tree --literally -w --stdin
}

# pack NAME: of all objects so far
pack() {
    git -C made.git cat-file --batch-all-objects --batch-check='%(objectname)' |
        git -C made.git pack-objects -q "$work/packed" | sed 's|^|packed-|; s|$|.pack|' > made
    mv "$(cat made)" "$1.pack"
    mv "packed-$(sed 's/packed-//; s/.pack//' made).idx" "$1.idx"
}

# refuses WHERE PATH WHY: one line says so
refuses() {
    says "^packread: $1: [0-9a-f]*: $2: refused: $3\$"
}

lines() {
    if [ "$1" -lt 100 ]; then
        has_lines err "$1"
    else
        equal "$ran: messages" "$(($(wc -l < err)))" "$1"
    fi
}

# holds_files FOLDER: of it, all that lies in it, sorted, in one line
holds_files() {
    (cd "$1" && find . -mindepth 1 | LC_ALL=C sort | tr '\n' ' ')
}

# ---- Names: those that git refuses with both of its protections are refused, and no others --------

cat > pieces << 'EOT'
.git
.GIT
.gIt
git
git~1
GIT~1
git~2
.
..
...
 
:
::$INDEX_ALLOCATION
:$DATA
\
modules
.gitmodules
.GITMODULES
.gitattributes
gitmod~1
gitmod~4
gitmod~5
gi7eba~1
GI7EBA~9
gi7e~123
~1000000
g~123456
EOT
printf '\342\200\214\n\342\200\257\n\342\201\252\n\357\273\277\n\357\277\276\n\303\251\n\377\nx\n' >> pieces
{
    cat pieces
    printf '%s\n' '.git.' '.git ' '.git . .' '.git:x' 'git~1.' 'a\.git' 'a\git~1 ' '.git\x' 'a\.gitmodules' \
        '.gitmodules ' '.gitmodules:' 'gi7eba~0' 'gi7eba~12' 'GITMOD~3. ' 'gitmod~10' 'git~10' 'git~' '.gitx' 'x.git'
    awk -v seed="${SEED:-1}" '{ piece[NR] = $0 } END {
        srand(seed)
        for (i = 0; i < 220; i++) {
            name = ""
            for (j = 1 + int(rand() * 4); j > 0; j--)
                name = name piece[1 + int(rand() * NR)]
            print name
        }
    }' pieces
} | LC_ALL=C sort -u | grep -v '^[\\]' > names
echo "seed ${SEED:-1}, $(wc -l < names) names"
# What git update-index refuses it leaves out, and goes on. It looks at files and links that are there.
mkdir as-100644 as-120000
grep -v -x -F -e . -e .. names > to-make
tr '\n' '\0' < to-make | (cd as-100644 && xargs -0 touch --)
sed 's|^|/nowhere/|' to-make | tr '\n' '\0' | (cd as-120000 && xargs -0 sh -c 'ln -s "$@" .' sh)
tr '\n' '\0' < to-make > names.z # git ends at . and ..
for mode in 100644 120000; do
    rm -f index
    (
        cd as-$mode || exit
        export GIT_INDEX_FILE="$work/index" GIT_DIR="$work/made.git" GIT_WORK_TREE=.
        git -c core.protectHFS=true -c core.protectNTFS=true update-index --add --info-only -z --stdin \
            < ../names.z 2> /dev/null
        git ls-files -z | tr '\0' '\n'
    ) > taken-$mode
    git -C made.git mktree --missing << EOT > tree-$mode
$(sed "s/^/$mode blob $blob	/" names)
EOT
done
pack names
for mode in 100644 120000; do
    expect 1 extract names.pack -o names-$mode --as=tree "$(cat tree-$mode)"
    (cd names-$mode && find . -mindepth 1 -maxdepth 1 | sed 's|^\./||' | LC_ALL=C sort) > written
    same written taken-$mode
    lines $(($(wc -l < names) - $(wc -l < taken-$mode)))
    equal 'messages that are refusals' "$(grep -c ': refused: ' err)" "$(($(wc -l < err)))"
    holds 'some are refused' test "$(wc -l < err)" -gt 15
    holds 'some are written' test "$(wc -l < written)" -gt 25
done

# ---- Entries ------------------------------------------------------------------------------------

inner=$(entry 100644 file "$blob" | tree)
long=$(head -c 300 /dev/zero | tr '\0' n)
nothing=$(git -C made.git hash-object -w --stdin < /dev/null)
outside=$(printf ../outside | git -C made.git hash-object -w --stdin)
holed=$(printf 'a\000b' | git -C made.git hash-object -w --stdin)
endless=$(head -c 70000 /dev/zero | tr '\0' t | git -C made.git hash-object -w --stdin)

dots=$({
    entry 40000 . "$inner"
    entry 40000 .. "$inner"
    entry 100644 ../outside/file "$blob"
    entry 40000 .GiT "$inner"
    entry 160000 .git "$inner"
    entry 100644 /absolute "$blob"
    entry 40000 "\\\\\\\\.git" "$inner"
    entry 40000 a/b "$inner"
    entry 120000 .gitmodules "$blob"
    entry 100644 good "$blob"
} | tree)
modes=$({
    entry 0 00 "$blob"
    entry 644 01 "$blob"
    entry 10644 02 "$blob"
    entry 20644 03 "$blob"
    entry 60644 04 "$blob"
    entry 140755 05 "$blob"
    entry 1100644 06 "$blob"
    entry 7777777777 07 "$blob"
    entry 100000 10 "$blob"
    entry 100664 11 "$blob"
    entry 104755 12 "$blob"
    entry 40755 13 "$inner"
    entry 120777 14 "$outside"
    entry 160001 15 "$blob"
} | tree)
twice=$({
    entry 160000 a "$blob"
    entry 40000 a "$inner"
    entry 120000 b "$outside"
    entry 100644 b-between "$blob"
    entry 40000 b "$inner"
    entry 100644 c "$blob"
    entry 100644 c "$blob"
    entry 100644 c "$nothing"
    entry 40000 d "$inner"
    entry 40000 d "$inner"
    entry 100644 e "$blob"
} | tree)
rising=$({
    entry 120000 b "$outside"
    entry 100644 b-between "$blob"
    entry 100644 b-between-too "$blob"
    entry 40000 b "$inner"
    entry 100644 c "$blob"
} | tree)
unsorted=$({
    entry 100644 z "$blob"
    entry 100644 a "$blob"
} | tree)
malformed=$({
    entry 100644 a "$blob"
    entry 100644 '' "$blob"
    entry 10x644 c "$blob"
    entry 100644 d "$blob"
    entry 100644 'e\000f' "$blob"
} | tree)
cut=$({
    entry 100644 a "$blob"
    printf '100644 b\000short'
} | tree)
kinds=$({
    entry 100644 a "$inner"
    entry 40000 b "$blob"
    entry 120000 c "$inner"
    entry 120000 d "$nothing"
    entry 120000 e "$holed"
    entry 120000 f "$endless"
    entry 100644 g "$blob"
} | tree)
lengths=$({
    entry 100644 "k$long" "$blob"
    entry 120000 "l$long" "$outside"
    entry 40000 "m$long" "$inner"
    entry 160000 "n$long" "$blob"
    entry 100644 o "$blob"
} | tree)
cases=$({
    entry 100644 FILE "$blob"
    entry 40000 Folder "$inner"
    entry 100644 file "$nothing"
    entry 40000 folder "$inner"
} | tree)
controls=$({
    entry 100644 '\033[31m.git/\001' "$blob"
    entry 100644 '\033[31mred' "$blob"
} | tree)
empty=$(tree < /dev/null)
below=$({
    entry 40000 folder "$dots"
    entry 40000 other "$modes"
    entry 40000 void "$empty"
} | tree)
pack hostile

mkdir -p safe/outside
at=safe/out
# hostile TREE: extracts it into safe/out, and nothing else is there or in safe/outside afterwards
hostile() {
    rm -rf "$at"
    expect 1 extract hostile.pack -o "$at" --as=tree "$1"
    prints_nothing
    is_clean err
    equal "$ran: outside" "$(holds_files safe/outside)$(ls -A safe)" "out
outside"
    equal "$ran: temporary files" "$(find safe -name '.packread*')" ''
}

hostile "$dots"
refuses hostile.pack '\.' 'the name of the folder itself'
refuses hostile.pack '\.\.' 'the name of the folder above'
refuses hostile.pack '\.\./outside/file' 'a name with a slash in it'
refuses hostile.pack /absolute 'a name with a slash in it'
refuses hostile.pack a/b 'a name with a slash in it'
refuses hostile.pack '\.GiT' 'a name that some file systems take for .git'
refuses hostile.pack '\.git' 'a name that some file systems take for .git'
refuses hostile.pack '\\\\*.git' 'a name that some file systems take for .git'
refuses hostile.pack '\.gitmodules' 'a symbolic link that some file systems take for .gitmodules'
says ": $dots: \\.\\.: "
equal 'messages but of the order' "$(grep -c -v 'not in git' err)" 9
equal 'the rest' "$(holds_files $at)" './good '

hostile "$modes"
for name in 00 01 02 03 04 05 06 07 15; do
    case $name in
    15) wanted='' ;;
    *) refuses hostile.pack $name 'mode [0-7]* is of no file, link, folder or submodule' ;;
    esac
done
lines 8
equal 'the rest' "$(cd $at && find . -mindepth 1 -printf '%p %y %m\n' | LC_ALL=C sort | tr '\n' ' ')" \
    './10 f 644 ./11 f 644 ./12 f 755 ./13 d 755 ./13/file f 644 ./14 l 777 ./15 d 755 '

hostile "$twice"
for name in a b c d; do
    refuses hostile.pack $name 'an entry before it has the same name'
done
lines 6
says ": $twice: the tree's entries are not in git's order$"
equal 'the rest' "$(holds_files $at)" './a ./b ./b-between ./c ./d ./d/file ./e '
equal 'the first stays' "$(cat $at/c)" text
hostile "$rising"
refuses hostile.pack b 'an entry before it has the same name'
lines 1
equal 'the rest' "$(holds_files $at)" './b ./b-between ./b-between-too ./c '

hostile "$unsorted"
says "$unsorted: the tree's entries are not in git's order$"
lines 1
equal 'all' "$(holds_files $at)" './a ./z '

hostile "$malformed"
says "$malformed: refused: empty name in a tree entry at byte 29\$"
says "$malformed: refused: malformed mode in a tree entry at byte 57\$"
says "$malformed: e: [0-9a-f]*: not found\$"
says "$malformed: refused: malformed mode in a tree entry at byte 144; what follows it is left out\$"
lines 4
equal 'the rest' "$(holds_files $at)" './a ./d '
hostile "$cut"
says "$cut: refused: a tree entry's id is cut short at byte 29; what follows it is left out\$"
equal 'the rest' "$(holds_files $at)" './a '

hostile "$kinds"
refuses hostile.pack a 'what it names is no blob'
says "hostile.pack: $blob: a blob where a tree should be$"
says "$kinds: b: $blob: cannot be read$"
refuses hostile.pack c 'what it names is no blob'
refuses hostile.pack d 'a symbolic link to nothing'
refuses hostile.pack e 'a symbolic link with a NUL in its target'
refuses hostile.pack f 'a symbolic link whose target is too long'
lines 7
equal 'the rest' "$(holds_files $at)" './g '

hostile "$lengths"
equal 'names that are too long' "$(grep -c ': refused: the name is too long for the file system$' err)" 4
lines 4
equal 'the rest' "$(holds_files $at)" './o '

# Both are written where the file system tells them apart; one never over the other.
mkdir probe
: > probe/a
if [ ! -e probe/A ]; then
    rm -rf $at
    expect 0 extract hostile.pack -o $at --as=tree "$cases"
    equal 'all' "$(holds_files $at)" './FILE ./Folder ./Folder/file ./file ./folder ./folder/file '
fi

hostile "$controls"
refuses hostile.pack '\\x1b\[31m\.git/\\x01' 'a name with a slash in it'

hostile "$below"
refuses hostile.pack 'folder/\.\.' 'the name of the folder above'
refuses hostile.pack 'folder/\.\./outside/file' 'a name with a slash in it'
refuses hostile.pack other/03 'mode 020644 is of no file, link, folder or submodule'
says ": $dots: folder/\\.\\.: "
equal 'an empty folder' "$(holds_files $at/void)" ''

# ---- Thousands of levels ------------------------------------------------------------------------

# A path of more than 4,096 bytes, and more folders than descriptors.
# Each with a file that comes after the folder below it, so that there is something to come back for.
levels=3000
if [ -n "${CHECK_LARGE-}" ]; then
    levels=10000
fi
git init -q --bare deep.git
git -C deep.git hash-object -w --stdin > /dev/null << 'EOT'
text
EOT
mkfifo requests answers
git -C deep.git mktree --batch < requests > answers &
exec 3> requests 4< answers
printf '100644 blob %s\tb\n\n' "$blob" >&3
read -r id <&4
i=1
echo "$id" > ids
while [ $i -lt $levels ]; do
    printf '040000 tree %s\ta\n100644 blob %s\tb\n\n' "$id" "$blob" >&3
    read -r id <&4
    echo "$id" >> ids
    i=$((i + 1))
done
exec 3>&- 4<&-
wait
echo "$blob" >> ids
git -C deep.git pack-objects -q --window=0 "$work/deep" < ids > /dev/null
expect 0 extract --memory-limit=8M --threads=1 deep-*.pack -o deep --as=tree "$id"
is_silent
find deep -type f -printf '%d %s\n' | sort -n > depths
equal 'files' "$(($(wc -l < depths)))" $levels
equal 'the deepest' "$(tail -n 1 depths)" "$levels 5"
rm -rf deep
# Few descriptors: those of outer folders are given up.
(
    # shellcheck disable=SC3045
    ulimit -n 24 2> /dev/null
    "$PACKREAD" extract --threads=1 deep-*.pack -o few --as=tree "$(sed -n 300p ids)" > out 2> err
)
equal 'exit status with few descriptors' $? 0
is_silent
equal 'files' "$(find few -type f | wc -l | tr -d ' ')" 300
rm -rf few

# ---- Many entries -------------------------------------------------------------------------------

entries=6000
if [ -n "${CHECK_LARGE-}" ]; then
    entries=1000000
fi
awk -v blob="$blob" -v entries=$entries 'BEGIN {
    for (i = 0; i < entries; i++)
        printf "%s blob %s\tname-%08d\n", i % 2 ? "100644" : "120000", blob, i
}' | git -C deep.git mktree --missing > id
{
    cat id
    echo "$blob"
} | git -C deep.git pack-objects -q "$work/many" > /dev/null
expect 0 extract many-*.pack -o many --as=tree "$(cat id)"
is_silent
equal 'entries' "$(find many -mindepth 1 | wc -l | tr -d ' ')" $entries
rm -rf many

# ---- Symbolic links put in the place of folders -------------------------------------------------

# Folders in folders, deeper than what is held open, each with files before and after the next.
git -C made.git mktree --batch < requests > answers &
exec 3> requests 4< answers
printf '100644 blob %s\ta\n100644 blob %s\tz\n\n' "$blob" "$blob" >&3
read -r level <&4
i=0
while [ $i -lt 140 ]; do
    printf '100644 blob %s\ta\n040000 tree %s\tf\n100644 blob %s\tz\n\n' "$blob" "$level" "$blob" >&3
    read -r level <&4
    i=$((i + 1))
done
exec 3>&- 4<&-
wait
top=$(for name in a b c d e; do entry 40000 $name "$level"; done | tree)
pack race

mkdir -p race/outside
# What is swapped in has the same names, so that whoever follows it finds folders to write to.
mkdir -p race/outside/f/f/f
cat > swap << 'EOT'
# swap FOLDER...: until the file `stop` is there
while [ ! -e stop ]; do
    for folder in "$@"; do
        if [ -d "$folder" ] && [ ! -L "$folder" ] && mv -T "$folder" aside-$$ 2> /dev/null; then
            ln -sT "$PWD/race/outside" "$folder" 2> /dev/null && echo swapped >> swaps-$$
            [ ! -L "$folder" ] || rm "$folder"
            mv -T aside-$$ "$folder" 2> /dev/null || rm -rf aside-$$
        fi
    done
done
EOT
rounds=2
if [ -n "${CHECK_LARGE-}" ]; then
    rounds=10
fi
round=0
while [ $round -lt $rounds ]; do
    rm -rf race/out stop
    # None lies below another: a swap is not to be led away itself.
    sh swap race/out/a race/out/b/f race/out/c &
    sh swap race/out/d race/out/e/f/f/f &
    $limit "$PACKREAD" extract race.pack -o race/out --as=tree "$top" > out 2> err
    status=$?
    touch stop
    wait
    case $status in
    0 | 1 | 4) pass ;;
    *) fail "exit status $status while folders are swapped" ;;
    esac
    equal 'outside while folders are swapped' "$(holds_files race/outside)" './f ./f/f ./f/f/f '
    round=$((round + 1))
done
cat swaps-* > swaps
echo "$(wc -l < swaps) swaps"
holds 'folders were swapped' test -s swaps

# The same of the folders of loose objects.
rm -f swaps-* swaps
i=0
while [ $i -lt 2000 ]; do
    printf 'blob\ndata <<E\n%s\nE\n' $i
    i=$((i + 1))
done > stream
git init -q --bare many.git
git -C many.git -c fastimport.unpackLimit=1 fast-import --quiet < stream
"$PACKREAD" list many.git | sed 's|^\(..\).*|race/out/\1|' | uniq | head -n 6 > folders
round=0
while [ $round -lt $rounds ]; do
    rm -rf race/out race/outside stop
    mkdir -p race/outside
    # shellcheck disable=SC2046 # several folders
    sh swap $(head -n 3 folders) &
    # shellcheck disable=SC2046
    sh swap $(tail -n 3 folders) &
    $limit "$PACKREAD" extract many.git -o race/out --as=loose --all > out 2> err
    status=$?
    touch stop
    wait
    case $status in
    0 | 1 | 4) pass ;;
    *) fail "exit status $status while folders of objects are swapped" ;;
    esac
    equal 'outside while folders of objects are swapped' "$(holds_files race/outside)" ''
    round=$((round + 1))
done
cat swaps-* > swaps
echo "$(wc -l < swaps) swaps"
holds 'folders were swapped' test -s swaps
finish
