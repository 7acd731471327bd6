//! What other clients of the platform were seen to do wrong with files, held off here: a wrong code
//! read in a `.prj`, a `crs` passed over, a layer skipped in silence, faults told one at a time.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness::{gdal, lines, quai_program, root, sample};
use serde_json::Value;

fn quai(home: &Path, arguments: &[&str]) -> Vec<Value> {
    let output = Command::new(quai_program())
        .args(arguments)
        .arg("--json")
        .env("QUAI_DATA_DIR", home)
        .env("QUAI_CONFIG_DIR", home)
        .output()
        .expect("quai runs");
    lines(&output)
}

/// The shapefile of points of the fixtures, with another `.prj`.
fn with_prj(folder: &Path, prj: &str) -> PathBuf {
    for ending in ["shp", "shx", "dbf"] {
        let from = root().join("tests/fixtures/bad/sans_prj/POINT").with_extension(ending);
        std::fs::copy(from, folder.join("points").with_extension(ending)).expect("a copy");
    }
    std::fs::write(folder.join("points.prj"), prj).expect("a file");
    folder.join("points.shp")
}

fn code_of(path: &Path, home: &Path) -> Value {
    let said = quai(home, &["inspect", &path.display().to_string()]);
    said.last().map(|source| source["layers"][0]["crs"]["code"].clone()).unwrap_or_default()
}

const RGF93: &str = r#"GEOGCS["RGF93",DATUM["Reseau_Geodesique_Francais_1993",SPHEROID["GRS 1980",6378137,298.257222101,
    AUTHORITY["EPSG","7019"]],AUTHORITY["EPSG","6171"]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],
    AUTHORITY["EPSG","4171"]]"#;

#[test]
fn the_code_of_a_prj_is_that_of_the_crs_never_the_first_one_written_in_it() {
    let folder = tempfile::tempdir().expect("a folder");
    // the first AUTHORITY met is the spheroid's, 7019
    let prj = format!(
        r#"PROJCS["RGF93 / Lambert-93",{RGF93},PROJECTION["Lambert_Conformal_Conic_2SP"],
        PARAMETER["standard_parallel_1",49],PARAMETER["standard_parallel_2",44],PARAMETER["latitude_of_origin",46.5],
        PARAMETER["central_meridian",3],PARAMETER["false_easting",700000],PARAMETER["false_northing",6600000],
        UNIT["metre",1],AUTHORITY["EPSG","2154"]]"#
    );
    assert_eq!(code_of(&with_prj(folder.path(), &prj), folder.path()), "EPSG:2154");
}

#[test]
fn a_datum_is_not_taken_for_a_crs() {
    let folder = tempfile::tempdir().expect("a folder");
    let wgs84 = r#"GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],
        PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;
    let plain = r#"GEOGCS["GCS_RGF_1993",DATUM["D_RGF_1993",SPHEROID["GRS_1980",6378137.0,298.257222101]],
        PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]"#;
    let utm = format!(
        r#"PROJCS["WGS_1984_UTM_Zone_31N",{wgs84},PROJECTION["Transverse_Mercator"],PARAMETER["False_Easting",500000.0],
        PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",3.0],PARAMETER["Scale_Factor",0.9996],
        PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]"#
    );
    let conic = |name: &str, north: f64, south: f64, origin: f64, northing: f64, easting: f64| {
        format!(
            r#"PROJCS["{name}",{plain},PROJECTION["Lambert_Conformal_Conic"],PARAMETER["False_Easting",{easting}],
            PARAMETER["False_Northing",{northing}],PARAMETER["Central_Meridian",3.0],
            PARAMETER["Standard_Parallel_1",{south}],PARAMETER["Standard_Parallel_2",{north}],
            PARAMETER["Latitude_Of_Origin",{origin}],UNIT["Meter",1.0]]"#
        )
    };
    for (prj, code) in [
        // any WGS 84 datum is not EPSG:4326
        (utm, "EPSG:32631"),
        // any RGF93 datum is not EPSG:2154
        (conic("RGF_1993_CC46", 46.75, 45.25, 46.0, 5_200_000.0, 1_700_000.0), "EPSG:3946"),
        // the names of ESRI are in mixed case
        (conic("RGF_1993_Lambert_93", 49.0, 44.0, 46.5, 6_600_000.0, 700_000.0), "EPSG:2154"),
    ] {
        assert_eq!(code_of(&with_prj(folder.path(), &prj), folder.path()), code);
    }
}

#[test]
fn the_crs_that_an_older_geojson_states_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("vieux.geojson");
    let text = r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2154"}},
        "features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[650000,6600000]}}]}"#;
    std::fs::write(&path, text).expect("a file");
    assert_eq!(code_of(&path, folder.path()), "EPSG:2154");
}

#[test]
fn a_layer_of_a_geopackage_without_a_crs_is_told_not_skipped() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("deux.gpkg").display().to_string();
    let source = sample("canton/CANTON.shp").display().to_string();
    let _ = gdal("ogr2ogr", &["-f", "GPKG", &path, &source, "-nln", "connu", "-t_srs", "EPSG:2154"]);
    let lost = root().join("tests/fixtures/bad/sans_prj/POINT.shp").display().to_string();
    let _ = gdal("ogr2ogr", &["-update", &path, &lost, "-nln", "inconnu"]);
    let found = quai(folder.path(), &["validate", &path]);
    let missing: Vec<&str> = found
        .iter()
        .filter(|f| f["code"] == "CRS_MISSING" && f["level"] == "blocks")
        .filter_map(|f| f["place"]["layer"].as_str())
        .collect();
    assert_eq!(missing, ["inconnu"]);
}

#[test]
fn faults_of_several_families_are_told_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("Été 2026.csv");
    // a name, an encoding, a CRS, a geometry
    let text = b"N\xB0 lot,geom\nb\xE2ti,\"POLYGON((0 0,2 2,2 0,0 2,0 0))\"\nautre,\"POINT(1 1)\"\n";
    std::fs::write(&path, text).expect("a file");
    let found = quai(folder.path(), &["validate", &path.display().to_string()]);
    let codes: BTreeSet<&str> = found.iter().filter_map(|f| f["code"].as_str()).collect();
    for wanted in [
        "FIELD_NAME_REFUSED",
        "TABLE_NAME_REFUSED",
        "ENCODING_NOT_UTF8",
        "CRS_MISSING",
        "GEOMETRY_INVALID",
        "GEOMETRY_MIXED",
    ] {
        assert!(codes.contains(wanted), "{wanted} is not among {codes:?}");
    }
}

#[test]
fn sidecars_in_capitals_are_not_left_behind() {
    let folder = tempfile::tempdir().expect("a folder");
    for ending in ["shp", "shx", "dbf", "prj"] {
        let from = sample("canton/CANTON").with_extension(ending);
        std::fs::copy(from, folder.path().join(format!("X.{}", ending.to_uppercase()))).expect("a copy");
    }
    let out = folder.path().join("out").display().to_string();
    let source = folder.path().join("X.SHP").display().to_string();
    let made = quai(folder.path(), &["repair", &source, "--all-safe", "-o", &out]);
    let copy = made.last().map(|l| l["package"]["files"][0]["local"].clone()).unwrap_or_default();
    let text = gdal("ogrinfo", &["-q", copy.as_str().expect("a copy"), "x"]);
    assert!(text.contains("insee_can (String) ="), "the attributes are there: {text}");
    let summary = gdal("ogrinfo", &["-so", copy.as_str().expect("a copy"), "x"]);
    assert!(summary.contains("ID[\"EPSG\",2154]"), "and the CRS");
}
