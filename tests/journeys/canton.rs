//! The cantons of Paris: three services and a download, each read back by GDAL.

use harness::{Box, count_and_extent, fetch, gdal, sample};
use md5::{Digest, Md5};
use serde_json::Value;

fn first_url(published: &Value, kind: &str) -> String {
    let offerings = published["offerings"].as_array().expect("offerings");
    let offering = offerings.iter().find(|o| o["type"] == kind).unwrap_or_else(|| panic!("no {kind}"));
    assert_eq!(offering["status"], "PUBLISHED");
    offering["urls"][0]["url"].as_str().expect("a URL").to_owned()
}

#[test]
fn a_shapefile_becomes_wfs_wms_tiles_and_a_download() {
    let sandbox = Box::default();
    let style = format!("canton={}", sample("style/canton.sld").display());
    let source = sample("canton/CANTON.shp");
    let published = sandbox.publish(&source, "wfs,wms-vector,tms,download", "canton", &["--style", &style]);
    assert_eq!(published["type"], "published");

    // WFS: the same features, attributes and extent as the source has
    let wfs = format!("WFS:{}", sandbox.service("wfs"));
    let (count, extent) = count_and_extent(&wfs, "canton:canton");
    let (wanted, truth) = count_and_extent(&source.display().to_string(), "CANTON");
    assert_eq!(count, wanted);
    let (extent, truth) = (extent.expect("an extent"), truth.expect("an extent"));
    assert!(extent.iter().zip(&truth).all(|(a, b)| (a - b).abs() < 0.01), "{extent:?} {truth:?}");
    let attributes = |source: &str, layer: &str, fields: &str| -> Vec<String> {
        let sql = format!("SELECT {fields} FROM \"{layer}\"");
        let text = gdal("ogr2ogr", &["-f", "CSV", "/vsistdout/", source, "-sql", &sql]);
        let mut lines: Vec<String> = text.lines().skip(1).map(|l| l.replace('"', "")).collect();
        lines.sort();
        lines
    };
    assert_eq!(
        attributes(&wfs, "canton:canton", "id,insee_can,insee_dep,insee_reg"),
        attributes(&source.display().to_string(), "CANTON", "ID,INSEE_CAN,INSEE_DEP,INSEE_REG")
    );

    // WMS: not blank, in the colours of the style
    let url = format!(
        "{}?service=WMS&version=1.3.0&request=GetMap&layers=canton&crs=EPSG:2154&bbox=637000,6846000,670000,6874000&styles=&width=400&height=340&format=image/png",
        sandbox.service("wms_v")
    );
    let picture = sandbox.folder.path().join("canton.png");
    std::fs::write(&picture, fetch(&url)).expect("a picture");
    let xyz = gdal("gdal_translate", &["-q", "-of", "XYZ", "-b", "1", &picture.display().to_string(), "/vsistdout/"]);
    let reds = xyz.lines().filter(|l| l.ends_with(&format!(" {}", 0xe9))).count();
    assert!(reds > 1000, "the red of département 75 covers {reds} pixels");
    let capabilities =
        String::from_utf8_lossy(&fetch(&format!("{}?service=WMS&request=GetCapabilities", sandbox.service("wms_v"))))
            .into_owned();
    assert!(capabilities.contains("<Name>canton</Name>"));

    // tiles: the one over Paris decodes and holds cantons
    let tms = first_url(&published, "WMTS-TMS");
    let tile = sandbox.folder.path().join("tile.pbf");
    std::fs::write(&tile, fetch(&format!("{tms}/10/518/352.pbf"))).expect("a tile");
    let (objects, _) = count_and_extent(&format!("MVT:{}", tile.display()), "canton");
    assert!(objects > 10, "{objects} objects in the tile");
    let metadata: Value = serde_json::from_slice(&fetch(&format!("{tms}/metadata.json"))).expect("JSON");
    assert_eq!(metadata["vector_layers"][0]["id"], "canton");

    // download: the very bytes that were packaged
    let feed = String::from_utf8_lossy(&fetch(&first_url(&published, "DOWNLOAD"))).into_owned();
    let link = |feed: &str| feed.split("href=\"").nth(1).and_then(|r| r.split('"').next()).expect("a link").to_owned();
    let files = String::from_utf8_lossy(&fetch(&link(&feed))).into_owned();
    let zip = fetch(&link(&files));
    let packages = sandbox.folder.path().join("data/packages");
    let package = std::fs::read_dir(packages)
        .expect("packages")
        .flatten()
        .find_map(|e| std::fs::read(e.path().join("archive/package.json")).ok())
        .expect("an archive package");
    let package: Value = serde_json::from_slice(&package).expect("JSON");
    assert_eq!(package["files"][0]["md5"], hex::encode(Md5::digest(&zip)));
}

#[test]
fn deleting_a_datasheet_leaves_nothing_of_it() {
    let sandbox = Box::default();
    let _ = sandbox.publish(&sample("kml/croquis.geojson"), "wfs,wms-vector", "croquis", &[]);
    let output = sandbox.quai(&["delete", "croquis", "--yes", "--json"]).output().expect("quai runs");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    for what in ["offerings", "configurations", "stored_data", "uploads", "statics"] {
        assert_eq!(sandbox.list(what), Vec::<Value>::new(), "{what}");
    }
}
