#!/usr/bin/env bash
# Installs what `make run` or `make test` needs and is missing; a second run does nothing.
#
#   config/setup.sh run|test [COMMAND…]      and then becomes COMMAND
#
# System packages come from apt, as root or through sudo. Without either they are unpacked below
# var/system, and Node.js comes from PyPI. On a system without apt it says what to install.
# Registries and proxies are those that apt, pip and npm are configured with.
set -euo pipefail

purpose=${1:-run}
[ $# -eq 0 ] || shift
root=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$root"
mkdir -p var
log=$root/var/setup.log

# What was unpacked without root, and Node.js from PyPI beside it; the system's own comes first.
system=$root/var/system
use_unpacked() {
    export PATH=$PATH:$system/usr/bin:$root/.venv/bin
    [ -d "$system/usr" ] || return 0
    local libraries
    libraries=$(find "$system/usr/lib" "$system/lib" -maxdepth 2 -type d \
        \( -name '*-linux-gnu*' -o -name pulseaudio \) 2>/dev/null | tr '\n' ':')
    export LD_LIBRARY_PATH=${libraries}${LD_LIBRARY_PATH:-}
    [ ! -f "$system/fonts.conf" ] || export FONTCONFIG_FILE=$system/fonts.conf
}

say() { printf '%s\n' "$*"; }

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

# step TITLE COMMAND…: the command's output goes to the log; a sign of life every 10 seconds.
step() {
    local title=$1 began=$SECONDS beat code=0
    shift
    say "→ $title"
    (
        exec 9>&- # a sleeper left behind must not hold the lock
        while sleep 10 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
            say "  … $((SECONDS - began)) s"
        done
    ) &
    beat=$!
    "$@" </dev/null >"$log" 2>&1 9>&- || code=$?
    kill "$beat" 2>/dev/null || true
    wait "$beat" 2>/dev/null || true
    if [ "$code" -ne 0 ]; then
        tail -n 40 "$log" >&2
        fail "«$title» failed (code $code). The whole output is in $log."
    fi
    say "  $((SECONDS - began)) s"
}

has() { command -v -- "$1" >/dev/null 2>&1; }

digest() { cat -- "$@" | { sha256sum 2>/dev/null || shasum -a 256; } | cut -c 1-64; }

# --- what is there already

is_recent_python() {
    "$1" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    local candidate
    for candidate in "${PYTHON:-python3}" python3 /usr/bin/python3 \
        python3.13 python3.12 python3.11 python3.14; do
        if has "$candidate" && is_recent_python "$candidate"; then
            command -v -- "$candidate"
            return
        fi
    done
    return 1
}

venv_works() {
    [ -x .venv/bin/python ] &&
        .venv/bin/python -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

has_node() {
    has node && node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)' \
        >/dev/null 2>&1
}

has_postgis() {
    [ -n "${DATABASE_URL:-}" ] && return
    local python
    if python=$(find_python) || { venv_works && python=.venv/bin/python; }; then
        "$python" -m config.cluster programs >/dev/null 2>&1
    else
        compgen -G '/usr/share/postgresql/*/extension/postgis.control' >/dev/null
    fi
}

has_chromium() { has chromium || has chromium-browser || has google-chrome; }

has_font() {
    [ -n "$(find /usr/share/fonts /usr/local/share/fonts "$system/usr/share/fonts" \
        "${HOME:-/nonexistent}/.fonts" \( -name '*.ttf' -o -name '*.otf' \) -print -quit \
        2>/dev/null)" ]
}

# Playwright's own Node.js is linked to it.
has_libatomic() {
    compgen -G '/usr/lib*/libatomic.so.1' >/dev/null ||
        compgen -G '/usr/lib/*/libatomic.so.1' >/dev/null ||
        compgen -G "$system/usr/lib/*/libatomic.so.1" >/dev/null ||
        [ "$(uname)" = Darwin ]
}

# One word a missing thing.
missing_things() {
    venv_works || find_python >/dev/null || echo python
    has_postgis || echo postgis
    if [ -f frontend/package.json ]; then
        has_node || echo node
        has npm || echo npm
    fi
    has msgfmt || echo gettext
    if [ "$purpose" = test ]; then
        has_chromium || echo chromium
        has_font || echo font
        has_libatomic || echo libatomic
    fi
}

# --- installing it

# Options of apt-get; its own folders below var when it may not write the system's.
apt_options=()

# The newest PostGIS that this release of Debian or Ubuntu has.
postgis_package() {
    apt-cache "${apt_options[@]}" search --names-only '^postgresql-[0-9]+-postgis-3$' |
        cut -d ' ' -f 1 | sort -V | tail -n 1
}

debian_packages() {
    local thing
    for thing in "$@"; do
        case $thing in
            python) echo python3 python3-venv ;;
            postgis) postgis_package ;;
            node) echo nodejs ;;
            font) echo fonts-dejavu-core ;;
            libatomic) echo libatomic1 ;;
            *) echo "$thing" ;;
        esac
    done
}

