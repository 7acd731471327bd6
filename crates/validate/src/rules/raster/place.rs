//! Rule: an image says where it lies, in the declared CRS, along its axes and where the CRS is used
//! (platform's raster check: georeferenced, CRS as declared).

use model::{Code, Finding};

use super::view::{Image, tell};
use crate::Expectations;
use crate::rules::area;

pub(super) fn check(images: &[Image<'_>], expectations: &Expectations) -> Vec<Finding> {
    let open = || images.iter();
    let mut findings = tell(Code::RasterNotGeoreferenced, open().filter(|i| i.extent.is_none()), |_| Vec::new());
    findings.extend(tell(Code::RasterRotated, open().filter(|i| i.rotated), |_| Vec::new()));
    let hint = |i: &Image<'_>| {
        let (fr, en) = area::hint(i.extent);
        vec![
            ("layer", i.name()),
            ("count", "1".to_owned()),
            ("crs", i.crs_code().unwrap_or_default().to_owned()),
            ("hint_fr", fr),
            ("hint_en", en),
        ]
    };
    match &expectations.declared_srs {
        Some(declared) => {
            let differs = |i: &&Image<'_>| {
                i.crs.is_some_and(|c| {
                    c.code.as_ref().is_some_and(|code| code != declared) && c.twin.as_ref() != Some(declared)
                })
            };
            findings.extend(tell(Code::RasterCrsDiffers, open().filter(differs), |i| {
                vec![("crs", i.crs_code().unwrap_or_default().to_owned()), ("declared", declared.clone())]
            }));
        }
        None => {
            let unknown = open().filter(|i| i.crs.is_some_and(|c| c.code.is_none()));
            findings.extend(tell(Code::CrsUnidentified, unknown, hint));
        }
    }
    let outside = open().filter(|i| {
        let area = i.crs.and_then(|c| c.area_of_use_projected);
        i.extent.zip(area).is_some_and(|(extent, area)| !area.intersects(extent))
    });
    findings.extend(tell(Code::RasterOutsideCrsArea, outside, hint));
    findings
}
