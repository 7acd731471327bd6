//! A folder of images is one data set: which files are its tiles, and how they are read by the
//! thousand, some at a time by each worker.
//!
//! Judges nothing: that a tile is unlike the others is told, not decided upon.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};
use geodata::formats::extension;
use geodata::{TileAsked, TilesRead};
use model::{Extent, Inventory, Kind, Raster, RasterProfile, RasterSet, RasterTile, SourceFile};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::inspector::from_failure;
use crate::source::Source;
use crate::worker::{Pool, WorkerFailure};

/// Tiles given to a worker at once: a round trip costs little beside reading them, and one that
/// kills its reader has few to be read again.
const BATCH: usize = 128;
/// Below this many, images that are not alike are not taken for one data set.
const FEW: usize = 20;

/// What a folder's sources are.
pub(crate) enum Group {
    One(Source),
    /// The folder that holds them, and the tiles in order of path.
    Tiles(PathBuf, Vec<Source>),
}

/// Finds which of the sources are tiles of one data set: the images of a folder that was given, or
/// of folders side by side whose images are named alike.
pub(crate) fn group(sources: Vec<Source>) -> Vec<Group> {
    let mut folders: BTreeMap<PathBuf, Vec<usize>> = BTreeMap::new();
    for (at, source) in sources.iter().enumerate().filter(|(_, s)| is_image(s)) {
        folders.entry(source.main.parent().unwrap_or(Path::new("")).to_owned()).or_default().push(at);
    }
    let mut joined: BTreeMap<(PathBuf, String), Vec<PathBuf>> = BTreeMap::new();
    for (folder, members) in &folders {
        let given = members.iter().any(|at| sources[*at].within.as_deref() == Some(folder.as_path()));
        if let (false, Some(above)) = (given, folder.parent()) {
            let shape = commonest_shape(members.iter().map(|at| &sources[*at].main));
            joined.entry((above.to_owned(), shape)).or_default().push(folder.clone());
        }
    }
    for ((above, _), below) in joined.into_iter().filter(|(_, below)| below.len() > 1) {
        let members: Vec<usize> = below.iter().filter_map(|folder| folders.remove(folder)).flatten().collect();
        // another family of images may lie in the folder above already
        if let Some(others) = folders.insert(above.clone(), members) {
            let members = folders.insert(above, others).unwrap_or_default();
            folders.insert(below[0].clone(), members);
        }
    }
    let mut set_of: BTreeMap<usize, usize> = BTreeMap::new();
    let sets: Vec<(PathBuf, Vec<usize>)> = folders.into_iter().filter(|(_, members)| members.len() > 1).collect();
    for (number, (_, members)) in sets.iter().enumerate() {
        set_of.extend(members.iter().map(|at| (*at, number)));
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut place: BTreeMap<usize, usize> = BTreeMap::new();
    for (at, source) in sources.into_iter().enumerate() {
        match set_of.get(&at) {
            None => groups.push(Group::One(source)),
            Some(set) => {
                let slot = *place.entry(*set).or_insert_with(|| {
                    groups.push(Group::Tiles(sets[*set].0.clone(), Vec::new()));
                    groups.len() - 1
                });
                if let Some(Group::Tiles(_, members)) = groups.get_mut(slot) {
                    members.push(source);
                }
            }
        }
    }
    groups
}

fn is_image(source: &Source) -> bool {
    source.within.is_some()
        && ["tif", "tiff", "jp2", "png", "jpg", "jpeg", "asc", "img", "webp"]
            .contains(&extension(&source.main).as_str())
}

/// What names are made of: `tile_12_7.tif` and `tile_3_40.TIF` have the same shape.
fn shape(path: &Path) -> String {
    let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    let mut shape = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter.is_ascii_digit() {
            false => shape.push(letter),
            true if shape.ends_with('#') => {}
            true => shape.push('#'),
        }
    }
    shape
}

fn commonest_shape<'a>(paths: impl Iterator<Item = &'a PathBuf>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for path in paths {
        *counts.entry(shape(path)).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(_, count)| *count).map(|(shape, _)| shape).unwrap_or_default()
}

