//! Rule: an image opens, is as large as it says, and its pixels can be read (platform's raster
//! check: readable).

use std::collections::BTreeMap;

use model::{Code, Finding, Place};

use super::view::{Image, gather, tell};
use crate::rules::file_name;

/// No compression makes a million pixels of one byte.
const MOST_PIXELS_A_BYTE: u128 = 1_000_000;

/// Whether an image claims more than its bytes can hold.
fn absurd(image: &Image<'_>) -> bool {
    u128::from(image.width) * u128::from(image.height) > u128::from(image.bytes.max(1)) * MOST_PIXELS_A_BYTE
}

/// Whether an image can be read, as far as is known.
pub(in crate::rules) fn sound(image: &Image<'_>) -> bool {
    image.problem.is_none() && !absurd(image) && image.pixels_readable != Some(false)
}

pub(super) fn check(images: &[Image<'_>]) -> Vec<Finding> {
    let mut lost: BTreeMap<Code, Vec<(Place, Vec<(&'static str, String)>)>> = BTreeMap::new();
    for image in images {
        if let Some(problem) = image.problem {
            let place = Place { file: Some(image.path.clone()), ..Place::default() };
            let values = vec![("file", file_name(&image.path)), ("says", problem.message.clone())];
            lost.entry(problem.code).or_default().push((place, values));
        }
    }
    let mut findings: Vec<Finding> = lost.into_iter().flat_map(|(code, told)| gather(code, told)).collect();
    findings.extend(tell(Code::RasterAbsurdSize, images.iter().filter(|i| absurd(i)), |i| {
        vec![("width", i.width.to_string()), ("height", i.height.to_string()), ("bytes", i.bytes.to_string())]
    }));
    // that the pixels of a false claim cannot be read is no second finding
    let damaged = images.iter().filter(|i| !absurd(i) && i.pixels_readable == Some(false));
    findings.extend(tell(Code::RasterPixelsUnreadable, damaged, |_| Vec::new()));
    findings
}
