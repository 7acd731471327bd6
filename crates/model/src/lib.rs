//! The nouns and the news of Quai, shared by every room.
//!
//! Knows no file, no network, no clock, no GDAL and no window: only shapes, and how they are
//! written as JSON. What is here reaches the command line's `--json` and the page unchanged.

mod account;
mod crs;
mod data_model;
mod event;
mod extent;
mod failure;
mod finding;
mod image_change;
mod inventory;
mod names;
mod package;
mod pyramid;
mod raster;
mod repair;
mod service;
mod share;
mod step;
mod tiles;
mod twice;
mod update;
mod zone;

pub use account::{
    AccountFacts, EndpointRoom, LiveService, LiveTable, NameUse, Preflight, RunningExecution, StorageRoom, UploadLeft,
    Wanted, WantedTable,
};
pub use crs::{Confidence, Crs, CrsCandidate};
pub use data_model::{
    ColumnFound, ColumnType, DataModel, ModelColumn, ModelFile, ModelTable, Reference, ValueFault, ValueScan,
};
pub use event::{CheckOutcome, Event, PublishedOffering, PublishedUrl};
pub use extent::Extent;
pub use failure::Failure;
pub use finding::{Code, Finding, Level, Place, Spot};
pub use image_change::ImageChange;
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
pub use tiles::{DenseTile, TileForecast, TileZoom};
pub use twice::{UTF8_TWICE, undone};
pub use update::{Update, UpdateHow, UpdateState, UpdateWay};
pub use zone::{DownloadFile, ListedDownload, Zone, Zones};
