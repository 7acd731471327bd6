//! What inspecting tells of a source: facts only, no judgement.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Code, Crs, Extent, Raster, RasterSet, TileForecast, ValueScan};

/// One source (a file with its sidecars, a folder data set, an archive) and what is in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Inventory {
    /// The path as it was given or found; inside an archive, `archive.zip/inner/file.shp`.
    pub path: String,
    pub kind: Kind,
    /// GDAL's short name of the driver: `ESRI Shapefile`.
    pub driver: Option<String>,
    /// Size on disk of all the files, in bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// The files that belong together, the main one first.
    pub files: Vec<SourceFile>,
    pub layers: Vec<Layer>,
    /// Of a set of tiles: the whole they make, as the commonest of them is.
    pub raster: Option<Raster>,
    /// Tiles that are one data set; `path` is then the folder that holds them.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub raster_set: Option<RasterSet>,
    /// Why the source, or a part of it, could not be read.
    pub problem: Option<Problem>,
    /// What else the reader complained of, without failing.
    #[serde(default)]
    pub warnings: Vec<Problem>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum Kind {
    Vector,
    Raster,
    Mixed,
    /// Rows without geometry.
    Table,
    /// An archive that holds no data set we read, to be delivered as it is.
    Archive,
    Unreadable,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct SourceFile {
    pub path: String,
    #[ts(type = "number")]
    pub bytes: u64,
}

/// A fact that stops or hampers reading. Its code is that of the finding it becomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Problem {
    pub code: Code,
    /// One plain sentence in English; the catalogue has the two languages.
    pub message: String,
    /// The file or archive entry meant, when it is not the source itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Values for the catalogue's sentence, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Layer {
    pub name: String,
    /// As the header says, or counted where counting is cheap. A header can lie: see [`Scan`].
    #[ts(type = "number | null")]
    pub features: Option<u64>,
    /// OGC name: `Point`, `MultiPolygon Z`, `Unknown` for any, `None` for a table.
    pub geometry: String,
    pub geometry_column: Option<String>,
    pub fid_column: Option<String>,
    pub crs: Option<Crs>,
    /// In the layer's CRS.
    pub extent: Option<Extent>,
    /// In degrees of WGS 84, longitude first.
    pub extent_wgs84: Option<Extent>,
    pub fields: Vec<Field>,
    pub encoding: Option<Encoding>,
    /// What reading every feature told; absent until the layer is scanned.
    #[serde(default)]
    pub scan: Option<Scan>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Field {
    pub name: String,
    /// OGR's name of the type: `String`, `Integer64`, `Date`, `StringList`…
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nullable: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique: Option<bool>,
}

/// How the text of a layer is encoded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Encoding {
    /// What the data really hold, as a WHATWG label: `utf-8`, `windows-1252`. Nothing when several
    /// encodings fit.
    pub name: Option<String>,
    /// What a `.cpg`, a DBF header or the format declares.
    pub declared: Option<String>,
    /// Encodings that fit, with words of the data read in each.
    #[serde(default)]
    pub candidates: Vec<EncodingCandidate>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct EncodingCandidate {
    pub name: String,
    /// Up to five words that hold a letter outside ASCII.
    pub words: Vec<String>,
}

/// What reading every feature of a layer told. Counts are of features.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Scan {
    #[ts(type = "number")]
    pub read: u64,
    /// Features without geometry.
    #[ts(type = "number")]
    pub null: u64,
    /// Features whose geometry is empty, or has a coordinate that is no finite number.
    #[ts(type = "number")]
    pub empty: u64,
    #[ts(type = "number")]
    pub invalid: u64,
    /// Features with a vertex outside the area where the CRS is used.
    #[ts(type = "number")]
    pub outside: u64,
    /// How many of each geometry type, by OGC name.
    pub types: Vec<GeometryCount>,
    /// The first invalid geometries, at most 100.
    pub invalid_features: Vec<Faulty>,
    /// The first features outside the CRS's area of use, at most 100.
    pub outside_features: Vec<Faulty>,
    /// The first features with a null or empty geometry, at most 100.
    pub empty_features: Vec<Faulty>,
    /// The most vertices met in one geometry.
    #[ts(type = "number")]
    pub most_vertices: u64,
    /// The most parts met in one geometry, and the most holes.
    #[ts(type = "number")]
    pub most_parts: u64,
    #[ts(type = "number")]
    pub most_holes: u64,
    /// Features above the numbers of vertices, parts or holes where IGN's validator warns.
    #[ts(type = "number")]
    pub complex: u64,
    /// The first of them, at most 100.
    pub complex_features: Vec<Faulty>,
    /// Of all geometries, as WKB.
    #[ts(type = "number")]
    pub geometry_bytes: u64,
    /// Of all texts and binaries, in UTF-8: counted over the first rows, and taken for as much again
    /// and half as much in each of the others.
    #[ts(type = "number")]
    pub text_bytes: u64,
    /// Geometries with curves, Z, M.
    #[ts(type = "number")]
    pub curves: u64,
    pub has_z: bool,
    pub has_m: bool,
    /// The real extent, in the layer's CRS, of the finite coordinates.
    pub extent: Option<Extent>,
    /// The scan stopped before the end (time, damage); the counts are of what was read.
    pub stopped: Option<String>,
    /// How many features each vector tile would hold; absent for a table.
    pub tiles: Option<TileForecast>,
    /// What the values of the columns were found to be; absent unless a data model asked.
    pub values: Option<ValueScan>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct GeometryCount {
    pub geometry: String,
    #[ts(type = "number")]
    pub features: u64,
}

/// One feature that has something wrong, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Faulty {
    #[ts(type = "number")]
    pub feature: i64,
    /// GEOS's own words, or ours.
    pub reason: String,
    /// In the layer's CRS.
    pub point: Option<[f64; 2]>,
    /// In degrees of WGS 84, longitude first.
    #[serde(default)]
    pub point_wgs84: Option<[f64; 2]>,
    /// The box of the feature, in degrees of WGS 84.
    #[serde(default)]
    pub box_wgs84: Option<Extent>,
}

impl Inventory {
    /// Whether the source, and each tile of a set, could be opened.
    #[must_use]
    pub fn opens(&self) -> bool {
        let tiles = self.raster_set.iter().flat_map(|set| &set.tiles);
        self.problem.is_none() && tiles.into_iter().all(|tile| tile.problem.is_none())
    }
}

/// The CRS that most features are in, a projected one before a geographic one: what a delivery of
/// several is brought to. Nothing when no layer has a code.
#[must_use]
pub fn common_srs(inventories: &[Inventory]) -> Option<String> {
    let mut counts: std::collections::BTreeMap<(bool, String), u64> = std::collections::BTreeMap::new();
    for layer in inventories.iter().flat_map(|i| &i.layers).filter(|l| l.geometry != "None") {
        if let Some((projected, code)) = layer.crs.as_ref().and_then(|c| Some((!c.geographic, c.code.clone()?))) {
            // a header can claim any number
            let count = counts.entry((projected, code)).or_default();
            *count = count.saturating_add(layer.features.unwrap_or(0)).saturating_add(1);
        }
    }
    let rasters = inventories.iter().filter_map(|i| i.raster.as_ref()).filter_map(|r| r.crs.as_ref());
    for crs in rasters {
        if let Some(code) = &crs.code {
            *counts.entry((!crs.geographic, code.clone())).or_default() += 1;
        }
    }
    counts.into_iter().max_by_key(|((projected, _), count)| (*projected, *count)).map(|((_, code), _)| code)
}