/// Reads the tiles of a set. Nothing when they turn out not to be one: then each is a source.
pub(crate) async fn read_set(
    pool: &Pool,
    folder: &Path,
    sources: &[Source],
    values: bool,
    tell: &(dyn Fn(u64) + Sync),
    cancel: &CancellationToken,
) -> Option<Inventory> {
    let asked: Vec<TileAsked> = sources.iter().map(|s| TileAsked { files: s.files.clone() }).collect();
    let done = std::sync::atomic::AtomicU64::new(0);
    let told = |more: u64| tell(done.fetch_add(more, std::sync::atomic::Ordering::Relaxed) + more);
    let size = asked.len().div_ceil(pool.workers() * 4).clamp(1, BATCH);
    // boxed one by one: a stream over borrowed batches could not be sent to another thread
    let told: &(dyn Fn(u64) + Sync) = &told;
    let waiting: Vec<BoxFuture<'_, (usize, TilesRead)>> = asked
        .chunks(size)
        .enumerate()
        .map(|(number, batch)| read_batch(pool, batch, values, told, cancel).map(move |read| (number, read)).boxed())
        .collect();
    let mut batches: Vec<(usize, TilesRead)> = stream::iter(waiting).buffer_unordered(pool.workers()).collect().await;
    batches.sort_by_key(|(number, _)| *number);
    let mut set = RasterSet::default();
    for (_, read) in batches {
        absorb(&mut set, read);
    }
    for (tile, source) in set.tiles.iter_mut().zip(sources) {
        let below = source.main.strip_prefix(folder).unwrap_or(&source.main);
        tile.path = below.to_string_lossy().replace('\\', "/");
    }
    sort_profiles(&mut set);
    if set.tiles.len() < FEW && !is_one(&set) {
        return None;
    }
    Some(describe(folder, sources, set))
}

/// Whether a few images are alike enough to be tiles of one data set: four in five have as many
/// bands, of the same type.
fn is_one(set: &RasterSet) -> bool {
    let mut kinds: BTreeMap<Vec<&str>, usize> = BTreeMap::new();
    for profile in set.tiles.iter().filter_map(|tile| set.profile(tile)) {
        *kinds.entry(profile.bands.iter().map(|b| b.kind.as_str()).collect()).or_default() += 1;
    }
    let (most, all) = (kinds.values().max().copied().unwrap_or(0), kinds.values().sum::<usize>());
    most > 1 && most * 5 >= all * 4
}

/// Reads some tiles by one worker. What the worker does not survive is found and left out, and the
/// rest read again.
fn read_batch<'a>(
    pool: &'a Pool,
    batch: &'a [TileAsked],
    values: bool,
    told: &'a (dyn Fn(u64) + Sync),
    cancel: &'a CancellationToken,
) -> BoxFuture<'a, TilesRead> {
    async move {
        if batch.is_empty() {
            return TilesRead::default();
        }
        let reached = std::sync::atomic::AtomicUsize::new(0);
        let progress = |value: Value| {
            if let Some(tiles) = value.get("tiles").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok()) {
                let before = reached.swap(tiles, std::sync::atomic::Ordering::Relaxed);
                told(tiles.saturating_sub(before) as u64);
            }
        };
        let request = json!({ "tiles": batch, "values": values });
        let failure = match pool.call("tiles", request, &progress, cancel).await {
            Ok(answer) => match serde_json::from_value::<TilesRead>(answer) {
                Ok(read) if read.tiles.len() == batch.len() => return read,
                _ => WorkerFailure::Refused("the reader's answer is not what was asked".to_owned()),
            },
            Err(failure) => failure,
        };
        let nobody = |_: u64| {};
        let lost = |failure: &WorkerFailure| TilesRead {
            profiles: Vec::new(),
            tiles: vec![RasterTile { problem: Some(from_failure(failure)), ..RasterTile::default() }; batch.len()],
        };
        let deadly =
            matches!(failure, WorkerFailure::Crashed(_) | WorkerFailure::TimedOut(_) | WorkerFailure::OutOfMemory);
        if batch.len() == 1 || !deadly {
            return lost(&failure);
        }
        // it died on the first tile that it did not tell of
        let culprit = reached.load(std::sync::atomic::Ordering::Relaxed);
        let mut whole = RasterSet::default();
        let parts = if culprit < batch.len() {
            [&batch[..culprit], &batch[culprit..=culprit], &batch[culprit + 1..]]
        } else {
            let (left, right) = batch.split_at(batch.len() / 2);
            [left, right, &[]]
        };
        for (number, part) in parts.into_iter().enumerate() {
            // those before the culprit were counted already
            let heard: &(dyn Fn(u64) + Sync) = if number == 0 { &nobody } else { told };
            absorb(&mut whole, read_batch(pool, part, values, heard, cancel).await);
        }
        TilesRead { profiles: whole.profiles, tiles: whole.tiles }
    }
    .boxed()
}

