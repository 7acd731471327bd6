//! Which formats make sense for a producer, and with what options GDAL opens them. GDAL has two
//! hundred drivers; a stranger's file meets only those listed here.

use std::io::Read;
use std::path::Path;

/// Drivers that may open vectors, the likelier first.
pub const VECTOR_DRIVERS: &[&str] = &[
    "GPKG",
    "ESRI Shapefile",
    "GeoJSON",
    "GeoJSONSeq",
    "TopoJSON",
    "FlatGeobuf",
    "CSV",
    "GML",
    "LIBKML",
    "KML",
    "MapInfo File",
    "GPX",
    "DXF",
    "OpenFileGDB",
    "SQLite",
    "XLSX",
    "ODS",
];

/// Drivers that may open rasters.
pub const RASTER_DRIVERS: &[&str] =
    &["GTiff", "JP2OpenJPEG", "AAIGrid", "PNG", "JPEG", "VRT", "WEBP", "HFA", "BAG", "netCDF"];

/// Drivers that may open a tile of a set: none that leads its reader to other files.
pub const TILE_DRIVERS: &[&str] = &["GTiff", "JP2OpenJPEG", "AAIGrid", "PNG", "JPEG", "WEBP", "HFA"];

/// Formats that the platform takes as they are, by GDAL's driver.
pub const PLATFORM_VECTOR_DRIVERS: &[&str] = &["GPKG", "ESRI Shapefile", "GeoJSON", "CSV", "FlatGeobuf"];

/// The first bytes of a file, at most `most`; nothing when it cannot be read.
#[must_use]
pub fn head(path: &Path, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Ok(file) = std::fs::File::open(path) {
        let _ = file.take(most).read_to_end(&mut bytes);
    }
    bytes
}

/// Whether a file begins as TIFF, JPEG 2000, PNG or JPEG do, whatever its name.
#[must_use]
pub fn begins_as_image(path: &Path) -> bool {
    let start = head(path, 12);
    let signs: [&[u8]; 8] =
        [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"\0\0\0\x0CjP  ", b"\xFF\x4F\xFF\x51", b"\x89PNG", b"\xFF\xD8\xFF"];
    signs.iter().any(|sign| start.starts_with(sign))
}

/// Whether a shapefile's header counts more bytes than there are.
#[must_use]
pub fn shapefile_is_cut(path: &Path) -> bool {
    let start = head(path, 28);
    let stated = start.get(24..28).and_then(|b| b.try_into().ok()).map_or(0, u32::from_be_bytes);
    let bytes = std::fs::metadata(path).map_or(0, |m| m.len());
    start.starts_with(&[0, 0, 0x27, 0x0A]) && (start.len() < 28 || 2 * u64::from(stated) > bytes)
}

/// The ending of a file's name, in lower case.
#[must_use]
pub fn extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// The open options that a source needs to show its geometry: columns of WKT or of coordinates in
/// a CSV, no `.gfs` for a GML. Inspecting and packaging must use the same.
#[must_use]
pub fn open_options(path: &Path) -> Vec<String> {
    let options: &[&str] = match extension(path).as_str() {
        "csv" | "tsv" => &[
            "AUTODETECT_TYPE=YES",
            "X_POSSIBLE_NAMES=lon,long,longitude,x,lng",
            "Y_POSSIBLE_NAMES=lat,latitude,y",
            "GEOM_POSSIBLE_NAMES=json,geom,the_geom,wkb,wkt,geometry,WKT",
            "KEEP_GEOM_COLUMNS=NO",
        ],
        // without these GDAL would write a `.gfs` beside it
        _ if is_gml(path) => &["DOWNLOAD_SCHEMA=NO", "WRITE_GFS=NO", "EXPOSE_GML_ID=YES"],
        _ => &[],
    };
    let mut options: Vec<String> = options.iter().map(|o| (*o).to_owned()).collect();
    // SQLite would otherwise keep a journal beside the file while it is open; where one is there
    // already, it holds data and must be read
    let journal = || path.with_file_name(format!("{}-wal", path.file_name().unwrap_or_default().to_string_lossy()));
    if head(path, 16).starts_with(b"SQLite format 3") && !journal().exists() {
        options.push("IMMUTABLE=YES".to_owned());
    }
    if extension(path) == "csv"
        && let Some((x, y)) = coordinate_columns(path)
    {
        options.retain(|o| !o.starts_with("X_POSSIBLE") && !o.starts_with("Y_POSSIBLE"));
        options.push(format!("X_POSSIBLE_NAMES={x}"));
        options.push(format!("Y_POSSIBLE_NAMES={y}"));
    }
    options
}

/// Whether GDAL could take a file for GML, whatever its name.
fn is_gml(path: &Path) -> bool {
    let ending = extension(path);
    let start = || String::from_utf8_lossy(&head(path, 16_384)).into_owned();
    // these name GML too; a file may bear their ending and be none of them
    let own: &[&str] = match ending.as_str() {
        "gml" => return true,
        "kml" => &["<kml"],
        "gpx" => &["<gpx"],
        "vrt" => &["<OGRVRT", "<VRTDataset"],
        _ => &[],
    };
    let start = start();
    // what WFS answers is taken for GML by its first element alone
    let named = ["opengis.net/gml", "<wfs:FeatureCollection"].iter().any(|sign| start.contains(sign));
    named && !own.iter().any(|root| start.contains(root))
}

/// The pair of coordinate columns of a CSV's header: degrees before metres, so that the CRS is
/// known (an address base has both).
fn coordinate_columns(path: &Path) -> Option<(String, String)> {
    let names = csv_header(path);
    let find = |wanted: &[&str]| names.iter().find(|n| wanted.contains(&n.to_lowercase().as_str())).cloned();
    let degrees = find(&["lon", "long", "longitude", "lng"]).zip(find(&["lat", "latitude"]));
    degrees.or_else(|| find(&["x"]).zip(find(&["y"])))
}

/// The names in the first line of a CSV, its separator guessed as GDAL does.
#[must_use]
pub fn csv_header(path: &Path) -> Vec<String> {
    let bytes = head(path, 65_536);
    let line = String::from_utf8_lossy(&bytes).lines().next().unwrap_or_default().to_owned();
    let line = line.trim_start_matches('\u{feff}');
    let separator = [';', '\t', '|', ','].into_iter().max_by_key(|s| line.matches(*s).count()).unwrap_or(',');
    line.split(separator).map(|name| name.trim().trim_matches('"').to_owned()).collect()
}

/// Whether the coordinates of a CSV are degrees, by the names of its columns (platform's tutorial
/// on vector delivery: `lon` and `lat` are EPSG:4326).
#[must_use]
pub fn csv_in_degrees(path: &Path) -> bool {
    coordinate_columns(path).is_some_and(|(x, _)| !x.eq_ignore_ascii_case("x"))
}
