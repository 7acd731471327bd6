//! The making of a pyramid's tiles, block by block: eight tiles a side are drawn at once, averaged
//! four by four inside the block, and what is above the blocks is put together as they come.
//! Memory follows the block, never the images.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

use geodata::imagery::{Image, Placing, Samples};
use model::Extent;

use super::store::{Key, Pyramid, Tile, Writer, tile_of};
use super::{Job, Log, Spec};
use crate::grids::{Grid, Range, SIDE};

/// Tiles a side of a block, and the levels that lie wholly inside one.
const BLOCK: u32 = 8;
const INSIDE: u32 = 3;
/// Blocks a side of what is finished before going on, so that the sources read stay near.
const NEAR: u32 = 16;
/// What GDAL may keep of the blocks it read.
const CACHE_BYTES: i64 = 96 << 20;

/// One block of the bottom level, by its place among blocks.
pub(super) type Block = (u32, u32);

/// A span of levels to make from one source of pixels.
pub(super) struct Work<'a> {
    pub(super) spec: &'a Spec,
    pub(super) grid: &'a Grid,
    pub(super) bottom: u32,
    pub(super) top: u32,
    /// In the grid's CRS: nothing is drawn outside.
    pub(super) area: Extent,
    pub(super) blocks: Vec<Block>,
    /// Draws a window of a block; nothing when there are no data in it.
    pub(super) draw: &'a (dyn Fn(Block, &Placing) -> Result<Option<Image>, String> + Sync),
    /// The pyramid that new pixels are laid on.
    pub(super) under: Option<&'a Path>,
}

/// The blocks of a level that a box touches.
pub(super) fn blocks_of(grid: &Grid, level: u32, extent: Extent) -> Vec<Block> {
    let Some(range) = grid.covering(level, extent) else { return Vec::new() };
    let span = |[from, to]: [u32; 2]| from / BLOCK..=to / BLOCK;
    span(range.rows).flat_map(|y| span(range.columns).map(move |x| (x, y))).collect()
}

/// What comes of a block.
struct Drawn {
    block: Block,
    tiles: Vec<(Key, Tile)>,
    /// The block as one tile, halved, for the level above.
    root: Option<Image>,
}

/// Makes the tiles of a span of levels.
pub(super) fn build(work: &Work<'_>, job: &Job, writer: &mut Writer, log: &mut Log) -> Result<(), String> {
    geodata::imagery::limit_cache(CACHE_BYTES);
    let mut blocks = work.blocks.clone();
    blocks.sort_unstable_by_key(|(x, y)| ((y / NEAR, x / NEAR), *y, *x));
    blocks.dedup();
    let root = work.bottom.saturating_sub(INSIDE).max(work.top);
    let mut above = Above::new(work, &blocks, root)?;
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let threads = std::thread::available_parallelism().map_or(2, usize::from).min(4);
    let outcome = std::thread::scope(|scope| {
        let (tell, hear) = sync_channel::<Result<Drawn, String>>(threads);
        for _ in 0..threads {
            let (tell, next, stop, blocks) = (tell.clone(), &next, &stop, &blocks);
            scope.spawn(move || {
                let under = work.under.map(Pyramid::open).transpose();
                while !stop.load(Ordering::SeqCst) && job.goes_on() {
                    let Some(block) = blocks.get(next.fetch_add(1, Ordering::SeqCst)) else { return };
                    let drawn = match &under {
                        Ok(under) => draw(work, *block, root, under.as_ref()),
                        Err(says) => Err(says.clone()),
                    };
                    if tell.send(drawn).is_err() {
                        return;
                    }
                }
            });
        }
        drop(tell);
        let (mut done, mut told) = (0, 0);
        for drawn in hear {
            let step = drawn.and_then(|drawn| {
                for (key, tile) in &drawn.tiles {
                    writer.put(*key, tile)?;
                }
                above.take(drawn.block, drawn.root, writer)
            });
            if let Err(says) = step {
                stop.store(true, Ordering::SeqCst);
                return Err(says);
            }
            done += 1;
            let tenths = done * 10 / blocks.len().max(1);
            if tenths > told {
                told = tenths;
                log.info("pyramide", &format!("Avancement : {}0 %", tenths));
            }
        }
        Ok(())
    });
    if !job.goes_on() {
        return Err("Le traitement a été interrompu.".to_owned());
    }
    outcome
}

