//! An image in memory, and its way in and out of GDAL's memory datasets.

use std::os::raw::c_int;

use gdal_sys::{GDALDataType, GDALDatasetH, GDALRWFlag};

use crate::raw::{CList, Reference, Source, c_string};
use crate::{Error, Result, capture};

/// Samples, pixel by pixel: `RGBRGB…`.
#[derive(Debug, Clone, PartialEq)]
pub enum Samples {
    Bytes(Vec<u8>),
    Floats(Vec<f32>),
}

/// An image in memory. Transparency is not a band: it is the mask.
#[derive(Debug, Clone, PartialEq)]
pub struct Image {
    pub width: usize,
    pub height: usize,
    /// Without transparency: 1 for values or grey, 3 for colours.
    pub bands: usize,
    pub samples: Samples,
    /// How much of each pixel is there, 255 for all of it; nothing when all of the image is.
    pub mask: Option<Vec<u8>>,
}

impl Image {
    /// Nothing anywhere: every pixel masked.
    #[must_use]
    pub fn empty(width: usize, height: usize, bands: usize, floats: bool) -> Self {
        let samples = if floats {
            Samples::Floats(vec![0.0; width * height * bands])
        } else {
            Samples::Bytes(vec![0; width * height * bands])
        };
        Self { width, height, bands, samples, mask: Some(vec![0; width * height]) }
    }

    /// Whether no pixel holds data.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mask.as_ref().is_some_and(|m| m.iter().all(|a| *a == 0))
    }

    /// Drops a mask that hides nothing.
    #[must_use]
    pub fn simplified(mut self) -> Self {
        if self.mask.as_ref().is_some_and(|m| m.iter().all(|a| *a == 255)) {
            self.mask = None;
        }
        self
    }

    /// A part of it, which must lie inside.
    #[must_use]
    pub fn crop(&self, x: usize, y: usize, width: usize, height: usize) -> Self {
        fn cut<T: Copy>(from: &[T], stride: usize, at: (usize, usize), size: (usize, usize), per: usize) -> Vec<T> {
            let mut out = Vec::with_capacity(size.0 * size.1 * per);
            for row in at.1..at.1 + size.1 {
                let start = (row * stride + at.0) * per;
                out.extend_from_slice(&from[start..start + size.0 * per]);
            }
            out
        }
        let (at, size) = ((x, y), (width, height));
        let samples = match &self.samples {
            Samples::Bytes(all) => Samples::Bytes(cut(all, self.width, at, size, self.bands)),
            Samples::Floats(all) => Samples::Floats(cut(all, self.width, at, size, self.bands)),
        };
        let mask = self.mask.as_ref().map(|m| cut(m, self.width, at, size, 1));
        Self { width, height, bands: self.bands, samples, mask }.simplified()
    }

    /// Lays another image over this one, where the other has data. Parts outside are left out.
    pub fn paste(&mut self, over: &Image, x: usize, y: usize) {
        if self.bands != over.bands {
            return;
        }
        let (wide, high) =
            (over.width.min(self.width.saturating_sub(x)), over.height.min(self.height.saturating_sub(y)));
        let bands = self.bands;
        for row in 0..high {
            for column in 0..wide {
                let from = row * over.width + column;
                let to = (y + row) * self.width + x + column;
                let there = over.mask.as_ref().map_or(255, |m| m[from]);
                if there == 0 {
                    continue;
                }
                match (&mut self.samples, &over.samples) {
                    (Samples::Bytes(own), Samples::Bytes(other)) => {
                        own[to * bands..(to + 1) * bands].copy_from_slice(&other[from * bands..(from + 1) * bands]);
                    }
                    (Samples::Floats(own), Samples::Floats(other)) => {
                        own[to * bands..(to + 1) * bands].copy_from_slice(&other[from * bands..(from + 1) * bands]);
                    }
                    _ => return,
                }
                if let Some(mask) = &mut self.mask {
                    mask[to] = mask[to].max(there);
                }
            }
        }
    }

    /// The samples of masked pixels become a value of their own, one a band (the last is repeated).
    pub fn fill(&mut self, value: &[f64]) {
        let Some(mask) = &self.mask else { return };
        let of = |band: usize| value.get(band).or(value.last()).copied().unwrap_or(0.0);
        for (pixel, _) in mask.iter().enumerate().filter(|(_, there)| **there == 0) {
            for band in 0..self.bands {
                let at = pixel * self.bands + band;
                match &mut self.samples {
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
                    Samples::Bytes(all) => all[at] = of(band).clamp(0.0, 255.0) as u8,
                    #[expect(clippy::cast_possible_truncation, reason = "a value of the image's own type")]
                    Samples::Floats(all) => all[at] = of(band) as f32,
                }
            }
        }
    }

    fn gdal_type(&self) -> (GDALDataType::Type, usize) {
        match self.samples {
            Samples::Bytes(_) => (GDALDataType::GDT_Byte, 1),
            Samples::Floats(_) => (GDALDataType::GDT_Float32, 4),
        }
    }

    /// A dataset in GDAL's memory with the same pixels; the mask becomes a last, alpha band when
    /// `alpha` says so.
    pub(crate) fn to_dataset(&self, placed: Option<(&str, [f64; 6])>, alpha: bool) -> Result<Source> {
        let doing = "holding an image";
        let (kind, size) = self.gdal_type();
        let (width, height) = (int(self.width)?, int(self.height)?);
        let bands = self.bands + usize::from(alpha);
        let none = CList::new::<&str>(&[]);
        // SAFETY: the driver lives as long as GDAL; the new dataset is owned at once; the buffers have
        // width × height × bands samples of the type said, and outlive the calls.
        let ((made, outcome), heard) = capture::listen(|| unsafe {
            let driver = gdal_sys::GDALGetDriverByName(c_string("MEM").as_ptr());
            let handle = gdal_sys::GDALCreate(
                driver,
                c_string("").as_ptr(),
                width,
                height,
                int(bands).unwrap_or(0),
                kind,
                none.as_ptr().cast_mut().cast(),
            );
            let Some(made) = Source::own(handle) else { return (None, false) };
            let mut fine = true;
            let mut own = self.buffer();
            if self.bands > 0 {
                fine &= io(
                    made.handle(),
                    GDALRWFlag::GF_Write,
                    (width, height),
                    own.as_mut_ptr(),
                    kind,
                    size,
                    self.bands,
                    1,
                );
            }
            if alpha {
                let full = vec![255_u8; self.width * self.height];
                let mut mask = self.mask.clone().unwrap_or(full);
                let band = gdal_sys::GDALGetRasterBand(made.handle(), int(bands).unwrap_or(0));
                gdal_sys::GDALSetRasterColorInterpretation(band, gdal_sys::GDALColorInterp::GCI_AlphaBand);
                fine &= io(
                    made.handle(),
                    GDALRWFlag::GF_Write,
                    (width, height),
                    mask.as_mut_ptr(),
                    GDALDataType::GDT_Byte,
                    1,
                    1,
                    bands,
                );
            }
            if self.bands == 3 {
                for (band, colour) in [(1, 3), (2, 4), (3, 5)] {
                    let band = gdal_sys::GDALGetRasterBand(made.handle(), band);
                    gdal_sys::GDALSetRasterColorInterpretation(band, colour);
                }
            }
            if let Some((crs, mut transform)) = placed {
                gdal_sys::GDALSetGeoTransform(made.handle(), transform.as_mut_ptr());
                if let Some(reference) = Reference::named(crs) {
                    gdal_sys::GDALSetSpatialRef(made.handle(), reference.handle());
                }
            }
            (Some(made), fine)
        });
        match made {
            Some(made) if outcome => Ok(made),
            _ => Err(Error::Refused { doing: doing.to_owned(), says: capture::last(&heard) }),
        }
    }

    /// A copy of the samples as bytes in the machine's order.
    fn buffer(&self) -> Vec<u8> {
        match &self.samples {
            Samples::Bytes(all) => all.clone(),
            Samples::Floats(all) => all.iter().flat_map(|v| v.to_ne_bytes()).collect(),
        }
    }

    /// The whole of a dataset: its first bands, and its last as the mask when `alpha` says so.
    pub(crate) fn of_dataset(source: &Source, bands: usize, alpha: bool, floats: bool) -> Result<Self> {
        let doing = "reading an image";
        // SAFETY: the dataset is open.
        let (wide, high) =
            unsafe { (gdal_sys::GDALGetRasterXSize(source.handle()), gdal_sys::GDALGetRasterYSize(source.handle())) };
        let (width, height) = (usize::try_from(wide).unwrap_or(0), usize::try_from(high).unwrap_or(0));
        let mut image = Self::empty(width, height, bands, floats);
        let (kind, size) = image.gdal_type();
        let (fine, heard) = capture::listen(|| {
            let pixels: *mut u8 = match &mut image.samples {
                Samples::Bytes(all) => all.as_mut_ptr(),
                Samples::Floats(all) => all.as_mut_ptr().cast(),
            };
            // SAFETY: the buffers have width × height × bands samples of the type said.
            unsafe {
                let mut fine = io(source.handle(), GDALRWFlag::GF_Read, (wide, high), pixels, kind, size, bands, 1);
                if alpha && let Some(mask) = &mut image.mask {
                    fine &= io(
                        source.handle(),
                        GDALRWFlag::GF_Read,
                        (wide, high),
                        mask.as_mut_ptr(),
                        GDALDataType::GDT_Byte,
                        1,
                        1,
                        bands + 1,
                    );
                }
                fine
            }
        });
        if !alpha {
            image.mask = None;
        }
        if !fine || heard.iter().any(|s| s.error) {
            return Err(Error::Refused { doing: doing.to_owned(), says: capture::last(&heard) });
        }
        Ok(image.simplified())
    }
}

