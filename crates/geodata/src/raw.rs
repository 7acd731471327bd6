//! GDAL's C handles, owned: datasets, spatial references, transforms. Text comes out as bytes,
//! since a stranger's file may hold anything.

use std::ffi::{CStr, CString, c_char};
use std::path::Path;
use std::ptr::{null, null_mut};

use gdal_sys::{GDALDatasetH, OGRCoordinateTransformationH, OGRLayerH, OGRSpatialReferenceH};
use model::Extent;

use crate::{Error, Result, Said, capture};

/// Flags of `GDALOpenEx`, macros that the bindings leave out.
pub(crate) const RASTER: u32 = 0x02;
pub(crate) const VECTOR: u32 = 0x04;
const VERBOSE_ERROR: u32 = 0x40;

/// The bytes of a C string; nothing for a null pointer.
pub(crate) fn bytes(text: *const c_char) -> Vec<u8> {
    if text.is_null() {
        return Vec::new();
    }
    // SAFETY: GDAL's strings are NUL-terminated and outlive the call that gave them.
    unsafe { CStr::from_ptr(text) }.to_bytes().to_vec()
}

/// A C string as text; bytes that are no UTF-8 are shown as Latin-1 would have them.
pub(crate) fn text(from: *const c_char) -> String {
    let raw = bytes(from);
    match String::from_utf8(raw) {
        Ok(text) => text,
        Err(other) => encoding_rs::WINDOWS_1252.decode(other.as_bytes()).0.into_owned(),
    }
}

pub(crate) fn c_string(from: &str) -> CString {
    CString::new(from.replace('\0', "")).unwrap_or_default()
}

/// A NUL-terminated list for C, with the strings it points to.
pub(crate) struct CList {
    _words: Vec<CString>,
    pointers: Vec<*const c_char>,
}

impl CList {
    pub(crate) fn new<S: AsRef<str>>(words: &[S]) -> Self {
        let words: Vec<CString> = words.iter().map(|w| c_string(w.as_ref())).collect();
        let mut pointers: Vec<*const c_char> = words.iter().map(|w| w.as_ptr()).collect();
        pointers.push(null());
        Self { _words: words, pointers }
    }

    pub(crate) fn as_ptr(&self) -> *const *const c_char {
        self.pointers.as_ptr()
    }
}

/// An open dataset.
#[derive(Debug)]
pub(crate) struct Source(GDALDatasetH);

// SAFETY: a dataset may be used from any thread, one at a time; `Source` is not `Sync`.
unsafe impl Send for Source {}

impl Drop for Source {
    fn drop(&mut self) {
        // SAFETY: the handle came from GDALOpenEx and is closed once.
        unsafe { gdal_sys::GDALClose(self.0) };
    }
}

impl Source {
    /// A dataset that GDAL has just made for us; nothing for a null pointer.
    pub(crate) fn own(handle: GDALDatasetH) -> Option<Self> {
        (!handle.is_null()).then_some(Self(handle))
    }

    /// Opens read-only, with the drivers named and no other.
    pub(crate) fn open(path: &Path, drivers: &[&str], options: &[String], flags: u32) -> (Result<Self>, Vec<Said>) {
        Self::open_among(path, drivers, options, flags, None)
    }

    /// As [`Source::open`], told the names of the files beside it that may belong to it: otherwise
    /// GDAL lists the folder each time.
    pub(crate) fn open_among(
        path: &Path,
        drivers: &[&str],
        options: &[String],
        flags: u32,
        beside: Option<&CList>,
    ) -> (Result<Self>, Vec<Said>) {
        let name = c_string(&path.to_string_lossy());
        let drivers = CList::new(drivers);
        let options = CList::new(options);
        let (handle, heard) = capture::listen(|| {
            // SAFETY: the lists and the name outlive the call.
            unsafe {
                gdal_sys::GDALOpenEx(
                    name.as_ptr(),
                    flags | VERBOSE_ERROR,
                    drivers.as_ptr(),
                    options.as_ptr(),
                    beside.map_or(null(), CList::as_ptr),
                )
            }
        });
        if handle.is_null() {
            let says = capture::last(&heard);
            (Err(Error::Refused { doing: format!("opening `{}`", path.display()), says }), heard)
        } else {
            (Ok(Self(handle)), heard)
        }
    }

    pub(crate) fn handle(&self) -> GDALDatasetH {
        self.0
    }

    pub(crate) fn driver(&self) -> String {
        // SAFETY: the dataset is open; the driver lives as long as GDAL.
        unsafe { text(gdal_sys::GDALGetDriverShortName(gdal_sys::GDALGetDatasetDriver(self.0))) }
    }

    pub(crate) fn layers(&self) -> Vec<OGRLayerH> {
        // SAFETY: layers are owned by the dataset, which outlives the list's use.
        unsafe {
            let count = gdal_sys::GDALDatasetGetLayerCount(self.0);
            (0..count).map(|i| gdal_sys::GDALDatasetGetLayer(self.0, i)).filter(|l| !l.is_null()).collect()
        }
    }

