#!/bin/sh
# layers_test.sh fails on each thing that it is there for, and names it: planted one by one in a copy
# of the sources and the archives.
#
# Environment: STATIC, the two archives; CC.
set -eu
: "${STATIC:?names the archives}" "${CC:=cc}"
cd "$(dirname "$0")/.."
check=$PWD/tests/layers_test.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
problems=0

built=${STATIC##* }
built=${built%/*}
export ROOT="$work/tree" STATIC="$work/libsmmap.a $work/libpackread.a"
ln -s "$built/cli" "$work/cli" # where the check looks for the program's object files

# As it was: each planting begins here.
fresh() {
    rm -rf "$ROOT"
    mkdir "$ROOT"
    cp -R libsmmap libpackread cli "$ROOT"
    cp "$built/libsmmap.a" "$built/libpackread.a" "$work"
}

# plant FILE: standard input becomes its end
plant() {
    mkdir -p "$ROOT/${1%/*}"
    cat >> "$ROOT/$1"
}

# compile FILE: into its library's archive
compile() {
    (cd "$work" && $CC -c "$ROOT/$1" && ar q "${1%%/*}.a" "$(basename "$1" .c).o")
}

# refused LINE: the check fails and prints a line that begins so
refused() {
    status=0
    "$check" > "$work/output" || status=$?
    if [ $status -ne 0 ] && grep -qF "$1" "$work/output"; then
        echo "ok: $1"
    else
        echo "FAILED: exit status $status and not: $1"
        head -n 20 "$work/output"
        problems=$((problems + 1))
    fi
    fresh
}

# first_of FOLDER: a header there, as it is included
first_of() {
    (cd libpackread && find "$1" -name '*.h' | sort | head -n 1)
}

fresh
if "$check" > "$work/output"; then
    echo 'ok: nothing is wrong with the copy as it is'
else
    echo 'FAILED: the copy as it is'
    cat "$work/output"
    problems=$((problems + 1))
fi

header=$(first_of read)
echo "#include \"$header\"" | plant libpackread/base/planted.h
refused "libpackread/base/planted.h:1 includes $header: base may not use read"

header=$(first_of verify)
echo "#include <$header>" | plant libpackread/read/planted.h
refused "libpackread/read/planted.h:1 includes $header: read may not use verify"

echo '#include "../../libsmmap/manager.h"' | plant libpackread/store/planted.h
refused 'libpackread/store/planted.h:1 includes libsmmap/manager.h: only'

header=$(first_of store)
echo "#include \"$header\"" | plant cli/planted.h
refused "cli/planted.h:1 includes libpackread/$header: only"

echo '#include <smmap.h>' | plant cli/planted.h
refused 'cli/planted.h:1 includes smmap.h: cli may not use libsmmap'

echo '#include "packread.h"' | plant libsmmap/planted.h
refused 'libsmmap/planted.h:1 includes packread.h: libsmmap may not use libpackread'

echo '#include <sys/stat.h>' | plant libpackread/store/planted.h
refused 'libpackread/store/planted.h:1 includes sys/stat.h: only platform'

# A call needs no #include: what is used is declared by hand.
called=$(nm -A -P -g "$work/libpackread.a" | awk '/\[find\.o\]:/ && $2 ~ /^pkr_/ && $3 == "T" { print $2; exit }')
plant libpackread/base/planted.c << EOT
void $called(void);
void pkr_planted(void);
void pkr_planted(void) { $called(); }
EOT
compile libpackread/base/planted.c
refused "libpackread/base/planted.c uses $called of libpackread/find/find.c: base may not use find"

inside=$(nm -A -P -g "$work/libsmmap.a" | awk '$2 ~ /^smm_/ && $3 == "T" { print $2; exit }')
plant libpackread/bulk/planted.c << EOT
void $inside(void);
void pkr_planted(void);
void pkr_planted(void) { $inside(); }
EOT
compile libpackread/bulk/planted.c
refused "libpackread/bulk/planted.c uses $inside of libsmmap/"

echo '#include "base/planted_b.h"' | plant libpackread/base/planted_a.h
echo '#include "base/planted_c.h"' | plant libpackread/base/planted_b.h
echo '#include "base/planted_a.h"' | plant libpackread/base/planted_c.h
refused 'libpackread/base: a circle: planted_a -> planted_b -> planted_c -> planted_a'

echo 'void pkr_b(void); void pkr_a(void); void pkr_a(void) { pkr_b(); }' | plant libpackread/base/planted_a.c
echo 'void pkr_b(void); void pkr_a(void); void pkr_b(void) { pkr_a(); }' | plant libpackread/base/planted_b.c
compile libpackread/base/planted_a.c
compile libpackread/base/planted_b.c
refused 'libpackread/base: a circle: planted_a -> planted_b -> planted_a'

echo | plant libpackread/attic/planted.h
refused 'libpackread/attic/planted.h: libpackread/README.md has no row for its folder'

echo | plant libpackread/base/deep/planted.h
refused 'libpackread/base/deep/planted.h: libpackread/README.md has no row for its folder'

echo | plant libsmmap/planted.h
refused 'libsmmap/planted.h: libsmmap/README.md has no row for it'

# The lowest row of all uses the manager, and stands in the table.
awk '/^\| *`/ && !done { print "| `planted` | |"; done = 1 } { print }' libsmmap/README.md > "$work/table"
cp "$work/table" "$ROOT/libsmmap/README.md"
echo '#include "manager.h"' | plant libsmmap/planted.h
refused 'libsmmap/planted.h:1 includes manager.h: planted is not above manager'

# shellcheck disable=SC2016 # backticks of Markdown
echo '| `base` | again | `bulk` `attic` |' | plant libpackread/README.md
refused 'base may use attic, which is no row above it'

# shellcheck disable=SC2016
echo '| `attic` | nothing | `base` |' | plant libpackread/README.md
refused 'there is no folder attic'

# shellcheck disable=SC2016
echo 'Begin with `planted.h`.' | plant libpackread/base/README.md
refused 'there is no file planted.h'

name=$(basename "$(first_of store)" .h)
echo | plant "libpackread/base/$name.h"
refused "libpackread/base/$name has this name too"

awk 'BEGIN { while (n++ < 601) print "" }' | plant libpackread/base/planted.h
refused 'libpackread/base/planted.h: 601 lines; 600 at most'

echo "$problems problems"
[ "$problems" -eq 0 ]
