//! Rules of tiles beside each other, one file each: gaps, overlaps, shifts, tiles unlike the others.
//! Time grows with the number of tiles, not with its square: neighbours are found by an index.

mod gap;
mod grid;
mod overlap;
mod shift;
mod unlike;

use std::collections::BTreeMap;

use model::{Finding, Inventory, Kind};

use super::raster::{reading, view};
use crate::Expectations;

/// The tiles of one data set, and what most of them are.
struct Mosaic<'a> {
    tiles: Vec<view::Image<'a>>,
    /// Code or name of the CRS.
    crs: Option<String>,
    resolution: [f64; 2],
    /// The grid most tiles follow; none when they follow none.
    grid: Option<grid::Grid>,
}

impl Mosaic<'_> {
    /// Whether a tile is in the CRS of most.
    fn here(&self, tile: &view::Image<'_>) -> bool {
        tile.crs_code() == self.crs.as_deref()
    }
}

pub(crate) fn check(inventories: &[Inventory], expectations: &Expectations) -> Vec<Finding> {
    if expectations.files_only() {
        return Vec::new();
    }
    sets(inventories).into_iter().flat_map(judge).collect()
}

/// The tiles of each set; images that were given one by one are a set when they are alike.
fn sets(inventories: &[Inventory]) -> Vec<Vec<view::Image<'_>>> {
    let rasters = || inventories.iter().filter(|i| i.kind == Kind::Raster);
    let mut sets: Vec<Vec<view::Image<'_>>> = rasters().filter(|i| i.raster_set.is_some()).map(view::images).collect();
    let mut loose: BTreeMap<Vec<&str>, Vec<view::Image<'_>>> = BTreeMap::new();
    for inventory in rasters().filter(|i| i.raster_set.is_none() && i.driver.as_deref() != Some("VRT")) {
        for image in view::images(inventory) {
            loose.entry(image.bands.iter().map(|b| b.kind.as_str()).collect()).or_default().push(image);
        }
    }
    sets.extend(loose.into_values());
    for set in &mut sets {
        set.retain(|image| reading::sound(image) && image.extent.is_some());
    }
    sets.retain(|set| set.len() > 1);
    sets
}

fn judge(tiles: Vec<view::Image<'_>>) -> Vec<Finding> {
    let crs = commonest(tiles.iter().map(|t| t.crs_code().map(str::to_owned))).flatten();
    let Some(resolution) = common_resolution(&tiles) else { return Vec::new() };
    let mut mosaic = Mosaic { tiles, crs, resolution, grid: None };
    mosaic.grid = grid::find(&mosaic);
    let mut findings = unlike::check(&mosaic);
    let (shifted, told) = shift::check(&mosaic);
    findings.extend(told);
    findings.extend(overlap::check(&mosaic, &shifted));
    findings.extend(gap::check(&mosaic, &shifted));
    findings
}

/// What most are; the least of those that are met as often.
fn commonest<T: Ord>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    counts.into_iter().find(|(_, count)| *count == most).map(|(one, _)| one)
}

fn common_resolution(tiles: &[view::Image<'_>]) -> Option<[f64; 2]> {
    let key = commonest(tiles.iter().filter_map(|t| t.resolution).map(|r| format!("{:.8e} {:.8e}", r[0], r[1])))?;
    let of = |t: &view::Image<'_>| t.resolution.filter(|r| format!("{:.8e} {:.8e}", r[0], r[1]) == key);
    tiles.iter().find_map(of).filter(|r| r[0] > 0.0 && r[1] > 0.0)
}

/// A count of pixels as people read it: whole, or with two decimals.
fn pixels(number: f64) -> String {
    if (number - number.round()).abs() < 0.005 { format!("{}", number.round()) } else { format!("{number:.2}") }
}