    pub(crate) fn layer(&self, name: &str) -> Option<OGRLayerH> {
        let name = c_string(name);
        // SAFETY: as above.
        let layer = unsafe { gdal_sys::GDALDatasetGetLayerByName(self.0, name.as_ptr()) };
        (!layer.is_null()).then_some(layer)
    }

    /// The files that GDAL takes the data set from.
    pub(crate) fn files(&self) -> Vec<String> {
        // SAFETY: the dataset is open; the list is ours, ends with a null pointer, and is freed.
        unsafe {
            let list = gdal_sys::GDALGetFileList(self.0);
            let mut names = Vec::new();
            let mut at = list;
            while !at.is_null() && !(*at).is_null() {
                names.push(text(*at));
                at = at.add(1);
            }
            gdal_sys::CSLDestroy(list);
            names
        }
    }

    pub(crate) fn metadata(&self, key: &str, domain: &str) -> Option<String> {
        let (key, domain) = (c_string(key), c_string(domain));
        // SAFETY: the string belongs to the dataset and is copied at once.
        let value = unsafe { gdal_sys::GDALGetMetadataItem(self.0, key.as_ptr(), domain.as_ptr()) };
        (!value.is_null()).then(|| text(value))
    }
}

/// A spatial reference that we own.
pub(crate) struct Reference(OGRSpatialReferenceH);

impl Drop for Reference {
    fn drop(&mut self) {
        // SAFETY: a clone or a new reference, released once.
        unsafe { gdal_sys::OSRRelease(self.0) };
    }
}

impl Reference {
    /// A copy of GDAL's, with x always east or longitude.
    pub(crate) fn copy(of: OGRSpatialReferenceH) -> Option<Self> {
        if of.is_null() {
            return None;
        }
        // SAFETY: `of` is alive for the call; the clone is ours.
        let copy = unsafe { gdal_sys::OSRClone(of) };
        (!copy.is_null()).then(|| Self(copy).traditional())
    }

    /// From any text PROJ takes: `EPSG:2154`, `IGNF:LAMB93`, WKT.
    pub(crate) fn named(text: &str) -> Option<Self> {
        crate::start();
        let name = c_string(text);
        // SAFETY: a new reference, freed by `Reference` even when the import fails.
        unsafe {
            let made = Self(gdal_sys::OSRNewSpatialReference(null()));
            let (outcome, _) = capture::listen(|| gdal_sys::OSRSetFromUserInput(made.0, name.as_ptr()));
            (outcome == gdal_sys::OGRErr::OGRERR_NONE).then(|| made.traditional())
        }
    }

    fn traditional(self) -> Self {
        // SAFETY: the handle is ours.
        unsafe {
            gdal_sys::OSRSetAxisMappingStrategy(self.0, gdal_sys::OSRAxisMappingStrategy::OAMS_TRADITIONAL_GIS_ORDER);
        }
        self
    }

    pub(crate) fn handle(&self) -> OGRSpatialReferenceH {
        self.0
    }

    pub(crate) fn authority(&self) -> Option<String> {
        // SAFETY: strings belong to the reference and are copied at once.
        unsafe {
            let name = text(gdal_sys::OSRGetAuthorityName(self.0, null()));
            let code = text(gdal_sys::OSRGetAuthorityCode(self.0, null()));
            (!name.is_empty() && !code.is_empty()).then(|| format!("{name}:{code}"))
        }
    }

    pub(crate) fn name(&self) -> String {
        // SAFETY: as above.
        unsafe { text(gdal_sys::OSRGetName(self.0)) }
    }

    pub(crate) fn is_geographic(&self) -> bool {
        // SAFETY: the handle is ours.
        unsafe { gdal_sys::OSRIsGeographic(self.0) != 0 }
    }

    pub(crate) fn wkt(&self) -> Option<String> {
        let options = CList::new(&["FORMAT=WKT2_2019", "MULTILINE=NO"]);
        let mut out: *mut c_char = null_mut();
        // SAFETY: GDAL allocates `out`, which is copied and freed.
        unsafe {
            let (outcome, _) = capture::listen(|| gdal_sys::OSRExportToWktEx(self.0, &raw mut out, options.as_ptr()));
            let wkt = (outcome == gdal_sys::OGRErr::OGRERR_NONE && !out.is_null()).then(|| text(out));
            gdal_sys::VSIFree(out.cast());
            wkt
        }
    }

    pub(crate) fn proj4(&self) -> Option<String> {
        let mut out: *mut c_char = null_mut();
        // SAFETY: as in `wkt`.
        unsafe {
            let (outcome, _) = capture::listen(|| gdal_sys::OSRExportToProj4(self.0, &raw mut out));
            let proj = (outcome == gdal_sys::OGRErr::OGRERR_NONE && !out.is_null()).then(|| text(out));
            gdal_sys::VSIFree(out.cast());
            proj
        }
    }

