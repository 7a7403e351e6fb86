#!/bin/sh
# Which hash made the ids of a pack that has lost its trailer and has no index: the commit that it
# begins with tells it, else SHA-1 is taken, which is said; --object-format says it in every command.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

assumed='its checksum is wrong: its ids are taken to be SHA-1; give --object-format=sha256 if they are not$'

# cut_copy PACK NAME: without its last bytes
cut_copy() {
    head -c $(($(wc -c < "$1") - 5)) "$1" > "$2"
}

# all_commands STATUS FOUND PACK ID OPTION: those about one object end with FOUND, the others with STATUS
all_commands() {
    echo "$4" > asked
    expect "$2" cat -t "$5" "$3" "$4"
    expect "$2" info "$5" "$3" "$4"
    expect_input asked "$2" batch --check "$5" "$3"
    expect "$2" extract "$5" "$3" -o made "$4"
    expect "$1" list "$5" "$3"
    expect "$1" verify "$5" "$3"
    expect "$1" index --salvage "$5" "$3" -o made.idx
    rm -f made.idx
}

# Packs of git, which begin with a commit.
for format in sha1 sha256; do
    repository=$repos/small other=sha256
    [ $format = sha1 ] || repository=$FIXTURES/sha256/repo other=sha1
    git -C "$repository" cat-file --batch-all-objects --batch-check > listed
    id=$(first_id "$repository" commit)
    cut_copy "$(only_pack "$repository")" cut.pack
    for option in -q --object-format=$format; do
        expect 1 list "$option" cut.pack
        same out listed
        says_not 'taken to be'
        all_commands 1 0 cut.pack "$id" "$option"
        expect 1 verify "$option" cut.pack
        is_silent
    done
    expect 1 batch --all --check cut.pack
    same out listed
    # That there are others is the caller's mistake, of a whole pack too, whether or not its index is there.
    cp "$(only_pack "$repository")" whole.pack
    for where in cut.pack whole.pack "$(only_pack "$repository")"; do
        all_commands 2 2 "$where" "$id" --object-format=$other
        says 'not as many as were asked for$'
    done
    expect 2 verify --object-format=$other "$repository"
    says 'not as many as were asked for$'
    expect 2 list --object-format=$other "$repository"
    prints_nothing
    for where in whole.pack "$repository"; do
        expect 0 list --object-format=$format "$where"
        same out listed
        expect 0 verify --object-format=$format "$where"
    done
done

# A pack that begins with a blob does not tell.
types=$FIXTURES/sha256/types/pack/pack-types.pack
expect 0 list "$types"
cp out listed
id=$(awk '$2 == "blob" { print $1; exit }' listed)
cut_copy "$types" cut.pack
for ran_as in 'list cut.pack' 'batch --check --all cut.pack' 'extract --all cut.pack -o all' 'verify cut.pack' \
    'verify -q cut.pack' 'verify --json cut.pack' 'index --salvage cut.pack -o cut.idx'; do
    # shellcheck disable=SC2086 # words
    expect 1 $ran_as
    says "^packread: cut.pack: $assumed"
    equal "$ran: times that it is said" "$(grep -c 'taken to be' err)" 1
    rm -f cut.idx
done
expect 1 list --object-format=sha256 cut.pack
same out listed
says_not 'taken to be'
all_commands 1 0 cut.pack "$id" --object-format=sha256
says_not 'taken to be'
cut_copy "$FIXTURES/packs/types/pack/pack-types.pack" cut.pack
expect 1 list --object-format=sha1 cut.pack
cp out asked_for
says_not 'taken to be'
expect 1 list cut.pack
same out asked_for
says "^packread: cut.pack: $assumed"

# What is no pack, but by its name, has no ids.
yes 'not a pack at all' | head -n 100 > text.pack
for ran_as in 'list text.pack' 'verify text.pack' 'verify --json text.pack' 'index text.pack -o text.idx'; do
    # shellcheck disable=SC2086 # words
    expect 1 $ran_as
    cat err >> out
    equal "$ran: times that it is told" "$(grep -c '"text":"does not begin with PACK\|: does not begin with PACK' out)" 1
    says_not 'taken to be'
done
# What is salvaged may be one that lost its beginning.
expect 1 index --salvage text.pack -o text.idx
says "^packread: text.pack: $assumed"

finish
