//! GDAL's three utilities as functions: copy vectors, copy a raster, warp. Their arguments are
//! those of `ogr2ogr`, `gdal_translate` and `gdalwarp`; progress runs from 0 to 1 and returning
//! `false` from it stops the work.

use std::ffi::{CString, c_char, c_int, c_void};
use std::path::Path;
use std::ptr::null_mut;

use gdal::{Dataset, DatasetOptions, GdalOpenFlags};

use crate::{Error, Result, capture};

pub(crate) type Progress<'a> = &'a mut dyn FnMut(f64) -> bool;

pub(crate) unsafe extern "C" fn tell(share: f64, _text: *const c_char, data: *mut c_void) -> c_int {
    // SAFETY: `data` is the `Call` on the stack of `run`, alive for the whole C call.
    let call = unsafe { &mut *data.cast::<Call<'_>>() };
    let goes_on = (call.progress)(share);
    call.stopped |= !goes_on;
    c_int::from(goes_on)
}

pub(crate) struct Call<'a> {
    pub(crate) progress: Progress<'a>,
    pub(crate) stopped: bool,
}

fn c_path(path: &Path) -> Result<CString> {
    CString::new(path.to_string_lossy().as_bytes()).map_err(|_| Error::Path(path.display().to_string()))
}

fn c_list(arguments: &[&str]) -> Result<Vec<CString>> {
    arguments.iter().map(|a| CString::new(*a).map_err(|_| Error::Path((*a).to_owned()))).collect()
}

/// Opens for reading with the drivers named, or any when none is.
fn open(path: &Path, vector: bool, drivers: &[&str], options: &[&str]) -> Result<Dataset> {
    let kind = if vector { GdalOpenFlags::GDAL_OF_VECTOR } else { GdalOpenFlags::GDAL_OF_RASTER };
    let (opened, heard) = capture::listen(|| {
        Dataset::open_ex(
            path,
            DatasetOptions {
                open_flags: GdalOpenFlags::GDAL_OF_READONLY | GdalOpenFlags::GDAL_OF_VERBOSE_ERROR | kind,
                allowed_drivers: (!drivers.is_empty()).then_some(drivers),
                open_options: (!options.is_empty()).then_some(options),
                sibling_files: None,
            },
        )
    });
    opened.map_err(|_| Error::Refused { doing: format!("opening `{}`", path.display()), says: capture::last(&heard) })
}

/// `ogr2ogr`: copies layers of `source` into `target`. `open_options` are given to the source's
/// driver (`KEY=VALUE`), `arguments` are `ogr2ogr`'s without the two paths. Gives what GDAL said.
///
/// # Errors
/// When the source cannot be opened, GDAL refuses, or `progress` asked to stop. What was written
/// so far is left for the caller to remove.
pub fn copy_vectors(
    source: &Path,
    open_options: &[&str],
    target: &Path,
    arguments: &[&str],
    progress: Progress<'_>,
) -> Result<Vec<capture::Said>> {
    let dataset = open(source, true, crate::formats::VECTOR_DRIVERS, open_options)?;
    let doing = format!("writing `{}`", target.display());
    let mut arguments = arguments.to_vec();
    arguments.push("-progress");
    let words = c_list(&arguments)?;
    let mut argv: Vec<*mut c_char> = words.iter().map(|w| w.as_ptr().cast_mut()).collect();
    argv.push(null_mut());
    let target = c_path(target)?;
    let mut call = Call { progress, stopped: false };
    let (done, heard) = capture::listen(|| {
        // SAFETY: every pointer outlives the call; options are freed; the dataset handle made is
        // closed here, which flushes it. GDAL copies what it keeps.
        unsafe {
            let options = gdal_sys::GDALVectorTranslateOptionsNew(argv.as_mut_ptr(), null_mut());
            if options.is_null() {
                return false;
            }
            gdal_sys::GDALVectorTranslateOptionsSetProgress(options, Some(tell), (&raw mut call).cast());
            let mut usage: c_int = 0;
            let mut sources = [dataset.c_dataset()];
            let made = gdal_sys::GDALVectorTranslate(
                target.as_ptr(),
                null_mut(),
                1,
                sources.as_mut_ptr(),
                options,
                &raw mut usage,
            );
            gdal_sys::GDALVectorTranslateOptionsFree(options);
            if made.is_null() {
                return false;
            }
            gdal_sys::GDALClose(made);
            usage == 0
        }
    });
    finish(done, call.stopped, doing, heard)
}

