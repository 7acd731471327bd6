//! What is ready to be uploaded: files, their place in the upload, their MD5.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Extent, PackageRaster, Service, Zone};

/// A package: what one upload of the platform will hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Package {
    /// Short technical name, `[a-z_][a-z0-9_]*`.
    pub name: String,
    pub kind: PackageKind,
    /// The one CRS declared to the platform: `EPSG:2154`.
    pub srs: String,
    pub files: Vec<PackageFile>,
    /// The tables the platform will make, for a vector package.
    pub layers: Vec<PackageLayer>,
    /// What its pyramid depends on, for a package of images.
    #[serde(default)]
    pub raster: Option<PackageRaster>,
    /// In degrees of WGS 84, over all the layers.
    pub extent_wgs84: Option<Extent>,
    /// SHA-256, in hexadecimal, of the files' paths, sizes and MD5: the same content always gives
    /// the same fingerprint, so a journey finds its own upload again.
    pub fingerprint: String,
    pub origin: PackageOrigin,
    /// Of an archive that is a part of a download.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional = nullable)]
    pub zone: Option<Zone>,
}

/// The type of the upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum PackageKind {
    Vector,
    Raster,
    Archive,
}

impl PackageKind {
    /// What a service is made from: a package of this kind.
    #[must_use]
    pub const fn of(service: Service, raster: bool) -> Self {
        match (service, raster) {
            (Service::Download, _) => PackageKind::Archive,
            (Service::WmsRaster | Service::Wmts | Service::Altimetry, _) | (Service::Tms, true) => PackageKind::Raster,
            _ => PackageKind::Vector,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct PackageFile {
    /// Where the bytes are.
    pub local: PathBuf,
    /// Where they go in the upload, `/` between folders: `data/roads.gpkg`.
    pub target: String,
    #[ts(type = "number")]
    pub bytes: u64,
    /// Lower-case hexadecimal.
    pub md5: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct PackageLayer {
    /// The table's name in the package, conforming.
    pub table: String,
    /// The layer's name in the source.
    pub title: String,
    pub geometry: String,
    #[ts(type = "number")]
    pub features: u64,
    pub fields: Vec<String>,
    pub extent_wgs84: Option<Extent>,
    /// Names that had to change.
    #[serde(default)]
    pub renames: Vec<Rename>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Rename {
    pub from: String,
    pub to: String,
}

/// Whether the bytes are the user's own or a copy we wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum PackageOrigin {
    Untouched,
    Written,
}
