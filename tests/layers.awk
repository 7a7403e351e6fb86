# layers.awk - who uses whom in the two libraries and the program, and what of it runs against the order.
# Read in turn: the README.md of both libraries (their tables are the order) and of the folders, all
# sources, and what `nm -A -P -g` says of the object files. Variable: list=1 prints the same and succeeds.
#
# A room is a .c and its .h. An arrow is an #include, or a global symbol that one room uses and
# another defines.

function problem(text) {
    print text
    problems++
}

# The names in backticks of a cell of a table, into `names`; how many.
function quoted(cell, names,    parts, count, i) {
    count = split(cell, parts, "`")
    for (i = 2; i <= count; i += 2) {
        sub(/\/$/, "", parts[i])
        names[i / 2] = parts[i]
    }
    return int(count / 2)
}

function folder_of(file) {
    sub(/\/?[^\/]*$/, "", file)
    return file
}

function library_of(file) {
    sub(/\/.*/, "", file)
    return file
}

function room_of(file) {
    sub(/\.[ch]$/, "", file)
    return file
}

# Below its library: pack/rows of libpackread/pack/rows.c, "" of packread.h's folder.
function inner(path) {
    return path ~ /\// ? substr(path, index(path, "/") + 1) : ""
}

function is_public(file) {
    return file == "libsmmap/smmap.h" || file == "libpackread/packread.h"
}

