//! A part of the ground that is downloaded by itself: a sheet, a town, a tile.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How a download names a part of its data, and where that part lies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Zone {
    /// The platform's `sub_name`: `[A-Za-z0-9_.-]+`, once in a download.
    pub name: String,
    pub title: String,
    /// `GEOTIFF`, `JP2`, `GPKG`…
    pub format: Option<String>,
    /// Size of a pixel: `50 cm`.
    pub resolution: Option<String>,
    /// Rings of polygons in degrees of WGS 84, longitude first, of at most 5,000 points in all.
    #[serde(default)]
    pub footprint: Vec<Vec<Vec<[f64; 2]>>>,
}

/// A part of a download, as it is listed for a portal of the producer's own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct ListedDownload {
    pub layer_name: String,
    pub sub_name: String,
    pub title: String,
    pub format: Option<String>,
    pub zone: Option<String>,
    pub resolution: Option<String>,
    /// The part's own feed.
    pub url: String,
    pub files: Vec<DownloadFile>,
    /// A GeoJSON geometry in degrees of WGS 84.
    #[ts(type = "object | null")]
    pub footprint: Option<serde_json::Value>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct DownloadFile {
    pub name: String,
    pub url: String,
}

/// Which parts of the data are downloaded by themselves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum Zones {
    /// None: one archive of all.
    #[default]
    Whole,
    /// Each file, with what belongs to it.
    Files,
    /// Each folder.
    Folders,
}
