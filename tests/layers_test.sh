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
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "${ROOT:-.}"

find libsmmap libpackread cli -name '*.[ch]' | sort > "$scratch/sources"
for archive in $STATIC; do
    nm -A -P -g "$archive"
done > "$scratch/symbols"
for source in cli/*.c; do
    nm -A -P -g "${archive%/*}/${source%.c}.o"
done >> "$scratch/symbols"
# shellcheck disable=SC2046 # one name a line, without blanks
awk -v list="$([ "${1-}" = --list ] && echo 1)" -f "$program" \
    $(find libpackread/README.md libsmmap/README.md) $(cat "$scratch/sources") "$scratch/symbols"
