//! Reading every pixel of a file, to know that all of them can be.

use std::path::Path;

use crate::raw::{RASTER, Source};
use crate::{Error, Result, capture};

/// Claims of more pixels than this are not followed.
const MOST_PIXELS: u128 = 1 << 40;
/// Samples read at a time, about.
const AT_ONCE: usize = 1 << 22;

/// Reads all of a raster through the drivers named, block by block.
///
/// # Errors
/// What the reader said of the first pixels that cannot be read; cancelled by `goes_on`.
pub fn read_through(path: &Path, drivers: &[&str], goes_on: &dyn Fn() -> bool) -> Result<()> {
    let doing = || format!("reading `{}`", path.file_name().unwrap_or_default().to_string_lossy());
    let refused = |says: String| Error::Refused { doing: doing(), says };
    let source = Source::open(path, drivers, &[], RASTER).0?;
    let dataset = source.handle();
    // SAFETY: the dataset is open for the whole call; its bands are its own.
    let (width, height, bands, (block_wide, block_high)) = unsafe {
        let (mut bw, mut bh) = (0, 0);
        let count = gdal_sys::GDALGetRasterCount(dataset);
        if count > 0 {
            gdal_sys::GDALGetBlockSize(gdal_sys::GDALGetRasterBand(dataset, 1), &raw mut bw, &raw mut bh);
        }
        (gdal_sys::GDALGetRasterXSize(dataset), gdal_sys::GDALGetRasterYSize(dataset), count, (bw.max(1), bh.max(1)))
    };
    let pixels = width as u128 * height as u128;
    if bands == 0 || pixels == 0 || pixels > MOST_PIXELS {
        return Err(refused(format!("{width} × {height} pixels, {bands} bands: no such image is read")));
    }
    let per_row = usize::try_from(bands).unwrap_or(1);
    // whole blocks, as many as fit
    let fit = |block: i32, side: i32, room: usize| {
        let times = i32::try_from((room / usize::try_from(block).unwrap_or(1)).max(1)).unwrap_or(1);
        block.saturating_mul(times).min(side)
    };
    let wide = fit(block_wide, width, AT_ONCE / per_row / usize::try_from(block_high.min(height)).unwrap_or(1));
    let high = fit(block_high, height, AT_ONCE / per_row / usize::try_from(wide).unwrap_or(1));
    let room = usize::try_from(wide).unwrap_or(0) * usize::try_from(high).unwrap_or(0) * per_row;
    if room > AT_ONCE * 64 {
        return Err(refused(format!("blocks of {block_wide} × {block_high} pixels are not read")));
    }
    let mut buffer = vec![0_u8; room];
    let mut y = 0;
    while y < height {
        let rows = high.min(height - y);
        let mut x = 0;
        while x < width {
            if !goes_on() {
                return Err(Error::Cancelled { doing: doing() });
            }
            let columns = wide.min(width - x);
            // SAFETY: the window lies inside the image, the buffer has a byte for each of its samples.
            let (outcome, heard) = capture::listen(|| unsafe {
                gdal_sys::GDALDatasetRasterIO(
                    dataset,
                    gdal_sys::GDALRWFlag::GF_Read,
                    x,
                    y,
                    columns,
                    rows,
                    buffer.as_mut_ptr().cast(),
                    columns,
                    rows,
                    gdal_sys::GDALDataType::GDT_Byte,
                    bands,
                    std::ptr::null_mut(),
                    0,
                    0,
                    0,
                )
            });
            let broken = |s: &&crate::Said| s.error || s.text.to_lowercase().contains("corrupt");
            if outcome != gdal_sys::CPLErr::CE_None || heard.iter().any(|s| broken(&s)) {
                let says = heard.iter().find(broken).map_or_else(|| capture::last(&heard), |s| s.text.clone());
                return Err(refused(format!("ligne {y} : {says}")));
            }
            x += columns;
        }
        y += rows;
    }
    Ok(())
}
