//! Pixels for pyramids and image services: images in memory, mosaics of files, warping a window of
//! them onto a grid. Never a whole source at once: memory follows the window asked for.

mod codec;
mod image;
mod mosaic;
mod read;
mod warp;

pub use codec::{decode, encode_jpeg, encode_tiff};
pub use image::{Image, Samples};
pub use mosaic::{Mosaic, RasterFile, describe_raster};
pub use read::read_through;
pub use warp::{Placing, Resampling, transform_extent, transform_points, warp_image};

/// Bounds what GDAL keeps of the blocks it read, in bytes; by default it takes a share of the
/// machine's memory.
pub fn limit_cache(bytes: i64) {
    crate::start();
    // SAFETY: a number is set, under GDAL's own lock.
    unsafe { gdal_sys::GDALSetCacheMax64(bytes) };
}