/// Renames fields of a GeoPackage's layer in place, for a file of our own.
///
/// # Errors
/// When the file, the layer or a field is not there, or GDAL refuses.
pub fn rename_fields(geopackage: &Path, layer: &str, renames: &[(String, String)]) -> Result<()> {
    let doing = || format!("renaming the fields of `{layer}`");
    let name = c_path(geopackage)?;
    let layer_name = CString::new(layer).map_err(|_| Error::Path(layer.to_owned()))?;
    let (outcome, heard) = capture::listen(|| -> Result<bool> {
        // SAFETY: the dataset is ours and closed at the end; field definitions made are destroyed.
        unsafe {
            let flags = 0x01 | 0x04 | 0x40; // update, vector, verbose
            let dataset =
                gdal_sys::GDALOpenEx(name.as_ptr(), flags, std::ptr::null(), std::ptr::null(), std::ptr::null());
            if dataset.is_null() {
                return Ok(false);
            }
            let handle = gdal_sys::GDALDatasetGetLayerByName(dataset, layer_name.as_ptr());
            let mut done = !handle.is_null();
            for (from, to) in renames.iter().filter(|_| !handle.is_null()) {
                let from = CString::new(from.as_str()).map_err(|_| Error::Path(from.clone()))?;
                let to = CString::new(to.as_str()).map_err(|_| Error::Path(to.clone()))?;
                let definition = gdal_sys::OGR_L_GetLayerDefn(handle);
                let at = gdal_sys::OGR_FD_GetFieldIndex(definition, from.as_ptr());
                if at < 0 {
                    done = false;
                    continue;
                }
                let renamed = gdal_sys::OGR_Fld_Create(to.as_ptr(), gdal_sys::OGRFieldType::OFTString);
                done &= gdal_sys::OGR_L_AlterFieldDefn(handle, at, renamed, 0x1) == gdal_sys::OGRErr::OGRERR_NONE;
                gdal_sys::OGR_Fld_Destroy(renamed);
            }
            gdal_sys::GDALClose(dataset);
            Ok(done)
        }
    });
    match outcome? {
        true => Ok(()),
        false => Err(Error::Refused { doing: doing(), says: capture::last(&heard) }),
    }
}

/// `gdal_translate`: copies a raster into another format. See [`copy_vectors`].
///
/// # Errors
/// As [`copy_vectors`].
pub fn copy_raster(
    source: &Path,
    target: &Path,
    arguments: &[&str],
    progress: Progress<'_>,
) -> Result<Vec<capture::Said>> {
    let dataset = open(source, false, &[], &[])?;
    let doing = format!("writing `{}`", target.display());
    let words = c_list(arguments)?;
    let mut argv: Vec<*mut c_char> = words.iter().map(|w| w.as_ptr().cast_mut()).collect();
    argv.push(null_mut());
    let target = c_path(target)?;
    let mut call = Call { progress, stopped: false };
    let (done, heard) = capture::listen(|| {
        // SAFETY: as in `copy_vectors`.
        unsafe {
            let options = gdal_sys::GDALTranslateOptionsNew(argv.as_mut_ptr(), null_mut());
            if options.is_null() {
                return false;
            }
            gdal_sys::GDALTranslateOptionsSetProgress(options, Some(tell), (&raw mut call).cast());
            let mut usage: c_int = 0;
            let made = gdal_sys::GDALTranslate(target.as_ptr(), dataset.c_dataset(), options, &raw mut usage);
            gdal_sys::GDALTranslateOptionsFree(options);
            if made.is_null() {
                return false;
            }
            gdal_sys::GDALClose(made);
            usage == 0
        }
    });
    finish(done, call.stopped, doing, heard)
}

/// `gdalwarp`: reprojects one or several rasters into one. See [`copy_vectors`].
///
/// # Errors
/// As [`copy_vectors`].
pub fn warp(
    sources: &[&Path],
    target: &Path,
    arguments: &[&str],
    progress: Progress<'_>,
) -> Result<Vec<capture::Said>> {
    let opened = sources.iter().map(|path| open(path, false, &[], &[])).collect::<Result<Vec<_>>>()?;
    let mut handles: Vec<_> = opened.iter().map(Dataset::c_dataset).collect();
    let doing = format!("writing `{}`", target.display());
    let words = c_list(arguments)?;
    let mut argv: Vec<*mut c_char> = words.iter().map(|w| w.as_ptr().cast_mut()).collect();
    argv.push(null_mut());
    let target = c_path(target)?;
    let mut call = Call { progress, stopped: false };
    let (done, heard) = capture::listen(|| {
        // SAFETY: as in `copy_vectors`.
        unsafe {
            let options = gdal_sys::GDALWarpAppOptionsNew(argv.as_mut_ptr(), null_mut());
            if options.is_null() {
                return false;
            }
            gdal_sys::GDALWarpAppOptionsSetProgress(options, Some(tell), (&raw mut call).cast());
            let mut usage: c_int = 0;
            let count = c_int::try_from(handles.len()).unwrap_or(c_int::MAX);
            let made =
                gdal_sys::GDALWarp(target.as_ptr(), null_mut(), count, handles.as_mut_ptr(), options, &raw mut usage);
            gdal_sys::GDALWarpAppOptionsFree(options);
            if made.is_null() {
                return false;
            }
            gdal_sys::GDALClose(made);
            usage == 0
        }
    });
    finish(done, call.stopped, doing, heard)
}

pub(crate) fn finish(
    done: bool,
    stopped: bool,
    doing: String,
    heard: Vec<capture::Said>,
) -> Result<Vec<capture::Said>> {
    if stopped {
        Err(Error::Cancelled { doing })
    } else if done && !heard.iter().any(|said| said.error) {
        Ok(heard)
    } else {
        Err(Error::Refused { doing, says: capture::last(&heard) })
    }
}
