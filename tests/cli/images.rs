//! Images mended on a copy from the command line: what is wrong with them goes, the source stays.

use std::path::Path;
use std::process::Command;

use harness::{gdal, lines, quai_program, sample};
use serde_json::Value;

fn quai(arguments: &[&str], home: &Path) -> (Option<i32>, Vec<Value>) {
    let output = Command::new(quai_program())
        .args(arguments)
        .arg("--json")
        .env("QUAI_DATA_DIR", home)
        .env("QUAI_CONFIG_DIR", home)
        .output()
        .expect("quai runs");
    (output.status.code(), lines(&output))
}

#[test]
fn a_framed_image_without_crs_is_mended_on_a_copy_and_undone() {
    let home = tempfile::tempdir().expect("a folder");
    let source = home.path().join("framed.tif");
    let from = sample("ortho_cog/extrait_cog.tif");
    let text = |p: &Path| p.display().to_string();
    // wider than the picture, its place in a world file and its CRS nowhere
    let mut arguments = vec!["-q", "--config", "GDAL_PAM_ENABLED", "NO", "-srcwin", "-50", "0", "400", "300"];
    arguments.extend(["-co", "COMPRESS=DEFLATE", "-co", "PROFILE=BASELINE", "-co", "TFW=YES"]);
    let (a, b) = (text(&from), text(&source));
    arguments.extend([a.as_str(), b.as_str()]);
    let _ = gdal("gdal_translate", &arguments);
    let before = std::fs::read(&source).expect("the source");

    let into = home.path().join("out");
    let (out, path) = (text(&into), text(&source));
    let fix = ["repair", &path, "--fix", "CRS_MISSING=EPSG:2154", "--fix", "RASTER_BLACK_BORDER", "-o", &out];
    let (code, said) = quai(&fix, home.path());
    let last = said.last().expect("a last line");
    assert_eq!(last["type"], "repaired", "{said:?}");
    assert_eq!(code, Some(0), "{last}");
    let stays: Vec<&str> =
        last["stays"].as_array().into_iter().flatten().filter_map(|s| s["finding"]["code"].as_str()).collect();
    assert!(!stays.contains(&"CRS_MISSING") && !stays.contains(&"RASTER_BLACK_BORDER"), "{stays:?}");
    assert_eq!(std::fs::read(&source).expect("the source"), before, "the source changed");

    let copy = into.join("raster/framed.tif");
    let told: Value = serde_json::from_str(&gdal("gdalinfo", &["-json", &text(&copy)])).expect("JSON");
    assert_eq!(told["metadata"]["IMAGE_STRUCTURE"]["LAYOUT"], "COG");
    assert!(told["coordinateSystem"]["wkt"].as_str().is_some_and(|w| w.contains("2154")), "{told}");
    assert!(into.join("raster/package.json").is_file() && into.join("raster/repair.json").is_file());

    let (code, _) = quai(&["repair", "--undo", &out], home.path());
    assert_eq!(code, Some(0));
    assert!(!into.join("raster").exists());
}
