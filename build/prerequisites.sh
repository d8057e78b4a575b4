# Sourced by the scripts of this repository: what a machine must have, and how to get what apt has.

packages=(redis-server rabbitmq-server swift-proxy swift-account swift-container swift-object memcached)

# Ends with one sentence.
die() {
    printf '%s\n' "$*" >&2
    exit 1
}

say() { printf '== %s\n' "$*"; }

need_dotnet() {
    local get="install the .NET 10 SDK from https://dotnet.microsoft.com/download"
    command -v dotnet >/dev/null || die "There is no dotnet in PATH: $get."
    dotnet --list-sdks | grep -q '^10\.' || die "The .NET SDK here is not version 10: $get."
}

# True when Docker or Podman answers within a few seconds.
container_engine_answers() {
    local engine
    for engine in ${ASPIRE_CONTAINER_RUNTIME:-docker podman}; do
        if command -v "$engine" >/dev/null && timeout 5 "$engine" info >/dev/null 2>&1; then return 0; fi
    done
    return 1
}

missing_packages() {
    local package
    for package in "${packages[@]}"; do
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || printf '%s\n' "$package"
    done
}

# Installs the servers that run as local processes. Their packages would start services of the system; policy-rc.d keeps them
# from it for as long as apt runs, unless the machine has a policy of its own.
need_local_servers() {
    command -v apt-get >/dev/null || die "No container engine answers and this machine has no apt: start Docker or Podman."
    local missing
    mapfile -t missing < <(missing_packages)
    ((${#missing[@]})) || return 0
    local as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || die "Packages are missing and there is no sudo: as root, run apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    say "Installing ${missing[*]}"
    local log
    log=$(mktemp)
    if ! "${as_root[@]}" bash -s -- "${missing[@]}" >"$log" 2>&1 <<'ROOT'
set -euo pipefail
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -q -y --no-install-recommends "$@" </dev/null
ROOT
    then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "apt could not install ${missing[*]}; its last lines are above."
    fi
    rm -f "$log"
}

# need_servers <auto|containers|local>
need_servers() {
    case $1 in
        containers)
            container_engine_answers || die "No container engine answers: start Docker or Podman, or choose --infrastructure local."
            ;;
        local) need_local_servers ;;
        auto) container_engine_answers || need_local_servers ;;
        *) die "--infrastructure is \"$1\"; it must be auto, containers or local." ;;
    esac
}
