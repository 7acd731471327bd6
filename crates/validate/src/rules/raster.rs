//! Rule: an image can be read and says where it lies.

use model::{Code, Finding, Inventory, Kind};

use super::{at_file, file_name};
use crate::Expectations;
use crate::catalogue::find;

pub(crate) fn check(inventory: &Inventory, _: &Expectations) -> Vec<Finding> {
    let Some(raster) = inventory.raster.as_ref().filter(|_| inventory.kind == Kind::Raster) else {
        return Vec::new();
    };
    let values = [
        ("file", file_name(&inventory.path)),
        ("width", raster.width.to_string()),
        ("height", raster.height.to_string()),
        ("bytes", inventory.bytes.to_string()),
    ];
    let mut findings = Vec::new();
    // no compression makes a million pixels of one byte
    let pixels = u128::from(raster.width) * u128::from(raster.height);
    if pixels > u128::from(inventory.bytes.max(1)) * 1_000_000 {
        findings.push(find(Code::RasterAbsurdSize, at_file(inventory), &values));
    }
    if raster.pixels_readable == Some(false) {
        findings.push(find(Code::RasterPixelsUnreadable, at_file(inventory), &values));
    }
    if raster.geotransform.is_none() {
        findings.push(find(Code::RasterNotGeoreferenced, at_file(inventory), &values));
    }
    findings
}
