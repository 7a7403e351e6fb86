#!/bin/sh
# No foreign byte that a terminal would obey comes out as it is: not in messages, and not in what a
# person reads on standard output. Every control of ASCII, every one of U+0080 to U+009F, every byte that
# is no UTF-8, and the ends of lines, through every place where a name can come from.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

small=$repos/small
good=$FIXTURES/packs/types/pack/pack-types
id=$(awk '{ print $1; exit }' "$FIXTURES/packs/types/types.manifest")

# bytes FROM TO [BEFORE]: each byte of these, octal escapes for printf
bytes() {
    at=$1
    while [ "$at" -le "$2" ]; do
        printf '%s\\%03o' "${3-}" "$at"
        at=$((at + 1))
    done
}
# shellcheck disable=SC2059 # the format is what is wanted
{
    ascii=$(printf "a$(bytes 1 9)$(bytes 11 31)\\177b")
    upper=$(printf "a$(bytes 128 159 '\302')b")
    wrong=$(printf "a$(bytes 128 255)b")
    cut=$(printf 'a\033]0;title\007\303\050\340\200\257\355\240\200\364\220\200\200\302')
    lines=$(printf 'a\nb\r\nc')
}

# one_line STATUS ARGUMENT...: fails with one clean line that begins as messages do
one_line() {
    expect "$@"
    is_clean err
    has_lines err 1
    IFS= read -r message < err
    case $message in
    packread:* | 'packread '*) pass ;;
    *) fail "$ran: does not begin as messages do" ;;
    esac
    # Something of the name is told, escaped; without quotes where it could be mistaken.
    says "a\\\\"
    is_clean out
}

# No repository: only ids are names there.
mkdir packs
cp "$small"/objects/pack/* packs
for bad in "$ascii" "$upper" "$wrong" "$cut" "$lines"; do
    # Words of the command line.
    one_line 2 "$bad"
    one_line 2 "-$bad"
    for command in list info cat extract verify batch; do
        one_line 2 $command "--$bad" "$small"
        one_line 2 $command "--manager=$bad" "$small"
        one_line 2 $command --io "$bad" "$small"
        one_line 2 $command "--window-size=$bad" "$small"
        one_line 2 $command "--memory-limit=$bad" "$small"
        one_line 2 $command "--threads=$bad" "$small"
    done
    for command in info cat; do
        one_line 3 $command "$small" "$bad"
        one_line 2 $command packs "$bad"
        one_line 2 $command packs "$id" "$bad"
        one_line 4 $command "$bad" "$id"
    done
    one_line 2 list "--order=$bad" "$small"
    one_line 2 list "--type=$bad" "$small"
    one_line 2 list "--type=blob,$bad" "$small"
    for command in list batch; do
        one_line 2 $command "--format=%($bad)" "$small"
        one_line 2 $command "--format=%($bad" "$small"
        one_line 4 $command "$bad"
    done
    one_line 2 extract "--as=$bad" "$small" -o made --all
    one_line 3 extract -o made "$small" "$bad"
    one_line 2 extract -o made packs "$bad"
    one_line 4 extract "$small" -o "$bad/no/such" --all
    one_line 4 verify "$bad"
    one_line 4 list "--metrics=no/$bad" "$small"
    cat -v out > shown # the listing itself is clean, figures fail after it

    # Names of files: what is no pack, packs that are whole, damaged, odd, and folders around them.
    mkdir -p "$bad/pack" "$bad.d"
    echo text > "$bad.d/$bad"
    one_line 2 list "$bad.d/$bad"
    one_line 2 list "$bad.d"
    echo text > "$bad.d/$bad.pack"
    one_line 1 list "$bad.d/$bad.pack"
    one_line 1 list "$bad.d"
    expect 1 verify "$bad.d/$bad.pack"
    cat out >> err
    is_clean err
    echo text > "$bad.d/$bad.idx"
    one_line 1 list "$bad.d/$bad.idx"
    rm "$bad.d/$bad.pack"
    mkfifo "$bad.d/$bad.pack"
    one_line 4 list "$bad.d/$bad.pack"
    one_line 4 extract "$small" -o "$bad.d/$bad" "$(first_id "$small")"
    cp "$good.pack" "$bad/pack/$bad.pack"
    cp "$good.idx" "$bad/pack/$bad.idx"
    for command in "list --format=%(pack)" "verify" "verify --json" "list --json --format=%(pack)"; do
        # shellcheck disable=SC2086 # words
        expect 0 $command "$bad"
        is_silent
        is_clean out
    done
    has_lines out 12
    expect 0 info "$bad" "$id"
    is_clean out
    equal "$ran: lines" "$(grep -c "^pack:  *a\\\\" out)" 1
    expect 0 info --json "$bad" "$id"
    is_clean out
    one_line 3 cat "$bad" 0123456789012345678901234567890123456789
    # A damaged byte in the pack: findings, and failures of reading.
    chmod u+w "$bad/pack/$bad.pack"
    printf '\377\377\377' | dd of="$bad/pack/$bad.pack" bs=1 seek=40 conv=notrunc 2> /dev/null
    for command in verify 'verify --json' 'extract -o made --all'; do
        # shellcheck disable=SC2086 # words
        expect 1 $command "$bad"
        is_clean out
        is_clean err
    done
    expect 1 batch --all "$bad"
    is_clean err
    says "a\\\\"
    # Where it lies in a repository: the folders, what a .git file says, alternates.
    mkdir -p repo.git/objects/info repo.git/objects/pack repo.git/objects/00 work
    echo ref > repo.git/HEAD
    mkdir repo.git/refs
    printf '"/else\\033where"\n' > repo.git/objects/info/alternates
    cp "$good.pack" "$good.idx" repo.git/objects/pack
    mv repo.git "$bad.git"
    expect 4 list "$bad.git"
    is_clean err
    says '/else.*where: '
    printf 'gitdir: ../%s\n' "$(printf '%s' "$bad" | tr '\n\r' '__')" > work/.git
    rm -rf gone
    mv "$bad" gone
    expect 4 list work
    is_clean err
    has_lines err 1
    rm -rf gone work "$bad.d" "$bad.git" made
done

# An object's own bytes go out as they are, but the lines of -p quote what git quotes.
tree=$(git -C "$small" cat-file --batch-all-objects --batch-check | awk '$2 == "tree" { print $1 }' |
    while read -r one; do
        if git -C "$small" cat-file -p "$one" | grep -q "\\\\"; then
            echo "$one"
            break
        fi
    done)
holds 'a tree with odd names' test -n "$tree"
expect 0 cat -p "$small" "$tree"

git -C "$small" cat-file -p "$tree" > told
same out told
finish
