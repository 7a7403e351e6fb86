#!/bin/sh
# Adds up what the tests of an instrumented build have reached: a table of files, a page for each
# below FOLDER/html, and the share of lines and branches of each library. Counts are those of the
# object files, so whatever these are linked into adds to them: tests, fault tests, the program.
#
#   tests/coverage.sh FOLDER BRANCHES LIBRARY=LINES...      the least shares, in percent
#
# Exit status: 1 where a library has less. Nothing is excluded; a file that no test runs counts too.
set -eu

folder=$1
least_branches=$2
shift 2

# The settings have other names from version 2 on, and both versions complain about the other's.
case $(lcov --version) in
*'version 1.'*) branches='--rc lcov_branch_coverage=1' ;;
*) branches='--rc branch_coverage=1' ;;
esac

gather() { # FILE OPTION...: of both libraries
    file=$1
    shift
    # shellcheck disable=SC2086 # an option and its value
    lcov -q $branches -c "$@" -d "$folder/libsmmap" -d "$folder/libpackread" --no-external -b . \
        -o "$file"
}

gather "$folder/none.info" -i
gather "$folder/run.info"
# shellcheck disable=SC2086 # as above
lcov -q $branches -a "$folder/none.info" -a "$folder/run.info" -o "$folder/info"
# shellcheck disable=SC2086 # as above
genhtml -q $branches --branch-coverage -o "$folder/html" "$folder/info"

awk -F: -v root="$PWD/" -v least_branches="$least_branches" -v libraries="$*" '
    function share(part, whole) { return whole ? 100 * part / whole : 100 }
    function row(name, lines, lines_hit, branches, branches_hit) {
        printf "%-34s %7.2f %% of %5d   %7.2f %% of %5d\n", name, share(lines_hit, lines), lines,
            share(branches_hit, branches), branches
    }
    $1 == "SF" {
        file = substr($0, 4)
        if (index(file, root) == 1)
            file = substr(file, length(root) + 1)
        library = file
        sub("/.*", "", library)
        lines = lines_hit = branches = branches_hit = 0
    }
    $1 == "LF" { lines = $2 }
    $1 == "LH" { lines_hit = $2 }
    $1 == "BRF" { branches = $2 }
    $1 == "BRH" { branches_hit = $2 }
    $0 == "end_of_record" {
        row(file, lines, lines_hit, branches, branches_hit)
        all_lines[library] += lines
        all_lines_hit[library] += lines_hit
        all_branches[library] += branches
        all_branches_hit[library] += branches_hit
    }
    BEGIN { printf "%-34s %18s   %18s\n", "", "lines", "branches" }
    END {
        print ""
        count = split(libraries, least, " ")
        for (i = 1; i <= count; i++) {
            split(least[i], parts, "=")
            library = parts[1]
            least_lines = parts[2]
            row(library, all_lines[library], all_lines_hit[library], all_branches[library],
                all_branches_hit[library])
            # What was not measured is not enough.
            if (!all_lines[library] || !all_branches[library] ||
                share(all_lines_hit[library], all_lines[library]) < least_lines ||
                share(all_branches_hit[library], all_branches[library]) < least_branches) {
                printf "%s: less than %s %% of lines or %s %% of branches\n", library, least_lines,
                    least_branches
                failed = 1
            }
        }
        exit failed
    }' "$folder/info"
