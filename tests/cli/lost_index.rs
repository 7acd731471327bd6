//! A shapefile that lost its `.shx`: mended by a copy, told plainly where it cannot be, and nothing of
//! what reading it took stays anywhere.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use harness::{gdal, last_line, lines, quai_program, root};
use serde_json::Value;

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        for below in ["tmp", "source"] {
            std::fs::create_dir(folder.path().join(below)).expect("a folder");
        }
        Self { folder }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A copy of the fixture, its `.shp` cut to a part of its bytes.
    fn source(&self, most: usize) -> PathBuf {
        for ending in ["shp", "dbf", "prj", "cpg"] {
            let from = format!("tests/fixtures/bad/shp_sans_shx/870000_6618000.subset.postIA.{ending}");
            let mut bytes = std::fs::read(root().join(from)).expect("a fixture");
            bytes.truncate(if ending == "shp" { most } else { usize::MAX });
            std::fs::write(self.at("source/bati").with_extension(ending), bytes).expect("a file");
        }
        self.at("source/bati.shp")
    }

    fn quai(&self, arguments: &[&str]) -> Command {
        let mut quai = Command::new(quai_program());
        quai.args(arguments)
            .arg("--json")
            .env("QUAI_DATA_DIR", self.at("home"))
            .env("QUAI_CONFIG_DIR", self.at("home"))
            .env("TMPDIR", self.at("tmp"));
        quai
    }

    fn left(&self, folder: &str) -> Vec<OsString> {
        let mut names: Vec<OsString> =
            std::fs::read_dir(self.at(folder)).expect("it").flatten().map(|e| e.file_name()).collect();
        names.sort();
        names
    }
}

const THERE: [&str; 4] = ["bati.cpg", "bati.dbf", "bati.prj", "bati.shp"];

fn codes(said: &[Value]) -> Vec<&str> {
    said.iter().filter(|l| l["type"] == "finding").filter_map(|l| l["code"].as_str()).collect()
}

#[test]
fn the_copy_holds_what_gdal_reads_by_an_index_of_its_own() {
    let bench = Bench::new();
    let (source, out) = (bench.source(usize::MAX).display().to_string(), bench.at("out").display().to_string());
    let said = bench.quai(&["validate", &source]).output().expect("quai runs");
    // the field's name can only be told by who reads the data
    let told = vec!["SIDECAR_MISSING", "FIELD_NAME_REFUSED"];
    assert_eq!((said.status.code(), codes(&lines(&said))), (Some(1), told));
    let output = bench.quai(&["repair", &source, "--all-safe", "-o", &out]).output().expect("quai runs");
    let line = last_line(&output);
    assert_eq!(output.status.code(), Some(0), "{line}");
    let mut repairs = line["record"]["repairs"].as_array().into_iter().flatten();
    let convert = repairs.find(|repair| repair["code"] == "SIDECAR_MISSING").expect("a repair");
    assert_eq!(convert["picked"], "convert", "{line}");
    assert_eq!(
        convert["options"][0]["sentences"][1],
        "The missing index is made again from the .shp; the copy is one file."
    );
    assert_eq!((bench.left("source"), bench.left("tmp")), (THERE.map(OsString::from).to_vec(), Vec::new()));

    let copy = line["package"]["files"][0]["local"].as_str().expect("a file").to_owned();
    let written = gdal("ogrinfo", &["-q", &copy, "bati"]);
    let _ = gdal("ogrinfo", &["--config", "SHAPE_RESTORE_SHX", "YES", "-so", &source, "bati"]);
    let geometries = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|l| l.contains("POLYGON")).map(|l| l.replace("MULTIPOLYGON", "POLYGON"));
        lines.map(|l| l.replace("(((", "((").replace(")))", "))").trim().to_owned()).collect()
    };
    let read = gdal("ogrinfo", &["-q", &source, "bati"]);
    assert_eq!(geometries(&written).len(), 40);
    assert_eq!(geometries(&written), geometries(&read));
}

#[test]
fn a_shp_that_is_cut_is_said_to_be_cut() {
    let bench = Bench::new();
    let (source, out) = (bench.source(5000).display().to_string(), bench.at("out").display().to_string());
    let output = bench.quai(&["validate", &source, "--time-limit", "10"]).output().expect("quai runs");
    let said = lines(&output);
    assert_eq!((output.status.code(), codes(&said)), (Some(1), vec!["FILE_TRUNCATED", "SIDECAR_MISSING"]));
    let cut = said.iter().find(|l| l["code"] == "FILE_TRUNCATED").map(|l| l["message"].to_string());
    assert!(cut.is_some_and(|m| m.contains("5000 bytes of 9244")), "{said:?}");
    let output = bench.quai(&["repair", &source, "--all-safe", "-o", &out]).output().expect("quai runs");
    assert_eq!((output.status.code(), bench.at("out/vector").exists()), (Some(1), false), "{}", last_line(&output));
    assert_eq!((bench.left("source"), bench.left("tmp")), (THERE.map(OsString::from).to_vec(), Vec::new()));
}

#[test]
fn what_a_killed_program_made_to_read_it_is_cleared_away_by_the_next() {
    let bench = Bench::new();
    let (source, pipe) = (bench.source(usize::MAX).display().to_string(), bench.at("endless.geojson"));
    assert!(Command::new("mkfifo").arg(&pipe).status().is_ok_and(|s| s.success()));
    let mut child = bench
        .quai(&["inspect", "--scan", &source, &pipe.display().to_string()])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("quai runs");
    let said = BufReader::new(child.stdout.take().expect("a pipe"));
    let read = said.lines().map_while(Result::ok).any(|line| line.contains("\"features\":40"));
    assert!(read, "it ended before the shapefile was read");
    child.kill().expect("a kill");
    child.wait().expect("an end");
    assert!(!bench.left("tmp").is_empty(), "a killed program tidies nothing");
    let next = bench.quai(&["inspect", &source]).output().expect("quai runs");
    assert!(next.status.success(), "{}", last_line(&next));
    assert_eq!(bench.left("tmp"), Vec::<OsString>::new());
    assert_eq!(bench.left("source"), THERE);
}
