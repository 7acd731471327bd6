//! `quai repair`: what each repair does to a copy, told by GDAL's own programs; the source is never
//! touched, the record goes with the copy, and dropping the copy undoes it.

use std::path::{Path, PathBuf};
use std::process::Output;

use harness::{gdal, last_line, lines, quai_program, root, sample};
use serde_json::Value;

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        std::fs::write(self.at(name), bytes).expect("a file");
        self.at(name)
    }

    fn quai(&self, arguments: &[&str]) -> Output {
        std::process::Command::new(quai_program())
            .args(arguments)
            .env("QUAI_DATA_DIR", self.at("home"))
            .env("QUAI_CONFIG_DIR", self.at("home"))
            .env("USER", "marie")
            .output()
            .expect("quai runs")
    }

    /// Repairs into `out`, and gives the last line and the copy.
    fn repair(&self, source: &Path, more: &[&str]) -> (Value, String) {
        let (source, out) = (source.display().to_string(), self.at("out").display().to_string());
        let all = [&["repair", source.as_str(), "-o", &out, "--json"][..], more].concat();
        let output = self.quai(&all);
        let line = last_line(&output);
        assert_eq!(line["type"], "repaired", "{line}\n{}", String::from_utf8_lossy(&output.stderr));
        let copy = line["package"]["files"][0]["local"].as_str().expect("a file").to_owned();
        (line, copy)
    }
}

fn bad(path: &str) -> PathBuf {
    root().join("tests/fixtures/bad").join(path)
}

/// What `ogrinfo` says of a layer's features.
fn features(copy: &str, table: &str) -> String {
    gdal("ogrinfo", &["-q", copy, table])
}

/// One number that SQL gives.
fn number(copy: &str, sql: &str) -> f64 {
    let text = gdal("ogrinfo", &["-q", copy, "-dialect", "sqlite", "-sql", sql]);
    let value = text.lines().rev().find_map(|l| l.split(" = ").nth(1)).unwrap_or_else(|| panic!("{text}"));
    value.trim().parse().unwrap_or_else(|_| panic!("{text}"))
}

#[test]
fn a_french_csv_becomes_points_numbers_and_dates() {
    let bench = Bench::new();
    let csv = "nom;x_l93;y_l93;surface;maj;insee\n\
               Bâtiment;652381,5;6862047,25;1 234,5;31/12/2025;01004\n\
               École;652400,75;6862050;12,25;01/02/2026;2A004\n";
    let source = bench.write("relevé.csv", csv.as_bytes());
    let (_, copy) = bench.repair(&source, &["--all-safe", "--fix", "RETYPE"]);
    let text = features(&copy, "releve");
    for wanted in [
        "POINT (652381.5 6862047.25)",
        "nom (String) = Bâtiment",
        "surface (Real) = 1234.5",
        "maj (Date) = 2025/12/31",
        "insee (String) = 01004",
        "insee (String) = 2A004",
    ] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert!(gdal("ogrinfo", &["-so", &copy, "releve"]).contains("ID[\"EPSG\",2154]"));
    assert_eq!(std::fs::read_to_string(source).expect("the source"), csv, "the source is as it was");
}

#[test]
fn wkt_in_a_column_of_any_name_becomes_the_geometry() {
    let bench = Bench::new();
    let csv = "nom,forme\na,\"SRID=2154;POLYGON((650000 6600000,650010 6600000,650010 6600010,650000 6600000))\"\n";
    let (_, copy) = bench.repair(&bench.write("formes.csv", csv.as_bytes()), &["--all-safe"]);
    let text = features(&copy, "formes");
    assert!(text.contains("POLYGON ((650000 6600000"), "{text}");
    assert!(!text.contains("forme (String)"), "the column became the geometry: {text}");
}

#[test]
fn the_encoding_picked_is_the_one_that_is_read() {
    let bench = Bench::new();
    // « é » in CP850
    let source = bench.write("dos.csv", b"nom,x,y\nCaf\x82 de l'\x82glise,2.35,48.85\n");
    let (_, copy) = bench.repair(&source, &["--all-safe", "--fix", "ENCODING_NOT_UTF8=cp850", "--srs", "EPSG:4326"]);
    let text = features(&copy, "dos");
    assert!(text.contains("Café de l'église"), "{text}");
}

