//! GDAL behind one door: the only crate that links it, and the only one with `unsafe`.
//!
//! Everything here may crash on a stranger's file (GDAL is C++): callers that are handed files by
//! people run it in worker processes (`inspect`), never in the window's own process.

pub mod archive;
mod capture;
mod crs;
mod density;
mod encoding;
mod facts;
mod footprint;
pub mod formats;
mod held;
mod image;
pub mod imagery;
mod landing;
mod look;
mod measure;
pub mod mend;
mod pixels;
mod raster;
mod raw;
mod scan;
mod shx;
mod simple;
mod statements;
mod thin;
mod tiles;
mod tileset;
mod translate;
mod values;

use std::sync::Once;

pub use capture::{Said, listen};
pub use crs::{describe_crs, epsg_twin, ignf_twin};
pub use encoding::detect_encoding;
pub use facts::{read_facts, read_values};
pub use footprint::{Boxes, footprint};
pub use held::HeldFolder;
pub use image::{Frame, ImageFormat, ImageMend, mend_image, mosaic_vrt};
pub use landing::{CrsLanding, land, landings};
pub use look::{RowsWanted, preview, rows};
pub use measure::{Measures, MeasuresWanted, measure};
pub use pixels::merge_statistics;
pub use scan::{Listener, scan_layer, scan_layer_telling};
pub use shx::remake_indexes_in;
pub use statements::run_statements;
pub use tiles::{raster_range, raster_set_tile, raster_tile, vector_tile};
pub use tileset::{TileAsked, TilesRead, read_tiles};
pub use translate::{copy_raster, copy_vectors, rename_fields, warp};
pub use values::{MOST_KEYS, ValuesWanted, scan_values, whole};

/// Why GDAL could not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// GDAL said no, in its own words (lossily decoded: they may hold bytes of the user's file).
    #[error("{doing}: {says}")]
    Refused { doing: String, says: String },
    /// The progress callback asked to stop.
    #[error("{doing}: cancelled")]
    Cancelled { doing: String },
    /// A path that GDAL cannot be given (a NUL byte in it).
    #[error("`{0}` is not a usable path")]
    Path(String),
}

pub type Result<T> = std::result::Result<T, Error>;

/// GDAL's release: `3.6.2`.
#[must_use]
pub fn version() -> String {
    gdal::version::version_info("RELEASE_NAME")
}

/// Does now what the first reading and the first drawing would wait for: drivers, and PROJ's own
/// database.
pub fn expect() {
    start();
    let ends = [raw::Reference::named("EPSG:2154"), raw::Reference::named("EPSG:3857")];
    if let [Some(from), Some(to)] = &ends {
        drop(raw::Transform::new(from, to));
    }
}

/// Registers GDAL's drivers and sets what must hold for every file: nothing is written beside a
/// source, nothing is fetched. Cheap after the first call; every public function calls it.
pub fn start() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for (key, value) in [
            ("GDAL_PAM_ENABLED", "NO"),
            ("GML_DOWNLOAD_SCHEMA", "NO"),
            ("GDAL_DISABLE_READDIR_ON_OPEN", "FALSE"),
            ("CPL_VSIL_CURL_ALLOWED_EXTENSIONS", "{none}"),
            ("GDAL_VRT_ENABLE_PYTHON", "NO"),
            ("OGR_SQLITE_SYNCHRONOUS", "OFF"),
            // by default a twentieth of the machine's memory
            ("GDAL_CACHEMAX", "256"),
            ("GDAL_TIFF_INTERNAL_MASK", "YES"),
            ("OGR_CURRENT_DATE", ""),
        ] {
            if !value.is_empty() {
                let _ = gdal::config::set_config_option(key, value);
            }
        }
        gdal::DriverManager::register_all();
    });
}
