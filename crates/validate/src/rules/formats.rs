//! Rule: the format is one the platform takes, or one that we convert; the name says which.

use model::{Code, Finding, Inventory, Kind};

use super::{at_file, file_name};
use crate::Expectations;
use crate::catalogue::find;

/// Formats the platform integrates, by GDAL's driver (its tutorial on vector delivery; FlatGeobuf
/// since 2026-07-29).
const TAKEN: &[&str] = &["GPKG", "ESRI Shapefile", "GeoJSON", "CSV", "FlatGeobuf"];

/// Endings that go with a driver.
const ENDINGS: &[(&str, &[&str])] = &[
    ("GPKG", &["gpkg"]),
    ("ESRI Shapefile", &["shp", "dbf"]),
    ("GeoJSON", &["geojson", "json"]),
    ("FlatGeobuf", &["fgb"]),
    ("CSV", &["csv", "tsv"]),
    ("GML", &["gml", "xml"]),
    ("KML", &["kml"]),
    ("LIBKML", &["kml", "kmz"]),
    ("GTiff", &["tif", "tiff"]),
    ("PNG", &["png"]),
    ("JPEG", &["jpg", "jpeg"]),
    ("JP2OpenJPEG", &["jp2"]),
    ("AAIGrid", &["asc"]),
    ("MapInfo File", &["tab", "mif"]),
    ("GPX", &["gpx"]),
];

/// What the form of cartes.gouv.fr takes at most, in bytes: any file, and a GeoJSON, which it reads.
const FORM_FILE: u64 = 2_000_000_000;
const FORM_GEOJSON: u64 = 20_000_000;

/// Files that the platform would take and the form refuse.
fn form(inventory: &Inventory) -> Option<Finding> {
    let geojson = inventory.driver.as_deref() == Some("GeoJSON");
    let most = if geojson { FORM_GEOJSON } else { FORM_FILE };
    let large = inventory.files.iter().find(|f| f.bytes > most)?;
    let values = [("file", file_name(&large.path)), ("bytes", large.bytes.to_string()), ("most", most.to_string())];
    Some(find(Code::FormRefuses, at_file(inventory), &values))
}

pub(crate) fn check(inventory: &Inventory, _: &Expectations) -> Vec<Finding> {
    let name = file_name(&inventory.path);
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
    if inventory.kind == Kind::Unreadable && matches!(ending.as_str(), "parquet" | "geoparquet") {
        return vec![find(Code::FormatNotIntegrated, at_file(inventory), &[("file", name)])];
    }
    let mut findings: Vec<Finding> = form(inventory).into_iter().collect();
    let Some(driver) = inventory.driver.as_deref() else { return findings };
    // the names of a set's tiles are judged one by one
    if inventory.raster_set.is_some() {
        return findings;
    }
    let values = [("file", name.clone()), ("driver", driver.to_owned())];
    if ending_wrong(&name, driver) {
        findings.push(find(Code::ExtensionWrong, at_file(inventory), &values));
    }
    let vector = matches!(inventory.kind, Kind::Vector | Kind::Table);
    if vector && !TAKEN.contains(&driver) {
        findings.push(find(Code::FormatConverted, at_file(inventory), &values));
    }
    if inventory.kind == Kind::Mixed || (driver == "GPKG" && inventory.raster.is_some()) {
        findings.push(find(Code::GpkgHoldsRaster, at_file(inventory), &values));
    }
    if name.starts_with("__") {
        findings.push(find(Code::IgnoredByPlatform, at_file(inventory), &values));
    }
    if !portable(&name) {
        findings.push(find(Code::NameNotPortable, at_file(inventory), &values));
    }
    findings
}

/// Whether a name's ending is that of another format.
pub(crate) fn ending_wrong(name: &str, driver: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_lowercase()).unwrap_or_default();
    ENDINGS.iter().any(|(d, endings)| *d == driver && !endings.contains(&ending.as_str()))
}

/// Whether a name is the same on every system and in every address.
pub(crate) fn portable(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}