#[test]
fn texts_encoded_twice_say_again_what_was_meant_and_sound_ones_stay() {
    let bench = Bench::new();
    let csv =
        "nom,lon,lat\nBÃ¢timent,2.35,48.85\nlâ€™Ã‰cole,2.36,48.85\nplain,2.37,48.85\nPrÃ©,2.38,48.85\nété,2.39,48.85\n";
    let source = bench.write("deux.csv", csv.as_bytes());
    let (line, copy) = bench.repair(&source, &["--all-safe"]);
    let text = features(&copy, "deux");
    for wanted in ["= Bâtiment", "= l’École", "= plain", "= Pré", "= été"] {
        assert!(text.contains(wanted), "{wanted}: {text}");
    }
    assert_eq!(line["record"]["tables"][0]["decoded"], 3, "{line}");
    assert_eq!(line["stays"], Value::Array(Vec::new()), "{line}");
    // left alone when nobody asked
    let (_, copy) = bench.repair(&source, &["--fix", "NOTHING"]);
    assert!(features(&copy, "deux").contains("= BÃ¢timent"));
}

#[test]
fn a_crs_is_stated_or_reprojected_to_and_the_two_are_told_apart() {
    let bench = Bench::new();
    // the CRS to deliver in says nothing of where the data are: without the first there is no copy
    let path = bad("sans_prj/POINT.shp").display().to_string();
    let refused = last_line(&bench.quai(&["repair", &path, "--srs", "EPSG:4326", "--plan", "--json"]));
    assert!(refused["refused"].is_array() && refused["tables"].as_array().is_some_and(Vec::is_empty), "{refused}");
    // stated: coordinates stay
    let (line, copy) = bench.repair(&bad("sans_prj/POINT.shp"), &["--fix", "CRS_MISSING=EPSG:2154"]);
    assert!(features(&copy, "point").contains("POINT (650000 6600000)"), "{line}");
    assert_eq!(line["record"]["repairs"][0]["options"][0]["change"]["type"], "assign");
    // stated, then brought elsewhere: places stay
    let (line, copy) =
        bench.repair(&bad("sans_prj/POINT.shp"), &["--fix", "CRS_MISSING=EPSG:2154", "--srs", "EPSG:4326"]);
    assert_eq!(line["package"]["srs"], "EPSG:4326");
    let x = number(&copy, "select min(st_minx(geom)) as x from point");
    assert!((2.0..3.0).contains(&x), "the same place, in degrees: {x}");
}

#[test]
fn a_crs_that_nobody_would_think_of_can_be_stated() {
    let bench = Bench::new();
    // Québec's Lambert: no candidate for data delivered in France
    let (line, _) = bench.repair(&bad("sans_prj/POINT.shp"), &["--fix", "CRS_MISSING=EPSG:32198"]);
    assert_eq!(line["package"]["srs"], "EPSG:32198", "{line}");
}

#[test]
fn heights_go_and_coordinates_are_rounded_only_when_asked() {
    let bench = Bench::new();
    let source = bad("prj_menteur/batiments.shp");
    let (_, copy) = bench.repair(&source, &["--all-safe"]);
    assert!(gdal("ogrinfo", &["-so", &copy, "batiments"]).contains("3D Multi Polygon"));
    let (_, copy) = bench.repair(&source, &["--all-safe", "--drop-z", "--precision", "1"]);
    let summary = gdal("ogrinfo", &["-so", &copy, "batiments"]);
    assert!(summary.contains("Geometry: Multi Polygon"), "{summary}");
    let text = features(&copy, "batiments");
    let first = text.lines().find(|l| l.contains("MULTIPOLYGON")).expect("a geometry");
    assert!(!first.contains('.'), "whole metres: {first}");
    assert_eq!(number(&copy, "select count(*) from batiments where not st_isvalid(geom)"), 0.0);
}

#[test]
fn points_lines_and_surfaces_of_one_layer_become_three_tables_and_nothing_is_lost() {
    let bench = Bench::new();
    let source = bad("shp_types_melanges/mixed_shape_type_non_conformant.shp");
    let (line, copy) = bench.repair(&source, &["--all-safe", "--fix", "CRS_MISSING=EPSG:4326"]);
    let tables = line["record"]["tables"].as_array().expect("tables").clone();
    let written: u64 = tables.iter().filter_map(|t| t["written"].as_u64()).sum();
    let (count, _) = harness::count_and_extent(&source.display().to_string(), "mixed_shape_type_non_conformant");
    assert_eq!((tables.len(), written), (3, count), "{line}");
    for (ending, kind) in [("point", "Multi Point"), ("ligne", "Multi Line String"), ("surface", "Multi Polygon")] {
        let table = format!("mixed_shape_type_non_conformant_{ending}");
        assert!(gdal("ogrinfo", &["-so", &copy, &table]).contains(&format!("Geometry: {kind}")));
    }
}

