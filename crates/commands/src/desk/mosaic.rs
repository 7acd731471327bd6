//! A set of images on the map: which of them a tile needs, and the stretch that holds for all. A tile
//! that would need too many of them is left empty: the page shows their outlines there.

use std::path::{Path, PathBuf};

use model::{Extent, Inventory, RasterSet, RasterTile};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::{Desk, hold};

/// Images opened for one tile: with overviews, a few lines of each are read; without, all of it.
const MOST: (usize, usize) = (64, 16);
/// Images measured for the stretch of a set that is not scanned yet.
const MEASURED: usize = 4;

/// Where a Web Mercator tile lies, in degrees.
fn degrees([z, x, y]: [u32; 3]) -> Option<Extent> {
    let side = 2_f64.powi(i32::try_from(z).ok()?);
    let longitude = |column: f64| column / side * 360.0 - 180.0;
    let latitude = |row: f64| (std::f64::consts::PI * (1.0 - 2.0 * row / side)).sinh().atan().to_degrees();
    let (x, y) = (f64::from(x), f64::from(y));
    Extent::new(longitude(x), latitude(y + 1.0), longitude(x + 1.0), latitude(y))
}

fn meet(a: Extent, b: Extent) -> bool {
    a.minx < b.maxx && b.minx < a.maxx && a.miny < b.maxy && b.miny < a.maxy
}

/// Those of the commonest profile that a tile holds; nothing when they are too many to be drawn.
fn within(set: &RasterSet, place: [u32; 3]) -> Option<Vec<&RasterTile>> {
    let here = degrees(place)?;
    let common = set.profiles.first()?;
    let alike = |tile: &&RasterTile| {
        let own = set.profile(tile);
        tile.pixels_readable != Some(false)
            && own.is_some_and(|own| own.bands.len() == common.bands.len() && own.crs == common.crs)
            && tile.extent_wgs84.is_some_and(|extent| meet(extent, here))
    };
    let found: Vec<&RasterTile> = set.tiles.iter().filter(alike).collect();
    let quick = common.overviews > 0 || common.driver.starts_with("JP2");
    (found.len() <= if quick { MOST.0 } else { MOST.1 }).then_some(found)
}

/// What stands for black and white, from the values read of every image.
fn scanned_range(set: &RasterSet) -> Option<[f64; 2]> {
    let statistics = set.profiles.first()?.bands.first()?.statistics.as_ref()?;
    (statistics.max > statistics.min).then_some([statistics.min, statistics.max])
}

impl Desk {
    /// What a worker is asked for a tile of a set; nothing where there is nothing to draw.
    pub(super) async fn set_tile(&self, key: &str, place: [u32; 3]) -> Option<Value> {
        let (paths, known, measured) = {
            let kept = hold(&self.sources);
            let source = kept.source(key)?;
            let set = source.raster_set.as_ref()?;
            let found = within(set, place).filter(|found| !found.is_empty())?;
            let path = |tile: &RasterTile| Path::new(&source.path).join(&tile.path);
            let paths: Vec<PathBuf> = found.into_iter().map(path).collect();
            let readable: Vec<&RasterTile> = set.tiles.iter().filter(|t| t.profile == Some(0)).collect();
            let every = readable.len().div_ceil(MEASURED).max(1);
            let measured: Vec<PathBuf> = readable.into_iter().step_by(every).map(path).collect();
            let bytes = set.profiles.first().and_then(|p| p.bands.first()).is_some_and(|b| b.kind == "Byte");
            // one stretch for all that is drawn, the first that was known
            let known = if bytes { Some(None) } else { kept.range(key).or_else(|| scanned_range(set).map(Some)) };
            (paths, known, measured)
        };
        let range = match known {
            Some(range) => range,
            None => {
                let asked = json!({ "paths": measured });
                let answer = self.work.eyes().call("rasterRange", asked, &|_| {}, &CancellationToken::new()).await;
                let range = answer.ok().and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default();
                hold(&self.sources).keep_range(key, range);
                range
            }
        };
        let [z, x, y] = place;
        Some(json!({ "paths": paths, "range": range, "z": z, "x": x, "y": y }))
    }
}

/// Whether a source is drawn from its set.
pub(super) fn is_set(source: &Inventory) -> bool {
    source.raster_set.is_some()
}

#[cfg(test)]
mod tests {
    use model::RasterProfile;

    use super::*;

    fn set(count: u32, overviews: u32) -> RasterSet {
        let tile = |n: u32| {
            let west = 5.0 + f64::from(n) * 0.01;
            RasterTile {
                path: format!("{n}.tif"),
                profile: Some(0),
                extent_wgs84: Extent::new(west, 46.0, west + 0.01, 46.01),
                ..RasterTile::default()
            }
        };
        let profile = RasterProfile { tiles: u64::from(count), overviews, ..RasterProfile::default() };
        RasterSet { profiles: vec![profile], tiles: (0..count).map(tile).collect() }
    }

    #[test]
    fn a_tile_draws_the_images_it_holds_unless_they_are_too_many() {
        let names = |set: &RasterSet, place| within(set, place).map(|found| found.len());
        assert_eq!(names(&set(10, 0), [0, 0, 0]), Some(10));
        assert_eq!(names(&set(40, 0), [0, 0, 0]), None, "read whole");
        assert_eq!(names(&set(40, 3), [0, 0, 0]), Some(40), "by their overviews");
        assert_eq!(names(&set(10, 0), [10, 0, 0]), Some(0), "elsewhere");
        // the tile of 0.02 degrees around 5.05, 46.005
        let some = names(&set(40, 0), [14, 8422, 5828]).expect("few");
        assert!((2..=4).contains(&some), "{some}");
    }

    #[test]
    fn an_image_that_cannot_be_read_or_is_unlike_the_others_is_not_drawn() {
        let mut set = set(3, 0);
        set.tiles[0].pixels_readable = Some(false);
        set.tiles[1].profile = Some(1);
        let other = RasterProfile { bands: vec![model::RasterBand::default()], ..RasterProfile::default() };
        set.profiles.push(other);
        let drawn: Vec<&str> = within(&set, [0, 0, 0]).expect("few").iter().map(|t| t.path.as_str()).collect();
        assert_eq!(drawn, ["2.tif"]);
    }
}