fn draw(work: &Work<'_>, block: Block, root: u32, under: Option<&Pyramid>) -> Result<Drawn, String> {
    let (grid, bottom) = (work.grid, work.bottom);
    let mut drawn = Drawn { block, tiles: Vec::new(), root: None };
    let own = |at: u32| [at * BLOCK, at * BLOCK + BLOCK - 1];
    let Some(all) = grid.covering(bottom, work.area) else { return Ok(drawn) };
    let cut = |[a, b]: [u32; 2], [c, d]: [u32; 2]| [a.max(c), b.min(d)];
    let range = Range { columns: cut(own(block.0), all.columns), rows: cut(own(block.1), all.rows) };
    if range.columns[0] > range.columns[1] || range.rows[0] > range.rows[1] {
        return Ok(drawn);
    }
    let count = |[from, to]: [u32; 2]| (to - from + 1) as usize * SIDE;
    let place = Placing {
        crs: grid.plane.to_owned(),
        extent: grid.extent(bottom, range),
        width: count(range.columns),
        height: count(range.rows),
    };
    let Some(whole) = (work.draw)(block, &place)? else { return Ok(drawn) };
    let mut images: BTreeMap<(u32, u32), Image> = BTreeMap::new();
    for row in range.rows[0]..=range.rows[1] {
        for column in range.columns[0]..=range.columns[1] {
            let at = |n: u32, from: u32| (n - from) as usize * SIDE;
            let mut tile = whole.crop(at(column, range.columns[0]), at(row, range.rows[0]), SIDE, SIDE);
            if tile.is_empty() {
                continue;
            }
            if tile.mask.is_some()
                && let Some(mut below) = under.map(|u| u.image((bottom, column, row))).transpose()?.flatten()
            {
                below.paste(&tile, 0, 0);
                tile = below.simplified();
            }
            drawn.tiles.push(((bottom, column, row), tile_of(&tile, work.spec)?));
            images.insert((column, row), tile);
        }
    }
    drop(whole);
    for level in (root..bottom).rev() {
        let mut parents: BTreeMap<(u32, u32), [Option<Image>; 4]> = BTreeMap::new();
        for ((column, row), image) in &images {
            let place = ((column & 1) + 2 * (row & 1)) as usize;
            parents.entry((column / 2, row / 2)).or_default()[place] = Some(halve(image));
        }
        images.clear();
        for ((column, row), quarters) in parents {
            let base = under.map(|u| u.image((level, column, row))).transpose()?.flatten();
            let parent = join(quarters, base, work.spec);
            drawn.tiles.push(((level, column, row), tile_of(&parent, work.spec)?));
            images.insert((column, row), parent);
        }
    }
    if root > work.top {
        drawn.root = images.into_values().next().map(|image| halve(&image));
    }
    Ok(drawn)
}

/// What lies above the blocks: each tile waits for the quarters that will come.
struct Above<'a> {
    work: &'a Work<'a>,
    root: u32,
    under: Option<Pyramid>,
    /// Of each tile, how many of its quarters are still to come.
    expected: HashMap<Key, u32>,
    waiting: HashMap<Key, [Option<Image>; 4]>,
}

impl<'a> Above<'a> {
    fn new(work: &'a Work<'a>, blocks: &[Block], root: u32) -> Result<Self, String> {
        let mut expected: HashMap<Key, u32> = HashMap::new();
        // a block is a tile of the level `root` when all of its levels are inside
        if root > work.top {
            for (x, y) in blocks {
                *expected.entry((root - 1, x / 2, y / 2)).or_default() += 1;
            }
            for level in (work.top..root.saturating_sub(1)).rev() {
                let below: Vec<Key> = expected.keys().filter(|k| k.0 == level + 1).copied().collect();
                for (_, column, row) in below {
                    *expected.entry((level, column / 2, row / 2)).or_default() += 1;
                }
            }
        }
        let under = work.under.map(Pyramid::open).transpose()?;
        Ok(Self { work, root, under, expected, waiting: HashMap::new() })
    }

