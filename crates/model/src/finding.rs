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
    /// The first hundred of those places; `place` has the first of them. Empty when there is one.
    #[serde(default)]
    pub spots: Vec<Spot>,
}

/// One of the places of a finding that groups repeats, in the file and layer of its `place`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, export_to = "../../../ui/src/bindings/")]
pub struct Spot {
    #[ts(type = "number | null")]
    pub feature: Option<i64>,
    /// What is wrong there: GEOS's words, or the value that is refused.
    pub reason: Option<String>,
    /// In the layer's CRS.
    pub point: Option<[f64; 2]>,
    /// In degrees of WGS 84, longitude first.
    pub point_wgs84: Option<[f64; 2]>,
    pub box_wgs84: Option<Extent>,
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
    FormatNotIntegrated = "FORMAT_NOT_INTEGRATED",
    SqlNotDelivered = "SQL_NOT_DELIVERED",
    SqlStatementRefused = "SQL_STATEMENT_REFUSED",
    SqlSchemaNamed = "SQL_SCHEMA_NAMED",
    CsvGeometryUnknown = "CSV_GEOMETRY_UNKNOWN",
    CsvGeometryRenamed = "CSV_GEOMETRY_RENAMED",
    UpdateFile = "UPDATE_FILE",
    FormRefuses = "FORM_REFUSES",
    // CRS and place
    CrsMissing = "CRS_MISSING",
    CrsUnidentified = "CRS_UNIDENTIFIED",
    CrsSeveral = "CRS_SEVERAL",
    CrsDiffersFromDeclared = "CRS_DIFFERS_FROM_DECLARED",
    OutsideCrsArea = "OUTSIDE_CRS_AREA",
    AxesSwapped = "AXES_SWAPPED",
    CrsAuthorityRefused = "CRS_AUTHORITY_REFUSED",
    CrsUnusual = "CRS_UNUSUAL",
    GeojsonNotWgs84 = "GEOJSON_NOT_WGS84",
    OutsideExpectedArea = "OUTSIDE_EXPECTED_AREA",
    // names
    TableNameRefused = "TABLE_NAME_REFUSED",
    TableNameTwice = "TABLE_NAME_TWICE",
    FieldNameRefused = "FIELD_NAME_REFUSED",
    FieldNameTwice = "FIELD_NAME_TWICE",
    FieldTypeUnusual = "FIELD_TYPE_UNUSUAL",
    FieldNameReserved = "FIELD_NAME_RESERVED",
    FieldsTooMany = "FIELDS_TOO_MANY",
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
    EncodingTwice = "ENCODING_TWICE",
    // services
    TilesTooDense = "TILES_TOO_DENSE",
    WfsCapped = "WFS_CAPPED",
    WmsSeveralTables = "WMS_SEVERAL_TABLES",
    StyleUnreadable = "STYLE_UNREADABLE",
    StyleVersionRefused = "STYLE_VERSION_REFUSED",
    StyleFieldUnknown = "STYLE_FIELD_UNKNOWN",
    StyleTableUnknown = "STYLE_TABLE_UNKNOWN",
    StylePictureLocal = "STYLE_PICTURE_LOCAL",
    // the account
    RightMissing = "RIGHT_MISSING",
    DatastoreInactive = "DATASTORE_INACTIVE",
    StorageFull = "STORAGE_FULL",
    StorageNearlyFull = "STORAGE_NEARLY_FULL",
    EndpointMissing = "ENDPOINT_MISSING",
    EndpointFull = "ENDPOINT_FULL",
    LayerNameRefused = "LAYER_NAME_REFUSED",
    LayerNameTaken = "LAYER_NAME_TAKEN",
    LayerNamePrefixed = "LAYER_NAME_PREFIXED",
    DatasheetNameRefused = "DATASHEET_NAME_REFUSED",
    ProcessingMissing = "PROCESSING_MISSING",
    ExecutionRunning = "EXECUTION_RUNNING",
    ServiceWouldBreak = "SERVICE_WOULD_BREAK",
    ServiceWillChange = "SERVICE_WILL_CHANGE",
    UploadsLeft = "UPLOADS_LEFT",
    VisibleToAll = "VISIBLE_TO_ALL",
    // models
    ModelTableMissing = "MODEL_TABLE_MISSING",
    ModelTableUnknown = "MODEL_TABLE_UNKNOWN",
    ModelColumnMissing = "MODEL_COLUMN_MISSING",
    ModelColumnUnknown = "MODEL_COLUMN_UNKNOWN",
    ModelColumnType = "MODEL_COLUMN_TYPE",
    ModelGeometry = "MODEL_GEOMETRY",
    ModelCrs = "MODEL_CRS",
    ModelFileMissing = "MODEL_FILE_MISSING",
    ModelFileUnknown = "MODEL_FILE_UNKNOWN",
    ValueMissing = "VALUE_MISSING",
    ValueType = "VALUE_TYPE",
    ValueLength = "VALUE_LENGTH",
    ValueRange = "VALUE_RANGE",
    ValuePattern = "VALUE_PATTERN",
    ValueNotListed = "VALUE_NOT_LISTED",
    ValueTwice = "VALUE_TWICE",
    ValueKeyUnknown = "VALUE_KEY_UNKNOWN",
    ValuesNotChecked = "VALUES_NOT_CHECKED",
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