as_root() {
    local kept=() name
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
        return
    fi
    for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY APT_CONFIG; do
        [ -z "${!name:-}" ] || kept+=("$name=${!name}")
    done
    sudo env DEBIAN_FRONTEND=noninteractive "${kept[@]}" "$@"
}

may_be_root() {
    [ "$(id -u)" -eq 0 ] && return
    has sudo || return 1
    sudo --non-interactive true 2>/dev/null && return
    # Only a person at a terminal can type a password.
    [ -t 0 ] || return 1
    say "Packages are missing (${missing[*]}); sudo asks for your password."
    sudo true
}

# Debian's package would make and start a cluster `main` of its own: ours is enough.
no_main_cluster=/etc/postgresql-common/createcluster.d/repere.conf

allow_main_cluster() {
    [ ! -e "$no_main_cluster" ] || as_root rm -f "$no_main_cluster"
}

install_packages() {
    step "Asking apt which packages there are" as_root apt-get update
    local packages
    read -r -a packages <<<"$(debian_packages "$@" | tr '\n' ' ')"
    if [[ " $* " == *" postgis "* ]]; then
        trap allow_main_cluster EXIT
        as_root mkdir -p "${no_main_cluster%/*}"
        echo 'create_main_cluster = false' | as_root tee "$no_main_cluster" >/dev/null
    fi
    step "Installing ${packages[*]}" as_root apt-get install --yes --no-install-recommends \
        --no-upgrade -o DPkg::Lock::Timeout=300 "${packages[@]}"
    allow_main_cluster
    trap - EXIT
}

# Without root: the same packages, downloaded and unpacked below var/system. Node.js is the one
# that cannot be moved; it comes from PyPI instead, see `python_packages`.
unpack_packages() {
    local apt=$root/var/apt packages thing wanted=()
    say "Root's rights are not to be had: packages go below var/system, this checkout's own."
    for thing in "$@"; do
        case $thing in
            node | npm) ;;
            *) wanted+=("$thing") ;;
        esac
    done
    [ "${#wanted[@]}" -gt 0 ] || return 0
    mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" "$system"
    apt_options=(-o "Dir::State=$apt" -o "Dir::State::lists=$apt/lists"
        -o Dir::State::status=/var/lib/dpkg/status -o "Dir::Cache=$apt/cache"
        -o Debug::NoLocking=1)
    step "Asking apt which packages there are" apt-get "${apt_options[@]}" update
    read -r -a packages <<<"$(debian_packages "${wanted[@]}" | tr '\n' ' ')"
    step "Downloading ${packages[*]}" apt-get "${apt_options[@]}" install --download-only --yes \
        --no-install-recommends "${packages[@]}"
    step "Unpacking them" unpack_archives "$apt/cache/archives"
    rm -rf "$apt/cache"
    use_unpacked
}

unpack_archives() {
    local archive
    for archive in "$1"/*.deb; do
        dpkg-deb --extract "$archive" "$system"
    done
    # Debian's package makes this name as an alternative, once it is installed.
    local control
    for control in "$system"/usr/share/postgresql/*/extension/postgis-3.control; do
        [ ! -f "$control" ] || ln -sf postgis-3.control "${control%/*}/postgis.control"
    done
    # The start script of Debian's Chromium knows /usr/lib only; the program itself may be anywhere.
    if [ -x "$system/usr/lib/chromium/chromium" ]; then
        ln -sf ../lib/chromium/chromium "$system/usr/bin/chromium"
        cat >"$system/fonts.conf" <<EOT
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir>$system/usr/share/fonts</dir>
<cachedir>$system/fontconfig</cachedir></fontconfig>
EOT
    fi
}

say_what_to_install() {
    exec >&2
    say "Missing: $*."
    if has apt-get; then
        say "Root's rights are needed to install them. Run this once, then try again:"
        say "  sudo apt-get update && sudo apt-get install --no-install-recommends" \
            "$(debian_packages "$@" | tr '\n' ' ')"
    elif has dnf; then
        say "Run this once, then try again:"
        say "  sudo dnf install python3 nodejs npm gettext postgresql-server postgresql-contrib" \
            "postgis chromium dejavu-sans-fonts libatomic"
    elif has brew; then
        say "Run this once, then try again:"
        say "  brew install python@3.12 node gettext postgresql@17 postgis && brew install --cask" \
            "chromium"
    else
        say "Install, with your system's package manager, then try again: Python 3.11 or newer" \
            "with venv, PostgreSQL 14 or newer with PostGIS 3, Node.js 18 or newer with npm, gettext," \
            "and for the tests Chromium with a font."
    fi
    exit 1
}

