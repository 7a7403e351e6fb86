#!/bin/sh
# An installed copy is complete, can be moved, serves C and C++ programs through pkg-config (shared
# and static), exports the public calls only, takes no name that a program may have, and uninstall
# leaves nothing of it.
#
# Environment: MAKE CC CXX CFLAGS; NEED_CXX=1 makes a missing C++ compiler a failure.
set -eu

cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: "${MAKE:=make}" "${CC:=cc}" "${CXX:=c++}" "${PKG_CONFIG:=pkg-config}"
stage=$work/stage
prefix=/opt/packread
here=$stage$prefix
problems=0

fail() {
    echo "FAIL: $*"
    problems=$((problems + 1))
}
same() { # WHAT EXPECTED ACTUAL (files)
    if cmp -s "$2" "$3"; then
        echo "ok: $1"
    else
        fail "$1"
        diff "$2" "$3" | head -n 20
    fi
}
listing() { (cd "$1" && find . ! -type d | sort); }

# ---- What is installed ---------------------------------------------------------------------

$MAKE -s install DESTDIR="$stage" PREFIX="$prefix" > /dev/null
version=$("$PKG_CONFIG" --modversion "$here/lib/pkgconfig/packread.pc")
{
    echo ./bin/packread
    for name in packread smmap; do
        echo "./include/$name.h"
        echo "./lib/lib$name.a"
        echo "./lib/lib$name.so"
        echo "./lib/lib$name.so.1"
        echo "./lib/lib$name.so.$version"
        echo "./lib/pkgconfig/$name.pc"
    done
    echo ./share/man/man1/packread.1
    echo ./share/man/man3/packread.3
    echo ./share/man/man3/smmap.3
} | sort > "$work/expected"
listing "$here" > "$work/actual"
same 'make install puts each file in its place' "$work/expected" "$work/actual"

sums() { (cd "$here" && find . -type f -exec cksum {} + | sort && find . -type l -exec ls -l {} + | sed 's/.* \.\//.\//'); }
sums > "$work/once"
$MAKE -s install DESTDIR="$stage" PREFIX="$prefix" > /dev/null
sums > "$work/twice"
same 'a second install changes nothing' "$work/once" "$work/twice"

if $MAKE -s install DESTDIR="$stage" PREFIX='/a b' > /dev/null 2> "$work/message"; then
    fail 'a blank in PREFIX is refused'
elif grep -q 'PREFIX has a blank' "$work/message" && [ ! -e "$stage/a" ] && [ ! -e "$stage/a b" ]; then
    echo 'ok: a blank in PREFIX is refused'
else
    fail 'a blank in PREFIX is refused, and nothing is written'
fi

# ---- What the shared libraries export -------------------------------------------------------

for name in smmap packread; do
    # The names that the header declares, by its own mark; a declaration may span lines.
    tr '\n' ' ' < "$here/include/$name.h" | grep -o "_API [^;({]*${name}_[a-z0-9_]*(" |
        sed 's/.*[ *]\([a-z0-9_]*\)($/\1/' | sort -u > "$work/declared"
    nm -D --defined-only "$here/lib/lib$name.so" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
        sort -u > "$work/exported"
    same "lib$name.so exports what $name.h declares" "$work/declared" "$work/exported"
    if command -v readelf > /dev/null; then
        # Each call has the version that brought it.
        if readelf --dyn-syms -W "$here/lib/lib$name.so" | grep " ${name}_" | grep -v UND |
            grep -qv "@@$(echo "$name" | tr '[:lower:]' '[:upper:]')_[0-9.]*\$"; then
            fail "lib$name.so exports a call without a version"
        else
            echo "ok: lib$name.so has versions of its calls"
        fi
        if readelf -d "$here/lib/lib$name.so" | grep -q "SONAME.*\[lib$name.so.1\]"; then
            echo "ok: lib$name.so has its soname"
        else
            fail "lib$name.so has no soname lib$name.so.1"
        fi
    fi
done

# In an archive, whatever files share is seen by the program that links it: so all of it has a prefix.
nm -P -g "$here/lib/libpackread.a" "$here/lib/libsmmap.a" |
    awk '$2 ~ /^[A-TV-Z]$/ { print $1 }' > "$work/global"
grep -v '^packread_\|^pkr_\|^smmap_\|^smm_' "$work/global" > "$work/bare" || true
if [ -s "$work/global" ] && [ ! -s "$work/bare" ]; then
    echo "ok: each of the $(wc -l < "$work/global") global names in the archives has a prefix of ours"
else
    fail "global names in the archives without a prefix of ours: $(tr '\n' ' ' < "$work/bare")"
fi

# ---- Programs built against a copy that was moved -------------------------------------------

git init -q --bare "$work/repository"
blob=$(seq 1 5000 | git -C "$work/repository" hash-object -w --stdin)
changed=$(seq 1 5001 | git -C "$work/repository" hash-object -w --stdin)
tree=$(printf '100644 blob %s\tfirst\n100644 blob %s\tsecond\n' "$blob" "$changed" |
    git -C "$work/repository" mktree)
commit=$(GIT_AUTHOR_DATE='@1 +0000' GIT_COMMITTER_DATE='@1 +0000' \
    git -C "$work/repository" -c user.name=A -c user.email=a@example.org commit-tree -m one "$tree")
git -C "$work/repository" update-ref refs/heads/main "$commit"
git -C "$work/repository" repack -adfq
git -C "$work/repository" cat-file --batch-all-objects --batch-check > "$work/listed"
(cat "$work/listed" && echo PACK) > "$work/wanted"

