#!/bin/sh
# Characters that are not seen, but change how the text about them looks (Unicode's categories Cf, Zl
# and Zp, and the controls past ASCII), come out escaped wherever a name can come from; what is beside
# them in the code charts comes out as it is.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

good=$FIXTURES/packs/types/pack/pack-types

# Code point, its bytes in octal, as C escapes, as in JSON.
hidden='
U+0080 \302\200 \\xc2\\x80 \u0080
U+009F \302\237 \\xc2\\x9f \u009f
U+00AD \302\255 \\xc2\\xad \u00ad
U+0600 \330\200 \\xd8\\x80 \u0600
U+0605 \330\205 \\xd8\\x85 \u0605
U+061C \330\234 \\xd8\\x9c \u061c
U+06DD \333\235 \\xdb\\x9d \u06dd
U+070F \334\217 \\xdc\\x8f \u070f
U+0890 \340\242\220 \\xe0\\xa2\\x90 \u0890
U+08E2 \340\243\242 \\xe0\\xa3\\xa2 \u08e2
U+180E \341\240\216 \\xe1\\xa0\\x8e \u180e
U+200B \342\200\213 \\xe2\\x80\\x8b \u200b
U+200E \342\200\216 \\xe2\\x80\\x8e \u200e
U+200F \342\200\217 \\xe2\\x80\\x8f \u200f
U+2028 \342\200\250 \\xe2\\x80\\xa8 \u2028
U+2029 \342\200\251 \\xe2\\x80\\xa9 \u2029
U+202A \342\200\252 \\xe2\\x80\\xaa \u202a
U+202E \342\200\256 \\xe2\\x80\\xae \u202e
U+2060 \342\201\240 \\xe2\\x81\\xa0 \u2060
U+2066 \342\201\246 \\xe2\\x81\\xa6 \u2066
U+2069 \342\201\251 \\xe2\\x81\\xa9 \u2069
U+206F \342\201\257 \\xe2\\x81\\xaf \u206f
U+FEFF \357\273\277 \\xef\\xbb\\xbf \ufeff
U+FFF9 \357\277\271 \\xef\\xbf\\xb9 \ufff9
U+FFFB \357\277\273 \\xef\\xbf\\xbb \ufffb
U+110BD \360\221\202\275 \\xf0\\x91\\x82\\xbd \ud804\udcbd
U+110CD \360\221\203\215 \\xf0\\x91\\x83\\x8d \ud804\udccd
U+13430 \360\223\220\260 \\xf0\\x93\\x90\\xb0 \ud80d\udc30
U+1BCA0 \360\233\262\240 \\xf0\\x9b\\xb2\\xa0 \ud82f\udca0
U+1D173 \360\235\205\263 \\xf0\\x9d\\x85\\xb3 \ud834\udd73
U+1D17A \360\235\205\272 \\xf0\\x9d\\x85\\xba \ud834\udd7a
U+E0001 \363\240\200\201 \\xf3\\xa0\\x80\\x81 \udb40\udc01
U+E007F \363\240\201\277 \\xf3\\xa0\\x81\\xbf \udb40\udc7f
'
seen='
U+00A0 \302\240
U+00AC \302\254
U+00AE \302\256
U+05FF \327\277
U+0606 \330\206
U+180D \341\240\215
U+200A \342\200\212
U+2010 \342\200\220
U+2027 \342\200\247
U+202F \342\200\257
U+205F \342\201\237
U+2070 \342\201\260
U+FEFE \357\273\276
U+FFF8 \357\277\270
U+FFFC \357\277\274
U+1D172 \360\235\205\262
U+1D17B \360\235\205\273
U+1F600 \360\237\230\200
U+DFFFF \363\237\277\277
U+E0080 \363\240\202\200
U+10FFFF \364\217\277\277
'

# has FILE TEXT: the file holds it, byte for byte
has() {
    if LC_ALL=C grep -aqF -- "$2" "$1"; then
        pass
    else
        fail "$ran: $1 does not hold $2: $(head -n 3 "$1")"
    fi
}

git init -q repo 2> /dev/null
printf '%s' "$hidden" | sed '/^$/d' > rows
count=0
while read -r _ octal escaped json; do
    # shellcheck disable=SC2059 # the format is what is wanted
    name=$(printf "a${octal}b")
    # shellcheck disable=SC2059
    escaped=$(printf "$escaped")
    mkdir "$name"
    cp "$good.pack" "$name/$name.pack"
    cp "$good.idx" "$name/$name.idx"
    # A name that a user types, of a file, and of a pack.
    expect 3 cat repo "$name"
    is_clean err
    has err "a${escaped}b"
    expect 4 list "$name/no.pack"
    is_clean err
    has err "a${escaped}b/no.pack"
    expect 0 list --format='%(pack)' "$name"
    is_clean out
    has out "a${escaped}b"
    expect 0 verify "$name"
    is_clean out
    has out "a${escaped}b/a${escaped}b.pack: ok"
    expect 0 verify --json "$name"
    is_clean out
    has out "\"a${json}b/a${json}b.pack\""
    rm -rf "$name"
    count=$((count + 1))
done < rows
equal 'characters that are not seen' $count "$(($(wc -l < rows)))"

printf '%s' "$seen" | sed '/^$/d' > rows
while read -r _ octal; do
    # shellcheck disable=SC2059
    name=$(printf "a${octal}b")
    mkdir "$name"
    cp "$good.pack" "$name/$name.pack"
    cp "$good.idx" "$name/$name.idx"
    expect 4 list "$name/no.pack"
    has err "$name/no.pack: "
    expect 0 list --format='%(pack)' "$name"
    has out "$name"
    expect 0 verify --json "$name"
    has out "\"$name/$name.pack\""
    rm -rf "$name"
done < rows
finish