/// Adds tiles to a set, their profiles found among its own.
fn absorb(set: &mut RasterSet, read: TilesRead) {
    let mut places: Vec<Option<u32>> = Vec::new();
    for profile in read.profiles {
        let at = set.profiles.iter().position(|own| alike(own, &profile));
        match at {
            Some(at) => {
                let own = &mut set.profiles[at];
                own.tiles += profile.tiles;
                for (band, theirs) in own.bands.iter_mut().zip(&profile.bands) {
                    if let Some(statistics) = &theirs.statistics {
                        geodata::merge_statistics(&mut band.statistics, statistics);
                    }
                }
                places.push(u32::try_from(at).ok());
            }
            None => {
                places.push(u32::try_from(set.profiles.len()).ok());
                set.profiles.push(profile);
            }
        }
    }
    set.tiles.extend(read.tiles.into_iter().map(|tile| {
        let profile = tile.profile.and_then(|at| *places.get(usize::try_from(at).ok()?)?);
        RasterTile { profile, ..tile }
    }));
}

fn alike(a: &RasterProfile, b: &RasterProfile) -> bool {
    a.driver == b.driver
        && a.bands.len() == b.bands.len()
        && a.bands
            .iter()
            .zip(&b.bands)
            .all(|(a, b)| a.kind == b.kind && a.color == b.color && a.nodata == b.nodata && a.bits == b.bits)
        && a.compression == b.compression
        && a.block == b.block
        && a.overviews == b.overviews
        && a.layout == b.layout
        && a.transparency == b.transparency
        && a.placed_by == b.placed_by
        && a.rotated == b.rotated
        && a.crs == b.crs
}

fn sort_profiles(set: &mut RasterSet) {
    let mut order: Vec<usize> = (0..set.profiles.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(set.profiles[*at].tiles));
    let mut place = vec![0_u32; order.len()];
    for (new, old) in order.iter().enumerate() {
        place[*old] = u32::try_from(new).unwrap_or(u32::MAX);
    }
    set.profiles = order.iter().map(|at| set.profiles[*at].clone()).collect();
    for tile in &mut set.tiles {
        tile.profile = tile.profile.and_then(|at| place.get(usize::try_from(at).ok()?).copied());
    }
}

/// The set as a source: its files, and the whole that its tiles make.
fn describe(folder: &Path, sources: &[Source], set: RasterSet) -> Inventory {
    let mut files: Vec<SourceFile> = Vec::new();
    for (source, tile) in sources.iter().zip(&set.tiles) {
        let beside: Vec<SourceFile> = source
            .files
            .iter()
            .skip(1)
            .map(|f| SourceFile {
                path: f.display().to_string(),
                bytes: std::fs::metadata(f).map(|m| m.len()).unwrap_or(0),
            })
            .collect();
        let own = tile.bytes.saturating_sub(beside.iter().map(|f| f.bytes).sum());
        files.push(SourceFile { path: source.main.display().to_string(), bytes: own });
        files.extend(beside);
    }
    Inventory {
        path: folder.display().to_string(),
        kind: Kind::Raster,
        driver: set.profiles.first().map(|p| p.driver.clone()),
        bytes: files.iter().map(|f| f.bytes).sum(),
        files,
        layers: Vec::new(),
        raster: whole(&set),
        raster_set: Some(set),
        problem: None,
        warnings: Vec::new(),
    }
}

