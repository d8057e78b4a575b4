# Sourced by the scripts of this repository: nothing that they start stays behind.

# Every process started from here on carries this mark in its environment, wherever it ends up in the tree of processes.
export ASPIREFED_RUN="$$-$(date +%s%N)"

# No compiler or build server outlives the build, and none is shared with other builds.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
build_options=(-v quiet --nologo -p:UseSharedCompilation=true -p:SharedCompilationId="$ASPIREFED_RUN")

# Pids of what still runs, without this shell and those that ask.
started_processes() {
    local file pid
    for file in $(grep -lzx "ASPIREFED_RUN=$ASPIREFED_RUN" /proc/[0-9]*/environ 2>/dev/null); do
        pid=${file#/proc/}
        pid=${pid%/environ}
        [[ $pid == "$$" || $pid == "$BASHPID" ]] || ! [[ -e /proc/$pid ]] || printf '%s\n' "$pid"
    done
}

# wait_until_gone <seconds>: true when nothing runs any more.
wait_until_gone() {
    local end=$((SECONDS + $1))
    while [[ -n $(started_processes) ]]; do
        ((SECONDS < end)) || return 1
        sleep 0.2
    done
}

# Ends what is left, politely first.
end_started_processes() {
    local pids
    mapfile -t pids < <(started_processes)
    ((${#pids[@]})) || return 0
    kill -TERM "${pids[@]}" 2>/dev/null || true
    wait_until_gone 10 && return 0
    mapfile -t pids < <(started_processes)
    kill -KILL "${pids[@]}" 2>/dev/null || true
    wait_until_gone 5 || true
}
