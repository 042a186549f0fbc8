#!/usr/bin/env bash
# Compare `neokeys site` with `curl --parallel` of the same addresses: a site of 500 chunks with
# their source maps (90 MB), on loopback. neokeys also finds the addresses and searches the files.
# The two take turns, so that what else the machine does is the same for both.
#
#   bench/site.sh [ROUNDS]      (15)
#
# Needs go, curl and python3.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/neokeys" .
go build -o "$work/site" ./bench/site
coproc SITE { "$work/site" "$work/list"; }
read -r address <&"${SITE[0]}"

python3 - "$work" "$address" "${1:-15}" << 'PYTHON'
import resource, statistics, subprocess, sys, time
work, address, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
commands = {
    'neokeys site': [work + '/neokeys', 'site', '-q', address],
    'curl --parallel': ['curl', '-s', '--parallel', '--parallel-max', '16', '--config', work + '/list'],
}
clock, processor = {name: [] for name in commands}, {name: [] for name in commands}

def used():
    r = resource.getrusage(resource.RUSAGE_CHILDREN)
    return r.ru_utime + r.ru_stime

for i in range(rounds + 1):
    for name, command in commands.items():
        before, began = used(), time.monotonic()
        status = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode
        if status != 0:
            sys.exit(f'{name} ends with {status}')
        if i > 0:  # the first is to warm up
            clock[name].append(time.monotonic() - began)
            processor[name].append(used() - before)
curl = statistics.median(clock['curl --parallel'])
for name in commands:
    took, cpu = statistics.median(clock[name]), statistics.median(processor[name])
    print(f'{name}: median {took * 1000:.0f} ms, {took / curl:.2f} times curl; {cpu * 1000:.0f} ms of processor time')
PYTHON
