#!/bin/sh
# What README.md shows is true: its C examples compile without a warning and give git's answers, and its
# console examples print what they are shown to print. There "..." stands for any rest of a line or, alone
# on one, for any lines.
#
# Environment: PACKREAD, MAKE CC CFLAGS PKG_CONFIG.
set -eu

cd "$(dirname "$0")/.."
top=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: "${MAKE:=make}" "${CC:=cc}" "${PKG_CONFIG:=pkg-config}"
passed=0
failed=0

check() { # WHAT COMMAND...
    what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "FAIL: $what"
        failed=$((failed + 1))
    fi
}

fixtures/demo.sh --make "$work"
cd "$work"

# ---- C ---------------------------------------------------------------------------------------

$MAKE -s -C "$top" install DESTDIR="$work/stage" PREFIX=/usr > /dev/null
export PKG_CONFIG_PATH="$work/stage/usr/lib/pkgconfig" LD_LIBRARY_PATH="$work/stage/usr/lib"
awk '/^```c$/ { inside = 1; number++; next } /^```$/ { inside = 0 }
     inside { print > ("example" number ".c") }' "$top/README.md"

compile() { # NAME MODULE
    flags=$("$PKG_CONFIG" --cflags --libs "$2")
    # shellcheck disable=SC2086 # flags and CFLAGS are lists
    $CC -std=c11 -Wall -Wextra -Wpedantic -Werror ${CFLAGS:-} "$1.c" $flags -o "$1"
}
check 'the packread example compiles' compile example1 packread
check 'the smmap example compiles' compile example2 smmap
links_statically() {
    line=$(sed -n 's/^    cc \(-static example\.c .*\) -o example$/\1/p' "$top/README.md" | sed 's/example\.c/example1.c/')
    sh -c "$CC ${CFLAGS:-} $line -o example3" || return 1
    ldd example3 2> /dev/null | grep '=>' && return 1
    id=$(git -C demo.git rev-parse HEAD)
    ./example3 demo.git "$id" > ours && git -C demo.git cat-file commit "$id" > gits && cmp ours gits
}
# Where the system has its own libraries as shared ones only, nothing can be linked so.
echo 'int main(void) { return 0; }' > nothing.c
# shellcheck disable=SC2046 # a list
if $CC -static nothing.c $("$PKG_CONFIG" --static --libs zlib nettle) -o nothing 2> /dev/null; then
    check 'the packread example links statically' links_statically
else
    echo 'NOT RUN: linking statically'
fi

reads_as_git() {
    git -C demo.git cat-file --batch-all-objects --batch-check | head -n 40 > ids
    while read -r id type _; do
        ./example1 demo.git "$id" > ours && git -C demo.git cat-file "$type" "$id" > gits &&
            cmp ours gits || return 1
    done < ids
}
check 'the packread example reads what git reads' reads_as_git
check 'the packread example fails for what is not there' \
    sh -c '! ./example1 demo.git 0000000000000000000000000000000000000000 2> message && grep -q ": 0\{40\}: not found" message'
tells_limit() {
    head -c 1000000 /dev/urandom > large
    git init -q --bare limited.git && id=$(git -C limited.git hash-object -w "$work/large")
    sed 's/snapshot_open(words\[1\], NULL,/snapshot_open(words[1], \&(packread_options){.memory_limit = 1 << 20},/' \
        example1.c > small.c && compile small packread || return 1
    ./small limited.git "$id" 2> message && return 1
    grep -q "^limited.git: $id: .*memory" message && grep -q '^it needs a memory_limit of [1-9][0-9]* bytes$' message
}
check 'the packread example tells which memory limit is large enough' tells_limit
tells_failure() { ! ./example2 "$@" 2> message && [ -s message ]; }
check 'the smmap example says that there is no file' tells_failure nowhere
check 'the smmap example says that it cannot read a folder' tells_failure .
counts_lines() { [ "$(./example2 "$1")" = "$(wc -l < "$1")" ]; }
check 'the smmap example counts lines' counts_lines "$top/README.md"

# ---- The command line -----------------------------------------------------------------------

PATH=$(dirname "$PACKREAD"):$PATH
awk '/^```console$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$top/README.md" > shown
[ -s shown ]
grep -c '^\$ ' shown > commands

# Runs each command and holds its lines against those that follow it in `shown`.
replay() {
    grep '^\$ ' shown | sed 's/^\$ //' > list
    : > actual
    while IFS= read -r command; do
        printf '$ %s\n' "$command" >> actual
        sh -c "$command" >> actual 2>&1 < /dev/null || :
    done < list
    awk 'function fits(line, pattern,   at) {
             at = index(pattern, "...")
             return at ? substr(line, 1, at - 1) == substr(pattern, 1, at - 1) : line == pattern
         }
         FNR == NR { pattern[++patterns] = $0; next }
         { line[++lines] = $0 }
         END {
             p = 1
             for (l = 1; l <= lines; l++) {
                 if (pattern[p] == "..." && line[l] !~ /^\$ /)
                     continue
                 if (pattern[p] == "...")
                     p++
                 if (!fits(line[l], pattern[p])) {
                     print "README.md shows: " pattern[p]
                     print "printed:         " line[l]
                     exit 1
                 }
                 p++
             }
             if (pattern[p] == "...")
                 p++
             if (p <= patterns) {
                 print "README.md shows more: " pattern[p]
                 exit 1
             }
         }' shown actual
}
check "the $(cat commands) console examples print what is shown" replay

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