    /// Takes a block's root, and makes every tile above that was waiting for it alone.
    fn take(&mut self, block: Block, root: Option<Image>, writer: &mut Writer) -> Result<(), String> {
        if self.root <= self.work.top {
            return Ok(());
        }
        let (mut level, mut column, mut row, mut quarter) = (self.root, block.0, block.1, root);
        while level > self.work.top {
            let key = (level - 1, column / 2, row / 2);
            let place = ((column & 1) + 2 * (row & 1)) as usize;
            self.waiting.entry(key).or_default()[place] = quarter;
            let Some(left) = self.expected.get_mut(&key) else { return Ok(()) };
            *left -= 1;
            if *left > 0 {
                return Ok(());
            }
            let quarters = self.waiting.remove(&key).unwrap_or_default();
            quarter = None;
            if quarters.iter().any(Option::is_some) {
                let base = self.under.as_ref().map(|u| u.image(key)).transpose()?.flatten();
                let tile = join(quarters, base, self.work.spec);
                writer.put(key, &tile_of(&tile, self.work.spec)?)?;
                quarter = Some(halve(&tile));
            }
            (level, column, row) = key;
        }
        Ok(())
    }
}

/// Four quarters as one tile, over what was there.
fn join(quarters: [Option<Image>; 4], base: Option<Image>, spec: &Spec) -> Image {
    let mut tile = base.unwrap_or_else(|| Image::empty(SIDE, SIDE, spec.bands, spec.floats));
    let half = SIDE / 2;
    for (place, quarter) in quarters.into_iter().enumerate() {
        if let Some(quarter) = quarter {
            replace(&mut tile, &quarter, place % 2 * half, place / 2 * half);
        }
    }
    tile.simplified()
}

/// Puts a part in, its mask too.
fn replace(whole: &mut Image, part: &Image, x: usize, y: usize) {
    if part.mask.is_some() && whole.mask.is_none() {
        whole.mask = Some(vec![255; whole.width * whole.height]);
    }
    let bands = whole.bands;
    for row in 0..part.height {
        let (from, to) = (row * part.width, (y + row) * whole.width + x);
        match (&mut whole.samples, &part.samples) {
            (Samples::Bytes(own), Samples::Bytes(other)) => own[to * bands..(to + part.width) * bands]
                .copy_from_slice(&other[from * bands..(from + part.width) * bands]),
            (Samples::Floats(own), Samples::Floats(other)) => own[to * bands..(to + part.width) * bands]
                .copy_from_slice(&other[from * bands..(from + part.width) * bands]),
            _ => return,
        }
        if let Some(mask) = &mut whole.mask {
            match &part.mask {
                Some(other) => mask[to..to + part.width].copy_from_slice(&other[from..from + part.width]),
                None => mask[to..to + part.width].fill(255),
            }
        }
    }
}

