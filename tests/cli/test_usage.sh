#!/bin/sh
# Wrong use of every kind: the exit status is 2, standard output stays empty, and the message names
# what was wrong. Help and version: standard output, exit status 0.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

small=$repos/small
id=$(first_id "$small")

# wrong PATTERN ARGUMENT...
wrong() {
    pattern=$1
    shift
    expect 2 "$@"
    says "$pattern"
    prints_nothing
    has_lines err 1
}

wrong 'a command is needed; see packread --help'
wrong "unknown command 'nosuch'" nosuch
wrong "unknown command ''" ''
wrong "unknown command 'LIST'" LIST "$small"
# What was probably meant.
wrong "unknown command 'lst': did you mean list? See packread --help" lst "$small"
wrong "unknown command 'verfiy': did you mean verify?" verfiy "$small"
wrong "unknown command 'Batch': did you mean batch?" Batch "$small"
wrong "unknown command 'ext': did you mean extract?" ext "$small"
wrong "unknown command 'lst'" help lst
wrong "unknown command 'version': did you mean --version?" version
# What git calls otherwise.
wrong "unknown command 'cat-file': did you mean cat, or batch for many? See" cat-file -t "$small" "$id"
wrong "unknown command 'fsck': did you mean verify? See" fsck
wrong "unknown option '--batch-check': did you mean --check, and --format=FORMAT for its format? See" \
    batch --batch-check "$small"
wrong "unknown option '--batch-check': did you mean --check" batch --batch-check='%(objectname)' "$small"
wrong "unknown option '--batch': packread batch answers so without it" batch --batch "$small"
wrong "unknown option '--batch-command': did you mean --command" batch --batch-command "$small"
wrong "unknown option '--batch-all-objects': did you mean --all? See" batch --batch-all-objects "$small"
wrong "unknown option '--batch'; see" list --batch "$small"
wrong '--check takes no value: did you mean --check --format=FORMAT? See' batch --check='%(objectname)' "$small"
wrong "unknown command 'nosuch'; see" nosuch
wrong "unknown command 'stat'; see" stat
wrong "packread list: unknown option '--thread': did you mean --threads? See packread list --help" \
    list --thread=2 "$small"
wrong "unknown option '--Format': did you mean --format?" list --Format=x "$small"
wrong "unknown option '--mem': did you mean --memory-limit?" list --mem=2M "$small"
wrong "unknown option '--jsno': did you mean --json?" verify --jsno "$small"
wrong "unknown option '--comand': did you mean --command?" batch --comand "$small"
wrong "unknown option '--salvage'; see" verify --salvage "$small"
long=$(printf '%0300d' 0)
wrong "unknown option '--$long'; see" list "--$long" "$small"
wrong "unknown command '$long'; see" "$long"
wrong "unknown option '--nosuch'" --nosuch
wrong "unknown option '-q': options follow the command" -q list "$small"
for command in list info cat extract verify batch; do
    wrong "packread $command: WHERE is missing.*see packread $command --help" $command
    wrong "packread $command: unknown option '--nosuch'" $command --nosuch "$small"
    wrong "packread $command: unknown option '--nosuch'" $command --nosuch=value "$small"
    wrong "packread $command: unknown option '-y'" $command -y "$small"
    wrong "packread $command: unknown option '---'" $command --- "$small"
    wrong '--manager takes one of sliding, static, not' $command --manager=other "$small"
    wrong '--io takes one of auto, mmap, pread, not' $command --io=read "$small"
    wrong '--window-size takes a size' $command --window-size=many "$small"
    wrong '--memory-limit needs a value' $command "$small" --memory-limit
    wrong '--no-check takes no value' $command --no-check=yes "$small"
    wrong '--metrics= needs a file name' $command --metrics= "$small"
done