/// The image that the tiles make together, as the commonest of them is.
fn whole(set: &RasterSet) -> Option<Raster> {
    let common = set.profiles.first()?;
    let code = |profile: &RasterProfile| profile.crs.as_ref().map(|c| c.code.clone().unwrap_or_else(|| c.name.clone()));
    let here: Vec<&RasterTile> =
        set.tiles.iter().filter(|t| set.profile(t).is_some_and(|p| code(p) == code(common))).collect();
    let extent = here.iter().filter_map(|t| t.extent).reduce(Extent::union);
    let resolution = commonest_resolution(&here);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of pixels, not negative")]
    let pixels = |span: f64, size: f64| (span / size).round().max(0.0) as u64;
    let size = extent.zip(resolution).filter(|(_, r)| r[0] > 0.0 && r[1] > 0.0);
    Some(Raster {
        width: size.map_or(0, |(e, r)| pixels(e.maxx - e.minx, r[0])),
        height: size.map_or(0, |(e, r)| pixels(e.maxy - e.miny, r[1])),
        bands: common.bands.clone(),
        crs: common.crs.clone(),
        geotransform: size.map(|(e, r)| [e.minx, r[0], 0.0, e.maxy, 0.0, -r[1]]),
        resolution,
        extent,
        extent_wgs84: here.iter().filter_map(|t| t.extent_wgs84).reduce(Extent::union),
        compression: common.compression.clone(),
        block: common.block,
        overviews: common.overviews,
        layout: common.layout.clone(),
        pixels_readable: Some(set.tiles.iter().all(|t| t.problem.is_none() && t.pixels_readable != Some(false))),
        transparency: common.transparency,
        placed_by: common.placed_by,
        borders: None,
    })
}

/// The pixel size that most tiles have, to nine digits.
fn commonest_resolution(tiles: &[&RasterTile]) -> Option<[f64; 2]> {
    let mut counts: BTreeMap<String, (usize, [f64; 2])> = BTreeMap::new();
    for resolution in tiles.iter().filter_map(|t| t.resolution) {
        counts.entry(format!("{:.8e} {:.8e}", resolution[0], resolution[1])).or_insert((0, resolution)).0 += 1;
    }
    counts.into_values().max_by_key(|(count, _)| *count).map(|(_, resolution)| resolution)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str) -> Source {
        let main = PathBuf::from(path);
        Source { files: vec![main.clone()], main, missing: Vec::new(), within: Some("/data".into()) }
    }

    fn grouped(paths: &[&str]) -> Vec<String> {
        group(paths.iter().map(|p| source(p)).collect())
            .iter()
            .map(|group| match group {
                Group::One(source) => source.main.display().to_string(),
                Group::Tiles(folder, tiles) => format!("{} × {}", folder.display(), tiles.len()),
            })
            .collect()
    }

    #[test]
    fn images_of_a_folder_are_tiles_and_folders_of_tiles_named_alike_are_joined() {
        assert_eq!(grouped(&["/data/a_1.tif", "/data/a_2.tif", "/data/roads.shp"]), ["/data × 2", "/data/roads.shp"]);
        assert_eq!(
            grouped(&["/data/b1/t_1_1.tif", "/data/b1/t_1_2.tif", "/data/b2/t_2_1.tif", "/data/mnt/mnt_1.asc"]),
            ["/data × 3", "/data/mnt/mnt_1.asc"]
        );
        assert_eq!(
            grouped(&["/data/mnt/h_1.asc", "/data/mnt/h_2.asc", "/data/ortho/o_1.jp2", "/data/ortho/o_2.jp2"]),
            ["/data/mnt × 2", "/data/ortho × 2"]
        );
    }
}
