//! The services that can be asked for, in the user's words.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What to publish as. The spelling is that of `--as`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum Service {
    /// Features, by attribute and place.
    Wfs,
    /// Images drawn from features by a style.
    WmsVector,
    /// Tiles: of vectors (computed ahead) or of images.
    Tms,
    /// The files as they were given.
    Download,
    /// Images drawn from a raster.
    WmsRaster,
    /// Image tiles with GetCapabilities.
    Wmts,
    /// Heights of points, from a terrain model.
    Altimetry,
}

impl Service {
    pub const ALL: [Service; 7] = [
        Service::Wfs,
        Service::WmsVector,
        Service::Tms,
        Service::Download,
        Service::WmsRaster,
        Service::Wmts,
        Service::Altimetry,
    ];

    /// As written after `--as`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Service::Wfs => "wfs",
            Service::WmsVector => "wms-vector",
            Service::Tms => "tms",
            Service::Download => "download",
            Service::WmsRaster => "wms-raster",
            Service::Wmts => "wmts",
            Service::Altimetry => "altimetry",
        }
    }
}

impl std::fmt::Display for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Service {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|s| s.as_str() == text).ok_or_else(|| text.to_owned())
    }
}
