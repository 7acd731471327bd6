//! What mending an image changes in its copy, exactly. Shapes only.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "act", rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum ImageChange {
    /// A CRS is stated. Places stay.
    Assign { srs: String },
    /// Pixels are computed again in this CRS.
    Reproject { to: String },
    /// This value means no data.
    SetNodata { value: f64 },
    /// The black, or white, around the picture is hidden by a mask.
    HideFrame { white: bool },
    /// Values become bytes: those named become 0 and 255, a band each.
    ToBytes { ranges: Vec<[f64; 2]> },
    /// The bands that stay, from 1, in order.
    KeepBands { bands: Vec<u32> },
    /// A colour table becomes three bands.
    ExpandPalette,
    /// Cut into tiles of this many pixels a side.
    Cut { side: u32 },
    /// Written as GeoTIFF.
    Convert { from: String },
}
