//! Live images are updated in each of the three ways, seen before they are kept, undone and confirmed;
//! a WMS becomes images. GDAL reads the services before and after.

use std::path::{Path, PathBuf};

use harness::{Box, fetch, gdal, last_line, lines, sample};
use serde_json::Value;

use crate::rasters::{HALF, inside, mean_difference, mercator, ortho, samples_of, text, warped};

pub(crate) const LEVEL: i32 = 18;

/// A square of the first photograph, from its column and row; `turned` makes another of it, in negative.
fn square(folder: &Path, name: &str, at: [u32; 2], side: u32, turned: bool) -> PathBuf {
    let into = folder.join(name);
    std::fs::create_dir_all(into.parent().expect("a folder")).expect("a folder");
    let (from, to) = (text(&ortho()[0]), text(&into));
    let window = [at[0], at[1], side, side].map(|n| n.to_string());
    let mut arguments = vec!["-q", "-a_srs", "EPSG:2154", "-srcwin", &window[0], &window[1], &window[2], &window[3]];
    if turned {
        arguments.extend(["-scale", "0", "255", "255", "0"]);
    }
    arguments.extend([from.as_str(), to.as_str()]);
    let _ = gdal("gdal_translate", &arguments);
    into
}

/// Where the live images are, the new ones, and two windows of whole tiles: inside the new, and away from them.
pub(crate) struct Ground {
    pub(crate) live: PathBuf,
    pub(crate) new: PathBuf,
    pub(crate) changed: [f64; 4],
    pub(crate) kept: [f64; 4],
}

/// The live images are 1200 pixels a side, the new ones 500 of them, in their north-west.
pub(crate) fn ground(sandbox: &Box) -> Ground {
    let folder = sandbox.folder.path();
    let live = square(folder, "live/live.tif", [0, 0], 1200, false);
    let new = square(folder, "new/new.tif", [100, 100], 500, true);
    let told = gdal("gdalinfo", &["-json", &text(&live)]);
    let info: Value = serde_json::from_str(&told).expect("JSON");
    let numbers: Vec<f64> =
        info["geoTransform"].as_array().expect("six numbers").iter().filter_map(Value::as_f64).collect();
    let at = |pixel: f64| [numbers[0] + pixel * numbers[1], numbers[3] + pixel * numbers[5]];
    let size = mercator(LEVEL);
    let window = |pixel: f64| inside(sandbox, "EPSG:2154", "EPSG:3857", at(pixel), size, [-HALF, HALF], 1);
    Ground { live, new, changed: window(350.0), kept: window(1000.0) }
}

/// What GDAL's WMTS driver reads of a layer in a window.
pub(crate) fn seen(sandbox: &Box, layer: &str, window: [f64; 4], level: i32) -> Vec<f64> {
    let capabilities = format!(
        "WMTS:{}?service=WMTS&request=GetCapabilities,layer={layer},tilematrix={level}",
        sandbox.service("wmts")
    );
    let [w, s, e, n] = window.map(|v| v.to_string());
    let read = sandbox.folder.path().join("read.tif");
    let _ = gdal(
        "gdal_translate",
        &["-q", "-b", "1", "-b", "2", "-b", "3", "-projwin", &w, &n, &e, &s, &capabilities, &text(&read)],
    );
    samples_of(&read, sandbox.folder.path())
}

/// What GDAL's WMS driver reads of a layer in a window.
fn drawn(sandbox: &Box, service: &str, layer: &str, format: &str, window: [f64; 4], side: u32) -> Vec<f64> {
    let [w, s, e, n] = window;
    let description = sandbox.folder.path().join("wms.xml");
    let base = sandbox.service(service);
    let text_of = format!(
        "<GDAL_WMS><Service name=\"WMS\"><Version>1.3.0</Version><ServerUrl>{base}?</ServerUrl><CRS>EPSG:3857</CRS><ImageFormat>{format}</ImageFormat><Layers>{layer}</Layers><Styles></Styles></Service><DataWindow><UpperLeftX>{w}</UpperLeftX><UpperLeftY>{n}</UpperLeftY><LowerRightX>{e}</LowerRightX><LowerRightY>{s}</LowerRightY><SizeX>{side}</SizeX><SizeY>{side}</SizeY></DataWindow><BandsCount>3</BandsCount></GDAL_WMS>"
    );
    std::fs::write(&description, text_of).expect("a description");
    let read = sandbox.folder.path().join("drawn.tif");
    let _ = gdal("gdal_translate", &["-q", &text(&description), &text(&read)]);
    samples_of(&read, sandbox.folder.path())
}

