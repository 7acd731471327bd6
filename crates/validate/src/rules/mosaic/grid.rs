//! The grid that tiles follow: their size, the step from one to the next, where it begins. Found from
//! most of them, so that the few that are wrong stand out.

use std::collections::BTreeMap;

use super::{Mosaic, commonest, unlike};
use crate::rules::raster::view::Image;

/// Numbers are in pixels of the common resolution, x eastward and y southward from the CRS's origin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grid {
    /// What part of a pixel corners are off whole numbers.
    pub(super) part: [f64; 2],
    /// Size of most tiles.
    pub(super) size: [i64; 2],
    /// From one tile to the next.
    pub(super) step: [i64; 2],
    /// Where columns and rows begin, from 0 to the step.
    pub(super) start: [i64; 2],
}

/// The corner of a tile, west and north.
pub(super) fn corner(mosaic: &Mosaic<'_>, tile: &Image<'_>) -> Option<[f64; 2]> {
    let e = tile.extent?;
    Some([e.minx / mosaic.resolution[0], -e.maxy / mosaic.resolution[1]])
}

/// The rest of a division, about zero: from minus a half to a half of the step.
pub(super) fn off(value: f64, step: f64) -> f64 {
    value - (value / step).round() * step
}

/// The tiles that can tell of the grid: in the common CRS, at the common resolution, north up.
pub(super) fn regular<'m, 'a>(mosaic: &'m Mosaic<'a>) -> impl Iterator<Item = (usize, &'m Image<'a>)> {
    let tiles = mosaic.tiles.iter().enumerate();
    tiles.filter(|(_, t)| mosaic.here(t) && !t.rotated && unlike::same_resolution(mosaic, t))
}

/// The grid, when three full tiles in five follow one.
pub(super) fn find(mosaic: &Mosaic<'_>) -> Option<Grid> {
    let tiles: Vec<(&Image<'_>, [f64; 2])> =
        regular(mosaic).filter_map(|(_, t)| corner(mosaic, t).map(|c| (t, c))).collect();
    let part = part(&tiles)?;
    let size = commonest(
        tiles.iter().filter_map(|(t, _)| Some([i64::try_from(t.width).ok()?, i64::try_from(t.height).ok()?])),
    )?;
    let full: Vec<[i64; 2]> = tiles
        .iter()
        .filter(|(t, _)| size == [i64::try_from(t.width).unwrap_or(0), i64::try_from(t.height).unwrap_or(0)])
        .map(|(_, c)| [whole(c[0] - part[0]), whole(c[1] - part[1])])
        .collect();
    let step = [step(&full, 0).unwrap_or(size[0]), step(&full, 1).unwrap_or(size[1])];
    if step.iter().any(|s| *s <= 0) {
        return None;
    }
    let rest = |c: &[i64; 2]| [c[0].rem_euclid(step[0]), c[1].rem_euclid(step[1])];
    let start = commonest(full.iter().map(rest))?;
    let follow = full.iter().filter(|c| rest(c) == start).count();
    (follow > 1 && follow * 5 >= full.len() * 3).then_some(Grid { part, size, step, start })
}

#[expect(clippy::cast_possible_truncation, reason = "coordinates in pixels are far below 2^63")]
pub(super) fn whole(value: f64) -> i64 {
    value.round() as i64
}

/// The part of a pixel by which most corners are off, from minus a half to a half.
fn part(tiles: &[(&Image<'_>, [f64; 2])]) -> Option<[f64; 2]> {
    let of = |axis: usize| {
        let key = commonest(tiles.iter().map(|(_, c)| whole(off(c[axis], 1.0) * 50.0).rem_euclid(50)))?;
        let near = |c: &[f64; 2]| off(off(c[axis], 1.0) - key as f64 / 50.0, 1.0);
        // the mean of those that agree, without the noise of a single one
        let close: Vec<f64> = tiles.iter().map(|(_, c)| near(c)).filter(|d| d.abs() < 0.02).collect();
        Some(off(key as f64 / 50.0 + close.iter().sum::<f64>() / close.len().max(1) as f64, 1.0))
    };
    Some([of(0)?, of(1)?])
}

/// The commonest distance between neighbours along an axis, counted by row or by column.
fn step(corners: &[[i64; 2]], axis: usize) -> Option<i64> {
    let mut lines: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for c in corners {
        lines.entry(c[1 - axis]).or_default().push(c[axis]);
    }
    commonest(lines.into_values().flat_map(|mut line| {
        line.sort_unstable();
        line.dedup();
        line.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>()
    }))
}