# Sizes and numbers.
wrong '--window-size=0 is too small: the least is 1 byte;' list --window-size=0 "$small"
wrong '--window-size takes a size' list --window-size= "$small"
wrong '--window-size takes a size' list --window-size=-1 "$small"
wrong '--window-size takes a size' list --window-size=1.5M "$small"
wrong '--window-size takes a size' list --window-size=64KB "$small"
wrong '--window-size takes a size' list --window-size=K "$small"
wrong '--window-size takes a size' list '--window-size= 64K' "$small"
wrong '--window-size takes a size' list --window-size=0x1000 "$small"
wrong '--window-size takes a size' list --window-size=18446744073709551616 "$small"
wrong '--window-size takes a size' list --window-size=17179869184G "$small"
wrong '--window-size takes a size' list --window-size=99999999999999999999999 "$small"
wrong '--memory-limit=1023K is too small: the least is 1048576' list --memory-limit=1023K "$small"
wrong '--memory-limit=1 is too small' list --memory-limit 1 "$small"
wrong '--threads takes a number from 0 to' verify --threads=-1 "$small"
wrong '--threads takes a number from 0 to' verify --threads=two "$small"
wrong '--threads takes a number from 0 to' verify --threads=4097 "$small"
wrong '--threads takes a number from 0 to' verify --threads=4294967297 "$small"
wrong '--threads takes a number from 0 to' verify --threads=2K "$small"

# Figures do not go where a pack is.
cp "$(only_pack "$small")" figures.pack
for name in figures.pack figures.idx figures.rev; do
    wrong "--metrics does not write over packs: name another file than '$name'" list --metrics=$name "$small"
done
holds 'the pack is as it was' cmp -s figures.pack "$(only_pack "$small")"
rm figures.pack

# list
wrong '--json needs an atom in --format' list --json --format=hi "$small"
wrong '--json needs an atom in --format' list --json --format= "$small"
wrong '--json needs an atom in --format' list --json --format='%(rest)%%' "$small"
wrong 'too many arguments: only WHERE is taken; see' list "$small" "$small"
wrong '--order takes one of id, pack' list --order=size "$small"
wrong '--type takes blob, tree, commit and tag' list --type=file "$small"
wrong '--type takes blob, tree, commit and tag' list --type= "$small"
wrong '--type takes blob, tree, commit and tag' list --type=blob, "$small"
wrong '--type takes blob, tree, commit and tag' list --type=blob,,tree "$small"
wrong '--type takes blob, tree, commit and tag' list --type=ofs-delta "$small"
wrong '--format needs a value' list "$small" --format
wrong "unknown format element '%(nosuch)'" list --format='%(nosuch)' "$small"
wrong "unknown format element '%()'" list --format='%()' "$small"
wrong "format element '%(objectname' does not end in ')'" list --format='a %(objectname' "$small"
wrong "unknown format element '%(objectname )'" list --format='%(objectname )' "$small"

