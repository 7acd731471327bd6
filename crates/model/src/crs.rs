//! Coordinate reference systems, as PROJ names them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Extent;

/// The CRS of a layer or raster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Crs {
    /// The code to declare to the platform: `EPSG:2154`. The EPSG twin where PROJ found an IGNF
    /// one. Nothing when PROJ recognises no code with enough confidence.
    pub code: Option<String>,
    /// The same system under another authority: `IGNF:LAMB93`.
    pub twin: Option<String>,
    pub name: String,
    /// How the code was found.
    pub confidence: Confidence,
    /// Codes that PROJ finds near but not equal, best first.
    #[serde(default)]
    pub candidates: Vec<CrsCandidate>,
    /// Whether coordinates are degrees (or grads) rather than metres.
    pub geographic: bool,
    /// Where the CRS is meant to be used, in degrees of WGS 84.
    pub area_of_use: Option<Extent>,
    /// The area of use in the CRS's own units, when it can be projected.
    #[serde(default)]
    pub area_of_use_projected: Option<Extent>,
    /// WKT 2 as read from the file, for the record.
    #[serde(default)]
    pub wkt: Option<String>,
}

/// How sure one is of a CRS's code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum Confidence {
    /// The file names the code and PROJ agrees, or PROJ finds an identical definition.
    Certain,
    /// PROJ finds an equivalent definition under another name.
    Likely,
    /// PROJ finds nothing close enough.
    Unknown,
}

/// A code that could be meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct CrsCandidate {
    pub code: String,
    pub name: String,
    /// PROJ's confidence, 0 to 100.
    pub percent: u8,
}
