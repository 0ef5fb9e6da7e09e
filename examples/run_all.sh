#!/usr/bin/env bash
# Runs every example at small size, as threads and, where it says so, under mpirun, and compares the spikes' digests.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

example() { # name, arguments...
    local name=$1
    shift
    printf '\n-- %s %s\n' "$name" "$*"
    cargo run --quiet --release --example "$name" -- --out "$out" "$@"
    ls "$out"/*.png >/dev/null
    rm -f "$out"/*
}
digest() { sed -n 's/^digest: *//p' "$1"; }

example builder
example brunel --scale 0.1 --time 200
example vogels_abbott --time 200
example microcircuit --scale 0.02 --time 200
example from_files
example custom_cell
example electrodes
example three_backends --time 200

target=${CARGO_TARGET_DIR:-target}
start() { # name
    name=$1 reference=
    printf '\n-- %s: the same spikes for every number of ranks\n' "$name"
    cargo build --quiet --release --example "$name"
}
check() { # description, log
    local found
    found=$(digest "$2")
    [[ -n $found ]] || { cat "$2"; echo "no digest: $1" >&2; exit 1; }
    : "${reference:=$found}"
    [[ $found == "$reference" ]] || { echo "$1 gives digest $found instead of $reference" >&2; exit 1; }
    printf '%-28s %s\n' "$1" "$found"
}
threads() { # division
    PYNN_PROCESSES=$1 "$target/release/examples/$name" --time 200 --out "$out" >"$out/log"
    check "threads, $1" "$out/log"
}
mpi() { # number of processes, division
    PYNN_PROCESSES=$2 mpirun -np "$1" "$target/release/examples/$name" --time 200 --out "$out" >"$out/log"
    check "mpirun -np $1, $2" "$out/log"
}

start two_simulators
for processes in "sim1=6,sim2=10" "sim1=1,sim2=1" "sim1=2,sim2=1" "sim1=1,sim2=3" "sim1=4,sim2=4"; do
    threads "$processes"
done
"$target/release/examples/two_simulators" --out "$out" >"$out/log"
grep -qF "$(grep digest "$out/log")" README.md || { cat "$out/log"; echo "README.md prints another digest" >&2; exit 1; }
cargo build --quiet --release --features mpi --example two_simulators
mpi 2 "sim1=1,sim2=1"
mpi 4 "sim1=2,sim2=2"
mpi 16 "sim1=6,sim2=10"

start native_to_neuron
threads "sim1=2,sim2=1"
threads "sim1=1,sim2=1"
cargo build --quiet --release --features mpi --example native_to_neuron
mpi 2 "sim1=1,sim2=1"
mpi 5 "sim1=2,sim2=3"

start nest_to_neuron
threads "sim1=1,sim2=1"
cargo build --quiet --release --features mpi --example nest_to_neuron
mpi 2 "sim1=1,sim2=1"
mpi 16 "sim1=6,sim2=10"
