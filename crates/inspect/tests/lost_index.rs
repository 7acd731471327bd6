//! A shapefile that lost its `.shx`: it is read by an index made elsewhere, and told plainly where that
//! cannot be.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Code, Inventory, Kind, Layer};
use quai_inspect::worker::{Limits, Pool, WorkerCommand};
use quai_inspect::{Depth, Inspector};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

fn pool() -> Arc<Pool> {
    let command = WorkerCommand { program: env!("CARGO_BIN_EXE_quai-inspect-worker").into(), args: Vec::new() };
    Arc::new(Pool::new(command, Limits { seconds: 10, ..Limits::default() }))
}

async fn inspect(path: &Path) -> Vec<Inventory> {
    Inspector::new(pool()).inspect(&[path.to_owned()], Depth::Scan, &|_| {}, &CancellationToken::new()).await
}

fn names(folder: &Path) -> Vec<OsString> {
    let mut names: Vec<OsString> = std::fs::read_dir(folder).expect("it").flatten().map(|e| e.file_name()).collect();
    names.sort();
    names
}

/// A sample, without its `.shx` when that is what is wanted.
fn departments(folder: &Path, endings: &[&str]) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/departement/DEPARTEMENT");
    for ending in endings {
        let theirs = folder.join("DEPARTEMENT").with_extension(ending);
        std::fs::copy(from.with_extension(ending.to_lowercase()), theirs).expect("a copy");
    }
    folder.join("DEPARTEMENT").with_extension(endings[0])
}

fn told(inventory: &Inventory) -> Vec<Code> {
    inventory.problem.iter().chain(&inventory.warnings).map(|problem| problem.code).collect()
}

#[tokio::test]
async fn its_facts_are_those_that_its_index_would_have_given() {
    let (whole, lost) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let whole = inspect(&departments(whole.path(), &["shp", "shx", "dbf", "prj", "cpg"])).await;
    let path = departments(lost.path(), &["SHP", "dbf", "Prj", "CPG"]);
    let before = names(lost.path());
    let found = inspect(&path).await;
    assert_eq!(told(&found[0]), [Code::SidecarMissing]);
    assert_eq!((found[0].kind, found[0].driver.as_deref()), (Kind::Vector, Some("ESRI Shapefile")));
    let alike = |layers: &[Layer]| serde_json::to_value(layers).expect("JSON");
    assert_eq!(alike(&found[0].layers), alike(&whole[0].layers));
    assert_eq!(names(lost.path()), before);
}

#[tokio::test]
async fn it_is_shown_on_a_map_and_in_a_table_in_an_archive_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = departments(folder.path(), &["shp", "dbf", "prj", "cpg"]);
    let zip = folder.path().join("lost.zip");
    let mut archive = zip::ZipWriter::new(std::fs::File::create(&zip).expect("a file"));
    for ending in ["shp", "dbf", "prj", "cpg"] {
        let name = format!("données/DEPARTEMENT.{ending}");
        archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("an entry");
        let mut from = std::fs::File::open(path.with_extension(ending)).expect("a file");
        std::io::copy(&mut from, &mut archive).expect("a copy");
    }
    archive.finish().expect("an archive");
    let before = names(folder.path());
    let (pool, cancel) = (pool(), CancellationToken::new());
    for path in [path, zip.join("données/DEPARTEMENT.shp")] {
        let asked = json!({"path": path, "layer": "DEPARTEMENT", "z": 6, "x": 32, "y": 22, "offset": 0, "limit": 5});
        let tile = pool.call("vectorTile", asked.clone(), &|_| {}, &cancel).await.expect("a tile");
        assert!(tile["base64"].as_str().is_some_and(|b| b.len() > 1000), "{}", path.display());
        let rows = pool.call("rows", asked, &|_| {}, &cancel).await.expect("rows");
        assert_eq!((&rows["total"], rows["rows"].as_array().map(Vec::len)), (&Value::from(96), Some(5)));
    }
    assert_eq!(told(&inspect(&zip).await[0]), [Code::SidecarMissing]);
    assert_eq!(names(folder.path()), before);
}

#[tokio::test]
async fn records_that_cannot_be_told_are_said_to_be_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = departments(folder.path(), &["shp", "dbf", "prj"]);
    let sound = std::fs::read(&path).expect("the file");
    let before = names(folder.path());
    let with = |at: usize, number: u32| {
        let mut bytes = sound.clone();
        bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
        bytes
    };
    for (bytes, code, says) in [
        (sound[..sound.len() / 2].to_vec(), Code::FileTruncated, "bytes of"),
        (sound[..60].to_vec(), Code::FileTruncated, "fewer than its header"),
        // as GDAL follows it, it leads back to where it is
        (with(104, 0x7FFF_FFFC), Code::Unreadable, "record 1 (byte 100) has an impossible length"),
        (with(104, 0), Code::Unreadable, "record 1 (byte 100) has an impossible length"),
        (with(100, 12), Code::Unreadable, "record 1 (byte 100) has the number 12"),
    ] {
        std::fs::write(&path, bytes).expect("a file");
        let found = inspect(&path).await;
        assert_eq!((told(&found[0]), found[0].kind), (vec![code, Code::SidecarMissing], Kind::Unreadable));
        let problem = found[0].problem.as_ref().expect("a problem");
        assert!(problem.message.contains(says), "{}", problem.message);
    }
    assert_eq!(names(folder.path()), before);
}
