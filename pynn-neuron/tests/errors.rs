//! What a user is told where NEURON cannot be used.

#[path = "../../pynn-music/tests/common/real.rs"]
mod common;
#[path = "../../pynn-music/tests/common/installing.rs"]
mod shared;

use shared::{assert_refused, folder, play};

installing!(pynn_neuron::Neuron);

#[test]
fn a_folder_without_neuron_is_named_with_the_remedy() {
    let told = play(&[("PYNN_NEURON", "/nonexistent/neuron")]);
    assert_refused(
        &told,
        &["NEURON was not found", "PYNN_NEURON: no libnrniv in /nonexistent/neuron", "pip install neuron"],
    );
}

#[test]
fn a_python_without_neuron_is_named() {
    let told = play(&[
        ("PATH", "/nonexistent"),
        ("PYNN_PYTHON", "/nonexistent/python"),
        ("VIRTUAL_ENV", ""),
        ("CONDA_PREFIX", ""),
    ]);
    // NEURON may be in the places of the system.
    if told.contains("refused") {
        assert_refused(
            &told,
            &["PYNN_PYTHON: no Python that answers", "python3: no Python", "pip install neuron"],
        );
    }
}

#[test]
fn a_neuron_that_is_too_old_is_named_with_its_version() {
    let prefix = folder("old");
    for file in
        ["lib/libnrniv.so", "bin/nocmodl", "share/nrn/lib/nrnunits.lib", "include/nrnsemanticversion.h"]
    {
        let path = prefix.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "#define NRN_VERSION_MAJOR 7\n#define NRN_VERSION_MINOR 8\n").unwrap();
    }
    let told = play(&[("PYNN_NEURON", prefix.to_str().unwrap())]);
    std::fs::remove_dir_all(prefix).unwrap();
    assert_refused(&told, &["NEURON 7.8.0, too old: 8.2 or later is needed"]);
}
