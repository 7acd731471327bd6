//! Aerial photographs and terrain become live services, read back by GDAL's own drivers and held
//! against the sources warped by GDAL on the same grid.

use std::path::{Path, PathBuf};

use harness::{Box, fetch, gdal, sample};
use serde_json::Value;

pub(crate) fn text(path: &Path) -> String {
    path.display().to_string()
}

/// The samples of a raster, band after band, as numbers.
pub(crate) fn samples_of(path: &Path, folder: &Path) -> Vec<f64> {
    let plain = folder.join("plain.bin");
    let _ = gdal("gdal_translate", &["-q", "-of", "ENVI", "-ot", "Float32", &text(path), &text(&plain)]);
    let bytes = std::fs::read(&plain).expect("bytes");
    bytes.chunks_exact(4).map(|b| f64::from(f32::from_le_bytes([b[0], b[1], b[2], b[3]]))).collect()
}

pub(crate) fn mean_difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len(), "as many pixels");
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / a.len() as f64
}

/// Resolution of a level of `PM`.
pub(crate) fn mercator(level: i32) -> f64 {
    156_543.033_928_040_97 / 2_f64.powi(level)
}

/// Whole tiles of a grid: west, south, east, north.
pub(crate) fn tiles(origin: [f64; 2], resolution: f64, columns: [u32; 2], rows: [u32; 2]) -> [f64; 4] {
    let side = 256.0 * resolution;
    [
        origin[0] + f64::from(columns[0]) * side,
        origin[1] - f64::from(rows[1] + 1) * side,
        origin[0] + f64::from(columns[1] + 1) * side,
        origin[1] - f64::from(rows[0]) * side,
    ]
}

pub(crate) const HALF: f64 = 20_037_508.342_789_244;

pub(crate) fn ortho() -> [PathBuf; 2] {
    ["0920", "0921"].map(|x| sample(&format!("ortho/01-2021-{x}-6564-LA93-0M50-E100.tiff")))
}

fn mns() -> [PathBuf; 2] {
    ["0299", "0300"].map(|x| sample(&format!("mns/mns_{x}_6802_LA93_IGN69_5m.tif")))
}

/// The sources warped by GDAL onto a window.
pub(crate) fn warped(sources: &[PathBuf], crs: &str, window: [f64; 4], resolution: f64, how: &[&str], into: &Path) {
    let [w, s, e, n] = window.map(|v| v.to_string());
    let size = resolution.to_string();
    let (list, mosaic) = (sources.iter().map(|s| text(s)).collect::<Vec<_>>(), into.with_extension("vrt"));
    let mosaic = text(&mosaic);
    let mut build = vec!["-q", "-overwrite", mosaic.as_str()];
    build.extend(list.iter().map(String::as_str));
    let _ = gdal("gdalbuildvrt", &build);
    let mut arguments = vec!["-q", "-overwrite", "-t_srs", crs, "-te", &w, &s, &e, &n, "-tr", &size, &size];
    arguments.extend(how);
    let into = text(into);
    arguments.extend([mosaic.as_str(), into.as_str()]);
    let _ = gdal("gdalwarp", &arguments);
}

