//! Rule: tiles lie on the grid that most of them follow: neither a few pixels beside it, nor a part
//! of one (a corner taken for a centre moves an image by half a pixel).

use std::collections::BTreeSet;

use model::{Code, Finding};

use super::grid::{self, corner, off};
use super::{Mosaic, pixels};
use crate::rules::raster::view::gather;

/// A part of a pixel below this is the noise of world files' decimals.
const NOISE: f64 = 0.1;
/// Farther off the grid than this, a tile is of another cut, not shifted.
const FARTHEST: f64 = 64.0;

/// The places in the mosaic of the tiles that are shifted, and what is said of them.
pub(super) fn check(mosaic: &Mosaic<'_>) -> (BTreeSet<usize>, Vec<Finding>) {
    let (mut whole, mut parts, mut shifted) = (Vec::new(), Vec::new(), BTreeSet::new());
    let Some(grid) = mosaic.grid else { return (shifted, Vec::new()) };
    for (at, tile) in grid::regular(mosaic) {
        let Some(c) = corner(mosaic, tile) else { continue };
        let part = [0, 1].map(|axis| off(c[axis] - grid.part[axis], 1.0));
        let size = [tile.width, tile.height].map(|n| i64::try_from(n).unwrap_or(0));
        let step = grid.step.map(|s| s as f64);
        let far = [0, 1].map(|axis| off(c[axis] - grid.part[axis] - grid.start[axis] as f64, step[axis]));
        let told =
            |far: [f64; 2]| (tile.place(), vec![("file", tile.name()), ("dx", pixels(far[0])), ("dy", pixels(far[1]))]);
        let near = |axis: usize| far[axis].abs() <= FARTHEST.min(step[axis] / 4.0);
        if part.iter().any(|p| p.abs() > NOISE) {
            // the whole of the shift is told where the tile is one of the grid
            let full = size == grid.size && near(0) && near(1);
            parts.push(told(if full { far } else { part }));
            shifted.insert(at);
        } else if size == grid.size && near(0) && near(1) && far.iter().any(|d| d.abs() > 0.5) {
            whole.push(told(far));
            shifted.insert(at);
        }
    }
    let mut findings = gather(Code::MosaicShift, whole);
    findings.extend(gather(Code::MosaicSubpixelShift, parts));
    (shifted, findings)
}
