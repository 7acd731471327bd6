//! Findings point: each folder of bad geometries gets the feature and the place that GDAL's own tools
//! name, grouped, in the layer's coordinates and in degrees.

use std::path::Path;
use std::process::Command;

use harness::{gdal, quai_program, root};
use serde_json::Value;

fn validate(path: &Path) -> Vec<Value> {
    let home = tempfile::tempdir().expect("a folder");
    let output = Command::new(quai_program())
        .args(["validate", "--json", "--lang", "en"])
        .arg(path)
        .env("QUAI_DATA_DIR", home.path())
        .env("QUAI_CONFIG_DIR", home.path())
        .output()
        .expect("quai runs");
    harness::lines(&output)
}

/// Feature, reason and place of each invalid geometry, as GEOS says through GDAL's SQLite dialect.
fn as_geos_says(path: &Path, layer: &str, column: &str) -> Vec<(i64, String, [f64; 2])> {
    // GDAL writes a .gfs beside a GML: it gets a copy
    let folder = tempfile::tempdir().expect("a folder");
    let from = path.parent().expect("a folder");
    for entry in std::fs::read_dir(from).expect("a listing").flatten() {
        std::fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
    }
    let copy = folder.path().join(path.file_name().expect("a name")).display().to_string();
    let sql = format!(
        "SELECT rowid AS id, ST_IsValidReason({column}) AS reason, ST_X(ST_IsValidDetail({column})) AS x, \
         ST_Y(ST_IsValidDetail({column})) AS y FROM \"{layer}\" WHERE NOT ST_IsValid({column})"
    );
    let told = gdal("ogrinfo", &["-q", &copy, "-dialect", "sqlite", "-sql", &sql]);
    let values = |name: &str| -> Vec<String> {
        let lines =
            told.lines().filter_map(|l| l.trim().strip_prefix(name)?.split_once(" = ").map(|(_, v)| v.to_owned()));
        lines.collect()
    };
    let numbers = |name: &str| -> Vec<f64> { values(name).iter().map(|v| v.parse().expect("a number")).collect() };
    let ids = values("id ").into_iter().map(|v| v.parse().expect("a feature"));
    let reasons = values("reason ").into_iter().map(|r| r.split('[').next().unwrap_or_default().to_owned());
    ids.zip(reasons).zip(numbers("x ").into_iter().zip(numbers("y "))).map(|((i, r), (x, y))| (i, r, [x, y])).collect()
}

#[test]
fn invalid_geometries_point_where_geos_does() {
    let bad = root().join("tests/fixtures/bad");
    for (file, layer, count) in [
        ("geometrie_invalide_gml/PRESCRIPTION_SURF.gml", "PRESCRIPTION_SURF", 1),
        ("geometrie_invalide_shp/issue_14385.shp", "issue_14385", 2),
        ("geometrie_invalide_tab/19182_SECTEUR_CC_20150517.TAB", "19182_SECTEUR_CC_20150517", 2),
        ("shp_polygones_faux/multipolygon_as_invalid_polygon.shp", "multipolygon_as_invalid_polygon", 2),
    ] {
        let path = bad.join(file);
        let column = if layer == "PRESCRIPTION_SURF" { "the_geom" } else { "geometry" };
        let wanted = as_geos_says(&path, layer, column);
        assert_eq!(wanted.len(), count, "{file}: what GDAL says changed: {wanted:?}");
        let said = validate(&path);
        let found: Vec<&Value> =
            said.iter().filter(|l| l["type"] == "finding" && l["code"] == "GEOMETRY_INVALID").collect();
        let total: u64 = found.iter().filter_map(|f| f["count"].as_u64()).sum();
        assert_eq!(total, count as u64, "{file}");
        // each as soon as it was read, and each in a group
        let early = said.iter().filter(|l| l["type"] == "spotted" && l["code"] == "GEOMETRY_INVALID").count();
        assert_eq!(early, count, "{file}");
        for (feature, reason, [x, y]) in wanted {
            let group = found.iter().find(|f| f["message"].as_str().is_some_and(|m| m.contains(&reason)));
            let group = group.unwrap_or_else(|| panic!("{file}: no finding says `{reason}`: {found:?}"));
            let mut spots = group["spots"].as_array().cloned().unwrap_or_default();
            spots.push(group["place"].clone());
            let spot = spots.iter().find(|s| s["feature"] == feature);
            let spot = spot.unwrap_or_else(|| panic!("{file}: feature {feature} is not among {spots:?}"));
            let (px, py) = (spot["point"][0].as_f64().expect("x"), spot["point"][1].as_f64().expect("y"));
            assert!((px - x).abs() <= 0.01 && (py - y).abs() <= 0.01, "{file}: {feature} at {px} {py}, not {x} {y}");
            assert_eq!(group["place"]["layer"], layer, "{file}");
        }
    }
}

