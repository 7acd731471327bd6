//! SQL that changes a GeoPackage of our own, in one transaction.

use std::ffi::CString;
use std::path::Path;
use std::ptr::{null, null_mut};

use crate::{Error, Result, capture};

/// Runs statements in order; all of them, or none.
///
/// # Errors
/// When the file cannot be opened for writing, or a statement is refused.
pub fn run_statements(geopackage: &Path, statements: &[String]) -> Result<()> {
    crate::start();
    let c = |text: &str| CString::new(text).map_err(|_| Error::Path(text.to_owned()));
    let name = c(&geopackage.to_string_lossy())?;
    let statements = statements.iter().map(|s| c(s)).collect::<Result<Vec<CString>>>()?;
    let (done, heard) = capture::listen(|| {
        // SAFETY: the dataset is ours and closed at the end; result layers made are released.
        unsafe {
            let flags = 0x01 | 0x04 | 0x40; // update, vector, verbose
            let dataset = gdal_sys::GDALOpenEx(name.as_ptr(), flags, null(), null(), null());
            if dataset.is_null() {
                return false;
            }
            let mut well = gdal_sys::GDALDatasetStartTransaction(dataset, 0) == gdal_sys::OGRErr::OGRERR_NONE;
            for statement in &statements {
                gdal_sys::CPLErrorReset();
                let layer = gdal_sys::GDALDatasetExecuteSQL(dataset, statement.as_ptr(), null_mut(), null());
                if !layer.is_null() {
                    gdal_sys::GDALDatasetReleaseResultSet(dataset, layer);
                }
                well &= gdal_sys::CPLGetLastErrorType() < gdal_sys::CPLErr::CE_Failure;
                if !well {
                    break;
                }
            }
            if well {
                well = gdal_sys::GDALDatasetCommitTransaction(dataset) == gdal_sys::OGRErr::OGRERR_NONE;
            } else {
                gdal_sys::GDALDatasetRollbackTransaction(dataset);
            }
            gdal_sys::GDALClose(dataset);
            well
        }
    });
    if done {
        Ok(())
    } else {
        Err(Error::Refused { doing: format!("changing `{}`", geopackage.display()), says: capture::last(&heard) })
    }
}
