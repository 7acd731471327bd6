//! Data shown as they are: rows, features and tiles by way of a worker, in archives too.

use std::path::{Path, PathBuf};

use quai_inspect::worker::{Limits, Pool, WorkerCommand, WorkerFailure};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

async fn ask(kind: &str, request: Value) -> Result<Value, WorkerFailure> {
    let command = WorkerCommand { program: env!("CARGO_BIN_EXE_quai-inspect-worker").into(), args: Vec::new() };
    Pool::new(command, Limits::default()).call(kind, request, &|_| {}, &CancellationToken::new()).await
}

#[tokio::test]
async fn rows_come_with_their_columns_and_their_total() {
    let path = root().join("samples/departement/DEPARTEMENT.shp");
    let answer =
        ask("rows", json!({"path": path, "layer": "DEPARTEMENT", "offset": 90, "limit": 20})).await.expect("rows");
    assert_eq!(answer["total"], 96);
    assert_eq!(answer["rows"].as_array().map(Vec::len), Some(6));
    assert_eq!(answer["fields"][2], "NOM_DEPT");
    assert_eq!(answer["rows"][0]["values"].as_array().map(Vec::len), answer["fields"].as_array().map(Vec::len));
}

#[tokio::test]
async fn a_layer_inside_an_archive_is_shown_in_degrees() {
    let zip = root().join("samples/canton_dossier_dans_zip.zip");
    let names = geodata::archive::list(&zip, geodata::archive::ArchiveLimits::default()).expect("an archive").0;
    let inner = names.iter().map(|e| &e.name).find(|n| n.to_lowercase().ends_with(".shp")).expect("a shapefile");
    let layer = Path::new(inner).file_stem().expect("a name").to_string_lossy().into_owned();
    let shown = ask("preview", json!({"path": zip.join(inner), "layer": layer, "max": 10})).await.expect("features");
    let features = shown["features"].as_array().expect("features");
    assert!(!features.is_empty() && features.len() <= 10, "{}", features.len());
    assert!(ask("preview", json!({"path": zip.join("../x.shp"), "layer": "x", "max": 1})).await.is_err());
}

#[tokio::test]
async fn a_layer_without_crs_is_nowhere_on_a_map() {
    let path = root().join("tests/fixtures/bad/sans_prj/POINT.shp");
    let shown = ask("preview", json!({"path": path, "layer": "POINT", "max": 10})).await.expect("an answer");
    assert_eq!(shown["features"], json!([]));
}

#[tokio::test]
async fn tiles_are_drawn_and_what_leads_elsewhere_is_refused() {
    let path = root().join("samples/canton/CANTON.shp");
    let tile =
        ask("vectorTile", json!({"path": path, "layer": "CANTON", "z": 10, "x": 518, "y": 352})).await.expect("a tile");
    assert!(tile["base64"].as_str().is_some_and(|b| b.len() > 1000));
    let bad = root().join("tests/fixtures/bad/references_hors_fichier");
    for entry in
        std::fs::read_dir(bad).expect("a folder").flatten().filter(|e| e.path().extension().is_some_and(|e| e == "vrt"))
    {
        let answer = ask("rasterTile", json!({"path": entry.path(), "z": 0, "x": 0, "y": 0})).await;
        assert!(matches!(answer, Err(WorkerFailure::Refused(_))), "{}", entry.path().display());
    }
}
