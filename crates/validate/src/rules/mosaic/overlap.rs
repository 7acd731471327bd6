//! Rule: tiles do not lie over each other; two that cover the same place are one too many.

use std::collections::{BTreeMap, BTreeSet};

use model::{Code, Extent, Finding};

use super::{Mosaic, pixels};
use crate::rules::raster::view::{Image, gather};

/// An overlap narrower than this, in pixels, is a rounding.
const NARROWEST: f64 = 0.5;
/// A tile that touches more cells than this is compared with all the others instead.
const MOST_CELLS: i64 = 4096;

pub(super) fn check(mosaic: &Mosaic<'_>, shifted: &BTreeSet<usize>) -> Vec<Finding> {
    let tiles: Vec<(usize, &Image<'_>, Extent)> = mosaic
        .tiles
        .iter()
        .enumerate()
        // that a shifted tile lies over its neighbours is told by the shift
        .filter(|(at, tile)| mosaic.here(tile) && !shifted.contains(at))
        .filter_map(|(at, tile)| tile.extent.map(|e| (at, tile, e)))
        .collect();
    let (mut over, mut twice) = (Vec::new(), Vec::new());
    for (a, b) in pairs(&tiles) {
        let ((_, first, e), (_, second, f)) = (&tiles[a], &tiles[b]);
        let [rx, ry] = mosaic.resolution;
        let width = (e.maxx.min(f.maxx) - e.minx.max(f.minx)) / rx;
        let height = (e.maxy.min(f.maxy) - e.miny.max(f.miny)) / ry;
        if width <= NARROWEST || height <= NARROWEST {
            continue;
        }
        let area = |e: &Extent| (e.maxx - e.minx) / rx * ((e.maxy - e.miny) / ry);
        let mut place = second.place();
        place.box_wgs84 = shared(first, second, *e, *f);
        let mut values = vec![("file", second.name()), ("other", first.name())];
        if width * height >= 0.95 * area(e).min(area(f)) {
            twice.push((place, values));
        } else {
            values.extend([("dx", pixels(width)), ("dy", pixels(height))]);
            over.push((place, values));
        }
    }
    let mut findings = gather(Code::MosaicDuplicate, twice);
    findings.extend(gather(Code::MosaicOverlap, over));
    findings
}

/// The tiles that may meet, each pair once, by an index of cells about a tile wide.
fn pairs(tiles: &[(usize, &Image<'_>, Extent)]) -> Vec<(usize, usize)> {
    let middle = |of: fn(&Extent) -> f64| {
        let mut sizes: Vec<f64> = tiles.iter().map(|(_, _, e)| of(e)).collect();
        sizes.sort_by(f64::total_cmp);
        sizes.get(sizes.len() / 2).copied().filter(|s| *s > 0.0)
    };
    let (Some(w), Some(h)) = (middle(|e| e.maxx - e.minx), middle(|e| e.maxy - e.miny)) else { return Vec::new() };
    // a hair inside, so that tiles that only touch do not share a cell for it
    let cells = |e: &Extent| {
        #[expect(clippy::cast_possible_truncation, reason = "a box of a CRS holds few tiles a side")]
        let at = |value: f64, size: f64| (value / size).floor() as i64;
        let (dx, dy) = ((e.maxx - e.minx) * 1e-6, (e.maxy - e.miny) * 1e-6);
        (at(e.minx + dx, w), at(e.miny + dy, h), at(e.maxx - dx, w), at(e.maxy - dy, h))
    };
    let mut index: BTreeMap<(i64, i64), Vec<usize>> = BTreeMap::new();
    let mut large: Vec<usize> = Vec::new();
    for (number, (_, _, e)) in tiles.iter().enumerate() {
        let (left, low, right, high) = cells(e);
        if (right - left + 1).saturating_mul(high - low + 1) > MOST_CELLS {
            large.push(number);
            continue;
        }
        for column in left..=right {
            for row in low..=high {
                index.entry((column, row)).or_default().push(number);
            }
        }
    }
    let mut found: BTreeSet<(usize, usize)> = BTreeSet::new();
    for met in index.values() {
        for (i, a) in met.iter().enumerate() {
            found.extend(met[i + 1..].iter().map(|b| (*a, *b)));
        }
    }
    for a in large {
        found.extend((0..tiles.len()).filter(|b| *b != a).map(|b| (a.min(b), a.max(b))));
    }
    found.into_iter().collect()
}

/// Where two tiles share ground, in degrees.
fn shared(a: &Image<'_>, b: &Image<'_>, e: Extent, f: Extent) -> Option<Extent> {
    let (minx, miny) = (e.minx.max(f.minx), e.miny.max(f.miny));
    let (maxx, maxy) = (e.maxx.min(f.maxx), e.maxy.min(f.maxy));
    super::gap::in_degrees(b, f, [minx, miny, maxx, maxy])
        .or_else(|| super::gap::in_degrees(a, e, [minx, miny, maxx, maxy]))
}
