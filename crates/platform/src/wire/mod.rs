//! The platform's JSON. Reading is lenient (members come and go, shapes vary by age); what we send
//! is exact.

mod entities;
mod lenient;
mod others;
pub mod requests;
pub mod tags;

pub use entities::*;
pub(crate) use lenient::without_nulls;
pub use lenient::{extent_of, parameters_of};
pub use others::*;

/// Identifiers of the production platform, as its documentation gives them. They differ elsewhere:
/// look them up first, and fall back on types.
pub mod known {
    pub const CHECK_STANDARD: &str = "ecb00ba0-eb42-427e-8418-f5d8a30e84ec";
    pub const CHECK_VECTOR: &str = "66ed8a1b-93d9-4fe9-a413-ab93d31b2964";
    pub const CHECK_ARCHIVE: &str = "f4f79b5e-7056-4b56-981d-34043b4925ab";
    pub const CHECK_RASTER: &str = "a4060831-9c6f-42e2-9435-e07a4e8ef535";
    pub const VECTOR_INTEGRATION: &str = "0de8c60b-9938-4be9-aa36-9026b77c3c96";
    pub const ARCHIVE_COPY: &str = "12cdc646-3976-4f18-b273-f34fca37e2a6";
    pub const RASTER_PYRAMID: &str = "2ae50661-986c-4f47-a3f0-e380417b522c";
    pub const RASTER_MERGE: &str = "7cdca031-9e86-4804-8764-9b1d783b087d";
    pub const WMS_HARVEST: &str = "6a54dc92-fc93-4c8e-9f02-046bf889550e";
    pub const VECTOR_PYRAMID: &str = "aa5f9391-0bdb-4b97-9209-fcde351b82f6";
    pub const ENDPOINT_WFS: &str = "ae012611-13eb-4a18-8d04-9b7604a031cc";
    pub const ENDPOINT_WMS_VECTOR: &str = "ae022611-13eb-4a18-8d04-9b7604a031cc";
    pub const ENDPOINT_WMTS_TMS: &str = "ae032611-13eb-4a18-8d04-9b7604a031cc";
    pub const ENDPOINT_WMS_RASTER: &str = "ae042611-13eb-4a18-8d04-9b7604a031cc";
    pub const ENDPOINT_ALTIMETRY: &str = "0ac92a1e-aa86-4843-8528-e303f12296e5";
    pub const ENDPOINT_DOWNLOAD: &str = "ae052611-13eb-4a18-8d04-9b7604a031cc";
    pub const ENDPOINT_METADATA: &str = "ae062611-13eb-4a18-8d04-9b7604a031cc";
}
