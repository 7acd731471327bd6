//! Cases that the fuzzer found (`cargo xtask fuzz`): readers die on them, or would never end. Whoever
//! asks lives, answers in time, and says what happened.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use harness::{lines, quai_program, root};

fn names(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<OsString> =
        std::fs::read_dir(folder).expect("a case").flatten().map(|e| e.file_name()).collect();
    names.sort();
    names
}

#[test]
fn what_the_fuzzer_found_costs_a_reader_and_nobody_else() {
    let home = tempfile::tempdir().expect("a folder");
    let mut faults = Vec::new();
    for entry in std::fs::read_dir(root().join("tests/fixtures/found")).expect("cases").flatten() {
        let case = entry.path().display().to_string();
        for words in [&["validate"][..], &["repair", "--all-safe", "--plan"]] {
            let before = names(&entry.path());
            let begun = Instant::now();
            let output = Command::new(quai_program())
                .args(words)
                .args([case.as_str(), "--json", "--time-limit", "4"])
                .env("QUAI_DATA_DIR", home.path())
                .env("QUAI_CONFIG_DIR", home.path())
                .output()
                .expect("quai runs");
            let said = lines(&output);
            let end = said.last().map(|l| l["type"].clone()).unwrap_or_default();
            if !matches!(output.status.code(), Some(0 | 1)) || !(end == "summary" || end == "repair_plan") {
                faults.push(format!("{case} {words:?}: ended with {:?}, {end}", output.status.code()));
            }
            if names(&entry.path()) != before {
                faults.push(format!("{case} {words:?}: something was written beside the file"));
            }
            if begun.elapsed() > Duration::from_secs(90) {
                faults.push(format!("{case} {words:?}: took {:?}", begun.elapsed()));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}
