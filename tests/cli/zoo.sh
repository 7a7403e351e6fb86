# shellcheck shell=sh
# zoo.sh - what the tests of the repositories of every kind (fixtures/zoo.sh) share. Each sources it
# instead of lib.sh.
#
# ZOO=WORD: only the places whose name contains it.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

zoo=$FIXTURES/zoo
# git must not fetch, nor find the repository that the fixtures lie in.
export GIT_CEILING_DIRECTORIES="$zoo"

# has WORD: of the place at hand
has() {
    case " $words " in
    *" $1 "*) true ;;
    *) false ;;
    esac
}

# is_wanted NAME: by ZOO
is_wanted() {
    case $1 in
    *"${ZOO-}"*) true ;;
    *) false ;;
    esac
}

tab=$(printf '\t')
before=0

# next_place: the next line of zoo/places, which is standard input, becomes the place at hand: $name,
# $where for packread, $git for git, $words; fails behind the last one
next_place() {
    while IFS=$tab read -r name where git words; do
        is_wanted "$name" || continue
        where=$zoo/$where
        git=$zoo/$git
        before=$failed
        return 0
    done
    return 1
}

# place_done: says in which place something failed
place_done() {
    [ "$failed" -eq "$before" ] || echo "  in $name: $((failed - before)) failed"
}
