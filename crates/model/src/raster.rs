//! What an image tells of itself, alone or as one of thousands that make one data set. Facts only.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Crs, Extent, Problem};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Raster {
    /// In pixels.
    #[ts(type = "number")]
    pub width: u64,
    #[ts(type = "number")]
    pub height: u64,
    pub bands: Vec<RasterBand>,
    pub crs: Option<Crs>,
    /// GDAL's six numbers, absent when the image is not georeferenced.
    pub geotransform: Option<[f64; 6]>,
    /// Pixel size in the CRS's units: x, y.
    pub resolution: Option<[f64; 2]>,
    pub extent: Option<Extent>,
    pub extent_wgs84: Option<Extent>,
    pub compression: Option<String>,
    pub block: Option<[u32; 2]>,
    pub overviews: u32,
    /// `COG` when the file says so.
    pub layout: Option<String>,
    /// Whether sample pixels of the first, middle and last blocks could be read.
    pub pixels_readable: Option<bool>,
    /// How the image says which of its pixels are not to be seen.
    #[serde(default)]
    pub transparency: Transparency,
    /// Where the place of the image is written.
    #[serde(default)]
    pub placed_by: Option<PlacedBy>,
    /// What the image's edges are made of; absent until the image is scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub borders: Option<Borders>,
}

impl Raster {
    /// Whether x grows eastward and y northward along the image's sides.
    #[must_use]
    pub fn is_north_up(&self) -> bool {
        self.geotransform.is_none_or(|t| t[2] == 0.0 && t[4] == 0.0 && t[1] > 0.0 && t[5] < 0.0)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct RasterBand {
    /// GDAL's type: `Byte`, `UInt16`, `Float32`…
    #[serde(rename = "type")]
    pub kind: String,
    /// `Red`, `Gray`, `Alpha`, `Palette`…
    pub color: String,
    pub nodata: Option<f64>,
    /// Bits of a sample, where fewer than the type's are used: 12 in a `UInt16`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub bits: Option<u32>,
    /// Absent until the image is scanned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub statistics: Option<BandStatistics>,
}

/// The values of a band.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct BandStatistics {
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    /// How many pixels were counted, those without data left out.
    #[ts(type = "number")]
    pub pixels: u64,
    /// Pixels met that hold no data.
    #[ts(type = "number")]
    pub empty: u64,
    /// Every pixel was read, not windows spread over the image.
    pub exact: bool,
    /// Counts over equal steps from `low` to `high`.
    pub histogram: Histogram,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Histogram {
    pub low: f64,
    pub high: f64,
    #[ts(type = "number[]")]
    pub counts: Vec<u64>,
}

/// How an image says which of its pixels are not to be seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum Transparency {
    /// It does not.
    #[default]
    None,
    /// By a value.
    Nodata,
    /// By a mask, in the file or beside it.
    Mask,
    /// By a band.
    Alpha,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum PlacedBy {
    /// The file itself.
    File,
    /// A world file beside it: `.tfw`, `.jgw`, `.wld`.
    WorldFile,
}

/// What the pixels along the four sides of an image are made of, as shares of those that were read,
/// from 0 to 1.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Borders {
    /// The side with the most black: every colour at its least. Pixels that a mask hides are not
    /// counted.
    pub black: f64,
    /// The side with the most white.
    pub white: f64,
}

/// Tiles that are one data set, and where each lies.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct RasterSet {
    /// How tiles are made, the commonest first.
    pub profiles: Vec<RasterProfile>,
    /// In order of path.
    pub tiles: Vec<RasterTile>,
}

/// What tiles share.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct RasterProfile {
    /// How many tiles are so made.
    #[ts(type = "number")]
    pub tiles: u64,
    /// GDAL's short name of the driver.
    pub driver: String,
    pub bands: Vec<RasterBand>,
    pub crs: Option<Crs>,
    pub compression: Option<String>,
    pub block: Option<[u32; 2]>,
    pub overviews: u32,
    pub layout: Option<String>,
    pub transparency: Transparency,
    pub placed_by: Option<PlacedBy>,
    /// The image's sides do not follow the CRS's axes.
    pub rotated: bool,
}

/// One tile of a set: its footprint, and what is its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct RasterTile {
    /// Below the set's folder, `/` between folders.
    pub path: String,
    #[ts(type = "number")]
    pub bytes: u64,
    /// Index in the set's profiles; absent for a tile that cannot be opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub profile: Option<u32>,
    /// In pixels.
    #[ts(type = "number")]
    pub width: u64,
    #[ts(type = "number")]
    pub height: u64,
    /// Pixel size in the CRS's units: x, y.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub resolution: Option<[f64; 2]>,
    /// In the CRS of the profile.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub extent: Option<Extent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub extent_wgs84: Option<Extent>,
    /// Whether sample pixels could be read; absent where none was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub pixels_readable: Option<bool>,
    /// Absent until the set is scanned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub borders: Option<Borders>,
    /// Why it cannot be opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub problem: Option<Problem>,
}

impl RasterSet {
    /// The profile of a tile that could be opened.
    #[must_use]
    pub fn profile(&self, tile: &RasterTile) -> Option<&RasterProfile> {
        self.profiles.get(usize::try_from(tile.profile?).ok()?)
    }
}
