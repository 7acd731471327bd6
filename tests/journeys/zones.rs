//! Images downloaded zone by zone, and the list of them for a portal of the producer's own.

use std::collections::BTreeSet;

use harness::{Box, fetch, gdal, sample};
use serde_json::Value;

#[test]
fn each_image_is_a_zone_with_its_outline_and_the_list_leads_to_the_very_files() {
    let sandbox = Box::default();
    let published = sandbox.publish(&sample("ortho"), "download", "ortho", &["--zones", "files"]);
    let downloads = published["offerings"].as_array().expect("offerings");
    assert_eq!(downloads.len(), 1, "one service for all the zones");
    assert_eq!(published["stored_data"].as_array().map(Vec::len), Some(2), "a stored data a zone");

    let list = |form: &str| {
        let output = sandbox.quai(&["share", "ortho", "--list", form]).output().expect("quai runs");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let drawn: Value = serde_json::from_str(&list("geojson")).expect("GeoJSON");
    let features = drawn["features"].as_array().expect("features");
    let names: BTreeSet<&str> = features.iter().filter_map(|f| f["properties"]["sub_name"].as_str()).collect();
    assert_eq!(names.len(), 2);
    for feature in features {
        let told = &feature["properties"];
        assert_eq!((told["format"].as_str(), told["resolution"].as_str()), (Some("GEOTIFF"), Some("50 cm")));
        let file = told["files"][0]["name"].as_str().expect("a file");
        let bytes = fetch(told["files"][0]["url"].as_str().expect("an address"));
        assert_eq!(bytes, std::fs::read(sample("ortho").join(file)).expect("the sample"), "{file}");
    }
    // GDAL reads the outlines, and they meet: the two images are neighbours
    let path = sandbox.folder.path().join("zones.geojson");
    std::fs::write(&path, drawn.to_string()).expect("a file");
    let sql = "SELECT ST_Area(ST_Transform(ST_Union(geometry), 2154)) AS area FROM zones";
    let told = gdal("ogrinfo", &["-q", &path.display().to_string(), "-dialect", "sqlite", "-sql", sql]);
    let area: f64 = told
        .split("area (Real) = ")
        .nth(1)
        .and_then(|t| t.split_whitespace().next())
        .expect("an area")
        .parse()
        .expect("a number");
    assert!((area - 2_000_000.0).abs() < 200.0, "{area} m² for two squares of a kilometre");

    let lines = list("csv");
    assert_eq!(lines.lines().count(), 3, "{lines}");
    assert!(lines.starts_with("layer_name,sub_name,title,zone,format,resolution,url,file,west,south,east,north"));
}
