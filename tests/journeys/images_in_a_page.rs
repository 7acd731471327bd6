//! Images as the page sees them, through the bridge: a set on the map, the pyramid before anything is
//! sent, parts of a download; then delivered as chosen.

use std::path::{Path, PathBuf};

use harness::{Box, gdal, sample};
use serde_json::{Value, json};

use crate::page::Bridge;

/// The tile that holds a place.
fn tile_at(zoom: u32, longitude: f64, latitude: f64) -> [u32; 3] {
    let side = f64::from(1_u32 << zoom);
    let column = (longitude + 180.0) / 360.0 * side;
    let row = (1.0 - latitude.to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side;
    [zoom, column as u32, row as u32]
}

/// The share of a picture's pixels that are there, and the mean of its first band there.
fn seen(png: &[u8], folder: &Path) -> (f64, f64) {
    let (file, plain) = (folder.join("tile.png"), folder.join("tile.bin"));
    std::fs::write(&file, png).expect("a file");
    let (file, plain) = (file.display().to_string(), plain.display().to_string());
    let _ = gdal("gdal_translate", &["-q", "-of", "ENVI", "-co", "INTERLEAVE=BSQ", &file, &plain]);
    let bytes = std::fs::read(&plain).expect("bytes");
    let size = 256 * 256;
    let (first, alpha) = (&bytes[..size], &bytes[bytes.len() - size..]);
    let there: Vec<f64> = first.iter().zip(alpha).filter(|(_, a)| **a > 0).map(|(v, _)| f64::from(*v)).collect();
    (there.len() as f64 / size as f64, there.iter().sum::<f64>() / there.len().max(1) as f64)
}

fn only(inspected: &Value, tiles: usize) -> (&str, &Value) {
    let sources = inspected["sources"].as_array().expect("sources");
    assert_eq!(sources.len(), 1, "one data set");
    let inventory = &sources[0]["inventory"];
    assert_eq!(inventory["raster_set"]["tiles"].as_array().map(Vec::len), Some(tiles));
    (sources[0]["key"].as_str().expect("a key"), inventory)
}

#[test]
fn a_set_of_images_is_one_picture_on_the_map_with_one_stretch_for_all() {
    let sandbox = Box::default();
    let folder = sandbox.folder.path();
    let (ortho, mns) = (sample("ortho"), sample("mns"));
    // zooms at which one image, and both, are about a tile
    for (set, near, far) in [(&ortho, 17, 13), (&mns, 16, 11)] {
        let bridge = Bridge::new(&sandbox, set);
        let inspected = bridge.ask("inspect", &json!({ "paths": [set] }));
        let (key, inventory) = only(&inspected, 2);
        let extents: Vec<Vec<f64>> = inventory["raster_set"]["tiles"]
            .as_array()
            .expect("tiles")
            .iter()
            .map(|t| serde_json::from_value(t["extent_wgs84"].clone()).expect("an extent"))
            .collect();
        let middle = |e: &Vec<f64>| [f64::midpoint(e[0], e[2]), f64::midpoint(e[1], e[3])];
        for place in extents.iter().map(middle) {
            let png = bridge.tile(key, tile_at(near, place[0], place[1])).expect("a tile");
            let (share, _) = seen(&png, folder);
            assert!(share > 0.99, "{place:?}: {share}");
        }
        let [longitude, latitude] = middle(&extents[0]);
        let all = bridge.tile(key, tile_at(far, longitude, latitude)).expect("a tile");
        let (share, mean) = seen(&all, folder);
        assert!(share > 0.0 && mean > 5.0 && mean < 250.0, "{share} {mean}");
        assert_eq!(bridge.tile(key, [3, 0, 0]), None, "nothing lies there");
    }
}

#[test]
fn what_the_page_chooses_of_a_pyramid_and_of_parts_is_what_is_made_and_the_next_forecast_knows_its_time() {
    let sandbox = Box::default();
    let ortho: PathBuf = sample("ortho");
    let bridge = Bridge::new(&sandbox, &ortho);
    let _ = bridge.ask("inspect", &json!({ "paths": [ortho] }));
    let judged = bridge.ask("look", &json!({ "paths": [ortho] }));
    let (_, inventory) = only(&judged, 2);
    let band = &inventory["raster"]["bands"][0]["statistics"];
    assert_eq!(band["histogram"]["counts"].as_array().map(Vec::len), Some(256));

    let proposal = bridge.ask("propose", &json!({ "paths": [ortho] }));
    assert_eq!(
        proposal["zones"],
        json!([{ "zones": "files", "parts": 2, "names": ["01-2021-0920-6564-LA93-0M50-E100", "01-2021-0921-6564-LA93-0M50-E100"] }])
    );
    let asked =
        |wish: Value| json!({ "paths": [ortho], "name": "ortho", "services": ["wmts", "download"], "wish": wish });
    let told = bridge.ask("pyramid", &asked(json!({})));
    let plan = &told["plan"];
    assert_eq!(
        (plan["grid"].as_str(), plan["compression"].as_str(), plan["bottom"].as_u64()),
        (Some("PM"), Some("jpg"), Some(18))
    );
    assert_eq!(
        (told["seconds"].clone(), told["measured"].clone()),
        (Value::Null, json!(0)),
        "nothing was made here yet"
    );
    assert!(told["room_bytes"].as_u64().is_some_and(|room| room > 0), "{}", told["room_bytes"]);
    let finer = bridge.ask("pyramid", &asked(json!({ "compression": "png", "bottom": 17 })));
    assert!(finer["plan"]["bytes"].as_u64() > plan["bytes"].as_u64());

    let plans = bridge
        .ask("plan", &json!({ "paths": [ortho], "name": "ortho", "services": ["wmts", "download"], "zones": "files" }));
    let zones: Vec<&Value> = plans.as_array().expect("plans").iter().map(|p| &p["zone"]).collect();
    assert_eq!(zones.iter().filter(|z| !z.is_null()).count(), 2, "{zones:?}");

    let wish = json!({
        "paths": [ortho], "name": "ortho", "services": ["wmts", "download"], "title": "Ortho", "zones": "files",
        "pyramid": { "bottom": 17, "compression": "png", "mask": true },
    });
    let id = bridge.ask("deliver", &wish);
    let ended = bridge.ask("watch", &id);
    assert_eq!(ended["state"], "published", "{}", ended["failure"]);
    let stored = sandbox.list("stored_data?fields=type,type_infos,tags");
    let pyramid = stored.iter().find(|s| s["type"] == "ROK4-PYRAMID-RASTER").expect("a pyramid");
    assert_eq!(pyramid["type_infos"]["compression"], "PNG");
    assert_eq!(pyramid["type_infos"]["levels"].as_array().map(Vec::len), Some(18), "0 to 17");
    assert_eq!(stored.iter().filter(|s| s["type"] == "ARCHIVE").count(), 2, "a stored data a part");

    let again = bridge.ask("pyramid", &asked(json!({})));
    assert_eq!(again["measured"], 1);
    assert!(again["seconds"].as_u64().is_some(), "measured on what was made");
}