/// File, code, how many features, the first of them, and whether its place in degrees is known.
#[test]
fn other_troubles_of_features_are_grouped_and_placed() {
    let bad = root().join("tests/fixtures/bad");
    let mut faults = Vec::new();
    for (file, code, count, first, placed) in [
        ("crlf_shapefile/CANTON.shp", "GEOMETRY_NULL_OR_EMPTY", 31, 30, false),
        ("crlf_shapefile/CANTON.shp", "OUTSIDE_CRS_AREA", 1, 29, true),
        ("prj_menteur/batiments.shp", "OUTSIDE_CRS_AREA", 40, 0, false),
        ("lambert93_dans_geojson/tile_splitted_2818_32247.geojson", "OUTSIDE_CRS_AREA", 17, 0, false),
        ("shp_nan/pointnan.shp", "GEOMETRY_NULL_OR_EMPTY", 1, 1, false),
    ] {
        let said = validate(&bad.join(file));
        let found = said.iter().find(|l| l["type"] == "finding" && l["code"] == code);
        let Some(found) = found else {
            faults.push(format!("{file}: no {code}"));
            continue;
        };
        let spots = found["spots"].as_array().map_or(0, Vec::len);
        let told = (found["count"].as_u64(), found["place"]["feature"].as_i64(), spots);
        let wanted = (Some(count), Some(first), if count > 1 { usize::try_from(count).unwrap_or(0) } else { 0 });
        if told != wanted || found["place"]["point_wgs84"].is_array() != placed {
            faults.push(format!("{file}: {code}: {told:?}, {}", found["place"]));
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn codes_that_need_no_feature_are_told_of_true_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("a file");
        path
    };
    let square = r#"{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[652000,6862000]}}"#;
    let crs = r#""crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2154"}}"#;
    for (file, wanted) in [
        (
            write("base.sql", "CREATE TABLE a (id int);\nDROP TABLE public.a;\n"),
            &["SQL_NOT_DELIVERED", "SQL_STATEMENT_REFUSED"][..],
        ),
        (write("lieux.csv", "lat_deg;lon_deg;nom\n48.8;2.3;Paris\n"), &["CSV_GEOMETRY_UNKNOWN"]),
        (write("geometrie.csv", "nom,geometry\nParis,POINT(2.3 48.8)\n"), &["CSV_GEOMETRY_RENAMED"]),
        (write("communes.delete.csv", "id\n1\n"), &["UPDATE_FILE"]),
        (write("double.csv", "nom,lon,lat\nBÃ¢timent,2.3,48.8\nÃ‰cole,2.3,48.9\n"), &["ENCODING_TWICE"]),
        (
            write("ancien.geojson", &format!("{{\"type\":\"FeatureCollection\",{crs},\"features\":[{square}]}}")),
            &["GEOJSON_NOT_WGS84"],
        ),
    ] {
        let said = validate(&file);
        let codes: Vec<&str> = said.iter().filter_map(|l| l["code"].as_str()).collect();
        for code in wanted {
            assert!(codes.contains(code), "{}: {code} is not among {codes:?}", file.display());
        }
    }
}
