#!/usr/bin/env bash
# Measures packread beside others at the same work, and compares the answers.
#
#   tests/bench/run.sh [WHERE]     WHERE is a repository; without one, a small one is made.
#
# Environment: WHERE, PACKREAD (the program), BENCH_DIR (the benchmark programs), BENCH_RUNS (5),
# PYTHON. README.md says what the rows mean. Exit status 1: an answer was wrong.
set -euo pipefail
export LC_ALL=C

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
packread=${PACKREAD:-$top/.build/release/packread}
programs=${BENCH_DIR:-$top/.build/release/tests/bench}
runs=${BENCH_RUNS:-5}
where=${1:-${WHERE:-}}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

say() { printf '%s\n' "$*"; }
die() {
    say "run.sh: $*" >&2
    exit 1
}
runs_program() { command -v "$1" > /dev/null 2>&1; }

# ---- The repository ------------------------------------------------------------------------

# The user's settings, replacements and missing objects to fetch are not part of a measure.
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_NO_LAZY_FETCH=1 GIT_NO_REPLACE_OBJECTS=1
unset GIT_DIR GIT_WORK_TREE GIT_OBJECT_DIRECTORY GIT_ALTERNATE_OBJECT_DIRECTORIES GIT_REFERENCE_BACKEND

# 6,000 commits, each of them one line of one of 400 files: 24,000 objects, most of them deltas.
# The numbers are those of a linear congruential generator, the same everywhere.
history() {
    awk '
    function random(below) { seed = (seed * 16807) % 2147483647; return seed % below }
    BEGIN {
        seed = 42
        for (i = 0; i < 400; i++)
            for (j = 0; j < 150; j++)
                line[i, j] = "file " i " line " j ": " random(1000000) " " random(1000000)
        for (commit = 1; commit <= 6000; commit++) {
            i = random(400)
            j = random(150)
            line[i, j] = "commit " commit " gives " random(1000000) " and " random(1000000)
            text = ""
            for (j = 0; j < 150; j++)
                text = text line[i, j] "\n"
            printf "commit refs/heads/main\ncommitter A <a@example.org> %d +0000\n", 1000000000 + commit
            message = "change " commit "\n"
            printf "data %d\n%s", length(message), message
            printf "M 644 inline folder%d/file%d\ndata %d\n%s\n", i % 20, i, length(text), text
        }
        print "done"
    }'
}

if [ -z "$where" ]; then
    say 'making a repository of 24,000 objects (WHERE=path measures another)'
    git init -q --bare "$work/made"
    history | git --git-dir="$work/made" fast-import --quiet --done
    git --git-dir="$work/made" repack -adfq
    where=$work/made
fi

# The measures read the packs of WHERE alone: a bare repository of our own that borrows them.
repository=$work/repository.git
objects=$(cd "$where" && git rev-parse --git-path objects) || die "$where is not a repository"
objects=$(cd "$where" && cd "$objects" && pwd)
format=$(cd "$where" && git rev-parse --show-object-format 2> /dev/null) || format=sha1
git init -q --bare --object-format="$format" "$repository"
rm -rf "$repository/objects/pack"
ln -s "$objects/pack" "$repository/objects/pack"
git=(git --git-dir="$repository")