moved="$work/moved copy"
mv "$here" "$moved"
static="$work/static only"
cp -R "$moved" "$static"
rm "$static"/lib/*.so*

# consume WHAT PREFIX STATIC COMPILER SOURCE FLAG...
consume() {
    what=$1
    from=$2
    mode=$3
    compiler=$4
    source=$5
    shift 5
    flags=$(PKG_CONFIG_PATH="$from/lib/pkgconfig" "$PKG_CONFIG" ${mode:+"$mode"} --cflags --libs packread) || {
        fail "$what: pkg-config"
        return
    }
    rm -f "$work/consumer"
    # pkg-config quotes blanks the way a shell reads them.
    if ! eval "$compiler" "${CFLAGS:-}" '"$@"' -Wall -Wextra -Wpedantic -Werror "$source" "$flags" '-Wl,-rpath,"$from/lib"' -o '"$work/consumer"'; then
        fail "$what: does not compile"
        return
    fi
    "$work/consumer" "$work/repository" > "$work/output" || fail "$what: exit status $?"
    same "$what" "$work/wanted" "$work/output"
}

consume 'a C program, shared' "$moved" '' "$CC" tests/consumer/consumer.c -std=c11
consume 'a C program, static' "$static" --static "$CC" tests/consumer/consumer.c -std=c11
consume 'a C program with names of its own, static' "$static" --static "$CC" tests/consumer/consumer.c -std=c11 tests/consumer/names.c
echo 'int main() { return 0; }' > "$work/probe.cc"
if "$CXX" "$work/probe.cc" -o "$work/probe" 2> /dev/null; then
    consume 'a C++ program, shared' "$moved" '' "$CXX" tests/consumer/consumer.cc -std=c++11
    consume 'a C++ program, static' "$static" --static "$CXX" tests/consumer/consumer.cc -std=c++11
elif [ -n "${NEED_CXX:-}" ]; then
    fail 'there is no C++ compiler'
else
    echo 'skipped: C++ programs (no C++ compiler)'
fi

# packread.h says all that it needs itself.
mkdir "$work/lone"
cp "$moved/include/packread.h" "$work/lone"
echo '#include <packread.h>
packread_options options = {.io = PACKREAD_IO_PREAD, .manager = PACKREAD_STATIC};' > "$work/lone/lone.c"
if eval "$CC" "${CFLAGS:-}" -std=c11 -Wall -Wextra -Wpedantic -Werror -I'"$work/lone"' -c '"$work/lone/lone.c"' -o '"$work/lone/lone.o"'; then
    echo 'ok: packread.h stands alone'
else
    fail 'packread.h needs another header'
fi

flags=$(PKG_CONFIG_PATH="$moved/lib/pkgconfig" "$PKG_CONFIG" --cflags packread)
if eval "$CC" "${CFLAGS:-}" -std=c11 -Wall -Wextra -Werror tests/consumer/plugin.c "$flags" -ldl -o '"$work/plugin"' &&
    "$work/plugin" "$moved/lib/libpackread.so" "$work/repository"; then
    echo 'ok: a program that loads and unloads it'
else
    fail 'a program that loads and unloads it'
fi

"$moved/bin/packread" list "$work/repository" > "$work/output" || fail "the installed program: exit status $?"
same 'the installed program lists as git does' "$work/listed" "$work/output"

# ---- Uninstall ------------------------------------------------------------------------------

mv "$moved" "$here"
echo mine > "$here/lib/other"
$MAKE -s uninstall DESTDIR="$stage" PREFIX="$prefix" > /dev/null
echo ./lib/other > "$work/expected"
listing "$here" > "$work/actual"
same 'uninstall removes what install put there and nothing else' "$work/expected" "$work/actual"
folders() { (cd "$1" && find . -type d | sort); }
printf '%s\n' . .$prefix .$prefix/lib "./opt" | sort > "$work/expected"
folders "$stage" > "$work/actual"
same 'and of the folders those that are empty' "$work/expected" "$work/actual"
$MAKE -s uninstall DESTDIR="$stage" PREFIX="$prefix" > /dev/null || fail 'a second uninstall'

mkdir "$work/other stage" "$work/other stage/empty"
$MAKE -s install DESTDIR="$work/other stage" PREFIX=/usr > /dev/null
$MAKE -s uninstall DESTDIR="$work/other stage" PREFIX=/usr > /dev/null
printf '.\n./empty\n' > "$work/expected"
folders "$work/other stage" > "$work/actual"
same 'uninstall leaves a stage as it was' "$work/expected" "$work/actual"
# Where there is no DESTDIR they are the system's.
$MAKE -s install DESTDIR= PREFIX="$work/system" > /dev/null
folders "$work/system" > "$work/expected"
$MAKE -s uninstall DESTDIR= PREFIX="$work/system" > /dev/null
folders "$work/system" > "$work/actual"
same 'the folders of a system stay' "$work/expected" "$work/actual"
listing "$work/system" > "$work/actual"
: > "$work/expected"
same 'the files do not' "$work/expected" "$work/actual"

# A library folder of several levels: the .pc files still find their way.
$MAKE -s install DESTDIR="$stage" PREFIX="$prefix" LIBDIR="$prefix/lib/some-machine" > /dev/null
mv "$here" "$moved"
found=$(PKG_CONFIG_PATH="$moved/lib/some-machine/pkgconfig" "$PKG_CONFIG" --variable=includedir packread)
if eval "test -f $found/packread.h"; then
    echo 'ok: LIBDIR below PREFIX'
else
    fail "LIBDIR below PREFIX: includedir is $found"
fi

echo "$problems problems"
[ "$problems" -eq 0 ]
