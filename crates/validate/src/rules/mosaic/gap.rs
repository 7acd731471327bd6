//! Rule: tiles leave no hole between them: no cell of their grid without a tile and with tiles around
//! it, no strip between two.

use std::collections::{BTreeMap, BTreeSet};

use model::{Code, Extent, Finding, Place};

use super::Mosaic;
use super::grid::{Grid, corner, regular, whole};
use crate::rules::raster::view::{Image, gather};

/// A set so sparse that its grid has more empty cells than this is no mosaic.
const MOST_CELLS: i64 = 4_000_000;
const SIDES: [[i64; 2]; 4] = [[-1, 0], [1, 0], [0, -1], [0, 1]];

type Cell = [i64; 2];
type Told = (Place, Vec<(&'static str, String)>);

pub(super) fn check(mosaic: &Mosaic<'_>, shifted: &BTreeSet<usize>) -> Vec<Finding> {
    let Some(grid) = mosaic.grid else { return Vec::new() };
    let taken = taken(mosaic, &grid);
    let mut told: Vec<Told> = Vec::new();
    for cell in empty(&taken) {
        let beside = SIDES.iter().find_map(|side| {
            let tile = &mosaic.tiles[*taken.get(&[cell[0] + side[0], cell[1] + side[1]])?];
            mosaic.here(tile).then_some(tile)
        });
        let Some(beside) = beside else { continue };
        let mut place = beside.place();
        place.box_wgs84 = beside.extent.and_then(|e| in_degrees(beside, e, ground(mosaic, &grid, cell)));
        let size = format!("{} × {}", grid.step[0], grid.step[1]);
        let values = vec![
            ("file", beside.name()),
            ("what_fr", format!("un vide de {size} pixels")),
            ("what_en", format!("a gap of {size} pixels")),
        ];
        told.push((place, values));
    }
    told.extend(strips(mosaic, &grid, &taken, shifted));
    gather(Code::MosaicGap, told)
}

/// The ground of a cell, in the CRS.
fn ground(mosaic: &Mosaic<'_>, grid: &Grid, cell: Cell) -> [f64; 4] {
    let [rx, ry] = mosaic.resolution;
    let begin = [0, 1].map(|axis| (grid.start[axis] + cell[axis] * grid.step[axis]) as f64 + grid.part[axis]);
    let end = [0, 1].map(|axis| begin[axis] + grid.step[axis] as f64);
    [begin[0] * rx, -end[1] * ry, end[0] * rx, -begin[1] * ry]
}

/// The cells whose middle a tile covers. A tile in another CRS whose numbers fit fills its cell too:
/// its fault is told elsewhere.
fn taken(mosaic: &Mosaic<'_>, grid: &Grid) -> BTreeMap<Cell, usize> {
    let mut taken = BTreeMap::new();
    for (at, tile) in mosaic.tiles.iter().enumerate() {
        let Some(e) = tile.extent else { continue };
        let [rx, ry] = mosaic.resolution;
        let place = |value: f64, axis: usize| {
            (value - grid.part[axis] - grid.start[axis] as f64) / grid.step[axis] as f64 - 0.5
        };
        #[expect(clippy::cast_possible_truncation, reason = "counts of cells")]
        let (left, right, top, bottom) = (
            place(e.minx / rx, 0).ceil() as i64,
            place(e.maxx / rx, 0).floor() as i64,
            place(-e.maxy / ry, 1).ceil() as i64,
            place(-e.miny / ry, 1).floor() as i64,
        );
        if right.saturating_sub(left) > 1000 || bottom.saturating_sub(top) > 1000 {
            continue;
        }
        for column in left..=right {
            for row in top..=bottom {
                let holder = taken.entry([column, row]).or_insert(at);
                // one of the common CRS stands for the cell
                if mosaic.here(tile) && !mosaic.here(&mosaic.tiles[*holder]) {
                    *holder = at;
                }
            }
        }
    }
    taken
}

/// The cells without a tile that tiles enclose, or that have tiles on three sides.
fn empty(taken: &BTreeMap<Cell, usize>) -> Vec<Cell> {
    let bound = |axis: usize| {
        let values = || taken.keys().map(move |c| c[axis]);
        values().min().zip(values().max())
    };
    let (Some((left, right)), Some((top, bottom))) = (bound(0), bound(1)) else { return Vec::new() };
    let (across, down) = (right - left + 1, bottom - top + 1);
    if across.saturating_mul(down) > MOST_CELLS {
        return Vec::new();
    }
    // from outside inward, over empty cells
    let inside = |c: Cell| c[0] >= left && c[0] <= right && c[1] >= top && c[1] <= bottom;
    let slot = |c: Cell| usize::try_from((c[1] - top) * across + c[0] - left).unwrap_or(0);
    let mut open = vec![false; usize::try_from(across * down).unwrap_or(0)];
    let mut left_to_visit: Vec<Cell> = (left..=right)
        .flat_map(|x| [[x, top], [x, bottom]])
        .chain((top..=bottom).flat_map(|y| [[left, y], [right, y]]))
        .collect();
    while let Some(cell) = left_to_visit.pop() {
        if open[slot(cell)] || taken.contains_key(&cell) {
            continue;
        }
        open[slot(cell)] = true;
        left_to_visit.extend(SIDES.iter().map(|s| [cell[0] + s[0], cell[1] + s[1]]).filter(|c| inside(*c)));
    }
    let mut found = Vec::new();
    for row in top..=bottom {
        for column in left..=right {
            let cell = [column, row];
            if taken.contains_key(&cell) {
                continue;
            }
            let around = SIDES.iter().filter(|s| taken.contains_key(&[cell[0] + s[0], cell[1] + s[1]])).count();
            if !open[slot(cell)] || around >= 3 {
                found.push(cell);
            }
        }
    }
    found
}

/// Where a tile stops short of the next.
fn strips(mosaic: &Mosaic<'_>, grid: &Grid, taken: &BTreeMap<Cell, usize>, shifted: &BTreeSet<usize>) -> Vec<Told> {
    let mut told = Vec::new();
    for (at, tile) in regular(mosaic).filter(|(at, _)| !shifted.contains(at)) {
        let lone = |c: &Cell| taken.get(c).is_some_and(|other| mosaic.here(&mosaic.tiles[*other]));
        let (Some(c), Some(e)) = (corner(mosaic, tile), tile.extent) else { continue };
        // the cell that its middle is in
        let half = [e.maxx - e.minx, e.maxy - e.miny];
        let cell = [0, 1].map(|axis| {
            let middle = c[axis] + half[axis] / mosaic.resolution[axis] / 2.0 - grid.part[axis];
            whole((middle - grid.start[axis] as f64) / grid.step[axis] as f64 - 0.5)
        });
        if taken.get(&cell) != Some(&at) {
            continue;
        }
        let [rx, ry] = mosaic.resolution;
        let far = [c[0] + (e.maxx - e.minx) / rx, c[1] + (e.maxy - e.miny) / ry];
        for axis in 0..2 {
            let begin = (grid.start[axis] + cell[axis] * grid.step[axis]) as f64 + grid.part[axis];
            let mut next = cell;
            next[axis] += 1;
            let mut before = cell;
            before[axis] -= 1;
            // the neighbour may reach over: only what it leaves is missing
            let reach = |c: &Cell| {
                let other = taken.get(c).map(|at| &mosaic.tiles[*at])?;
                let (oc, oe) = (corner(mosaic, other)?, other.extent?);
                let size = if axis == 0 { (oe.maxx - oe.minx) / rx } else { (oe.maxy - oe.miny) / ry };
                Some((oc[axis], oc[axis] + size))
            };
            let after = lone(&next).then(|| reach(&next)).flatten().map_or(0.0, |(start, _)| start - far[axis]);
            let ahead = if lone(&before) && c[axis] > begin + 0.5 {
                reach(&before).map_or(0.0, |(_, end)| if end <= begin + 0.5 { c[axis] - end } else { 0.0 })
            } else {
                0.0
            };
            let other_shifted = |c: &Cell| taken.get(c).is_some_and(|at| shifted.contains(at));
            let gap =
                if other_shifted(&next) || far[axis] >= begin + grid.step[axis] as f64 - 0.5 { 0.0 } else { after };
            let gap = gap.max(if other_shifted(&before) { 0.0 } else { ahead });
            if gap > 0.5 {
                let size = super::pixels(gap);
                let values = vec![
                    ("file", tile.name()),
                    ("what_fr", format!("une bande de {size} pixel(s)")),
                    ("what_en", format!("a strip of {size} pixel(s)")),
                ];
                told.push((tile.place(), values));
            }
        }
    }
    told
}

/// A box of a tile's CRS in degrees, by proportion to the tile's own two boxes.
pub(super) fn in_degrees(tile: &Image<'_>, own: Extent, place: [f64; 4]) -> Option<Extent> {
    let wgs84 = tile.extent_wgs84?;
    let (w, h) = (own.maxx - own.minx, own.maxy - own.miny);
    let x = |value: f64| wgs84.minx + (value - own.minx) / w * (wgs84.maxx - wgs84.minx);
    let y = |value: f64| wgs84.miny + (value - own.miny) / h * (wgs84.maxy - wgs84.miny);
    Extent::new(x(place[0]), y(place[1]), x(place[2]), y(place[3]))
}
