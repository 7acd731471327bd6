//! Rule: the platform takes images as GeoTIFF, TIFF with a world file, or JPEG 2000; heights as
//! GeoTIFF or TIFF with a world file (its tutorials on raster and on terrain deliveries).

use model::{Code, Finding};

use super::view::{Image, tell};
use crate::Expectations;
use crate::rules::formats;

pub(super) fn check(images: &[Image<'_>], expectations: &Expectations) -> Vec<Finding> {
    if expectations.files_only() {
        return Vec::new();
    }
    let refused = images.iter().filter(|i| match i.driver {
        Some("GTiff") | None => false,
        Some("JP2OpenJPEG") => i.measures(),
        Some(_) => true,
    });
    tell(Code::RasterFormatNotTaken, refused, |i| vec![("driver", i.driver.unwrap_or_default().to_owned())])
}

/// What `formats` says of a lone file, of each tile of a set.
pub(super) fn check_names(tiles: &[Image<'_>]) -> Vec<Finding> {
    let driver = |i: &Image<'_>| vec![("driver", i.driver.unwrap_or_default().to_owned())];
    let wrong = tiles.iter().filter(|i| i.driver.is_some_and(|d| formats::ending_wrong(&i.name(), d)));
    let mut findings = tell(Code::ExtensionWrong, wrong, driver);
    findings.extend(tell(Code::IgnoredByPlatform, tiles.iter().filter(|i| i.name().starts_with("__")), driver));
    findings.extend(tell(Code::NameNotPortable, tiles.iter().filter(|i| !formats::portable(&i.name())), driver));
    findings
}
