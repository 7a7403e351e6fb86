#!/bin/sh
# README's commands, typed on a machine that has nothing: makes a minimal Debian 12 with debootstrap
# in a temporary folder, clones the last commit into it, installs git and make as README says, and
# runs the commands there. Needs root and debootstrap; everything is removed at the end.
#
#   tests/fresh_machine.sh [COMMAND...]     default: 'make demo' 'make check'
#   MIRROR=URL  where packages come from; default: where this machine gets them from
set -eu

cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- 'make demo' 'make check'
release=bookworm

if [ "$(id -u)" != 0 ] || ! command -v debootstrap > /dev/null; then
    echo 'fresh_machine: needs root and debootstrap' >&2
    exit 1
fi
if [ -n "$(git status --porcelain)" ]; then
    echo 'fresh_machine: note: what is not committed is not tested'
fi
# shellcheck disable=SC2016 # apt's own variables
: "${MIRROR:=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    sed -n "s/ $release main\$//p" | head -n 1)}"

work=$(mktemp -d)
root=$work/machine
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# In a mount and process namespace of its own: nothing stays mounted or running afterwards.
# shellcheck disable=SC2016 # the inner shell's variables
inside() {
    unshare --mount --pid --fork --kill-child sh -c '
        mount -t proc proc "$1/proc"
        exec chroot "$1" env -i HOME=/src PATH=/usr/sbin:/usr/bin:/sbin:/bin \
            ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
            sh -c "cd /src/packread 2> /dev/null || cd /src; $2" < /dev/null' inside "$root" "$1"
}

echo "==== debootstrap $release"
debootstrap --variant=minbase "$release" "$root" ${MIRROR:+"$MIRROR"} > "$work/log" 2>&1 || {
    tail -n 20 "$work/log" >&2
    exit 1
}
# How this machine reaches its packages: proxy, options, certificates, names.
for path in apt/apt.conf apt/apt.conf.d ssl/certs resolv.conf hosts; do
    if [ -e "/etc/$path" ]; then
        mkdir -p "$(dirname "$root/etc/$path")"
        rm -rf "${root:?}/etc/$path"
        cp -RL "/etc/$path" "$root/etc/$path"
    fi
done
mkdir "$root/src"
git clone -q --no-hardlinks . "$root/src/packread"

failed=0
passed=0
for line in 'apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y git make > /dev/null' "$@"; do
    printf '\n==== %s\n' "$line"
    started=$(date +%s)
    if inside "$line"; then
        passed=$((passed + 1))
        result=ok
    else
        failed=$((failed + 1))
        result=FAILED
    fi
    printf '==== %s: %s, %d s\n' "$line" "$result" $(($(date +%s) - started))
done
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