/// Half as wide and high: each pixel the mean of the four that it covers, of those that hold data.
fn halve(image: &Image) -> Image {
    if let (Samples::Bytes(all), None) = (&image.samples, &image.mask) {
        return halve_bytes(image, all);
    }
    let (width, height, bands) = (image.width / 2, image.height / 2, image.bands);
    let corners = |x: usize, y: usize| {
        let first = 2 * y * image.width + 2 * x;
        [first, first + 1, first + image.width, first + image.width + 1]
    };
    let mut mask = image.mask.as_ref().map(|_| vec![0; width * height]);
    let weight = |at: usize| image.mask.as_ref().map_or(255, |m| u32::from(m[at]));
    let mut made = Image::empty(width, height, bands, matches!(image.samples, Samples::Floats(_)));
    for y in 0..height {
        for x in 0..width {
            let four = corners(x, y);
            let to = y * width + x;
            let weights = if image.mask.is_some() { four.map(weight) } else { [255; 4] };
            let total: u32 = weights.iter().sum();
            if let Some(mask) = &mut mask {
                // half there is there, or thin edges would vanish level by level
                let most = weights.iter().max().copied().unwrap_or(0);
                #[expect(clippy::cast_possible_truncation, reason = "at most 255")]
                let there = if weights.iter().all(|w| *w == 0 || *w == 255) { most } else { total / 4 } as u8;
                mask[to] = there;
                if total == 0 {
                    continue;
                }
            }
            for band in 0..bands {
                match (&mut made.samples, &image.samples) {
                    (Samples::Bytes(own), Samples::Bytes(all)) => {
                        let sum: u32 =
                            four.iter().zip(weights).map(|(at, w)| u32::from(all[at * bands + band]) * w).sum();
                        #[expect(clippy::cast_possible_truncation, reason = "a mean of bytes")]
                        {
                            own[to * bands + band] = ((sum + total / 2) / total) as u8;
                        }
                    }
                    (Samples::Floats(own), Samples::Floats(all)) => {
                        let sum: f64 = four
                            .iter()
                            .zip(weights)
                            .map(|(at, w)| f64::from(all[at * bands + band]) * f64::from(w))
                            .sum();
                        #[expect(clippy::cast_possible_truncation, reason = "a mean of values of that type")]
                        {
                            own[to * bands + band] = (sum / f64::from(total)) as f32;
                        }
                    }
                    _ => {}
                }
            }
        }
    }
    made.mask = mask;
    made.simplified()
}

/// The same of bytes that are all there, which is nearly all that photographs need.
fn halve_bytes(image: &Image, all: &[u8]) -> Image {
    let (width, height, bands) = (image.width / 2, image.height / 2, image.bands);
    let stride = image.width * bands;
    let mut samples = Vec::with_capacity(width * height * bands);
    for rows in all.chunks_exact(2 * stride).take(height) {
        let (upper, lower) = rows.split_at(stride);
        for (above, below) in upper.chunks_exact(2 * bands).zip(lower.chunks_exact(2 * bands)) {
            for band in 0..bands {
                let of = |at: usize| u32::from(above[at]) + u32::from(below[at]);
                #[expect(clippy::cast_possible_truncation, reason = "a mean of bytes")]
                samples.push(((of(band) + of(band + bands) + 2) / 4) as u8);
            }
        }
    }
    Image { width, height, bands, samples: Samples::Bytes(samples), mask: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_all_there_have_the_same_means_the_short_way() {
        let values: Vec<u8> = (0..8 * 6 * 3_u32).map(|n| u8::try_from(n * 37 % 256).unwrap_or(0)).collect();
        let colours = Image { width: 8, height: 6, bands: 3, samples: Samples::Bytes(values), mask: None };
        let masked = Image { mask: Some(vec![255; 48]), ..colours.clone() };
        assert!(halve(&colours) == halve(&masked));
    }

    fn grey(width: usize, height: usize, values: &[u8], mask: Option<&[u8]>) -> Image {
        let samples = Samples::Bytes(values.to_vec());
        Image { width, height, bands: 1, samples, mask: mask.map(<[u8]>::to_vec) }
    }

    #[test]
    fn a_mean_counts_only_the_pixels_that_hold_data() {
        let whole = halve(&grey(2, 2, &[10, 20, 30, 40], None));
        assert_eq!(whole.samples, Samples::Bytes(vec![25]));
        let part = halve(&grey(2, 2, &[10, 20, 30, 40], Some(&[255, 0, 0, 255])));
        assert_eq!(part.samples, Samples::Bytes(vec![25]));
        assert_eq!(part.mask, None, "one pixel of four is enough");
        let none = halve(&grey(2, 2, &[1, 2, 3, 4], Some(&[0; 4])));
        assert!(none.is_empty());
    }

    #[test]
    fn a_quarter_replaces_its_own_part_only() {
        let mut tile = grey(4, 4, &[9; 16], None);
        replace(&mut tile, &grey(2, 2, &[1, 2, 3, 4], Some(&[255, 0, 255, 255])), 2, 0);
        let Samples::Bytes(all) = &tile.samples else { panic!("bytes") };
        assert_eq!(all[..8], [9, 9, 1, 2, 9, 9, 3, 4]);
        assert_eq!(tile.mask.as_ref().map(|m| (m[2], m[3], m[0])), Some((255, 0, 255)));
    }
}
