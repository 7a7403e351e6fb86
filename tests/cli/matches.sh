# shellcheck shell=sh
# matches.sh - looks for a pattern in a few short lines, as grep does. The tests ask thousands of times, and a process
# for each question takes longer than what is asked; so the shell looks first, and grep only for what it did not see.

# after_word: what of $searched lies behind $literal, which stands at its beginning, or anywhere where there is a gap
after_word() {
    case $gap_before-$searched in
    yes-*"$literal"*) searched=${searched#*"$literal"} ;;
    -"$literal"*) searched=${searched#"$literal"} ;;
    *) return 1 ;;
    esac
    literal='' gap_before=''
}

# matches PATTERN LINE: where it says yes grep does, too; where it says no grep has to be asked. It knows ^ and $ at the
# ends, a backslash before a sign, .*, [0-9]*, [0-9a-f]*, a blank with a
# star and a letter that may be there or not.
matches() {
    sought=$1 searched=$2 literal='' gap_before=yes at_end=''
    case $sought in '^'*) sought=${sought#^} gap_before='' ;; esac
    case $sought in
    *\\\$) ;;
    *\$) sought=${sought%\$} at_end=yes ;;
    esac
    while [ -n "$sought" ]; do
        plain_part=${sought%%[][\\.*^\$]*}
        literal=$literal$plain_part
        sought=${sought#"$plain_part"}
        # shellcheck disable=SC1003 # a backslash, on purpose
        case $sought in
        '') ;;
        '.*'*)
            after_word || return 1
            sought=${sought#??} gap_before=yes
            ;;
        '[0-9]*'*)
            after_word || return 1
            sought=${sought#??????} searched=${searched#"${searched%%[!0-9]*}"}
            ;;
        '[0-9a-f]*'*)
            after_word || return 1
            sought=${sought#?????????} searched=${searched#"${searched%%[!0-9a-f]*}"}
            ;;
        '*'*)
            case $literal in *' ') literal=${literal% } ;; *) return 1 ;; esac
            after_word || return 1
            sought=${sought#?} searched=${searched#"${searched%%[! ]*}"}
            ;;
        '\{0,1\}'*)
            [ -n "$literal" ] || return 1
            may_be=${literal#"${literal%?}"} literal=${literal%?}
            after_word || return 1
            sought=${sought#???????} searched=${searched#"$may_be"}
            ;;
        '\'[][.*^\$\\]*)
            sought=${sought#?}
            literal=$literal${sought%"${sought#?}"}
            sought=${sought#?}
            ;;
        .*) literal=$literal. sought=${sought#.} ;;
        *) return 1 ;;
        esac
    done
    case $gap_before-$at_end-$searched in
    yes--*"$literal"* | yes-yes-*"$literal" | --"$literal"* | -yes-"$literal") true ;;
    *) false ;;
    esac
}

# any_line PATTERN FILE...: a line of one of them matches. A shell reads byte by byte, so no more than a few lines.
any_line() {
    pattern_found=$1
    shift
    for one_file; do
        lines_seen=0
        while [ $lines_seen -lt 6 ] && IFS= read -r one_line; do
            ! matches "$pattern_found" "$one_line" || return 0
            lines_seen=$((lines_seen + 1))
        done < "$one_file"
    done
    grep -q -e "$pattern_found" "$@"
}
