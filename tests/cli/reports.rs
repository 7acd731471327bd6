//! Reports of `quai validate`: files that other people and other software open.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use harness::{quai_program, root, sample};
use serde_json::Value;

fn validate(home: &Path, arguments: &[&str]) -> Output {
    Command::new(quai_program())
        .arg("validate")
        .args(arguments)
        .env("QUAI_DATA_DIR", home)
        .env("QUAI_CONFIG_DIR", home)
        .env("LANG", "C.UTF-8")
        .output()
        .expect("quai runs")
}

fn bad(file: &str) -> String {
    root().join("tests/fixtures/bad").join(file).display().to_string()
}

const TAB: &str = "geometrie_invalide_tab/19182_SECTEUR_CC_20150517.TAB";

#[test]
fn the_places_are_a_geojson_that_gdal_reads() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("places.geojson");
    let output = validate(home.path(), &[&bad(TAB), "--output", &file.display().to_string()]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let told =
        harness::gdal("ogrinfo", &["-q", "-al", &file.display().to_string(), "-where", "code = 'GEOMETRY_INVALID'"]);
    let points: Vec<&str> = told.lines().filter(|l| l.contains("POINT (")).collect();
    assert_eq!(points.len(), 2, "{told}");
    assert!(points[0].contains("POINT (1.4") || points[0].contains("POINT (1.3"), "{points:?}");
}

#[test]
fn the_log_is_sarif_with_a_rule_a_code_and_a_level_a_result() {
    let home = tempfile::tempdir().expect("a folder");
    let output = validate(home.path(), &[&bad("crlf_shapefile/CANTON.shp"), "--format", "sarif"]);
    let log: Value = serde_json::from_slice(&output.stdout).expect("JSON on standard output, and nothing else");
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let rules: Vec<&str> =
        run["tool"]["driver"]["rules"].as_array().into_iter().flatten().filter_map(|r| r["id"].as_str()).collect();
    for result in run["results"].as_array().expect("results") {
        let at = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("a small one");
        assert_eq!(result["ruleId"], rules[at]);
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().unwrap_or_default()));
    }
    let blocking = run["results"].as_array().into_iter().flatten().find(|r| r["ruleId"] == "GEOMETRY_NULL_OR_EMPTY");
    assert_eq!(blocking.expect("a result")["level"], "error");
}

/// In a browser without any network: the map is drawn, the script runs, nothing is asked for.
#[test]
fn the_page_opens_in_a_browser_with_its_map_and_fetches_nothing() {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("report.html");
    let output = validate(home.path(), &[&bad(TAB), "--output", &file.display().to_string(), "--lang", "fr"]);
    assert_eq!(output.status.code(), Some(0));
    let text = std::fs::read_to_string(&file).expect("a page");
    for outside in ["<link", "src=", "@import", "url(", "fetch(", "http://"] {
        assert!(!text.contains(outside), "the page reaches out: {outside}");
    }
    let chromium = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success()))
        .expect("a browser: `cargo xtask test` installs it");
    let dump = Command::new(chromium)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "--virtual-time-budget=2000"])
        .arg(format!("--user-data-dir={}", home.path().join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .expect("the browser runs");
    let page = String::from_utf8_lossy(&dump.stdout).into_owned();
    // the script gives circles their size: it ran
    assert!(page.contains("<svg id=\"map\"") && page.contains("<circle"), "{page:.2000}");
    let circle = page.split("<circle").nth(1).expect("a circle");
    let radius = circle.split("r=\"").nth(1).and_then(|r| r.split('"').next()).and_then(|r| r.parse::<f64>().ok());
    assert!(radius.is_some_and(|r| r > 0.0), "{circle:.200}");
    assert!(page.contains("Self-intersection"));
}

#[test]
fn names_from_a_file_are_only_text_in_the_page() {
    let home = tempfile::tempdir().expect("a folder");
    let evil = home.path().join("evil.geojson");
    let feature = r#"{"type":"Feature","properties":{"<img src=x onerror=alert(1)>":1},"geometry":{"type":"Point","coordinates":[2,48]}}"#;
    std::fs::write(&evil, feature).expect("a file");
    let output = validate(home.path(), &[&evil.display().to_string(), "--format", "html"]);
    let page = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(page.contains("&lt;img src=x") && !page.contains("<img"), "{page:.3000}");
}

#[test]
fn documents_of_a_standard_follow_the_models_that_are_shipped() {
    let home = tempfile::tempdir().expect("a folder");
    for (folder, model) in [
        ("cnig/41175_PLU_20140603", "cnig-plu-2013"),
        ("cnig/110068012_PM3_28_20161104", "cnig-sup-pm3-2013"),
        ("pcrs", "cnig-pcrs-2.0"),
    ] {
        let folder = sample(folder).display().to_string();
        let output = validate(home.path(), &[&folder, "--model", model, "--json"]);
        let said = harness::lines(&output);
        let about = |l: &&Value| {
            let code = l["code"].as_str().unwrap_or_default();
            l["level"] == "blocks" && (code.starts_with("MODEL_") || code.starts_with("VALUE_"))
        };
        let blocking: Vec<String> = said.iter().filter(about).map(|l| l["message"].to_string()).collect();
        assert_eq!(blocking, Vec::<String>::new(), "{model}");
        assert_eq!(said.last().map(|l| l["type"].clone()), Some("summary".into()), "{model}");
    }
}

fn copy_of(folder: &Path, into: &Path) -> PathBuf {
    for entry in walk(folder) {
        let to = into.join(entry.strip_prefix(folder).expect("inside"));
        std::fs::create_dir_all(to.parent().expect("a parent")).expect("a folder");
        std::fs::copy(&entry, &to).expect("a copy");
    }
    into.to_owned()
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a listing").flatten() {
        if entry.path().is_dir() { all.extend(walk(&entry.path())) } else { all.push(entry.path()) }
    }
    all
}

