# Run in a learner's terminal by limits.py: prints what each limit did, as one line "name: what was seen".

show() {
    name=$1
    shift
    printf '%s: %s\n' "$name" "$("$@" 2>&1 | tr -s '\n' ' ')"
}

inspect() { docker inspect --format "$2" "$1"; }

limits() {
    docker run --rm "$@" busybox sh -c 'cd /sys/fs/cgroup; cat memory.max memory.swap.max pids.max cpu.max'
}

five_times() { for _ in 1 2 3 4 5; do "$@"; done; }

starve() {
    docker run --name hungry --memory 32m busybox tail /dev/zero
    echo $?
    inspect hungry '{{.State.OOMKilled}}'
    docker rm --force hungry >/dev/null
}

starve_child() { docker run --rm --memory 32m busybox sh -c 'tail /dev/zero; echo $?'; }

fork_too_often() {
    docker run --rm --pids-limit 10 busybox sh -c 'for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 2 & done'
}

pause() {
    docker pause idle >/dev/null
    docker ps --filter name=idle --format '{{.Status}}'
    docker unpause idle >/dev/null
}

stop() {
    docker stop --time 30 polite >/dev/null
    docker stop --time 1 idle >/dev/null
    docker kill busy >/dev/null
    for name in polite idle busy; do inspect "$name" '{{.State.ExitCode}}'; done
}

docker pull --quiet busybox >/dev/null
show "cgroup version" docker info --format '{{.CgroupVersion}}'
show "the terminal's memory" cat /sys/fs/cgroup/memory.max
show "the terminal's processor" cat /sys/fs/cgroup/cpu.max
show "the terminal's processes" cat /sys/fs/cgroup/pids.max
show "limits of a container" limits
show "limits that are asked for" limits --memory 32m --pids-limit 10 --cpus 0.3
show "too many processes" fork_too_often
show "out of memory" five_times starve
show "out of memory, in a child" starve_child
docker run --detach --name idle busybox sleep 100000 >/dev/null
docker run --detach --name busy busybox sh -c 'while :; do :; done' >/dev/null
docker run --detach --name polite busybox sh -c 'trap "exit 7" TERM; echo ready; while :; do sleep 1; done' >/dev/null
until docker logs polite | grep -q ready; do sleep 1; done
show "docker stats" docker stats --no-stream --format '{{.CPUPerc}} {{.MemUsage}} {{.PIDs}}' busy
show "docker top" docker top idle
show "docker pause" pause
show "exit codes after stop, stop and kill" stop
docker rm --force idle busy polite >/dev/null
echo "the end: reached"
