#!/bin/sh
# Nothing in the libraries or the program uses what is above it, and nothing goes in a circle: by
# #include and by the symbols that the object files use. The order is in the tables of
# libpackread/README.md and libsmmap/README.md.
#
#   tests/layers_test.sh          fails, and names each arrow that runs against the order
#   tests/layers_test.sh --list   only names them
#
# Environment: STATIC, the two archives; ROOT, the folder with the sources (this one).
set -eu
cd "$(dirname "$0")/.."
program=$PWD/tests/layers.awk
: "${STATIC:=$PWD/.build/release/libsmmap.a $PWD/.build/release/libpackread.a}"
list=
if [ "${1-}" = --list ]; then
    list=1
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "${ROOT:-.}"

# The program's object files lie beside the archives.
built=${STATIC##* }
set --
for source in cli/*.c; do
    set -- "$@" "${built%/*}/${source%.c}.o"
done
# shellcheck disable=SC2086 # two names
nm -A -P -g $STATIC "$@" > "$scratch/symbols"
# shellcheck disable=SC2046 # names without blanks
awk -v list="$list" -f "$program" libpackread/README.md libsmmap/README.md \
    libpackread/*/README.md cli/README.md $(find libsmmap libpackread cli -name '*.[ch]' | sort) "$scratch/symbols"
