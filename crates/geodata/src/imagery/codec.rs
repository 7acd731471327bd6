//! Images as bytes: JPEG and TIFF by GDAL's drivers, in its memory; any of those, and PNG, read back.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::image::Image;
use crate::raw::{CList, Source, c_string};
use crate::{Error, Result, capture};

/// Names of our own in GDAL's memory: threads work at the same time.
fn own_name(ending: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    format!("/vsimem/quai-pixels-{}.{ending}", NEXT.fetch_add(1, Ordering::Relaxed))
}

struct Unlinked(String);

impl Drop for Unlinked {
    fn drop(&mut self) {
        let name = c_string(&self.0);
        // SAFETY: the name outlives the call; a file that is not there is no fault.
        capture::listen(|| unsafe { gdal_sys::VSIUnlink(name.as_ptr()) });
    }
}

fn copy(from: &Source, driver: &str, ending: &str, options: &[&str]) -> Result<Vec<u8>> {
    let name = Unlinked(own_name(ending));
    let (path, driver, options) = (c_string(&name.0), c_string(driver), CList::new(options));
    let (bytes, heard) = capture::listen(|| {
        // SAFETY: everything named outlives the calls; the copy is closed, which flushes it, before
        // its bytes are taken; the buffer belongs to the file, and is copied before that goes.
        unsafe {
            let driver = gdal_sys::GDALGetDriverByName(driver.as_ptr());
            if driver.is_null() {
                return None;
            }
            let made = gdal_sys::GDALCreateCopy(
                driver,
                path.as_ptr(),
                from.handle(),
                0,
                options.as_ptr().cast_mut().cast(),
                None,
                std::ptr::null_mut(),
            );
            drop(Source::own(made)?);
            let mut length = 0;
            let bytes = gdal_sys::VSIGetMemFileBuffer(path.as_ptr(), &raw mut length, 0);
            if bytes.is_null() {
                return None;
            }
            Some(std::slice::from_raw_parts(bytes, usize::try_from(length).ok()?).to_vec())
        }
    });
    bytes.ok_or_else(|| Error::Refused { doing: "writing an image".to_owned(), says: capture::last(&heard) })
}

/// A JPEG; quality from 1 to 100. Masked pixels must have been filled before.
///
/// # Errors
/// When the image is not of one or three bands of bytes.
pub fn encode_jpeg(image: &Image, quality: u8) -> Result<Vec<u8>> {
    copy(&image.to_dataset(None, false)?, "JPEG", "jpg", &[&format!("QUALITY={quality}")])
}

/// A GeoTIFF, deflated; the mask is left out.
///
/// # Errors
/// GDAL's.
pub fn encode_tiff(image: &Image, placed: Option<(&str, [f64; 6])>) -> Result<Vec<u8>> {
    copy(&image.to_dataset(placed, false)?, "GTiff", "tif", &["COMPRESS=DEFLATE"])
}

/// Any of JPEG, PNG or TIFF, back in memory; `bands` without the alpha, which becomes the mask.
///
/// # Errors
/// When the bytes are no such image, or not of so many bands.
pub fn decode(bytes: &[u8], bands: usize, floats: bool) -> Result<Image> {
    let name = Unlinked(own_name("img"));
    let path = c_string(&name.0);
    let mut own = bytes.to_vec();
    // SAFETY: GDAL does not take the buffer; it outlives the dataset, which is dropped before it.
    let (file, _) = capture::listen(|| unsafe {
        let file = gdal_sys::VSIFileFromMemBuffer(path.as_ptr(), own.as_mut_ptr(), own.len() as u64, 0);
        if !file.is_null() {
            gdal_sys::VSIFCloseL(file);
        }
        !file.is_null()
    });
    let doing = || "reading an image".to_owned();
    if !file {
        return Err(Error::Refused { doing: doing(), says: "no memory for it".to_owned() });
    }
    let drivers = ["JPEG", "PNG", "GTiff"];
    let source = Source::open(&PathBuf::from(Path::new(&name.0)), &drivers, &[], crate::raw::RASTER).0?;
    // SAFETY: the dataset is open.
    let there = usize::try_from(unsafe { gdal_sys::GDALGetRasterCount(source.handle()) }).unwrap_or(0);
    if there < bands {
        return Err(Error::Refused { doing: doing(), says: format!("{there} bands, {bands} wanted") });
    }
    Image::of_dataset(&source, bands, there > bands, floats)
}
