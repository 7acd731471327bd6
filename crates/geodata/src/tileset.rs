//! Many tiles in one go: what they share is told once, what is a tile's own in a line.

use std::collections::BTreeMap;
use std::path::PathBuf;

use model::{Code, Problem, Raster, RasterBand, RasterProfile, RasterTile};
use serde::{Deserialize, Serialize};

use crate::raster::Look;
use crate::{facts, formats, raster};

/// A tile to read.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct TileAsked {
    /// The image first, then what belongs to it.
    pub files: Vec<PathBuf>,
}

/// What some tiles tell: profiles in the order met, tiles in the order asked for, their paths left
/// for the caller to name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct TilesRead {
    pub profiles: Vec<RasterProfile>,
    pub tiles: Vec<RasterTile>,
}

/// Reads the facts of tiles, and with `values` those of their pixels; `tell` hears how many are done.
#[must_use]
pub fn read_tiles(asked: &[TileAsked], values: bool, tell: &mut dyn FnMut(u64)) -> TilesRead {
    let mut read = TilesRead::default();
    // by everything but the CRS, which is compared last: it is long
    let mut known: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, tile) in asked.iter().enumerate() {
        let bytes = tile.files.iter().filter_map(|f| std::fs::metadata(f).ok()).map(|m| m.len()).sum();
        let mut found = match describe(&tile.files, values) {
            Ok((driver, raster)) => place(&mut read, &mut known, driver, raster),
            Err(problem) => RasterTile { problem: Some(problem), ..RasterTile::default() },
        };
        found.bytes = bytes;
        read.tiles.push(found);
        tell(number as u64 + 1);
    }
    read
}

fn describe(files: &[PathBuf], values: bool) -> Result<(String, Raster), Problem> {
    let Some(main) = files.first() else { return Err(facts::problem(Code::FileMissing, "no file")) };
    if std::fs::metadata(main).is_ok_and(|m| m.len() == 0) {
        return Err(facts::problem(Code::FileEmpty, "the file has no byte"));
    }
    let (source, heard) = raster::open(main, formats::TILE_DRIVERS, Some(files));
    let source = source.map_err(|refused| {
        let says = raster::complaints(&heard).into_iter().map(|p| p.message).next();
        facts::problem(Code::Unreadable, facts::shorten(&says.unwrap_or_else(|| refused.to_string()), main))
    })?;
    let look = if values { Look::Values } else { Look::Ends };
    let raster = raster::describe(&source, files, look)
        .ok_or_else(|| facts::problem(Code::Unreadable, "the image has no band"))?;
    Ok((source.driver(), raster))
}

/// Finds or makes the profile of an image and gives what is the tile's own.
fn place(
    read: &mut TilesRead,
    known: &mut BTreeMap<String, Vec<usize>>,
    driver: String,
    mut raster: Raster,
) -> RasterTile {
    let rotated = !raster.is_north_up();
    let statistics: Vec<_> = raster.bands.iter_mut().map(|b| b.statistics.take()).collect();
    let key = format!(
        "{driver}|{:?}|{:?}|{:?}|{}|{:?}|{:?}|{:?}|{rotated}",
        raster.bands,
        raster.compression,
        raster.block,
        raster.overviews,
        raster.layout,
        raster.transparency,
        raster.placed_by
    );
    let alike = known.entry(key).or_default();
    let at = alike.iter().copied().find(|at| read.profiles[*at].crs == raster.crs).unwrap_or_else(|| {
        alike.push(read.profiles.len());
        read.profiles.push(RasterProfile {
            tiles: 0,
            driver,
            bands: std::mem::take(&mut raster.bands),
            crs: raster.crs.take(),
            compression: raster.compression.take(),
            block: raster.block,
            overviews: raster.overviews,
            layout: raster.layout.take(),
            transparency: raster.transparency,
            placed_by: raster.placed_by,
            rotated,
        });
        read.profiles.len() - 1
    });
    let profile = &mut read.profiles[at];
    profile.tiles += 1;
    merge(&mut profile.bands, &statistics);
    RasterTile {
        profile: u32::try_from(at).ok(),
        width: raster.width,
        height: raster.height,
        resolution: raster.resolution,
        extent: raster.extent,
        extent_wgs84: raster.extent_wgs84,
        pixels_readable: raster.pixels_readable,
        borders: raster.borders,
        ..RasterTile::default()
    }
}

fn merge(bands: &mut [RasterBand], statistics: &[Option<model::BandStatistics>]) {
    for (band, statistics) in bands.iter_mut().zip(statistics) {
        if let Some(statistics) = statistics {
            crate::merge_statistics(&mut band.statistics, statistics);
        }
    }
}