#[test]
fn a_town_plan_with_a_document_gone_and_values_outside_the_standard_is_told_so() {
    let home = tempfile::tempdir().expect("a folder");
    let plan = copy_of(&sample("cnig/41175_PLU_20140603"), &home.path().join("plan"));
    std::fs::remove_file(plan.join("Pieces_ecrites/3_Reglement/41175_reglement_20140603.pdf")).expect("it was there");
    std::fs::remove_file(plan.join("DOC_URBA.dbf")).expect("it was there");
    let zones = plan.join("Donnees_geographiques/ZONE_URBA.shp").display().to_string();
    let sql = "UPDATE ZONE_URBA SET TYPEZONE = 'Z' WHERE rowid IN (3, 5)";
    let _ = harness::gdal("ogrinfo", &["-q", &zones, "-dialect", "sqlite", "-sql", sql]);
    let said =
        harness::lines(&validate(home.path(), &[&plan.display().to_string(), "--model", "cnig-plu-2013", "--json"]));
    let found = |code: &str| said.iter().find(|l| l["code"] == code).unwrap_or_else(|| panic!("no {code}")).clone();
    found("MODEL_FILE_MISSING");
    assert_eq!(found("MODEL_TABLE_MISSING")["place"]["layer"], "DOC_URBA");
    let listed = found("VALUE_NOT_LISTED");
    assert_eq!((listed["count"].as_u64(), listed["place"]["feature"].as_i64()), (Some(2), Some(3)), "{listed}");
    assert_eq!(listed["place"]["field"], "TYPEZONE");
    assert!(listed["place"]["point_wgs84"].is_array(), "{listed}");
}

#[test]
fn a_table_schema_of_the_french_state_is_read_as_a_model() {
    let home = tempfile::tempdir().expect("a folder");
    let schema = home.path().join("schema.json");
    let text = r#"{"name":"bornes","fields":[
        {"name":"id","type":"string","constraints":{"required":true,"unique":true,"pattern":"FR\\d+"}},
        {"name":"puissance","type":"number","constraints":{"minimum":0}},
        {"name":"lon","type":"number"},{"name":"lat","type":"number"}]}"#;
    std::fs::write(&schema, text).expect("a file");
    let data = home.path().join("bornes.csv");
    std::fs::write(&data, "id,puissance,lon,lat\nFR1,22,2.3,48.8\nFR1,-3,2.3,48.9\nX,7,2.4,48.8\n,7,2.4,48.8\n")
        .expect("a file");
    let arguments = [&data.display().to_string(), "--model", &schema.display().to_string(), "--json"];
    let output = validate(home.path(), &arguments);
    let said = harness::lines(&output);
    let codes: Vec<(&str, u64)> = said
        .iter()
        .filter(|l| l["code"].as_str().is_some_and(|c| c.starts_with("VALUE_")))
        .map(|l| (l["code"].as_str().unwrap_or_default(), l["count"].as_u64().unwrap_or(0)))
        .collect();
    for wanted in [("VALUE_TWICE", 1), ("VALUE_PATTERN", 1), ("VALUE_MISSING", 1), ("VALUE_RANGE", 1)] {
        assert!(codes.contains(&wanted), "{wanted:?} is not among {codes:?}");
    }
    assert_eq!(output.status.code(), Some(1));
    let none = validate(home.path(), &[&data.display().to_string(), "--model", "no-such-model"]);
    assert_eq!(none.status.code(), Some(2));
}

#[test]
fn tiles_that_would_be_too_full_are_told_with_their_place_and_the_zoom_to_begin_at() {
    let home = tempfile::tempdir().expect("a folder");
    let data = home.path().join("points.csv");
    let mut text = String::from("id,lon,lat\n");
    for i in 0..7000 {
        // a crowd in one town, and a few far away
        let (x, y) = (f64::from(i % 100) * 0.0004, f64::from(i / 100) * 0.0004);
        text.push_str(&format!("{i},{:.6},{:.6}\n", 2.32 + x, 48.84 + y));
    }
    std::fs::write(&data, text).expect("a file");
    let said =
        harness::lines(&validate(home.path(), &[&data.display().to_string(), "--as", "tms", "--json", "--lang", "en"]));
    let dense = said.iter().find(|l| l["code"] == "TILES_TOO_DENSE").expect("a finding");
    assert!(dense["message"].as_str().is_some_and(|m| m.contains("Begin at zoom")), "{dense}");
    let worst: Vec<f64> =
        dense["place"]["box_wgs84"].as_array().expect("a box").iter().filter_map(Value::as_f64).collect();
    assert!(worst[0] <= 2.34 && worst[2] >= 2.34 && worst[1] <= 48.85 && worst[3] >= 48.85, "{worst:?}");
    let quiet = harness::lines(&validate(home.path(), &[&data.display().to_string(), "--as", "wfs", "--json"]));
    assert!(!quiet.iter().any(|l| l["code"] == "TILES_TOO_DENSE"));
}
