//! Writes the mended images, one after the other, and a mosaic of all. Runs in a worker.

use std::path::{Path, PathBuf};

use crate::images::{ImagePlan, MOSAIC};
use crate::write::Error;

/// Writes into `made`; `work` is for what comes between. Gives each file of the delivery and its place
/// in the upload.
pub(crate) fn write(
    images: &[ImagePlan],
    made: &Path,
    work: &Path,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<Vec<(PathBuf, String)>, Error> {
    let mut listed: Vec<(PathBuf, String)> = Vec::new();
    let mut mosaic: Vec<PathBuf> = Vec::new();
    let mut done = 0;
    for (number, image) in images.iter().enumerate() {
        let Some(mend) = &image.mend else {
            mosaic.extend(image.files.first().cloned());
            let name = |f: &Path| f.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            let stem = image.files.first().and_then(|f| f.file_stem()).map(|s| s.to_string_lossy().into_owned());
            let stem = stem.unwrap_or_default();
            for file in &image.files {
                // what shares a name with another is told apart by the plan's own
                let name = name(file);
                let rest = name.get(stem.len()..).unwrap_or_default();
                listed.push((file.clone(), format!("data/{}{rest}", image.stem)));
            }
            continue;
        };
        let between = work.join(format!("image-{number}"));
        std::fs::create_dir(&between)?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "progress"
        )]
        let mut tell = |share: f64| progress(done + (share * image.bytes as f64) as u64);
        let written = geodata::mend_image(&image.files[0], made, &image.stem, &between, mend, &mut tell)
            .map_err(|e| if matches!(e, geodata::Error::Cancelled { .. }) { Error::Cancelled } else { e.into() })?;
        std::fs::remove_dir_all(&between)?;
        done += image.bytes;
        for file in written {
            let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            mosaic.push(file.clone());
            listed.push((file, format!("data/{name}")));
        }
    }
    if mosaic.len() > 1 {
        let mut alive = |_: f64| progress(done);
        // a convenience: images that make no mosaic are a copy all the same
        let _ = geodata::mosaic_vrt(&mosaic, &made.join(MOSAIC), &mut alive);
    }
    Ok(listed)
}