#[test]
fn rows_without_geometry_go_to_a_table_of_their_own() {
    let bench = Bench::new();
    let json = r#"{"type":"FeatureCollection","features":[
        {"type":"Feature","properties":{"n":1},"geometry":{"type":"Point","coordinates":[2,48]}},
        {"type":"Feature","properties":{"n":2},"geometry":{"type":"Point","coordinates":[2.1,48]}},
        {"type":"Feature","properties":{"n":3},"geometry":{"type":"Point","coordinates":[2.2,48]}},
        {"type":"Feature","properties":{"n":4},"geometry":{"type":"Point","coordinates":[2.3,48]}},
        {"type":"Feature","properties":{"n":5},"geometry":null}]}"#;
    let (line, copy) = bench.repair(&bench.write("lieux.geojson", json.as_bytes()), &["--all-safe"]);
    assert_eq!(number(&copy, "select count(*) as n from lieux"), 4.0);
    let apart = features(&copy, "lieux_sans_geometrie");
    assert!(apart.contains("n (Integer) = 5"), "{apart}");
    assert_eq!(line["record"]["tables"][0]["set_apart"], 1);
}

#[test]
fn the_raster_tables_of_a_geopackage_stay_in_the_source() {
    let bench = Bench::new();
    let source = bench.at("mixte.gpkg");
    let path = source.display().to_string();
    let _ = gdal("ogr2ogr", &["-f", "GPKG", &path, &sample("kml/croquis.geojson").display().to_string()]);
    let tile = sample("mns/mns_0299_6802_LA93_IGN69_5m.tif").display().to_string();
    let _ = gdal(
        "gdal_translate",
        &["-q", "-of", "GPKG", "-co", "APPEND_SUBDATASET=YES", "-co", "RASTER_TABLE=image", &tile, &path],
    );
    let (line, copy) = bench.repair(&source, &["--all-safe"]);
    let tables = gdal("ogrinfo", &["-q", &copy]);
    assert!(tables.contains("croquis") && !tables.contains("image"), "{tables}");
    assert_eq!(line["record"]["repairs"][0]["code"], "GPKG_HOLDS_RASTER");
    let holds = gdal("gdalinfo", &[&path]);
    assert!(holds.contains("Driver: GPKG"), "the source still has its image");
}

#[test]
fn arcs_become_segments_and_lists_become_text() {
    let bench = Bench::new();
    let (_, copy) = bench.repair(&sample("pcrs/20200716.RIL_L264_C298_P0.gml"), &["--all-safe"]);
    let summary = gdal("ogrinfo", &["-so", &copy, "affleurantenveloppepcrs"]);
    assert!(summary.contains("Polygon") && !summary.contains("Curve"), "{summary}");
    let json = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"codes":["a","é"]},
        "geometry":{"type":"Point","coordinates":[2,48]}}]}"#;
    let (_, copy) = bench.repair(&bench.write("listes.geojson", json.as_bytes()), &["--all-safe"]);
    let text = features(&copy, "listes");
    assert!(text.contains(r#"["a","é"]"#), "{text}");
}

#[test]
fn keys_of_a_geopackage_are_kept_when_its_tables_are_written_anew() {
    let bench = Bench::new();
    let source = bench.at("Clés.gpkg");
    let path = source.display().to_string();
    let made = bench.write("p.csv", b"id_dossier,nom,x,y\n4012,a,2.3,48.8\n7,b,2.4,48.9\n");
    let _ = gdal(
        "ogr2ogr",
        &[
            "-f",
            "GPKG",
            &path,
            &made.display().to_string(),
            "-oo",
            "X_POSSIBLE_NAMES=x",
            "-oo",
            "Y_POSSIBLE_NAMES=y",
            "-oo",
            "AUTODETECT_TYPE=YES",
            "-a_srs",
            "EPSG:4326",
            "-nln",
            "Dossiers",
            "-lco",
            "FID=id_dossier",
        ],
    );
    let (_, copy) = bench.repair(&source, &["--all-safe"]);
    let text = features(&copy, "dossiers");
    assert!(text.contains("OGRFeature(dossiers):4012") && text.contains("OGRFeature(dossiers):7"), "{text}");
}

#[test]
fn the_plan_changes_nothing_and_says_the_old_and_the_new_names() {
    let bench = Bench::new();
    let json = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"Été":1,"ete":2,"N° lot":3},
        "geometry":{"type":"Point","coordinates":[2,48]}}]}"#;
    let source = bench.write("a.geojson", json.as_bytes()).display().to_string();
    let plan = last_line(&bench.quai(&["repair", &source, "--all-safe", "--plan", "--json"]));
    assert_eq!(plan["type"], "repair_plan");
    let repairs = plan["repairs"].as_array().expect("repairs");
    let renames: Vec<String> = repairs
        .iter()
        .filter(|r| r["code"] == "FIELD_NAME_REFUSED")
        .flat_map(|r| r["options"][0]["change"]["renames"].as_array().cloned().unwrap_or_default())
        .map(|r| format!("{}→{}", r["from"].as_str().unwrap_or_default(), r["to"].as_str().unwrap_or_default()))
        .collect();
    assert_eq!(renames, ["Été→ete_2", "N° lot→n_lot"]);
    assert!(!bench.at("out").exists());
}

