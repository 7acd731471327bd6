//! What judging an inventory says, and where it points.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Extent;

/// One thing to know about the data. The sentence of a code is in the catalogue of `validate`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Finding {
    pub code: Code,
    pub level: Level,
    pub place: Place,
    /// The sentence in the language asked for.
    pub message: String,
    /// The same in the two languages, French first, so that a page can change language.
    pub sentences: Option<[String; 2]>,
    /// How many places share the finding when it groups repeats.
    #[ts(type = "number")]
    pub count: u64,
}

/// By consequence for the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub enum Level {
    Debug,
    /// Good to know.
    Tells,
    /// It will be published, but worse than it could be.
    Degrades,
    /// The platform would refuse it, or what is published would be wrong.
    Blocks,
}

/// Where a finding points; all that is known, nothing else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[ts(type = "number | null")]
    pub feature: Option<i64>,
    /// In the layer's CRS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point: Option<[f64; 2]>,
    /// In degrees of WGS 84, longitude first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub point_wgs84: Option<[f64; 2]>,
    /// In degrees of WGS 84.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub box_wgs84: Option<Extent>,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        /// What software matches on. Sentences and levels are in the catalogue of `validate`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[ts(export, export_to = "../../../ui/src/bindings/")]
        pub enum Code { $($(#[$doc])* #[serde(rename = $text)] $name),* }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Code] = &[$(Code::$name),*];

            /// As it is written in JSON and in the catalogue.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Code::$name => $text),* }
            }
        }
    };
}

codes! {
    // reading
    Unreadable = "UNREADABLE",
    ReaderCrashed = "READER_CRASHED",
    ReaderTimedOut = "READER_TIMED_OUT",
    ReaderOutOfMemory = "READER_OUT_OF_MEMORY",
    FileMissing = "FILE_MISSING",
    FileEmpty = "FILE_EMPTY",
    FileTruncated = "FILE_TRUNCATED",
    SidecarMissing = "SIDECAR_MISSING",
    ReferenceOutside = "REFERENCE_OUTSIDE",
    ReferenceIgnored = "REFERENCE_IGNORED",
    ReaderWarned = "READER_WARNED",
    // archives
    ZipEmpty = "ZIP_EMPTY",
    ZipDamaged = "ZIP_DAMAGED",
    ZipEncrypted = "ZIP_ENCRYPTED",
    ZipClimbsOut = "ZIP_CLIMBS_OUT",
    ZipBomb = "ZIP_BOMB",
    ZipSeveralSources = "ZIP_SEVERAL_SOURCES",
    ZipNamesNotUtf8 = "ZIP_NAMES_NOT_UTF8",
    // formats
    FormatRefused = "FORMAT_REFUSED",
    FormatConverted = "FORMAT_CONVERTED",
    ExtensionWrong = "EXTENSION_WRONG",
    NotGeodata = "NOT_GEODATA",
    GpkgHoldsRaster = "GPKG_HOLDS_RASTER",
    NameNotPortable = "NAME_NOT_PORTABLE",
    BaseNameTwice = "BASE_NAME_TWICE",
    IgnoredByPlatform = "IGNORED_BY_PLATFORM",
    // CRS and place
    CrsMissing = "CRS_MISSING",
    CrsUnidentified = "CRS_UNIDENTIFIED",
    CrsSeveral = "CRS_SEVERAL",
    CrsDiffersFromDeclared = "CRS_DIFFERS_FROM_DECLARED",
    OutsideCrsArea = "OUTSIDE_CRS_AREA",
    AxesSwapped = "AXES_SWAPPED",
    // names
    TableNameRefused = "TABLE_NAME_REFUSED",
    TableNameTwice = "TABLE_NAME_TWICE",
    FieldNameRefused = "FIELD_NAME_REFUSED",
    FieldNameTwice = "FIELD_NAME_TWICE",
    FieldTypeUnusual = "FIELD_TYPE_UNUSUAL",
    // content
    LayerMissing = "LAYER_MISSING",
    FeatureMissing = "FEATURE_MISSING",
    GeometryMissing = "GEOMETRY_MISSING",
    GeometryNullOrEmpty = "GEOMETRY_NULL_OR_EMPTY",
    GeometryInvalid = "GEOMETRY_INVALID",
    GeometryMixed = "GEOMETRY_MIXED",
    GeometryCurved = "GEOMETRY_CURVED",
    GeometryComplex = "GEOMETRY_COMPLEX",
    CountDiffers = "COUNT_DIFFERS",
    ScanStopped = "SCAN_STOPPED",
    EncodingNotUtf8 = "ENCODING_NOT_UTF8",
    EncodingLies = "ENCODING_LIES",
    // rasters
    RasterNotGeoreferenced = "RASTER_NOT_GEOREFERENCED",
    RasterPixelsUnreadable = "RASTER_PIXELS_UNREADABLE",
    RasterAbsurdSize = "RASTER_ABSURD_SIZE",
    RasterRotated = "RASTER_ROTATED",
    RasterCrsDiffers = "RASTER_CRS_DIFFERS",
    RasterOutsideCrsArea = "RASTER_OUTSIDE_CRS_AREA",
    RasterFormatNotTaken = "RASTER_FORMAT_NOT_TAKEN",
    RasterHuge = "RASTER_HUGE",
    RasterBlackBorder = "RASTER_BLACK_BORDER",
    RasterWhiteBorder = "RASTER_WHITE_BORDER",
    RasterTooManyBands = "RASTER_TOO_MANY_BANDS",
    RasterTypeUnusual = "RASTER_TYPE_UNUSUAL",
    RasterPalette = "RASTER_PALETTE",
    RasterSixteenBits = "RASTER_SIXTEEN_BITS",
    RasterFourBands = "RASTER_FOUR_BANDS",
    RasterTransparent = "RASTER_TRANSPARENT",
    RasterMeasures = "RASTER_MEASURES",
    RasterNodataUndeclared = "RASTER_NODATA_UNDECLARED",
    // tiles beside each other
    MosaicGap = "MOSAIC_GAP",
    MosaicOverlap = "MOSAIC_OVERLAP",
    MosaicDuplicate = "MOSAIC_DUPLICATE",
    MosaicShift = "MOSAIC_SHIFT",
    MosaicSubpixelShift = "MOSAIC_SUBPIXEL_SHIFT",
    MosaicCrs = "MOSAIC_CRS",
    MosaicResolution = "MOSAIC_RESOLUTION",
    MosaicBands = "MOSAIC_BANDS",
    MosaicType = "MOSAIC_TYPE",
    MosaicNodata = "MOSAIC_NODATA",
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