#[test]
fn photographs_become_wmts_tms_and_wms_that_gdal_reads_as_it_would_warp_them() {
    let sandbox = Box::default();
    let folder = sandbox.folder.path();
    let published = sandbox.publish(&sample("ortho"), "wmts,tms,wms-raster,download", "ortho", &["--title", "Ortho"]);
    let kinds: Vec<&str> =
        published["offerings"].as_array().expect("offerings").iter().filter_map(|o| o["type"].as_str()).collect();
    assert_eq!(kinds, ["WMTS-TMS", "WMS-RASTER", "DOWNLOAD"]);
    let stored = sandbox.list("stored_data?fields=type,type_infos,tags,srs");
    let pyramid = stored.iter().find(|s| s["type"] == "ROK4-PYRAMID-RASTER").expect("a pyramid");
    assert_eq!(pyramid["type_infos"]["tms"], "PM");
    assert_eq!(pyramid["type_infos"]["compression"], "JPG");
    assert_eq!(pyramid["type_infos"]["levels"].as_array().map(Vec::len), Some(19), "0 to 18");
    assert_eq!(pyramid["tags"]["datasheet_name"], "ortho");

    // tiles wholly inside the photographs, at the bottom level
    let level = 18;
    let size = mercator(level);
    // the middle of the first photograph: 920500, 6563500 in Lambert-93
    let window = inside(&sandbox, "EPSG:2154", "EPSG:3857", [920_300.0, 6_563_700.0], size, [-HALF, HALF], 3);
    let truth = folder.join("truth.tif");
    warped(&ortho(), "EPSG:3857", window, size, &["-r", "cubic"], &truth);
    let wanted = samples_of(&truth, folder);
    let [w, s, e, n] = window.map(|v| v.to_string());
    let (width, height) = (((window[2] - window[0]) / size).round(), ((window[3] - window[1]) / size).round());
    let (width, height) = (width.to_string(), height.to_string());

    // GDAL's WMTS driver
    let capabilities = format!("WMTS:{}?service=WMTS&request=GetCapabilities,layer=ortho", sandbox.service("wmts"));
    let read = folder.join("wmts.tif");
    let _ = gdal(
        "gdal_translate",
        &["-q", "-b", "1", "-b", "2", "-b", "3", "-projwin", &w, &n, &e, &s, &capabilities, &text(&read)],
    );
    let difference = mean_difference(&samples_of(&read, folder), &wanted);
    assert!(difference < 4.0, "WMTS: mean difference of {difference}");

    // GDAL's WMS driver
    let description = folder.join("wms.xml");
    let service = format!(
        "<GDAL_WMS><Service name=\"WMS\"><Version>1.3.0</Version><ServerUrl>{}?</ServerUrl><CRS>EPSG:3857</CRS><ImageFormat>image/png</ImageFormat><Layers>ortho</Layers><Styles></Styles></Service><DataWindow><UpperLeftX>{w}</UpperLeftX><UpperLeftY>{n}</UpperLeftY><LowerRightX>{e}</LowerRightX><LowerRightY>{s}</LowerRightY><SizeX>{width}</SizeX><SizeY>{height}</SizeY></DataWindow><BandsCount>3</BandsCount></GDAL_WMS>",
        sandbox.service("wms_r")
    );
    std::fs::write(&description, service).expect("a description");
    let read = folder.join("wms.tif");
    let _ = gdal("gdal_translate", &["-q", &text(&description), &text(&read)]);
    let difference = mean_difference(&samples_of(&read, folder), &wanted);
    assert!(difference < 4.0, "WMS: mean difference of {difference}");

    // in the photographs' own CRS, which the tiles are not in
    let url = |srs: &str, bbox: &str, size: u32, format: &str| {
        format!(
            "{}?service=WMS&version=1.3.0&request=GetMap&layers=ortho&styles=&crs={srs}&bbox={bbox}&width={size}&height={size}&format={format}",
            sandbox.service("wms_r")
        )
    };
    let own = folder.join("own.png");
    std::fs::write(&own, fetch(&url("EPSG:2154", "920200,6563200,920712,6563712", 1024, "image/png")))
        .expect("a picture");
    warped(&ortho(), "EPSG:2154", [920_200.0, 6_563_200.0, 920_712.0, 6_563_712.0], 0.5, &[], &truth);
    let difference = mean_difference(&samples_of(&own, folder), &samples_of(&truth, folder));
    assert!(difference < 8.0, "reprojected twice: mean difference of {difference}");
    // latitude first in EPSG:4326, as WMS 1.3.0 has it
    std::fs::write(&own, fetch(&url("EPSG:4326", "46.131,5.856,46.139,5.864", 64, "image/png"))).expect("a picture");
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len() as f64;
    assert!(mean(&samples_of(&own, folder)) < 200.0, "there is a photograph there");

    // an upper level is the mean of what is below
    let size = mercator(16);
    let window = inside(&sandbox, "EPSG:2154", "EPSG:3857", [920_500.0, 6_563_500.0], size, [-HALF, HALF], 1);
    warped(&ortho(), "EPSG:3857", window, size, &["-r", "average"], &truth);
    let [w, s, e, n] = window.map(|v| v.to_string());
    let read = folder.join("above.tif");
    let zoomed = format!("{capabilities},tilematrix=16");
    let _ = gdal(
        "gdal_translate",
        &["-q", "-b", "1", "-b", "2", "-b", "3", "-projwin", &w, &n, &e, &s, &zoomed, &text(&read)],
    );
    let difference = mean_difference(&samples_of(&read, folder), &samples_of(&truth, folder));
    assert!(difference < 6.0, "level 16: mean difference of {difference}");

    // values under a point, and refusals in OGC's words
    let info = url("EPSG:2154", "920200,6563200,920712,6563712", 1024, "image/png").replace("GetMap", "GetFeatureInfo")
        + "&query_layers=ortho&i=500&j=500&info_format=application/json";
    let info: Value = serde_json::from_slice(&fetch(&info)).expect("JSON");
    assert_eq!(info["data"].as_array().map(Vec::len), Some(3), "{info}");
    let answer = harness::http()
        .get(format!("{}?service=WMTS&request=GetTile&layer=ortho&style=normal&tilematrixset=PM&tilematrix=18&tilerow=0&tilecol=0&format=image/jpeg", sandbox.service("wmts")))
        .send()
        .expect("an answer");
    assert_eq!(answer.status(), 404);
    assert!(answer.text().expect("text").contains("ExceptionReport"));
    // and `share` sees that all of it answers
    let output = sandbox.quai(&["share", "ortho", "--json"]).output().expect("quai runs");
    let last = harness::last_line(&output);
    for offering in last["offerings"].as_array().expect("offerings") {
        assert_eq!(offering["probe"]["verdict"], "answers", "{offering}");
    }
    assert_eq!(output.status.code(), Some(0));
}