system_packages() {
    local still later=none
    mapfile -t missing < <(missing_things)
    [ "${#missing[@]}" -gt 0 ] || return 0
    if ! has apt-get; then
        say_what_to_install "${missing[@]}"
    elif may_be_root; then
        install_packages "${missing[@]}"
    else
        unpack_packages "${missing[@]}"
        later='node|npm'
    fi
    mapfile -t still < <(missing_things | grep -vxE "$later")
    [ "${#still[@]}" -eq 0 ] || say_what_to_install "${still[@]}"
}

# --- the project's own dependencies

make_venv() {
    local pip
    pip=$(compgen -G "$system/usr/share/python-wheels/pip-*.whl" | tail -n 1) || true
    if [ -n "$pip" ]; then # an unpacked Python does not find the pip that it carries
        "$1" -m venv --without-pip .venv
        .venv/bin/python "$pip/pip" install --no-index "$pip"
    else
        "$1" -m venv .venv
    fi
}

python_packages() {
    local stamps=.venv/installed runtime developer python
    runtime="run $(digest requirements.lock)"
    developer="test $(digest requirements-dev.lock)"
    if ! venv_works; then
        python=$(find_python)
        rm -rf .venv
        step "Making the Python environment .venv" make_venv "$python"
    fi
    if [ -f frontend/package.json ] && ! { has_node && has npm; }; then
        step "Installing Node.js from PyPI" .venv/bin/python -m pip install --require-hashes \
            --requirement requirements-node.lock
    fi
    if [ "$purpose" = test ]; then
        grep -qsxF "$developer" "$stamps" && return
        step "Installing the Python packages, those of developers too" .venv/bin/python -m pip \
            install --require-hashes --requirement requirements-dev.lock
        printf '%s\n%s\n' "$runtime" "$developer" >"$stamps"
    else
        grep -qsxF "$runtime" "$stamps" && return
        step "Installing the Python packages" .venv/bin/python -m pip \
            install --require-hashes --requirement requirements.lock
        printf '%s\n' "$runtime" >"$stamps"
    fi
}

front_end_sources() {
    find frontend fixtures/areas fixtures/needs.json -type d \
        \( -name node_modules -o -name dist -o -name templates -o -name __pycache__ \) -prune \
        -o -type f ! -name '*.py' ! -name '*.po' ! -name '*.mo' -print | LC_ALL=C sort
}

front_end() {
    [ -f frontend/package.json ] || return 0
    local packages sources
    packages=$(digest frontend/package-lock.json)
    if [ "$(cat frontend/node_modules/.installed 2>/dev/null)" != "$packages" ]; then
        step "Installing the front end's packages" npm --prefix frontend ci --ignore-scripts
        echo "$packages" >frontend/node_modules/.installed
    fi
    sources=$(front_end_sources | tr '\n' '\0' | xargs -0 cat | digest -)
    if [ "$(cat frontend/dist/.built 2>/dev/null)" != "$sources" ]; then
        step "Building the front end" npm --prefix frontend run build
        echo "$sources" >frontend/dist/.built
    fi
}

translations() {
    local source
    while IFS= read -r source; do
        if [ "${source%.po}.mo" -nt "$source" ]; then continue; fi
        msgfmt --check-format --output-file "${source%.po}.mo.new" "$source"
        mv "${source%.po}.mo.new" "${source%.po}.mo"
    done < <(find geo api frontend -name node_modules -prune -o -name '*.po' -print)
}

secret_key() {
    [ ! -s var/secret-key ] || return 0
    (
        umask 077
        head -c 48 /dev/urandom | base64 | tr -d '\n' >var/secret-key.new
        mv var/secret-key.new var/secret-key
    )
}

case $purpose in
    run | test) ;;
    *) fail "Usage: config/setup.sh run|test [COMMAND…]" ;;
esac

# `make run` and `make test` may start together: one sets up, the other waits.
if has flock; then
    exec 9>var/setup.lock
    if ! flock --nonblock 9; then
        say "Another command is setting up this checkout; waiting for it."
        flock 9
    fi
fi

use_unpacked
system_packages
python_packages
front_end
translations
secret_key

if [ $# -gt 0 ]; then
    exec 9>&-
    exec "$@"
fi