pub(crate) fn int(number: usize) -> Result<c_int> {
    c_int::try_from(number)
        .map_err(|_| Error::Refused { doing: "sizing an image".to_owned(), says: "too large".to_owned() })
}

/// Reads or writes a whole dataset, pixel by pixel, `bands` bands from the one numbered `first`.
///
/// # Safety
/// `pixels` must have room for width × height × bands samples of `kind`, `size` bytes each.
#[expect(clippy::too_many_arguments, reason = "GDAL's own call has fifteen")]
unsafe fn io(
    dataset: GDALDatasetH,
    way: GDALRWFlag::Type,
    (width, height): (c_int, c_int),
    pixels: *mut u8,
    kind: GDALDataType::Type,
    size: usize,
    bands: usize,
    first: usize,
) -> bool {
    let (Ok(size), Ok(count)) = (int(size), int(bands)) else { return false };
    let mut wanted: Vec<c_int> = (first..first + bands).filter_map(|b| int(b).ok()).collect();
    // SAFETY: as the caller promises; the list of bands has `count` members.
    unsafe {
        gdal_sys::GDALDatasetRasterIO(
            dataset,
            way,
            0,
            0,
            width,
            height,
            pixels.cast(),
            width,
            height,
            kind,
            count,
            wanted.as_mut_ptr(),
            size * count,
            size * count * width,
            size,
        ) == gdal_sys::CPLErr::CE_None
    }
}
