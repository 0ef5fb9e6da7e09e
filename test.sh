#!/usr/bin/env bash
# Installs what the tests need and runs all of them: ./test.sh
# Needs cargo and python3. Installs OpenMPI, libclang and a C++ compiler with apt-get (through sudo unless root) where they
# are missing, and NEST and NEURON with pip in an environment of their own.
set -euo pipefail
cd "$(dirname "$0")"

step() { printf '\n== %s (%s s)\n' "$1" "$SECONDS"; }
fail() { printf '\ntest.sh: %s\n' "$1" >&2; exit 1; }

step "what the tests need"
missing=()
command -v cc >/dev/null || missing+=(gcc libc6-dev)
command -v c++ >/dev/null || missing+=(g++)
command -v python3 >/dev/null || missing+=(python3)
python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
command -v mpicc >/dev/null || missing+=(libopenmpi-dev)
command -v mpirun >/dev/null || missing+=(openmpi-bin)
ls /usr/lib/llvm-*/lib/libclang*.so* "${LIBCLANG_PATH:-/nonexistent}"/libclang*.so* >/dev/null 2>&1 || missing+=(libclang-dev)
if ((${#missing[@]})); then
    command -v apt-get >/dev/null || fail "install these by your system's package manager: ${missing[*]}"
    sudo=(); ((EUID == 0)) || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
mpirun --version | head -n 1
if [[ -z ${PYNN_NEST:-}${PYNN_NEURON:-}${PYNN_PYTHON:-} ]]; then
    environment=$(realpath -m "${CARGO_TARGET_DIR:-target}/simulators-python")
    [[ -x $environment/bin/pip ]] || python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check 'nest-simulator==3.10.*' 'neuron==9.*'
    export PYNN_PYTHON=$environment/bin/python
    "$environment/bin/pip" list --disable-pip-version-check 2>/dev/null | grep -iE '^(nest|neuron)'
fi

# Ranks outnumber cores, and a container's user is often root.
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_rmaps_base_oversubscribe=1
export OMPI_MCA_mpi_yield_when_idle=1 OMPI_MCA_hwloc_base_binding_policy=none OMPI_MCA_btl_vader_single_copy_mechanism=none

step "format"
cargo fmt --all --check

step "lints"
cargo clippy --quiet --workspace --all-targets -- -D warnings
cargo clippy --quiet --package pynn --package pynn-music --package pynn-native --package pynn-nest --package pynn-neuron --features mpi --all-targets -- -D warnings
cargo clippy --quiet --package pynn --package pynn-data --no-default-features --lib -- -D warnings

step "tests: unit, documentation, compile-fail, conformance"
cargo test --workspace

step "tests: ranks as MPI processes"
cargo test --package pynn-music --features mpi --test mpi_ranks
cargo test --package pynn-native --features mpi --test mpi_ranks
cargo test --package pynn-nest --features mpi --test mpi_ranks
cargo test --package pynn-neuron --features mpi --test mpi_ranks
cargo test --package pynn --features mpi --test mpi_ranks

step "kernels in vectors"
if [[ $(uname -m) == x86_64 ]]; then cargo xtask vectorised; else echo "NOT CHECKED: only x86-64 has such kernels"; fi

step "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --quiet --workspace --no-deps

step "examples at small size"
./examples/run_all.sh

step "done"