/// Runs, and gives the last line.
pub(crate) fn said(sandbox: &Box, arguments: &[&str], code: i32) -> Value {
    let output = sandbox.quai(&[arguments, &["--json"]].concat()).output().expect("quai runs");
    let last = last_line(&output);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {last}\n{}", String::from_utf8_lossy(&output.stderr));
    last
}

pub(crate) fn pyramids(sandbox: &Box, datasheet: &str) -> Vec<String> {
    let all = sandbox.list("stored_data?fields=name,type,tags,status");
    let mut ids: Vec<String> = all
        .iter()
        .filter(|d| d["tags"]["datasheet_name"] == datasheet && d["type"] == "ROK4-PYRAMID-RASTER")
        .filter(|d| d["status"] == "GENERATED")
        .filter_map(|d| d["_id"].as_str().map(str::to_owned))
        .collect();
    ids.sort();
    ids
}

/// Updates in a way, looks, undoes, looks, updates again, confirms, looks.
fn an_update_is_seen_undone_and_confirmed(how: &str) {
    let sandbox = Box::default();
    let folder = sandbox.folder.path();
    let Ground { live, new, changed, kept } = ground(&sandbox);
    let _ = sandbox.publish(&live, "wmts,wms-raster", "photo", &["--mask"]);
    let size = mercator(LEVEL);
    let truth = folder.join("truth.tif");
    warped(std::slice::from_ref(&new), "EPSG:3857", changed, size, &["-r", "cubic"], &truth);
    let wanted = samples_of(&truth, folder);
    let look = || (seen(&sandbox, "photo", changed, LEVEL), seen(&sandbox, "photo", kept, LEVEL));
    let map = || drawn(&sandbox, "wms_r", "photo", "image/png", changed, 256);
    let (before, map_before) = (look(), map());
    assert!(mean_difference(&before.0, &wanted) > 30.0, "the new images differ");
    let own = pyramids(&sandbox, "photo");

    // what each way makes impossible is told before anything is done, in both languages
    let told = said(&sandbox, &["update", "photo"], 0);
    let way = told["ways"].as_array().and_then(|w| w.iter().find(|w| w["how"] == how)).expect("the way").clone();
    assert!(way["afterwards"][0].as_str().is_some_and(|t| t.contains("Ensuite")), "{way}");
    assert!(way["afterwards"][1].as_str().is_some_and(|t| t.contains("Afterwards")), "{way}");
    let images = text(new.parent().expect("a folder"));
    let unsure = sandbox.quai(&["update", "photo", &images, "--how", how, "--lang", "en"]).output().expect("quai runs");
    assert_eq!(unsure.status.code(), Some(2), "nobody said yes");
    assert!(String::from_utf8_lossy(&unsure.stderr).contains("Afterwards"), "told before it is asked");
    assert_eq!(pyramids(&sandbox, "photo"), own, "nothing was done");

    let update = ["update", "photo", images.as_str(), "--how", how, "--yes"];
    let shown = said(&sandbox, &update, 0);
    assert_eq!((&shown["type"], &shown["state"], &shown["how"]), (&"updated".into(), &"shown".into(), &how.into()));
    assert_eq!(shown["former"], own[0].as_str());
    assert_eq!(shown["services"].as_array().map(Vec::len), Some(2));
    let after = look();
    let difference = mean_difference(&after.0, &wanted);
    assert!(difference < 4.0, "{how}: the new pixels are shown: {difference}");
    assert!(after.1 == before.1, "{how}: the rest is as it was");
    assert!(mean_difference(&map(), &wanted) < 4.0, "{how}: the WMS follows");
    // asked again it has nothing to do, and another update must wait
    assert_eq!(said(&sandbox, &update, 0)["stored_data"], shown["stored_data"]);
    let other = square(folder, "other/other.tif", [600, 600], 300, true);
    let refused = said(&sandbox, &["update", "photo", &text(&other), "--how", how, "--yes"], 1);
    assert_eq!(refused["failure"]["code"], "UPDATE_WAITS", "{refused}");

    let undone = said(&sandbox, &["update", "photo", "--undo", "--yes"], 0);
    assert_eq!(undone["state"], "undone");
    assert!(look() == before, "{how}: the former pixels are back");
    assert!(map() == map_before, "{how}: of the WMS too");
    assert_eq!(pyramids(&sandbox, "photo"), own, "what the update made is gone");
    let uploads = sandbox.list("uploads?fields=name,status");
    assert!(uploads.iter().all(|u| u["status"] == "DELETED"), "{uploads:?}");
    assert_eq!(said(&sandbox, &["update", "photo", "--undo", "--yes"], 1)["failure"]["code"], "UPDATE_NONE");

    said(&sandbox, &update, 0);
    let confirmed = said(&sandbox, &["update", "photo", "--confirm", "--yes"], 0);
    assert_eq!(confirmed["state"], "confirmed");
    let after = look();
    assert!(mean_difference(&after.0, &wanted) < 4.0, "{how}: confirmed");
    assert!(after.1 == before.1, "{how}: the rest is as it was, confirmed");
    let left = pyramids(&sandbox, "photo");
    let many = match how {
        "injection" => 1,
        "successive" => 2,
        _ => 3,
    };
    assert_eq!(left.len(), many, "{how}");
    assert!(left.contains(&own[0]));
    assert_eq!(confirmed["stored_data"] == own[0].as_str(), how == "injection", "{confirmed}");
    let configurations = sandbox.list("configurations?fields=extra,layer_name,tags");
    assert!(configurations.iter().all(|c| c["extra"].get("quai_before_update").is_none()), "{configurations:?}");
    assert_eq!(said(&sandbox, &["update", "photo", "--undo", "--yes"], 1)["failure"]["code"], "UPDATE_NONE");

    // and all of it can be taken down, what refers before what is referred to
    said(&sandbox, &["delete", "photo", "--yes"], 0);
    assert!(pyramids(&sandbox, "photo").is_empty());
}

