//! Every sample, good and bad, against what GDAL itself reports of it (`expected.json`).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Code, Inventory, Kind};
use quai_inspect::worker::{Limits, Pool, WorkerCommand};
use quai_inspect::{Depth, Inspector};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn inspector(limits: Limits) -> Inspector {
    let command = WorkerCommand { program: env!("CARGO_BIN_EXE_quai-inspect-worker").into(), args: Vec::new() };
    Inspector::new(Arc::new(Pool::new(command, limits)))
}

async fn inspect(paths: &[PathBuf], depth: Depth) -> Vec<Inventory> {
    inspector(Limits::default()).inspect(paths, depth, &|_| {}, &CancellationToken::new()).await
}

fn samples() -> Vec<(String, PathBuf, Value)> {
    let text = std::fs::read_to_string(root().join("tests/fixtures/expected.json")).expect("expected.json");
    let facts: Value = serde_json::from_str(&text).expect("JSON");
    let files = facts["files"].as_object().expect("a table of files").clone();
    files
        .into_iter()
        .map(|(key, facts)| {
            let path = match key.strip_prefix("good/") {
                Some(rest) => root().join("samples").join(rest),
                None => root().join("tests/fixtures").join(&key),
            };
            (key, path, facts)
        })
        .collect()
}

/// Size and modification time of every file below a folder.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (u64, std::time::SystemTime)> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|e| e.file_type().is_file())
        .filter_map(|e| e.metadata().ok().and_then(|m| Some((e.path().to_owned(), (m.len(), m.modified().ok()?)))))
        .collect()
}