    /// West, south, east, north in degrees.
    pub(crate) fn area_of_use(&self) -> Option<Extent> {
        let (mut w, mut s, mut e, mut n) = (0.0, 0.0, 0.0, 0.0);
        // SAFETY: four numbers to write to; the name is not asked for.
        let known =
            unsafe { gdal_sys::OSRGetAreaOfUse(self.0, &raw mut w, &raw mut s, &raw mut e, &raw mut n, null_mut()) };
        (known != 0 && w > -999.0).then(|| Extent::new(w, s, e, n)).flatten()
    }

    /// PROJ's candidates, best first, with its confidence in percent.
    pub(crate) fn matches(&self) -> Vec<(Reference, u8)> {
        let mut count = 0;
        let mut confidences: *mut std::ffi::c_int = null_mut();
        // SAFETY: GDAL allocates an array of `count` references and one of numbers; each reference
        // is cloned, then both are freed.
        unsafe {
            let (list, _) =
                capture::listen(|| gdal_sys::OSRFindMatches(self.0, null_mut(), &raw mut count, &raw mut confidences));
            if list.is_null() {
                return Vec::new();
            }
            let found = (0..usize::try_from(count).unwrap_or(0))
                .filter_map(|i| {
                    let percent = u8::try_from((*confidences.add(i)).clamp(0, 100)).unwrap_or(0);
                    Reference::copy(*list.add(i)).map(|r| (r, percent))
                })
                .collect();
            gdal_sys::OSRFreeSRSArray(list);
            gdal_sys::VSIFree(confidences.cast());
            found
        }
    }
}

/// A transform from one reference to another, x always east or longitude.
pub(crate) struct Transform(OGRCoordinateTransformationH);

// SAFETY: used by one thread at a time; not `Sync`.
unsafe impl Send for Transform {}

impl Drop for Transform {
    fn drop(&mut self) {
        // SAFETY: made by `new`, destroyed once.
        unsafe { gdal_sys::OCTDestroyCoordinateTransformation(self.0) };
    }
}

impl Transform {
    pub(crate) fn new(from: &Reference, to: &Reference) -> Option<Self> {
        // SAFETY: both references are alive; GDAL copies them.
        let (made, _) =
            capture::listen(|| unsafe { gdal_sys::OCTNewCoordinateTransformation(from.handle(), to.handle()) });
        (!made.is_null()).then_some(Self(made))
    }

    /// The box that holds the transformed box, its sides followed at 21 points.
    pub(crate) fn extent(&self, e: Extent) -> Option<Extent> {
        let (mut a, mut b, mut c, mut d) = (0.0, 0.0, 0.0, 0.0);
        // SAFETY: four numbers to write to.
        let (done, _) = capture::listen(|| unsafe {
            gdal_sys::OCTTransformBounds(
                self.0, e.minx, e.miny, e.maxx, e.maxy, &raw mut a, &raw mut b, &raw mut c, &raw mut d, 21,
            )
        });
        (done != 0).then(|| Extent::new(a, b, c, d)).flatten()
    }

    /// Transforms a geometry in place; false when a point of it cannot be.
    ///
    /// # Safety
    /// `geometry` must be alive and the caller's.
    pub(crate) unsafe fn geometry(&self, geometry: gdal_sys::OGRGeometryH) -> bool {
        // SAFETY: as the caller promises.
        unsafe { gdal_sys::OGR_G_Transform(geometry, self.0) == gdal_sys::OGRErr::OGRERR_NONE }
    }

    /// The box of some points, transformed in one call.
    pub(crate) fn points(&self, xs: &mut [f64], ys: &mut [f64]) -> Option<Extent> {
        let count = std::ffi::c_int::try_from(xs.len().min(ys.len())).ok()?;
        // SAFETY: as many numbers as said, in place, no z.
        let (done, _) = capture::listen(|| unsafe {
            gdal_sys::OCTTransform(self.0, count, xs.as_mut_ptr(), ys.as_mut_ptr(), null_mut())
        });
        let least = |v: &[f64]| v.iter().copied().fold(f64::INFINITY, f64::min);
        let most = |v: &[f64]| v.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (done != 0).then(|| Extent::new(least(xs), least(ys), most(xs), most(ys))).flatten()
    }

    pub(crate) fn point(&self, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        let (mut x, mut y) = (x, y);
        // SAFETY: one point in place, no z.
        let (done, _) =
            capture::listen(|| unsafe { gdal_sys::OCTTransform(self.0, 1, &raw mut x, &raw mut y, null_mut()) });
        (done != 0 && x.is_finite() && y.is_finite()).then_some([x, y])
    }
}
