# Sourced by the scripts that bring the whole system up: start_system and stop_system around the AppHost.

apphost_pid=
data=$root/.aspirefed
infrastructure=auto
apphost_options=()

# take_system_option <option> [value]: true when it is one; sets `taken` to the number of words used.
take_system_option() {
    case $1 in
        --fresh) apphost_options+=("$1"); taken=1 ;;
        --infrastructure | --data | --trainers | --dashboard-port | --s3-image)
            [[ $# -ge 2 ]] || die "$1 needs a value."
            taken=2
            case $1 in
                --data) data=$(realpath -m "$2") ;;
                --infrastructure) infrastructure=$2 ;;&
                *) apphost_options+=("$1" "$2") ;;
            esac
            ;;
        *) return 1 ;;
    esac
}

# fetch <project>...: gets the packages of a build. What fails is told by the build.
fetch() {
    local project
    for project in "$@"; do dotnet restore "$root/$project" "${build_options[@]}" >/dev/null 2>&1 </dev/null || true; done
}

# build <project>...: quiet unless it fails.
build() {
    local project log=$data/logs/build.log
    for project in "$@"; do
        dotnet build "$root/$project" -c Release "${build_options[@]}" >"$log" 2>&1 </dev/null || {
            grep -E 'error|warn' "$log" | sort -u | head -20 >&2
            die "$project does not build; the whole output is in $log."
        }
    done
}

fed() { dotnet "$(echo "$root"/artifacts/bin/Fed/release*/fed.dll)" "$@"; }

# Returns when every part is healthy; ends with what keeps one from it.
start_system() {
    local log=$data/logs/apphost.log
    rm -f "$data/endpoints.json"
    # In a session of its own: Ctrl-C must not reach it before stop_system does.
    setsid dotnet "$root/artifacts/bin/AppHost/release/AspireFed.AppHost.dll" --data "$data" --stop-on-failure "${apphost_options[@]}" \
        >"$log" 2>&1 </dev/null &
    apphost_pid=$!
    local limit=$((SECONDS + 300))
    until [[ -s $data/endpoints.json ]]; do
        if ! kill -0 "$apphost_pid" 2>/dev/null; then
            grep -v '^ *at ' "$log" | tail -n 30 >&2
            die "The system did not come up; the whole log is in $log."
        fi
        ((SECONDS < limit)) || die "The system did not come up within five minutes; what it waits for is in $log."
        sleep 0.3
    done
    grep -h '^Infrastructure:' "$log" || true
    aggregator=$(endpoint aggregator)
    dashboard=$(endpoint dashboard)
    export ASPIREFED_SERVER=$aggregator
}

endpoint() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$data/endpoints.json"; }

# Takes everything down; safe to call at any time, more than once.
stop_system() {
    trap '' INT TERM
    if [[ -n $apphost_pid ]]; then
        say "Stopping"
        kill -TERM "$apphost_pid" 2>/dev/null || true
        wait "$apphost_pid" 2>/dev/null || true
        wait_until_gone 20 || true
    fi
    end_started_processes
}