packs=("$repository"/objects/pack/*.pack)
indexes=("${packs[@]/%.pack/.idx}")
[ -e "${packs[0]}" ] || die "$where has no packs: git repack -ad makes one"

# ---- Rows ----------------------------------------------------------------------------------

heading() {
    printf '\n%-40s %-8s %10s %10s %6s %6s %4s\n' "$1" peer ours theirs ratio cpu runs
}
pair() { "$programs/bench_pair" -n "$runs" "$@"; }
skip() { printf '%-40s %-8s skipped: %s\n' "$1" "$2" "$3"; }

# same WHAT FILE FILE: ends the run where two answers differ.
same() {
    cmp -s "$2" "$3" || die "$1: the answers differ"
}

"${git[@]}" cat-file --batch-all-objects --batch-check > "$work/list.git"
"$packread" list "$repository" > "$work/list.ours"
same list "$work/list.ours" "$work/list.git"

# Shuffled by a fixed seed.
cut -d' ' -f1 "$work/list.git" > "$work/ids"
awk 'BEGIN { x = 42; for (i = 0; i < 500000; i++) { x = (x * 16807) % 2147483647; print x } }' > "$work/random"
shuf --random-source="$work/random" -n 20000 "$work/ids" > "$work/shuffled"
count=$(wc -l < "$work/ids")
chosen=$(wc -l < "$work/shuffled")
blob=$(awk 'NR == FNR { wanted[$1]; next }
    !blob && $1 in wanted && $2 == "blob" && $3 > 0 { blob = $1 }
    END { print blob }' <(sed -n 1,200p "$work/shuffled") "$work/list.git")

say "$where"
say "$count objects in ${#packs[@]} packs, $(du -Lck "${packs[@]}" | awk 'END { printf "%.1f MiB", $1 / 1024 }')"
say 'ratio: ours divided by theirs, the median of all turns; below 1.00 ours is faster or smaller.'
say 'cpu: the same for processor time, which other work on the machine disturbs less.'

heading 'the program'
pair 'list' git "$packread" list "$repository" -- \
    "${git[@]}" cat-file --batch-all-objects --batch-check

pair 'verify, all processors' git "$packread" verify "$repository" -- \
    "${git[@]}" verify-pack "${indexes[@]}"
pair -n 1 -m 'verify, peak memory' git "$packread" verify "$repository" -- \
    "${git[@]}" verify-pack "${indexes[@]}"
pair -n 1 -m 'verify --memory-limit=128M, peak memory' - "$packread" verify --memory-limit=128M "$repository"

if [ -n "$blob" ]; then
    "$packread" cat "$repository" "$blob" > "$work/blob.ours"
    "${git[@]}" cat-file -p "$blob" > "$work/blob.git"
    same cat "$work/blob.ours" "$work/blob.git"
    pair -n 150 'cat, one object' git "$packread" cat "$repository" "$blob" -- \
        "${git[@]}" cat-file -p "$blob"
fi

cmp -s <("$packread" batch "$repository" < "$work/shuffled") \
    <("${git[@]}" cat-file --batch < "$work/shuffled") || die 'batch: the answers differ'
pair -i "$work/shuffled" "batch, $chosen shuffled ids" git "$packread" batch "$repository" -- \
    "${git[@]}" cat-file --batch
pair -i "$work/shuffled" "batch --buffer, $chosen shuffled ids" git \
    "$packread" batch --buffer "$repository" -- "${git[@]}" cat-file --batch --buffer
pair -i "$work/shuffled" "batch --no-check, $chosen shuffled ids" git \
    "$packread" batch --no-check "$repository" -- "${git[@]}" cat-file --batch

# Several packs come in another order, which is nobody's promise.
if [ "${#packs[@]}" = 1 ]; then
    cmp -s <("$packread" batch --all --unordered "$repository") \
        <("${git[@]}" cat-file --batch --batch-all-objects --unordered) ||
        die 'batch --all --unordered: the answers differ'
fi
pair 'batch --all --unordered' git "$packread" batch --all --unordered "$repository" -- \
    "${git[@]}" cat-file --batch --batch-all-objects --unordered --buffer
pair 'batch --all --unordered --no-check' git \
    "$packread" batch --all --unordered --no-check "$repository" -- \
    "${git[@]}" cat-file --batch --batch-all-objects --unordered --buffer

# Indexes the first pack; an index that is there already is not written over, so each turn removes its own.
write_index=$work/write_index.sh
cat > "$write_index" << 'EOF'
index=$1
shift
rm -f "$index" "${index%.idx}.rev"
exec "$@"
EOF
mine=(sh "$write_index" "$work/ours.idx" "$packread" index -o "$work/ours.idx" "${packs[0]}")
other=(sh "$write_index" "$work/git.idx" "${git[@]}" index-pack -o "$work/git.idx" "${packs[0]}")
"${mine[@]}" > "$work/index.ours"
"${other[@]}" > "$work/index.git"
same index "$work/ours.idx" "$work/git.idx"
pair 'index, all processors' git "${mine[@]}" -- "${other[@]}"

# ---- The library, in process ---------------------------------------------------------------

ours=$programs/bench_read
theirs=$programs/bench_libgit2

# library WHAT ARGUMENTS...: the same arguments for both.
library() {
    local what=$1
    shift
    "$ours" --sum "$@" 2> /dev/null > "$work/sum.ours"
    "$theirs" --sum "$@" 2> /dev/null > "$work/sum.theirs"
    same "$what" "$work/sum.ours" "$work/sum.theirs"
    pair "$what" libgit2 "$ours" "$@" -- "$theirs" "$@" 2> /dev/null
    [ "$1" = list ] ||
        pair "$what, no check" libgit2 "$ours" --no-check "$@" -- "$theirs" --no-check "$@" 2> /dev/null
}

heading 'the library, in process'
libgit2=$("$theirs" --version 2> /dev/null) || libgit2=
if [ -z "$libgit2" ]; then
    skip 'all rows' libgit2 'built without it'
elif [ "$format" != sha1 ]; then
    skip 'all rows' libgit2 "ids are $format"
else
    library 'type and size of all' list "$repository"
    library "$chosen shuffled ids" 'read' "$repository" "$work/shuffled"
    library 'all contents' all "$repository"
fi

# The Python that has a module: not every one does.
python_with() {
    local candidate
    for candidate in "${PYTHON:-python3}" /usr/bin/python3; do
        if runs_program "$candidate" && "$candidate" -c "import $1" 2> /dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
    return 0
}

for module in gitdb dulwich; do
    python=$(python_with "$module")
    if [ -z "$python" ]; then
        skip "$chosen shuffled ids" "$module" 'not installed'
        continue
    fi
    "$python" "$here/bench_peers.py" "$module" "$repository" "$work/shuffled" > "$work/read.theirs"
    "$ours" 'read' "$repository" "$work/shuffled" 2> /dev/null | sed 's/ sum.*//' > "$work/read.ours"
    same "$module" "$work/read.ours" "$work/read.theirs"
    pair -n 3 "$chosen shuffled ids" "$module" "$ours" 'read' "$repository" "$work/shuffled" -- \
        "$python" "$here/bench_peers.py" "$module" "$repository" "$work/shuffled" 2> /dev/null
done

# ---- Windows -------------------------------------------------------------------------------

# Each program prints its own rows. They want a file of 128 MiB at least.
file=$(du -Lk "${packs[@]}" | sort -rn | awk 'NR == 1' | cut -f2-)
if [ "$(stat -Lc %s "$file")" -lt $((128 << 20)) ]; then
    file=$work/windows
    head -c $((256 << 20)) /dev/zero > "$file"
fi
printf '\nwindows\n'
"$programs/bench_smmap" "$file"
python=$(python_with smmap)
if [ -n "$python" ]; then
    say
    "$python" "$here/bench_smmap.py" "$file"
else
    skip 'window costs' smmap 'not installed'
fi

# ---- The machine ---------------------------------------------------------------------------

version() { pkg-config --modversion "$1" 2> /dev/null || echo none; }
printf '\nthe machine\n'
say "cpu         $(awk -F': *' '/^model name/ && !seen++ { print $2 }' /proc/cpuinfo 2> /dev/null || uname -m)"
say "cores       $(getconf _NPROCESSORS_ONLN)"
say "load        $(cut -d' ' -f1-3 /proc/loadavg 2> /dev/null || uptime)"
say "kernel      $(uname -sr)"
say "packread    $("$packread" --version | sed -n 's/^packread //p')"
say "git         $(git --version | sed 's/^git version //')"
say "libgit2     ${libgit2:-none}"
for module in zlib libdeflate nettle; do
    printf '%-11s %s\n' "$module" "$(version "$module")"
done
