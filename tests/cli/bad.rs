//! Every folder of bad data gives its finding; nothing crashes, nothing is written beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::{quai_program, root};
use serde_json::Value;

fn below(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() {
            found.extend(below(&entry.path()));
        } else {
            found.insert(entry.path(), std::fs::read(entry.path()).unwrap_or_default());
        }
    }
    found
}

fn validate(paths: &[PathBuf]) -> (Option<i32>, Vec<Value>) {
    let home = tempfile::tempdir().expect("a folder");
    let output = Command::new(quai_program())
        .args(["validate", "--json"])
        .args(paths)
        .env("QUAI_DATA_DIR", home.path())
        .env("QUAI_CONFIG_DIR", home.path())
        .output()
        .expect("quai runs");
    (output.status.code(), harness::lines(&output))
}

/// File and the codes that must be among its findings, in `fixtures/expected_codes.json`.
#[test]
fn every_bad_file_gets_the_findings_written_down_for_it() {
    let bad = root().join("tests/fixtures/bad");
    let before = below(&bad);
    let table = std::fs::read_to_string(root().join("tests/fixtures/expected_codes.json")).expect("a table");
    let table: BTreeMap<String, Vec<String>> = serde_json::from_str(&table).expect("JSON");
    let folders: std::collections::BTreeSet<String> = std::fs::read_dir(&bad)
        .expect("fixtures")
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    let covered: std::collections::BTreeSet<String> =
        table.keys().filter_map(|k| k.split('/').next().map(str::to_owned)).collect();
    assert_eq!(folders, covered, "a folder of bad data has no line in the table");
    let mut faults = Vec::new();
    for (file, wanted) in &table {
        let (code, said) = validate(&[bad.join(file)]);
        let codes: Vec<&str> = said.iter().filter_map(|l| l["code"].as_str()).collect();
        if !matches!(code, Some(0 | 1)) || said.last().is_none_or(|l| l["type"] != "summary") {
            faults.push(format!("{file}: ended with {code:?}"));
        }
        for wanted in wanted {
            // a reader's death shows as one or the other, by the memory of the machine
            if !wanted.split('|').any(|w| codes.contains(&w)) {
                faults.push(format!("{file}: {wanted} is not among {codes:?}"));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert_eq!(before, below(&bad), "validating wrote beside the files or changed them");
}
