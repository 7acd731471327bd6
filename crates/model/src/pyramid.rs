//! The pyramid that images become: what is known of them, what is chosen, and why.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a raster package holds, as far as its pyramid depends on it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct PackageRaster {
    /// How many images.
    #[ts(type = "number")]
    pub images: u64,
    /// Of all images together.
    #[ts(type = "number")]
    pub pixels: u64,
    /// Without transparency.
    pub bands: u32,
    pub alpha: bool,
    /// GDAL's type: `Byte`, `UInt16`, `Float32`…
    #[serde(rename = "type")]
    pub kind: String,
    pub nodata: Option<f64>,
    /// Size of a pixel of the finest image on the ground, in metres.
    pub resolution: f64,
    /// Degrees north of the middle, for grids that stretch with it.
    pub latitude: f64,
    /// Another name for the CRS declared: IGN's for EPSG's, or the reverse.
    pub twin: Option<String>,
}

/// What the user wants of a pyramid; what is absent is chosen from the data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct PyramidWish {
    /// A grid of the processing's own list: `PM`.
    pub grid: Option<String>,
    /// `jpg`, `jpg90`, `png`, `zip`.
    pub compression: Option<String>,
    /// `nn`, `linear`, `bicubic`.
    pub interpolation: Option<String>,
    /// The least detailed level.
    pub top: Option<u8>,
    /// The most detailed level.
    pub bottom: Option<u8>,
    /// Keep which pixels hold data: needed where updates are planned.
    pub mask: Option<bool>,
}

/// A pyramid as it will be asked for, with the reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct PyramidPlan {
    pub grid: String,
    pub compression: String,
    pub interpolation: String,
    pub top: u8,
    pub bottom: u8,
    pub mask: bool,
    /// Size of a pixel of the bottom level on the ground, in metres.
    pub resolution: f64,
    /// About how many tiles, over all levels.
    #[ts(type = "number")]
    pub tiles: u64,
    /// About how many bytes they take on the platform.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Why each was chosen, in the order of the members.
    pub reasons: Vec<PyramidReason>,
    /// The grids that the platform offers.
    pub grids: Vec<GridOffer>,
}

/// Why a member of a plan is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct PyramidReason {
    /// `grid`, `compression`, `interpolation`, `levels`, `mask`.
    pub about: String,
    /// French first, then English.
    pub text: [String; 2],
}

/// A grid, and what it would mean for these images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct GridOffer {
    pub id: String,
    pub srs: String,
    /// The level nearest to the images.
    pub bottom: u8,
    /// Size of its pixels on the ground, in metres.
    pub resolution: f64,
}
