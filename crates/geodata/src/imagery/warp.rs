//! Warping into memory: a dataset, or an image, onto a window of a grid.

use std::ffi::{CString, c_char};
use std::ptr::null_mut;

use model::Extent;

use super::image::Image;
use crate::raw::{Reference, Source, Transform, c_string};
use crate::{Error, Result, capture};

/// How a pixel is made of those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resampling {
    Nearest,
    Bilinear,
    Cubic,
    Lanczos,
    Average,
}

impl Resampling {
    const fn name(self) -> &'static str {
        match self {
            Resampling::Nearest => "near",
            Resampling::Bilinear => "bilinear",
            Resampling::Cubic => "cubic",
            Resampling::Lanczos => "lanczos",
            Resampling::Average => "average",
        }
    }
}

/// A window of a plane, and how many pixels it has. North is up; x is east or longitude.
#[derive(Debug, Clone, PartialEq)]
pub struct Placing {
    pub crs: String,
    pub extent: Extent,
    pub width: usize,
    pub height: usize,
}

impl Placing {
    /// GDAL's six numbers.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "an image has fewer than 2^52 pixels a side")]
    pub fn transform(&self) -> [f64; 6] {
        let e = self.extent;
        let (x, y) = ((e.maxx - e.minx) / self.width as f64, (e.maxy - e.miny) / self.height as f64);
        [e.minx, x, 0.0, e.maxy, 0.0, -y]
    }
}

/// The dataset onto a window: `bands` bands and the mask. `exact` computes each pixel's own place,
/// else it is within an eighth of a pixel, as `gdalwarp` does by itself.
pub(crate) fn warp_source(
    source: &Source,
    (bands, floats): (usize, bool),
    to: &Placing,
    how: Resampling,
    exact: bool,
) -> Result<Image> {
    let [w, s, e, n] = <[f64; 4]>::from(to.extent).map(|v| format!("{v}"));
    let (width, height) = (to.width.to_string(), to.height.to_string());
    let words = [
        "-of",
        "MEM",
        "-t_srs",
        &to.crs,
        "-te",
        &w,
        &s,
        &e,
        &n,
        "-ts",
        &width,
        &height,
        "-r",
        how.name(),
        "-dstalpha",
        "-wm",
        "48",
        "-et",
        if exact { "0" } else { "0.125" },
    ];
    let words: Vec<CString> = words.iter().map(|word| c_string(word)).collect();
    let mut argv: Vec<*mut c_char> = words.iter().map(|word| word.as_ptr().cast_mut()).collect();
    argv.push(null_mut());
    let (made, heard) = capture::listen(|| {
        // SAFETY: every pointer outlives the calls; options are freed; what is made is owned at once.
        unsafe {
            let options = gdal_sys::GDALWarpAppOptionsNew(argv.as_mut_ptr(), null_mut());
            if options.is_null() {
                return None;
            }
            let (mut usage, mut sources) = (0, [source.handle()]);
            let name = c_string("");
            let made = gdal_sys::GDALWarp(name.as_ptr(), null_mut(), 1, sources.as_mut_ptr(), options, &raw mut usage);
            gdal_sys::GDALWarpAppOptionsFree(options);
            Source::own(made)
        }
    });
    match made {
        Some(made) if !heard.iter().any(|s| s.error) => Image::of_dataset(&made, bands, true, floats),
        _ => Err(Error::Refused { doing: "warping an image".to_owned(), says: capture::last(&heard) }),
    }
}

/// An image onto another window.
///
/// # Errors
/// When PROJ knows no way from one CRS to the other.
pub fn warp_image(image: &Image, from: &Placing, to: &Placing, how: Resampling, exact: bool) -> Result<Image> {
    let floats = matches!(image.samples, super::Samples::Floats(_));
    let source = image.to_dataset(Some((&from.crs, from.transform())), image.mask.is_some())?;
    warp_source(&source, (image.bands, floats), to, how, exact)
}

fn between(from: &str, to: &str) -> Result<Transform> {
    let missing = |code: &str| Error::Refused {
        doing: "finding a place".to_owned(),
        says: format!("PROJ does not know `{code}`"),
    };
    let (a, b) =
        (Reference::named(from).ok_or_else(|| missing(from))?, Reference::named(to).ok_or_else(|| missing(to))?);
    Transform::new(&a, &b).ok_or_else(|| missing(to))
}

/// The box that holds a transformed box; nothing when it has no place there.
///
/// # Errors
/// When PROJ does not know one of the CRSs.
pub fn transform_extent(from: &str, to: &str, extent: Extent) -> Result<Option<Extent>> {
    if from == to {
        return Ok(Some(extent));
    }
    Ok(between(from, to)?.extent(extent))
}

/// Each point transformed, or nothing where it has no place.
///
/// # Errors
/// As [`transform_extent`].
pub fn transform_points(from: &str, to: &str, points: &[[f64; 2]]) -> Result<Vec<Option<[f64; 2]>>> {
    if from == to {
        return Ok(points.iter().copied().map(Some).collect());
    }
    let way = between(from, to)?;
    Ok(points.iter().map(|p| way.point(*p)).collect())
}
