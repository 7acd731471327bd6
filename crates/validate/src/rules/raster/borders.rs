//! Rule: no black or white frame is published as if it were ground. Where an image is turned or cut
//! to a shape, what is left over must be said to be nothing: by a mask, an alpha band, a nodata
//! value.

use model::{Code, Finding};

use super::view::{Image, tell};
use crate::Expectations;

/// Along one side at least, as a share: a dark roof or a white beach is shorter.
const LEAST: f64 = 0.25;

pub(super) fn check(images: &[Image<'_>], _: &Expectations) -> Vec<Finding> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share from 0 to 1")]
    let percent = |share: f64| vec![("percent", ((share * 100.0).round() as u64).to_string())];
    let black = images.iter().filter(|i| i.borders.is_some_and(|b| b.black >= LEAST));
    let mut findings = tell(Code::RasterBlackBorder, black, |i| percent(i.borders.map_or(0.0, |b| b.black)));
    let white = images.iter().filter(|i| i.borders.is_some_and(|b| b.white >= LEAST));
    findings.extend(tell(Code::RasterWhiteBorder, white, |i| percent(i.borders.map_or(0.0, |b| b.white))));
    findings
}
