//! The nouns and the news of Quai, shared by every room.
//!
//! Knows no file, no network, no clock, no GDAL and no window: only shapes, and how they are
//! written as JSON. What is here reaches the command line's `--json` and the page unchanged.

mod crs;
mod event;
mod extent;
mod failure;
mod finding;
mod inventory;
mod names;
mod package;
mod pyramid;
mod raster;
mod repair;
mod service;
mod share;
mod step;

pub use crs::{Confidence, Crs, CrsCandidate};
pub use event::{CheckOutcome, Event, PublishedOffering, PublishedUrl};
pub use extent::Extent;
pub use failure::Failure;
pub use finding::{Code, Finding, Level, Place};
pub use inventory::{
    Encoding, EncodingCandidate, Faulty, Field, GeometryCount, Inventory, Kind, Layer, Problem, Scan, SourceFile,
    common_srs,
};
pub use names::{conforming_name, conforming_names, conforms};
pub use package::{Package, PackageFile, PackageKind, PackageLayer, PackageOrigin, Rename};
pub use pyramid::{GridOffer, PackageRaster, PyramidPlan, PyramidReason, PyramidWish};
pub use raster::{
    BandStatistics, Borders, Histogram, PlacedBy, Raster, RasterBand, RasterProfile, RasterSet, RasterTile,
    Transparency,
};
pub use repair::{
    Change, HashedFile, Landing, MakeValid, Mended, MendedTable, NamedThing, Pick, Repair, RepairChoices, RepairOption,
    RepairPlan, RepairRecord, Repaired, RepairedTable, Retype, SplitTable, Stays,
};
pub use service::Service;
pub use share::{Link, Probe, Purpose, SharedOffering, Verdict};
pub use step::Step;
