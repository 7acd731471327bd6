//! `quai publish --dry-run`: whether a delivery will work is said before a byte leaves, by what the
//! account and the platform hold.

use std::path::Path;

use harness::{Box, last_line, sample};
use serde_json::Value;

/// The last line, after a run that changed nothing on the platform.
fn rehearse(sandbox: &Box, path: &str, services: &str, name: &str, more: &[&str]) -> (Option<i32>, Value) {
    let changes = || sandbox.requests().iter().filter(|r| r["method"] != "GET").count();
    // signing in is no change, and is the first that this counts
    let _ = sandbox.token();
    let before = changes();
    let mut arguments = vec!["publish", path, "--as", services, "--name", name, "--dry-run", "--json", "--yes"];
    arguments.extend(more);
    let output = sandbox.quai(&arguments).output().expect("quai runs");
    let last = last_line(&output);
    assert_eq!(last["type"], "preflight", "{last}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(changes(), before, "a rehearsal changed something on the platform");
    (output.status.code(), last)
}

fn codes(told: &Value) -> Vec<&str> {
    told["findings"].as_array().into_iter().flatten().filter_map(|f| f["code"].as_str()).collect()
}

#[test]
fn sound_data_and_an_account_with_room_will_work_and_then_do() {
    let sandbox = Box::default();
    let path = sample("canton/CANTON.shp").display().to_string();
    let (code, told) = rehearse(&sandbox, &path, "wfs,tms", "canton", &["--lang", "en"]);
    assert_eq!((code, told["works"].clone()), (Some(0), Value::Bool(true)), "{told}");
    assert!(told["message"][1].as_str().is_some_and(|m| m.starts_with("This will work:")), "{}", told["message"]);
    assert!(told["message"][0].as_str().is_some_and(|m| m.starts_with("Cela marchera")), "{}", told["message"]);
    let tables = &told["wanted"]["tables"];
    assert_eq!(tables[0]["name"], "canton");
    assert!(tables[0]["columns"].as_array().is_some_and(|c| c.contains(&"insee_dep".into())), "{tables}");
    assert!(codes(&told).contains(&"VISIBLE_TO_ALL"));
    let _ = sandbox.publish(&sample("canton/CANTON.shp"), "wfs,tms", "canton", &[]);

    // the same again: its own name is no obstacle, its services are told to change
    let (code, told) = rehearse(&sandbox, &path, "wfs,tms", "canton", &[]);
    assert_eq!(code, Some(0), "{told}");
    assert!(codes(&told).contains(&"SERVICE_WILL_CHANGE") && !codes(&told).contains(&"LAYER_NAME_TAKEN"), "{told}");

    // another datasheet cannot take the name
    let (code, told) = rehearse(&sandbox, &path, "wfs", "canton", &["--datasheet", "Autres cantons"]);
    assert_eq!(code, Some(1));
    assert!(codes(&told).contains(&"LAYER_NAME_TAKEN"), "{told}");
    assert!(told["message"][0].as_str().is_some_and(|m| m.contains("« canton »") && m.contains("ne marchera pas")));

    // fewer columns under a live service
    let less = sandbox.folder.path().join("canton.gpkg").display().to_string();
    let _ = harness::gdal("ogr2ogr", &["-f", "GPKG", "-nln", "canton", "-select", "ID,INSEE_CAN", &less, &path]);
    let (code, told) = rehearse(&sandbox, &less, "wfs", "canton", &[]);
    assert_eq!(code, Some(0));
    let breaks = told["findings"].as_array().into_iter().flatten().find(|f| f["code"] == "SERVICE_WOULD_BREAK");
    let message = breaks.unwrap_or_else(|| panic!("{told}"))["message"].to_string();
    assert!(
        message.contains("insee_dep") && message.contains("insee_reg") && !message.contains("ogc_fid"),
        "{message}"
    );
}

#[test]
fn what_stops_a_delivery_is_named_before_it_begins() {
    let path = sample("kml/croquis.geojson").display().to_string();
    for (switches, more, services, wanted) in [
        (&["rights=[\"UPLOAD\",\"PROCESSING\"]"][..], &[][..], "wfs", "RIGHT_MISSING"),
        (&["endpoint_quota=0"], &[], "wfs", "ENDPOINT_FULL"),
        (&["storage_quota=100"], &[], "wfs", "STORAGE_FULL"),
        // room for the source, none for the GeoPackage that is made of it
        (&["storage_quota=50000"], &[], "wfs", "STORAGE_FULL"),
        (&["layer_name_prefix=\"SANDBOX_\""], &[], "wfs", "LAYER_NAME_PREFIXED"),
        (&[], &["--srs", "EPSG:2154"], "wfs", ""),
    ] {
        let sandbox = Box::new(switches);
        let (code, told) = rehearse(&sandbox, &path, services, "croquis", more);
        assert!(wanted.is_empty() || codes(&told).contains(&wanted), "{wanted} is not in {told}");
        let stops = !matches!(wanted, "" | "LAYER_NAME_PREFIXED");
        assert_eq!((code, told["works"].as_bool()), (Some(i32::from(stops)), Some(!stops)), "{wanted}: {told}");
    }
}

#[test]
fn the_weight_told_before_is_that_of_the_package_or_somewhat_more() {
    let sandbox = Box::default();
    for path in [
        "kml/croquis.geojson",
        "canton/CANTON.shp",
        "canton_autres/canton.fgb",
        "canton_autres/canton_4326.geojson",
        "departement/DEPARTEMENT.shp",
        "adresses/bal_sample.csv",
        "admin/regions.geojson",
        "pcrs/20200716.RIL_L264_C298_P0.gml",
        "gpx/mousehole_to_paul.gpx",
    ] {
        let source = sample(path).display().to_string();
        let (_, told) = rehearse(&sandbox, &source, "wfs", "poids", &["--lang", "en"]);
        let forecast = told["wanted"]["bytes"].as_u64().expect("bytes");
        assert_eq!(told["wanted"]["estimated"], true, "{path}");
        let message = told["message"].to_string();
        assert!(message.contains("(estimation)") && message.contains("(an estimate)"), "{message}");
        let into = sandbox.folder.path().join("poids").display().to_string();
        let output = sandbox.quai(&["package", &source, "--name", "poids", "--into", &into, "--json"]).output();
        assert!(output.is_ok_and(|o| o.status.success()), "{path}");
        let bytes = std::fs::metadata(Path::new(&into).join("vector/poids.gpkg")).expect("a package").len();
        println!("{path}: {forecast} for {bytes}");
        assert!(forecast >= bytes, "{path}: {forecast} forecast, {bytes} written");
        assert!(forecast < bytes * 2 + 100_000, "{path}: {forecast} forecast, {bytes} written");
        // what is written is no estimate any more
        let (_, told) = rehearse(&sandbox, &into, "wfs", "poids", &[]);
        assert_eq!((told["wanted"]["bytes"].as_u64(), &told["wanted"]["estimated"]), (Some(bytes), &false.into()));
    }
}

#[test]
fn blocking_data_and_a_style_of_the_wrong_version_stop_it_too() {
    let sandbox = Box::default();
    let bad = harness::root().join("tests/fixtures/bad/sans_prj/POINT.shp").display().to_string();
    let (code, told) = rehearse(&sandbox, &bad, "wfs", "point", &[]);
    assert!(code == Some(1) && codes(&told).contains(&"CRS_MISSING"), "{told}");
    let style = sandbox.folder.path().join("style.sld");
    std::fs::write(&style, "<StyledLayerDescriptor version=\"1.1.0\"/>").expect("a file");
    let path = sample("kml/croquis.geojson").display().to_string();
    let style = format!("croquis={}", style.display());
    let (code, told) = rehearse(&sandbox, &path, "wms-vector", "croquis", &["--style", &style]);
    assert!(code == Some(1) && codes(&told).contains(&"STYLE_VERSION_REFUSED"), "{told}");
}

#[test]
fn a_publication_that_cannot_end_does_not_begin() {
    let path = sample("kml/croquis.geojson").display().to_string();
    for (switch, wanted) in [
        ("rights=[\"UPLOAD\",\"PROCESSING\"]", "RIGHT_MISSING"),
        ("endpoint_quota=0", "ENDPOINT_FULL"),
        ("storage_quota=100", "STORAGE_FULL"),
    ] {
        let sandbox = Box::new(&[switch]);
        let _ = sandbox.token();
        let changes = || sandbox.requests().iter().filter(|r| r["method"] != "GET").count();
        let before = changes();
        let arguments = ["publish", &path, "--as", "wfs", "--name", "croquis", "--json", "--yes"];
        let output = sandbox.quai(&arguments).output().expect("quai runs");
        let last = last_line(&output);
        assert!(!output.status.success(), "{wanted}: {last}");
        assert_eq!(last["failure"]["code"], wanted, "{last}");
        assert_eq!(changes(), before, "{wanted}: something was sent");
    }
}

#[test]
fn a_delivery_that_fills_the_storage_can_be_done_again() {
    let path = sample("kml/croquis.geojson");
    let other = Box::default();
    let folder = other.folder.path().join("packaged");
    let (from, into) = (path.display().to_string(), folder.display().to_string());
    let status = other.quai(&["package", &from, "--name", "croquis", "--into", &into]).output().map(|o| o.status);
    assert!(status.is_ok_and(|s| s.success()), "the package is written");
    let bytes = std::fs::metadata(folder.join("vector/croquis.gpkg")).expect("a package").len();
    // room for one and a half
    let sandbox = Box::new(&[&format!("storage_quota={}", bytes * 3 / 2)]);
    let _ = sandbox.publish(&path, "wfs", "croquis", &[]);
    let _ = sandbox.publish(&path, "wfs", "croquis", &[]);
    assert_eq!(sandbox.list("offerings").len(), 1);
}
