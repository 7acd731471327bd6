//! Every folder of bad samples, dropped as a person would: what inspecting tells of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{Code, Inventory};
use quai_inspect::worker::{Limits, Pool, WorkerCommand};
use quai_inspect::{Depth, Inspector};
use tokio_util::sync::CancellationToken;

fn bad() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/bad")
}

async fn inspect(path: PathBuf) -> Vec<Inventory> {
    let command = WorkerCommand { program: env!("CARGO_BIN_EXE_quai-inspect-worker").into(), args: Vec::new() };
    let inspector = Inspector::new(Arc::new(Pool::new(command, Limits::default())));
    inspector.inspect(&[path], Depth::Scan, &|_| {}, &CancellationToken::new()).await
}

/// What one source tells, in a line: its problem and warnings, else what is odd in its layers.
fn told(inventory: &Inventory) -> String {
    let mut words: Vec<String> = Vec::new();
    words.extend(inventory.problem.as_ref().map(|p| p.code.to_string()));
    words.extend(inventory.warnings.iter().filter(|w| w.code != Code::ReaderWarned).map(|w| w.code.to_string()));
    if inventory.problem.is_none() && inventory.layers.is_empty() && inventory.raster.is_none() {
        words.push("no layer".to_owned());
    }
    for layer in &inventory.layers {
        let scan = layer.scan.clone().unwrap_or_default();
        let (spatial, crs) = (layer.geometry != "None", layer.crs.as_ref().and_then(|c| c.code.clone()));
        let encoding = layer.encoding.as_ref().and_then(|e| e.name.clone()).unwrap_or_default();
        for (odd, word) in [
            (!spatial, "table".to_owned()),
            (spatial && crs.is_none(), "no crs".to_owned()),
            (encoding != "utf-8", encoding),
            (scan.read == 0, "no feature".to_owned()),
            (layer.features != Some(scan.read), format!("claims {}", layer.features.unwrap_or(0))),
            (scan.null > 0, format!("null {}", scan.null)),
            (scan.empty > 0, format!("empty {}", scan.empty)),
            (scan.invalid > 0, format!("invalid {}", scan.invalid)),
            (scan.outside > 0, format!("outside {}", scan.outside)),
            (scan.types.len() > 2, format!("{} types", scan.types.len())),
        ] {
            if odd {
                words.push(word);
            }
        }
    }
    if let Some(raster) = &inventory.raster {
        for (odd, word) in [
            (raster.crs.is_none(), "no crs"),
            (raster.geotransform.is_none(), "not georeferenced"),
            (raster.pixels_readable != Some(true), "pixels unreadable"),
        ] {
            if odd {
                words.push(word.to_owned());
            }
        }
    }
    words.join(", ")
}