#[test]
fn a_successive_update_is_seen_undone_and_confirmed() {
    an_update_is_seen_undone_and_confirmed("successive");
}

#[test]
fn an_injection_is_seen_undone_and_confirmed() {
    an_update_is_seen_undone_and_confirmed("injection");
}

#[test]
fn a_merge_is_seen_undone_and_confirmed() {
    an_update_is_seen_undone_and_confirmed("merge");
}

#[test]
fn a_wms_of_vectors_becomes_tiles_of_images() {
    let sandbox = Box::default();
    let _ = sandbox.publish(&sample("canton/CANTON.shp"), "wms-vector", "canton", &[]);
    let harvested = said(&sandbox, &["harvest", "canton_images", "--from", "canton", "--levels", "10-12", "--yes"], 0);
    assert_eq!(harvested["type"], "published");
    assert_eq!(harvested["offerings"][0]["type"], "WMTS-TMS", "{harvested}");
    let pyramid = pyramids(&sandbox, "canton_images");
    assert_eq!(pyramid.len(), 1);
    // the tile of each level that holds the middle of what was harvested
    let all = sandbox.list("configurations?fields=layer_name,type_infos,tags");
    let own = all.iter().find(|c| c["layer_name"] == "canton_images").expect("a configuration");
    let bbox = own["type_infos"]["bbox"].clone();
    let middle = |a: &str, b: &str| (bbox[a].as_f64().expect("a side") + bbox[b].as_f64().expect("a side")) / 2.0;
    let place = [middle("west", "east"), middle("south", "north")];
    for level in [11, 12] {
        let size = mercator(level);
        // longitude first, whatever the axes of EPSG:4326
        let window = inside(&sandbox, "OGC:CRS84", "EPSG:3857", place, size, [-HALF, HALF], 1);
        let wanted = drawn(&sandbox, "wms_v", "canton", "image/jpeg", window, 256);
        let read = seen(&sandbox, "canton_images", window, level);
        let drawn_there = wanted.iter().filter(|v| **v < 250.0).count();
        assert!(drawn_there > 500, "level {level}: something is drawn: {drawn_there}");
        let difference = mean_difference(&read, &wanted);
        assert!(difference < 4.0, "level {level}: mean difference of {difference}");
    }
    // asked again, nothing is harvested twice
    let again = said(&sandbox, &["harvest", "canton_images", "--from", "canton", "--levels", "10-12", "--yes"], 0);
    assert_eq!(again["stored_data"], harvested["stored_data"]);
    assert_eq!(pyramids(&sandbox, "canton_images"), pyramid);
    // what cannot be harvested is told
    let refused = said(&sandbox, &["harvest", "x", "--from", "canton_images", "--yes"], 1);
    assert_eq!(refused["failure"]["code"], "HARVEST_NO_MAP");
    let output = sandbox
        .quai(&[
            "harvest",
            "x",
            "--url",
            "http://10.0.0.1/wms",
            "--layers",
            "a",
            "--area",
            "2,48,2.1,48.1",
            "--levels",
            "9-9",
            "--yes",
            "--json",
        ])
        .output()
        .expect("quai runs");
    let failure = lines(&output).pop().expect("a line");
    assert_eq!(failure["failure"]["code"], "PROCESSING_FAILED", "{failure}");
    let _ = fetch(&format!("{}/canton_images", sandbox.service("tms")));
}