#[test]
fn the_record_says_who_when_with_what_and_what_the_files_were() {
    let bench = Bench::new();
    let (line, copy) = bench.repair(&bad("geometrie_invalide_tab/19182_SECTEUR_CC_20150517.TAB"), &["--all-safe"]);
    let folder = PathBuf::from(line["folder"].as_str().expect("a folder"));
    let record: Value =
        serde_json::from_slice(&std::fs::read(folder.join("repair.json")).expect("a record")).expect("JSON");
    assert_eq!(record, line["record"]);
    assert_eq!(record["who"], "marie");
    assert!(record["tool"].as_str().is_some_and(|t| t.contains("GDAL 3") && t.contains("GEOS 3")));
    assert!(record["when"].as_str().is_some_and(|w| w.ends_with('Z') && w.len() == 20));
    let sha = |path: &Path| {
        let output = std::process::Command::new("sha256sum").arg(path).output().expect("sha256sum");
        String::from_utf8_lossy(&output.stdout).split(' ').next().unwrap_or_default().to_owned()
    };
    assert_eq!(record["after"][0]["sha256"], sha(Path::new(&copy)).as_str());
    let tab = record["before"]
        .as_array()
        .expect("files")
        .iter()
        .find(|f| f["path"].as_str().is_some_and(|p| p.ends_with(".TAB")));
    let truth = sha(&bad("geometrie_invalide_tab/19182_SECTEUR_CC_20150517.TAB"));
    assert_eq!(tab.expect("the source")["sha256"], truth.as_str());
    assert_eq!(record["tables"][0]["made_valid"], 2);
}

#[test]
fn undoing_removes_the_copy_and_nothing_else() {
    let bench = Bench::new();
    let _ = bench.repair(&bad("sans_prj/POINT.shp"), &["--all-safe"]);
    let out = bench.at("out").display().to_string();
    let stranger = bench.at("out/vector/notes.txt");
    std::fs::write(&stranger, "mine").expect("a file");
    let refused = bench.quai(&["repair", "--undo", &out, "--json"]);
    assert_eq!(lines(&refused)[0]["failure"]["code"], "NOT_A_REPAIR", "what somebody put there is not ours");
    std::fs::remove_file(&stranger).expect("removed");
    assert_eq!(bench.quai(&["repair", "--undo", &out]).status.code(), Some(0));
    assert!(!bench.at("out/vector").exists());
    assert_eq!(bench.quai(&["repair", "--undo", &bench.at("home").display().to_string()]).status.code(), Some(1));
}

#[test]
fn a_repair_cut_short_leaves_the_copy_before_it_or_none() {
    let bench = Bench::new();
    // x and y that PROJ cannot bring anywhere: the copy fails half way
    let csv = "n,lon,lat\n1,2.3,48.8\n2,2.4,48.8\n3,179.0,89.999999\n4,1e30,1e30\n";
    let source = bench.write("loin.csv", csv.as_bytes()).display().to_string();
    let out = bench.at("out").display().to_string();
    let failed = bench.quai(&["repair", &source, "--srs", "EPSG:2154", "--all-safe", "-o", &out, "--json"]);
    assert_eq!(failed.status.code(), Some(1), "{}", last_line(&failed));
    let left: Vec<_> = std::fs::read_dir(bench.at("out")).map(|d| d.flatten().collect()).unwrap_or_default();
    assert!(left.is_empty(), "{left:?}");
}