BEGIN {
    for (i = 1; i < ARGC; i++) {
        if (ARGV[i] !~ /\.[ch]$/)
            continue
        file = ARGV[i]
        known[file] = 1
        files[++file_count] = file
        stem = file
        sub(/.*\//, "", stem)
        base_name[stem] = 1
        stem = room_of(stem)
        if (!(stem in place))
            place[stem] = room_of(file)
        else if (place[stem] != room_of(file) && !told[room_of(file)]++)
            problem(file ": " place[stem] " has this name too")
    }
}

# ---- The tables -----------------------------------------------------------------------------

FILENAME == "libpackread/README.md" && /^\| *`/ {
    split($0, cells, "|")
    quoted(cells[2], names)
    row = names[1]
    for (i = quoted(cells[4], names); i > 0; i--) {
        if (!(names[i] in folder_row))
            problem(FILENAME ":" FNR ": " row " may use " names[i] ", which is no row above it")
        may[row, names[i]] = 1
    }
    folder_row[row] = FNR
    next
}

FILENAME == "libsmmap/README.md" && /^\| *`/ {
    split($0, cells, "|")
    for (i = quoted(cells[2], names); i > 0; i--)
        level[room_of(names[i])] = FNR
    next
}

# Files that the folders' README.md name are there.
FILENAME ~ /\.md$/ {
    for (i = quoted($0, names); i > 0; i--)
        if (names[i] ~ /^[a-z0-9_]+\.[ch]$/ && !(names[i] in base_name))
            problem(FILENAME ":" FNR ": there is no file " names[i])
    next
}

# ---- Arrows ---------------------------------------------------------------------------------

# Why `from` may not use `to` at all; "" if it may.
function objection(from, to,    a, b) {
    a = library_of(from)
    b = library_of(to)
    if (is_public(from) && a == b)
        return from " stands alone"
    if (a == "libsmmap" && b == a) {
        a = inner(room_of(from))
        b = inner(room_of(to))
        if (a == b || is_public(to) || !(a in level) || !(b in level) || level[b] < level[a])
            return ""
        return a " is not above " b
    }
    if (a == "libpackread" && b == a) {
        a = inner(folder_of(from))
        b = inner(folder_of(to))
        return a == b || is_public(to) || (a, b) in may ? "" : a " may not use " b
    }
    if (a == b)
        return ""
    if (a == "libsmmap" || b == "cli" || (a == "cli" && b == "libsmmap"))
        return a " may not use " b
    return ""
}

# `where` and `what` say how `from` uses `to`.
function arrow(from, to, where, what,    why) {
    why = objection(from, to)
    if (why != "")
        problem(where " " what ": " why)
    else if (library_of(from) == "libpackread" && folder_of(from) == folder_of(to) &&
             room_of(from) != room_of(to) && !((room_of(from), room_of(to)) in edge)) {
        edge[room_of(from), room_of(to)] = where " " what
        edge_from[++edges] = room_of(from)
        edge_to[edges] = room_of(to)
    }
}

# The file that an #include names: as the library's files write it, else however a compiler could
# find it. In angle brackets (`angle`) a name without a folder is the system's, or a public header.
function included(file, name, angle,    library, path) {
    library = library_of(file)
    if (angle && name !~ /\// && name != "smmap.h" && name != "packread.h")
        return ""
    if (library "/" name in known)
        return library "/" name
    path = folder_of(file) "/" name
    while (path ~ /[^\/.]+\/\.\.\//)
        sub(/[^\/.]+\/\.\.\//, "", path)
    if (path in known)
        return path
    for (path in known)
        if (inner(path) == name)
            return path
    return ""
}

FILENAME in known {
    lines[FILENAME] = FNR
    if ($0 !~ /^[ \t]*#[ \t]*include[ \t]*["<]/)
        next
    angle = $0 ~ /^[^"]*</
    name = $0
    sub(/^[^"<]*["<]/, "", name)
    sub(/[">].*/, "", name)
    if (library_of(FILENAME) == "libpackread" && inner(folder_of(FILENAME)) != "platform" &&
        inner(room_of(FILENAME)) != "base/mutex" &&
        name ~ /^(unistd|pthread|dirent|fcntl|sched|sys\/.*)\.h$/)
        problem(FILENAME ":" FNR " includes " name ": only platform and base/mutex name calls of the system")
    target = included(FILENAME, name, angle)
    if (target != "") {
        includes++
        if (library_of(target) != library_of(FILENAME) && !is_public(target) &&
            objection(FILENAME, target) == "")
            problem(FILENAME ":" FNR " includes " target ": only " library_of(target) "'s public header")
        else
            arrow(FILENAME, target, FILENAME ":" FNR, "includes " name)
    } else if (!angle)
        problem(FILENAME ":" FNR " includes " name ": there is no such file")
    next
}

# nm: "libpackread.a[pack.o]: NAME TYPE ..." of an archive, "cli/main.o: NAME TYPE ..." of a file.
{
    member = $1
    sub(/:$/, "", member)
    library = member ~ /\[/ ? member : "cli"
    sub(/\.a\[.*/, "", library)
    sub(/.*\//, "", library)
    sub(/\]$/, "", member)
    sub(/.*[\[\/]/, "", member)
    sub(/\.o$/, "", member)
    file = place[member] ".c"
    if (library_of(file) != library || !(file in known))
        # Another library has a file of this name as well.
        for (file in known)
            if (library_of(file) == library && file ~ "/" member "\\.c$")
                break
    if (library_of(file) != library) {
        problem($1 " no source has this name")
    } else if ($3 == "U" || $3 == "w" || $3 == "v") {
        user[++uses] = file
        used[uses] = $2
    } else {
        definer[$2] = file
    }
}

# ---- Circles ----------------------------------------------------------------------------------

# Takes away the arrows that are on no circle: nothing leads to their beginning, or on from their end.
function prune(    again, i, leads, leads_on) {
    do {
        again = 0
        split("", leads)
        split("", leads_on)
        for (i = 1; i <= edges; i++)
            if (!gone[i]) {
                leads[edge_to[i]] = 1
                leads_on[edge_from[i]] = i
            }
        for (i = 1; i <= edges; i++)
            if (!gone[i] && (!(edge_from[i] in leads) || !(edge_to[i] in leads_on)))
                again = gone[i] = 1
    } while (again)
    for (i = 1; i <= edges; i++)
        if (!gone[i])
            return i
    return 0
}

# Follows arrows from the `first` until a room is met again; tells that circle and opens it.
function tell_circle(first,    at, i, seen, length_, trail, text, detail, begin) {
    at = edge_from[first]
    while (!(at in seen)) {
        seen[at] = ++length_
        for (i = 1; i <= edges && (gone[i] || edge_from[i] != at); i++)
            ;
        trail[length_] = i
        at = edge_to[i]
    }
    begin = seen[at]
    text = folder_of(at) ": a circle: "
    for (i = begin; i <= length_; i++) {
        at = edge_from[trail[i]]
        sub(/.*\//, "", at)
        text = text at " -> "
        detail = detail "\n    " edge[edge_from[trail[i]], edge_to[trail[i]]]
    }
    at = edge_to[trail[length_]]
    sub(/.*\//, "", at)
    problem(text at detail)
    gone[trail[length_]] = 1
}

END {
    for (i = 1; i <= uses; i++) {
        file = user[i]
        name = used[i]
        if (!(name in definer) || definer[name] == file)
            continue
        calls++
        target = definer[name]
        if (library_of(target) != library_of(file) && name !~ /^(packread|smmap)_/ &&
            objection(file, target) == "")
            problem(file " uses " name " of " target ": it is not public")
        else
            arrow(file, target, file, "uses " name " of " target)
    }
    while ((i = prune()) > 0)
        tell_circle(i)

    for (i = 1; i <= file_count; i++) {
        file = files[i]
        if (library_of(file) == "libpackread" && !is_public(file)) {
            filled[inner(folder_of(file))] = 1
            if (!(inner(folder_of(file)) in folder_row))
                problem(file ": libpackread/README.md has no row for its folder")
        }
        if (library_of(file) == "libsmmap") {
            filled[inner(room_of(file))] = 1
            if (!(inner(room_of(file)) in level))
                problem(file ": libsmmap/README.md has no row for it")
        }
        # A public header is the manual.
        most = file ~ /\/packread\.h$/ ? 900 : file ~ /\/smmap\.h$/ ? 700 : 600
        if (library_of(file) != "cli" && lines[file] > most)
            problem(file ": " lines[file] " lines; " most " at most")
    }
    for (name in folder_row)
        if (!(name in filled))
            problem("libpackread/README.md:" folder_row[name] ": there is no folder " name)
    for (name in level)
        if (!(name in filled))
            problem("libsmmap/README.md:" level[name] ": there is no file " name)
    printf "%d files, %d includes and %d uses of a symbol between them: %d wrong\n", file_count, includes, calls, problems
    if (includes == 0 || calls == 0)
        exit 1
    exit(problems > 0 && !list)
}
