//! No bytes, whatever the format, kill the program that asked what they are: files of every kind that
//! we ship, with bytes changed or an end cut off, through the real command line and its readers.

use std::path::PathBuf;
use std::process::Command;

use harness::{lines, quai_program, sample};
use proptest::prelude::*;

const KINDS: &[&str] = &[
    "canton/CANTON.shp",
    "canton/CANTON.dbf",
    "canton_autres/canton.fgb",
    "kml/croquis.geojson",
    "canton_dossier_dans_zip.zip",
    "multi/territoire_belfort.gpkg",
    "ortho_jp2",
    "mnt_asc",
    "gpx",
    "mapinfo",
];

/// The file, or the first of a folder.
fn file(name: &str) -> PathBuf {
    let path = sample(name);
    if path.is_file() {
        return path;
    }
    let mut all: Vec<PathBuf> = std::fs::read_dir(&path).expect("a folder").flatten().map(|e| e.path()).collect();
    all.sort();
    all.into_iter().find(|p| p.is_file()).expect("a file")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn changed_bytes_cost_a_finding_and_never_the_program(
        kind in 0..KINDS.len(),
        // places by share of the file: its head most of all
        changes in proptest::collection::vec((0.0..1.0_f64, any::<u8>()), 0..24),
        kept in 0.05..1.3_f64,
    ) {
        let source = file(KINDS[kind]);
        let (folder, home) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let mut bytes = std::fs::read(&source).expect("a file");
        for (place, byte) in &changes {
            let at = (place.powi(3) * bytes.len() as f64) as usize;
            if let Some(there) = bytes.get_mut(at) {
                *there = *byte;
            }
        }
        bytes.truncate((kept * bytes.len() as f64) as usize);
        // what belongs to it stays whole
        let (stem, parent) = (source.file_stem().expect("a name"), source.parent().expect("a folder"));
        for entry in std::fs::read_dir(parent).expect("a folder").flatten() {
            if entry.path().file_stem() == Some(stem) {
                std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("copied");
            }
        }
        std::fs::write(folder.path().join(source.file_name().expect("a name")), &bytes).expect("written");
        let output = Command::new(quai_program())
            .arg("validate")
            .arg(folder.path())
            .args(["--json", "--time-limit", "5"])
            .env("QUAI_DATA_DIR", home.path())
            .env("QUAI_CONFIG_DIR", home.path())
            .output()
            .expect("quai runs");
        let end = lines(&output).last().map(|l| l["type"].clone()).unwrap_or_default();
        prop_assert!(
            matches!(output.status.code(), Some(0 | 1)) && end == "summary",
            "{}: {:?} {} {}", source.display(), output.status, end, String::from_utf8_lossy(&output.stderr)
        );
    }
}
