//! `docs/mistakes.md` names tests that there are.

use std::fs;
use std::path::Path;

#[test]
fn every_mistake_of_the_list_has_tests_that_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/mistakes.md")).unwrap();
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| |"));
    for (number, row) in (1..).zip(rows) {
        let columns: Vec<&str> = row.split(" | ").collect();
        assert_eq!(columns[0], format!("| {number}"));
        let tests: Vec<&str> = columns[3].split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "mistake {number} has no test");
        for test in tests {
            let (file, name) = test.split_once("::").unwrap_or((test, ""));
            let text = fs::read_to_string(root.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
            assert!(text.contains(name), "mistake {number}: no {name} in {file}");
            let told = !file.starts_with("tests/ui") || root.join(file).with_extension("stderr").exists();
            assert!(told, "{file} has no .stderr");
        }
    }
}