# info, cat
wrong 'OBJECT is missing' info "$small"
wrong 'OBJECT is missing: an id or a prefix of one (packread list WHERE tells all ids), or in a repository or bundle a name, as HEAD or main; see' cat "$small"
wrong 'OBJECT is missing' cat -t "$small"
# Where there is no repository, names are ids.
mkdir packs
cp "$small"/objects/pack/* packs
for name in HEAD main '^{tree}' 123 ' ' 12345g "$id$id" "$id " -; do
    wrong 'is not an object id: give one of 40 or 64 hex digits, or its first 4' cat packs "$name"
    wrong 'is not an object id' info packs "$name"
    wrong 'is not an object id' extract packs -o dir "$name"
done
# One wrong name among right ones: nothing is printed before it is seen.
wrong "'HEAD' is not an object id" cat packs "$id" HEAD
rm -r packs
for where in "$small" "$(only_pack "$small")"; do
    wrong "'' is not an object id" cat "$where" ''
    wrong "'' is not an object id" extract "$where" -o dir ''
done
for pair in '-t -s' '-s -p' '-e -t' '-p -e' '-ts' '-tsep'; do
    # shellcheck disable=SC2086 # one or two options
    wrong 'only one of -t, -s, -e and -p' cat $pair "$small" "$id"
done
wrong '--json is not taken here' cat --json "$small" "$id"

# extract
wrong '-o DIR is missing' extract "$small" "$id"
wrong 'packread cat writes them there' extract "$small" -o - "$id"
wrong '-o needs a value' extract "$small" --all -o
wrong '-o needs the name of a folder' extract "$small" --all -o ''
wrong 'OBJECT is missing, or --all' extract "$small" -o dir
wrong '--all and OBJECT exclude each other' extract "$small" -o dir --all "$id"
wrong "--as takes one of content, loose, tree, not 'raw'; see" extract --as=raw "$small" -o dir --all
wrong '--as=tree takes one OBJECT' extract --as=tree "$small" -o dir --all
wrong '--as=tree takes one OBJECT' extract --as=tree "$small" -o dir "$id" "$id"
wrong 'OBJECT is missing; see' extract --as=tree "$small" -o dir
wrong '--json is not taken here' extract --json "$small" -o dir --all
holds 'a wrong use makes no folder' test ! -e dir

# batch
wrong 'too many arguments: only WHERE is taken, objects are named on standard input; see' batch "$small" "$id"
wrong '--unordered goes with --all only' batch --unordered "$small"
wrong '--command and --check do not go together' batch --command --check "$small"
wrong '--command reads requests, --all does not' batch --command --all "$small"
wrong "--filter takes blob:none, .*, not 'tree:0'" batch --filter=tree:0 "$small"
wrong '--json is not taken here' batch --json "$small"
wrong "unknown format element '%(refname)'" batch --format='%(refname)' "$small"

# index
wrong 'PACK is missing' index
wrong 'too many arguments' index a.pack b.pack
wrong "'text' does not end with .pack: name the index with -o" index text
wrong "'$small' is a folder: give one .pack" index "$small"
wrong "'a.idx' is named as an index: give the .pack" index a.idx
wrong 'the index is not written to standard output: name a file' index a.pack -o -
wrong '-o needs the name of a file' index a.pack -o ''
wrong '-o needs the name of a file' index a.pack -o dir/
wrong "--rev needs an index whose name ends with .idx, not 'out'" index a.pack -o out --rev
wrong "--version takes one of 1, 2, not '3'" index --version=3 a.pack
wrong "--object-format takes one of sha1, sha256, not 'md5'" index --object-format=md5 a.pack

# Commands of later versions say so.
for command in stats merge report; do
    wrong "$command is not available in this version" $command "$small"
    wrong "$command is not available in this version" help $command
done
wrong '--shard is not available in this version' verify --shard=1/2 "$small"
# Help does not hide what is wrong.
wrong "unknown option '--nonsense'" list --help --nonsense


# What names neither packs nor a repository.
mkdir folder
echo 'some text' > text
wrong 'neither a pack' list folder
wrong 'neither a pack' list text
wrong 'neither a pack' verify folder
# Options may stand anywhere; "--" ends them; a value may follow "=" or a blank.
git -C "$small" cat-file --batch-all-objects --batch-check > all
for arguments in '--order=id --manager=static' '--order id --manager static' '-q --io pread'; do
    # shellcheck disable=SC2086 # several options
    expect 0 list $arguments "$small"
    same out all
    # shellcheck disable=SC2086
    expect 0 list "$small" $arguments
    same out all
done
expect 0 list --order=pack --order=id -- "$small"
same out all
mkdir ./-dash
cp -R "$small" ./-dash/repo
expect 0 list -- -dash/repo
same out all
wrong "unknown option" list -dash/repo

expect 0 list --help
cp out told
expect 0 help list
same out told
expect 0 --help list
same out told
expect 0 help
cp out told
expect 0 --help
same out told
prints '^  packread COMMAND'
is_silent
expect 0 -h
expect 0 --version
equal 'the version' "$(cat out)" 'packread 0.2.0'
is_silent
for command in list info cat extract verify batch; do
    expect 0 $command --help
    prints "^packread $command"
    prints '--memory-limit=SIZE'
    is_silent
    expect 0 $command -h
    # Help needs nothing else.
    expect 0 $command -q --manager=static --help
    equal "$ran: widest line of help fits 90 columns" \
        "$(awk 'length($0) > 90' out | wc -l | tr -d ' ')" 0
done
finish