/// A window of so many whole tiles a side around a point given in another CRS.
pub(crate) fn inside(
    _: &Box,
    from: &str,
    to: &str,
    point: [f64; 2],
    resolution: f64,
    origin: [f64; 2],
    side: u32,
) -> [f64; 4] {
    let asked = format!("{} {}\n", point[0], point[1]);
    let mut child = std::process::Command::new("gdaltransform")
        .args(["-s_srs", from, "-t_srs", to, "-output_xy"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("gdaltransform");
    std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), asked.as_bytes()).expect("a point");
    let output = child.wait_with_output().expect("an answer");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let numbers: Vec<f64> = told.split_whitespace().filter_map(|n| n.parse().ok()).collect();
    let tile = 256.0 * resolution;
    let column = ((numbers[0] - origin[0]) / tile).floor() as u32;
    let row = ((origin[1] - numbers[1]) / tile).floor() as u32;
    tiles(origin, resolution, [column, column + side - 1], [row, row + side - 1])
}

#[test]
fn terrain_becomes_exact_values_relief_and_heights() {
    let sandbox = Box::default();
    let folder = sandbox.folder.path();
    let published = sandbox.publish(&sample("mns"), "wmts,tms,wms-raster,altimetry", "mns", &["--title", "Terrain"]);
    let kinds: Vec<&str> =
        published["offerings"].as_array().expect("offerings").iter().filter_map(|o| o["type"].as_str()).collect();
    assert_eq!(kinds, ["WMTS-TMS", "WMS-RASTER", "ALTIMETRY"]);
    let stored = sandbox.list("stored_data?fields=type,type_infos");
    let infos = &stored[0]["type_infos"];
    assert_eq!((infos["compression"].as_str(), infos["channels_format"].as_str()), (Some("ZIP"), Some("FLOAT32")));
    let grid = infos["tms"].as_str().expect("a grid");
    let levels: Vec<u32> =
        infos["levels"].as_array().expect("levels").iter().filter_map(|l| l.as_str()?.parse().ok()).collect();
    let bottom = *levels.iter().max().expect("a level");
    assert_eq!((grid, bottom), ("LAMB93_50cm", 15), "pixels of 4 m for data of 5 m");
    let resolution = 131_072.0 / 2_f64.powi(15);
    let side = 256.0 * resolution;
    let origin = [0.0, 12_000_000.0];
    let column = (299_000.0 / side) as u32;
    let row = ((12_000_000.0 - 6_802_000.0) / side) as u32;
    let window = tiles(origin, resolution, [column, column + 2], [row, row + 1]);
    let nodata = infos["nodata_value"].as_str().expect("a value").to_owned();
    let truth = folder.join("truth.tif");
    warped(&mns(), "EPSG:2154", window, resolution, &["-r", "near", "-et", "0", "-dstnodata", &nodata], &truth);
    let wanted = samples_of(&truth, folder);
    assert!(wanted.iter().any(|v| v.to_string() != nodata));
    let [w, s, e, n] = window.map(|v| v.to_string());
    let (width, height) = ((wanted.len() / 512).to_string(), "512");
    assert_eq!(width, "768");

    // GDAL's WMS driver, numbers as they are
    let description = folder.join("wms.xml");
    let base = sandbox.service("wms_r");
    let service = format!(
        "<GDAL_WMS><Service name=\"WMS\"><Version>1.3.0</Version><ServerUrl>{base}?</ServerUrl><CRS>EPSG:2154</CRS><ImageFormat>image/tiff</ImageFormat><Layers>mns</Layers><Styles>normal</Styles></Service><DataWindow><UpperLeftX>{w}</UpperLeftX><UpperLeftY>{n}</UpperLeftY><LowerRightX>{e}</LowerRightX><LowerRightY>{s}</LowerRightY><SizeX>{width}</SizeX><SizeY>{height}</SizeY></DataWindow><BandsCount>1</BandsCount><DataType>Float32</DataType></GDAL_WMS>"
    );
    std::fs::write(&description, service).expect("a description");
    let read = folder.join("wms.tif");
    let _ = gdal("gdal_translate", &["-q", &text(&description), &text(&read)]);
    assert!(samples_of(&read, folder) == wanted, "WMS: every value is the one that GDAL warps");

    // the tiles themselves, by GDAL's reader of tile services
    let tms = sandbox.service("tms");
    let service = format!(
        "<GDAL_WMS><Service name=\"TMS\"><ServerUrl>{tms}/mns/${{z}}/${{x}}/${{y}}.tif</ServerUrl></Service><DataWindow><UpperLeftX>0</UpperLeftX><UpperLeftY>12000000</UpperLeftY><LowerRightX>33554432</LowerRightX><LowerRightY>-21554432</LowerRightY><TileLevel>15</TileLevel><TileCountX>1</TileCountX><TileCountY>1</TileCountY><YOrigin>top</YOrigin></DataWindow><Projection>EPSG:2154</Projection><BlockSizeX>256</BlockSizeX><BlockSizeY>256</BlockSizeY><BandsCount>1</BandsCount><DataType>Float32</DataType><ZeroBlockHttpCodes>404</ZeroBlockHttpCodes></GDAL_WMS>"
    );
    std::fs::write(&description, service).expect("a description");
    let read = folder.join("tms.tif");
    let _ = gdal("gdal_translate", &["-q", "-projwin", &w, &n, &e, &s, &text(&description), &text(&read)]);
    let tiles = samples_of(&read, folder);
    let other = tiles.iter().zip(&wanted).filter(|(t, w)| t != w && w.to_string() != nodata).count();
    assert_eq!(other, 0, "TMS: every value is the one that GDAL warps");

    // GDAL's WMTS driver sees the relief that the style draws, as gdaldem does
    let capabilities = format!("WMTS:{}?service=WMTS&request=GetCapabilities,layer=mns", sandbox.service("wmts"));
    let read = folder.join("wmts.tif");
    let _ = gdal("gdal_translate", &["-q", "-b", "1", "-projwin", &w, &n, &e, &s, &capabilities, &text(&read)]);
    let relief = folder.join("relief.tif");
    let _ = gdal("gdaldem", &["hillshade", "-q", "-az", "315", "-alt", "45", &text(&truth), &text(&relief)]);
    let (ours, theirs) = (samples_of(&read, folder), samples_of(&relief, folder));
    assert_eq!(ours.len(), theirs.len());
    // gdaldem leaves out what lacks a neighbour, and writes 0 there
    let pairs: Vec<(f64, f64)> = ours.iter().copied().zip(theirs).filter(|(_, t)| *t > 0.0).collect();
    let near = pairs.iter().filter(|(a, b)| (a - b).abs() <= 2.0).count();
    assert!(pairs.len() > 50_000 && near * 100 >= pairs.len() * 97, "{near} of {}", pairs.len());

    // heights of points: those of the file
    let [x, y] = [299_502.0, 6_801_498.0];
    let told = gdal("gdallocationinfo", &["-valonly", "-geoloc", &text(&mns()[0]), &x.to_string(), &y.to_string()]);
    let height: f64 = told.trim().parse().expect("a height");
    let place = degrees([x, y]);
    let origin = sandbox.text("api").trim_end_matches("/api").to_owned();
    let url = format!(
        "{origin}/altimetrie/calcul/alti/rest/elevation.json?resource=mns&lon={}|0&lat={}|0",
        place[0], place[1]
    );
    let answer: Value = serde_json::from_slice(&fetch(&url)).expect("JSON");
    let z = answer["elevations"][0]["z"].as_f64().expect("a height");
    assert!((z - height).abs() < 5.0, "{z} for {height}");
    assert_eq!(answer["elevations"][1]["z"], -99999.0);
}

fn degrees(point: [f64; 2]) -> [f64; 2] {
    let folder = tempfile::tempdir().expect("a folder");
    let list = folder.path().join("point.csv");
    std::fs::write(&list, format!("x,y\n{},{}\n", point[0], point[1])).expect("a point");
    let options = ["-oo", "X_POSSIBLE_NAMES=x", "-oo", "Y_POSSIBLE_NAMES=y"];
    let mut arguments =
        vec!["-f", "CSV", "/vsistdout/", "-s_srs", "EPSG:2154", "-t_srs", "EPSG:4326", "-lco", "GEOMETRY=AS_XY"];
    let list = text(&list);
    arguments.push(&list);
    arguments.extend(options);
    let told = gdal("ogr2ogr", &arguments);
    let numbers: Vec<f64> = told.lines().nth(1).expect("a row").split(',').filter_map(|n| n.parse().ok()).collect();
    [numbers[0], numbers[1]]
}
