//! Rule: an image of many pixels is delivered as tiles (the platform's tutorial advises against one
//! huge file unless its resolution is low).

use model::{Code, Finding};

use super::view::{Image, tell};
use crate::Expectations;

const MOST_PIXELS: u64 = 1_000_000_000;
const MOST_BYTES: u64 = 4_000_000_000;

pub(super) fn check(images: &[Image<'_>], _: &Expectations) -> Vec<Finding> {
    let huge = images.iter().filter(|i| {
        let pixels = i.width.saturating_mul(i.height);
        // what claims more than its bytes can hold is told elsewhere
        (pixels > MOST_PIXELS || i.bytes > MOST_BYTES) && pixels < i.bytes.saturating_mul(1_000_000)
    });
    tell(Code::RasterHuge, huge, |i| vec![("width", i.width.to_string()), ("height", i.height.to_string())])
}