#[tokio::test]
async fn every_folder_of_bad_data_tells_what_is_wrong_with_it() {
    let table: &[(&str, &[&str])] = &[
        ("cpg_menteur", &["windows-1252"]),
        ("crlf_geotiff", &["pixels unreadable"]),
        ("crlf_shapefile", &["null 31, invalid 1, outside 1"]),
        ("crlf_zip", &["ZIP_DAMAGED"]),
        ("csv_inf_nan", &["table"]),
        ("csv_vide", &["FILE_EMPTY"]),
        ("csv_wkt_casse", &["no crs, null 1, invalid 1", "no crs, invalid 3"]),
        // a GeoJSON and a KML under false names are read as what they are: `validate` tells the name
        ("extension_fausse", &["", "", "no crs, not georeferenced"]),
        ("format_non_pris_en_charge", &["FORMAT_REFUSED"]),
        ("geojson_tronque", &["FILE_TRUNCATED"]),
        ("geometrie_invalide_gml", &["invalid 1"]),
        ("geometrie_invalide_shp", &["no crs, invalid 2"]),
        ("geometrie_invalide_tab", &["windows-1252, invalid 2"]),
        ("gml_sans_couche", &["no layer", "UNREADABLE"]),
        ("gml_trop_imbrique", &["table, no feature"]),
        ("gpkg_compte_geant", &["claims 9223372036854775807, outside 1, no feature, claims 9223372036854775807"]),
        ("gpkg_corrompu", &["UNREADABLE"]),
        ("gpkg_non_conforme", &["outside 1"]),
        ("jp2_tronque", &["pixels unreadable", "UNREADABLE"]),
        ("json_sans_geometrie", &["NOT_GEODATA"]),
        ("kml_tronque", &["no layer", "FILE_TRUNCATED"]),
        ("kml_tue_gdal", &["READER_CRASHED"]),
        ("lambert93_dans_geojson", &["outside 17"]),
        // in the sea off Somalia, so inside the world: `validate` sees it by where France is
        ("lat_lon_inverses", &[""]),
        ("latin1_csv", &["table, windows-1252"]),
        ("latin1_sans_cpg", &["windows-1252"]),
        ("metadonnees_fausses", &["NOT_GEODATA", "NOT_GEODATA", "NOT_GEODATA"]),
        // accents in names are no fault
        ("noms_accents", &[""]),
        ("prj_menteur", &["outside 40"]),
        (
            "references_hors_fichier",
            &[
                "REFERENCE_OUTSIDE",
                "REFERENCE_OUTSIDE",
                "REFERENCE_IGNORED, no feature",
                "REFERENCE_OUTSIDE",
                "REFERENCE_OUTSIDE",
                "REFERENCE_IGNORED",
                "REFERENCE_OUTSIDE",
            ],
        ),
        ("sans_prj", &["no crs"]),
        ("shp_coordonnees_geantes", &["no crs"]),
        ("shp_entite_corrompue", &["SIDECAR_MISSING, no crs, null 1"]),
        ("shp_nan", &["SIDECAR_MISSING, no crs, no feature", "no crs, empty 1"]),
        ("shp_polygones_faux", &["no crs, invalid 2"]),
        ("shp_sans_dbf", &["SIDECAR_MISSING"]),
        ("shp_sans_shx", &["SIDECAR_MISSING"]),
        ("shp_types_melanges", &["no crs, 6 types"]),
        ("shp_vide", &["no crs, no feature"]),
        ("table_sans_geometrie", &["table, windows-1252"]),
        ("tif_geant", &["no crs, not georeferenced, pixels unreadable"]),
        ("tif_sans_crs", &["no crs"]),
        ("tif_tronque", &["pixels unreadable"]),
        ("zip_bombe", &["ZIP_BOMB"]),
        ("zip_chiffre", &["ZIP_ENCRYPTED"]),
        ("zip_deux_jeux", &["ZIP_SEVERAL_SOURCES", "", "no crs"]),
        ("zip_dossiers_imbriques", &["ZIP_SEVERAL_SOURCES, table", "table", "", "", "table", "table"]),
        ("zip_noms_cp850", &["ZIP_NAMES_NOT_UTF8"]),
        ("zip_traversee", &["ZIP_CLIMBS_OUT"]),
        ("zip_tronque", &["ZIP_DAMAGED"]),
        ("zip_vide", &["ZIP_EMPTY"]),
    ];
    let mut faults = Vec::new();
    for (folder, wanted) in table {
        let found: Vec<String> = inspect(bad().join(folder)).await.iter().map(told).collect();
        if found != *wanted {
            faults.push(format!("{folder}: {found:?}"));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    let mut untold: Vec<String> = std::fs::read_dir(bad())
        .expect("the bad samples")
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .filter(|name| !table.iter().any(|(folder, _)| folder == name))
        .collect();
    untold.sort();
    assert_eq!(untold, ["bag_tue_gdal"], "folders that no line of the table speaks of (the first has its own test)");
}

#[tokio::test]
async fn a_file_named_outright_is_told_about_where_a_folder_passes_over_it() {
    let pdf = inspect(bad().join("format_non_pris_en_charge/30014_padd_20141013.pdf")).await;
    assert_eq!(pdf[0].problem.as_ref().map(|p| p.code), Some(Code::FormatRefused));
    let text = inspect(bad().join("extension_fausse/croquis.txt")).await;
    assert_eq!(text[0].driver.as_deref(), Some("GeoJSON"));
    let empty = tempfile::tempdir().expect("a folder");
    let nothing = inspect(empty.path().to_owned()).await;
    assert_eq!(nothing[0].problem.as_ref().map(|p| p.code), Some(Code::NotGeodata));
}

#[tokio::test]
async fn sidecars_in_capitals_are_read_like_others() {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../samples/departement");
    let folder = tempfile::tempdir().expect("a folder");
    for (ending, shouted) in [("shp", "shp"), ("shx", "SHX"), ("dbf", "DBF"), ("prj", "PRJ"), ("cpg", "CPG")] {
        let name = |e: &str| format!("DEPARTEMENT.{e}");
        std::fs::copy(from.join(name(ending)), folder.path().join(name(shouted))).expect("a copy");
    }
    let found = inspect(folder.path().to_owned()).await;
    let layer = &found[0].layers[0];
    assert_eq!((found.len(), found[0].files.len(), layer.fields.len()), (1, 5, 11));
    assert_eq!(layer.crs.as_ref().and_then(|c| c.code.as_deref()), Some("EPSG:2154"));
    assert_eq!(layer.encoding.as_ref().and_then(|e| e.declared.as_deref()), Some("windows-1252"));
}