#[tokio::test]
async fn layers_counts_and_extents_are_those_of_gdal_and_nothing_is_written() {
    let before = (snapshot(&root().join("samples")), snapshot(&root().join("tests/fixtures/bad")));
    let samples: Vec<_> = samples().into_iter().filter(|(_, _, facts)| facts["open"] == "vector").collect();
    let paths: Vec<PathBuf> = samples.iter().map(|(_, path, _)| path.clone()).collect();
    let inventories = inspect(&paths, Depth::Scan).await;
    let mut faults = Vec::new();
    for (key, path, facts) in &samples {
        let Some(found) = inventories.iter().find(|i| Path::new(&i.path) == path) else {
            faults.push(format!("{key}: not inspected"));
            continue;
        };
        let refused = ["references_hors_fichier", "gml_sans_couche", "gml_trop_imbrique"];
        if refused.iter().any(|folder| key.contains(folder)) {
            continue;
        }
        for wanted in facts["vector"]["layers"].as_array().into_iter().flatten() {
            let name = wanted["name"].as_str().unwrap_or_default();
            let Some(layer) = found.layers.iter().find(|l| l.name == name) else {
                faults.push(format!("{key}: no layer {name}, but {:?} {:?}", found.layers.len(), found.problem));
                continue;
            };
            let Some(scan) = &layer.scan else {
                faults.push(format!("{key}/{name}: not scanned"));
                continue;
            };
            let number = |member: &str| wanted[member].as_u64();
            if number("read") != Some(scan.read) {
                faults.push(format!("{key}/{name}: read {} not {}", scan.read, wanted["read"]));
            }
            // a CSV shows its geometry to us, who say which columns hold it
            if found.driver.as_deref() != Some("CSV") && layer.geometry != "None" {
                let empty = wanted["empty"].as_u64().unwrap_or(0);
                if number("null") != Some(scan.null) || scan.empty < empty {
                    faults.push(format!("{key}/{name}: null {} empty {}", scan.null, scan.empty));
                }
                if number("invalid") != Some(scan.invalid) {
                    faults.push(format!("{key}/{name}: invalid {} not {}", scan.invalid, wanted["invalid"]));
                }
                let code = wanted["crs"]["code"].as_str();
                let ours = layer.crs.as_ref().and_then(|c| c.code.as_deref());
                let twin = layer.crs.as_ref().and_then(|c| c.twin.as_deref());
                if code.is_some() && code != ours && code != twin {
                    faults.push(format!("{key}/{name}: {ours:?} not {code:?}"));
                }
                if let (Some(e), Some(w)) = (layer.extent, wanted["extent"].as_array()) {
                    let w: Vec<f64> = w.iter().filter_map(Value::as_f64).collect();
                    let e: [f64; 4] = e.into();
                    if e.iter().zip(&w).any(|(a, b)| (a - b).abs() > 0.01_f64.max(b.abs() * 1e-9)) {
                        faults.push(format!("{key}/{name}: extent {e:?} not {w:?}"));
                    }
                }
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    let after = (snapshot(&root().join("samples")), snapshot(&root().join("tests/fixtures/bad")));
    let changed: Vec<&PathBuf> = [(&before.0, &after.0), (&before.1, &after.1)]
        .into_iter()
        .flat_map(|(old, new)| {
            let gone = old.keys().filter(|path| !new.contains_key(*path));
            gone.chain(new.iter().filter(|(path, facts)| old.get(*path) != Some(*facts)).map(|(path, _)| path))
        })
        .collect();
    assert_eq!(changed, Vec::<&PathBuf>::new(), "inspecting wrote or changed a file");
}

#[tokio::test]
async fn rasters_tell_their_size_and_whether_their_pixels_can_be_read() {
    let samples: Vec<_> = samples().into_iter().filter(|(_, _, facts)| facts["open"] == "raster").collect();
    let paths: Vec<PathBuf> = samples.iter().map(|(_, path, _)| path.clone()).collect();
    let inventories = inspect(&paths, Depth::Facts).await;
    let mut faults = Vec::new();
    for (key, path, facts) in &samples {
        let Some(found) = inventories.iter().find(|i| Path::new(&i.path) == path) else {
            faults.push(format!("{key}: not inspected"));
            continue;
        };
        if key.ends_with(".vrt") || key.ends_with(".pdf") {
            if found.problem.is_none() {
                faults.push(format!("{key}: accepted"));
            }
            continue;
        }
        let Some(raster) = &found.raster else {
            faults.push(format!("{key}: no raster, {:?}", found.problem));
            continue;
        };
        let size = (facts["raster"]["size"][0].as_u64(), facts["raster"]["size"][1].as_u64());
        if size != (Some(raster.width), Some(raster.height)) {
            faults.push(format!("{key}: {} × {}", raster.width, raster.height));
        }
        let readable = facts["raster"]["pixels_read"].as_bool();
        if raster.pixels_readable.is_some() && readable.is_some() && readable != raster.pixels_readable {
            faults.push(format!("{key}: pixels readable {:?} not {readable:?}", raster.pixels_readable));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[tokio::test]
async fn what_kills_the_reader_costs_one_problem_and_nothing_else() {
    let bad = root().join("tests/fixtures/bad");
    let paths = [
        bad.join("kml_tue_gdal/gx_track_without_when.kml"),
        root().join("samples/canton/CANTON.shp"),
        bad.join("bag_tue_gdal/too_large_metadata_dim.bag"),
    ];
    let inventories = inspect(&paths, Depth::Scan).await;
    let codes: Vec<Option<Code>> = inventories.iter().map(|i| i.problem.as_ref().map(|p| p.code)).collect();
    assert_eq!(codes[..2], [Some(Code::ReaderCrashed), None]);
    // GDAL asks for memory without end before it falls: the limit may stop it first
    assert!(matches!(codes[2], Some(Code::ReaderCrashed | Code::ReaderOutOfMemory)), "{codes:?}");
    assert_eq!(inventories[1].layers[0].features, Some(61));
}

#[tokio::test]
async fn archives_that_cannot_be_trusted_are_refused_by_name() {
    let bad = root().join("tests/fixtures/bad");
    for (file, code) in [
        ("zip_traversee/traversee.zip", Code::ZipClimbsOut),
        ("zip_bombe/bombe.zip", Code::ZipBomb),
        ("zip_chiffre/chiffre.zip", Code::ZipEncrypted),
        ("zip_tronque/livraison_tronquee.zip", Code::ZipDamaged),
        ("zip_vide/vide.zip", Code::ZipEmpty),
        ("crlf_zip/CANTON.zip", Code::ZipDamaged),
    ] {
        let inventories = inspect(&[bad.join(file)], Depth::Facts).await;
        let codes: Vec<_> = inventories.iter().map(|i| i.problem.as_ref().map(|p| p.code)).collect();
        assert_eq!(codes, [Some(code)], "{file}");
    }
}

#[tokio::test]
async fn data_are_found_however_deep_in_an_archive_and_named_by_their_place() {
    let zip = root().join("samples/canton_dossier_dans_zip.zip");
    let inventories = inspect(&[zip.clone()], Depth::Scan).await;
    assert_eq!(inventories.len(), 1);
    assert!(inventories[0].path.starts_with(&zip.display().to_string()), "{}", inventories[0].path);
    assert_eq!(inventories[0].layers[0].features, Some(59));
    let several = inspect(&[root().join("tests/fixtures/bad/zip_deux_jeux/deux_jeux.zip")], Depth::Facts).await;
    assert!(several.len() > 1);
    assert!(several[0].warnings.iter().any(|w| w.code == Code::ZipSeveralSources));
}

#[tokio::test]
async fn ign_lambert_93_is_given_both_codes() {
    let inventories = inspect(&[root().join("samples/departement/DEPARTEMENT.shp")], Depth::Facts).await;
    let crs = inventories[0].layers[0].crs.as_ref().expect("a CRS");
    assert_eq!(crs.code.as_deref(), Some("EPSG:2154"));
    assert_eq!(crs.twin.as_deref(), Some("IGNF:LAMB93"));
    let encoding = inventories[0].layers[0].encoding.as_ref().expect("an encoding");
    assert_eq!(encoding.declared.as_deref(), Some("windows-1252"));
}

#[tokio::test]
async fn a_silent_reader_is_given_up_in_time() {
    let command = WorkerCommand { program: "sleep".into(), args: vec!["60".into()] };
    let pool = Pool::new(command, Limits { seconds: 1, ..Limits::default() });
    let inspector = Inspector::new(Arc::new(pool));
    let path = root().join("samples/canton/CANTON.shp");
    let found = inspector.inspect(&[path], Depth::Facts, &|_| {}, &CancellationToken::new()).await;
    assert_eq!(found[0].problem.as_ref().map(|p| p.code), Some(Code::ReaderTimedOut));
    assert_eq!(found[0].kind, Kind::Unreadable);
}
