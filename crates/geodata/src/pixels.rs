//! Pixels by windows: whether they can be read, what values they hold, what an image's sides are
//! made of. Windows follow the file's own blocks and are few whatever the size of the image.

use std::collections::BTreeSet;
use std::ffi::c_int;
use std::time::{Duration, Instant};

use gdal_sys::{GDALDataType::GDT_Float64, GDALRWFlag::GF_Read, GDALRasterBandH};
use model::{BandStatistics, Borders, Histogram, Raster, Transparency};

use crate::raster::Look;
use crate::raw::Source;

/// Blocks larger than this are not tried: reading one would fill the memory.
const LARGEST_BLOCK: u64 = 64_000_000;
/// An image with fewer pixels than this is read whole.
const SMALL: u64 = 1 << 20;
/// Pixels of one window.
const WINDOW: u64 = 1 << 17;
/// After this, the windows read so far must do.
const PATIENCE: Duration = Duration::from_secs(4);
const STEPS: usize = 256;
/// Bands whose values are read.
const MOST_BANDS: usize = 4;

/// Where to read, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Window {
    x: u64,
    y: u64,
    w: u64,
    h: u64,
}

/// Adds to the facts of an image what its pixels tell.
pub(crate) fn read(source: &Source, raster: &mut Raster, look: Look) {
    if look == Look::Header {
        return;
    }
    let Some(block) = raster.block.map(|[w, h]| (u64::from(w).max(1), u64::from(h).max(1))) else { return };
    if block.0.saturating_mul(block.1) > LARGEST_BLOCK
        || raster.width.checked_mul(raster.height).is_none_or(|pixels| pixels > 1 << 50)
    {
        return;
    }
    if look == Look::Values {
        return read_values(source, raster, block);
    }
    // SAFETY: the dataset is open and has a band.
    let band = unsafe { gdal_sys::GDALGetRasterBand(source.handle(), 1) };
    let (across, down) = (raster.width.div_ceil(block.0), raster.height.div_ceil(block.1));
    let total = across.saturating_mul(down).max(1);
    let steps = total.min(if look == Look::Ends { 1 } else { 16 });
    for step in 0..=steps {
        let at = (step * (total - 1)).checked_div(steps).unwrap_or(0);
        let (x, y) = ((at % across) * block.0, (at / across) * block.1);
        let window = Window { x, y, w: block.0.min(raster.width - x), h: block.1.min(raster.height - y) };
        // the block is decoded whole, a few of its pixels are enough
        if read_window(band, window, (window.w.min(64), window.h.min(64))).is_none() {
            raster.pixels_readable = Some(false);
            return;
        }
        if total == 1 {
            break;
        }
    }
    raster.pixels_readable = Some(true);
}

/// The values of a window, brought to `size` pixels; nothing when GDAL refuses or doubts them.
fn read_window(band: GDALRasterBandH, window: Window, size: (u64, u64)) -> Option<Vec<f64>> {
    let mut pixels = vec![0_f64; usize::try_from(size.0 * size.1).ok()?];
    let n = [window.x, window.y, window.w, window.h, size.0, size.1].map(|n| c_int::try_from(n).unwrap_or(0));
    let (outcome, heard) = crate::listen(|| {
        // SAFETY: the window is inside the image and the buffer has `size` doubles.
        unsafe {
            let into = pixels.as_mut_ptr().cast();
            gdal_sys::GDALRasterIO(band, GF_Read, n[0], n[1], n[2], n[3], into, n[4], n[5], GDT_Float64, 0, 0)
        }
    });
    let doubtful = heard.iter().any(|s| s.error || s.text.to_lowercase().contains("corrupt"));
    (outcome == gdal_sys::CPLErr::CE_None && !doubtful).then_some(pixels)
}

/// The windows to read: all of a small image; else blocks at the corners, along the sides and
/// spread inside.
fn windows(raster: &Raster, (bw, bh): (u64, u64)) -> (Vec<Window>, bool) {
    let (width, height) = (raster.width, raster.height);
    if width * height <= SMALL {
        return (vec![Window { x: 0, y: 0, w: width, h: height }], true);
    }
    let (across, down) = (width.div_ceil(bw), height.div_ceil(bh));
    let total = across * down;
    let mut chosen: BTreeSet<u64> = BTreeSet::new();
    for i in 0..=3 {
        let (column, row) = (i * (across - 1) / 3, i * (down - 1) / 3);
        chosen.extend([column, (down - 1) * across + column, row * across, row * across + across - 1]);
    }
    for i in 1..=8 {
        chosen.insert(i * (total - 1) / 9);
    }
    let mut found: Vec<Window> = chosen
        .into_iter()
        .map(|at| {
            let (x, y) = ((at % across) * bw, (at / across) * bh);
            let (w, h) = (bw.min(width - x), bh.min(height - y));
            let (w, h) = (w.min(WINDOW), h.min((WINDOW / w.min(WINDOW)).max(1)));
            // where a block is cut short, what lies along the image's side is kept
            let bottom = at / across == down - 1 && down > 1;
            let right = at % across == across - 1 && across > 1;
            let (full_w, full_h) = (bw.min(width - x), bh.min(height - y));
            Window { x: if right { x + full_w - w } else { x }, y: if bottom { y + full_h - h } else { y }, w, h }
        })
        .collect();
    // the ends first: they tell most when time runs out
    if found.len() > 2
        && let Some(last) = found.pop()
    {
        found.insert(1, last);
    }
    (found, false)
}

/// What is counted of one side, or of all: pixels, black ones, white ones.
#[derive(Debug, Clone, Copy, Default)]
struct Side {
    pixels: u64,
    black: u64,
    white: u64,
}

/// What is gathered of a band while windows pass.
#[derive(Debug, Default)]
struct Gathered {
    min: f64,
    max: f64,
    sum: f64,
    pixels: u64,
    empty: u64,
    /// Byte values by number; for others, a part of the values, to be counted once the range is known.
    bytes: Vec<u64>,
    some: Vec<f64>,
}

fn read_values(source: &Source, raster: &mut Raster, block: (u64, u64)) {
    let begun = Instant::now();
    let (windows, whole) = windows(raster, block);
    let count = raster.bands.len().min(MOST_BANDS);
    let mut gathered: Vec<Gathered> = (0..count)
        .map(|_| Gathered { min: f64::INFINITY, max: f64::NEG_INFINITY, bytes: vec![0; STEPS], ..Gathered::default() })
        .collect();
    let mut sides = [Side::default(); 4];
    let mut readable = true;
    let mut all = whole;
    for (number, window) in windows.iter().enumerate() {
        if number > 2 && begun.elapsed() > PATIENCE {
            all = false;
            break;
        }
        let size = (window.w, window.h);
        let bands: Option<Vec<Vec<f64>>> = (1..=count)
            .map(|i| {
                // SAFETY: the dataset is open and has that many bands.
                let band = unsafe { gdal_sys::GDALGetRasterBand(source.handle(), c_int::try_from(i).unwrap_or(1)) };
                read_window(band, *window, size)
            })
            .collect();
        let Some(bands) = bands else {
            readable = false;
            break;
        };
        let mask = matches!(raster.transparency, Transparency::Mask | Transparency::Alpha)
            .then(|| {
                // SAFETY: the mask band belongs to the dataset's first band.
                let band = unsafe { gdal_sys::GDALGetMaskBand(gdal_sys::GDALGetRasterBand(source.handle(), 1)) };
                read_window(band, *window, size)
            })
            .flatten();
        gather(raster, &bands, mask.as_deref(), &mut gathered);
        look_at_sides(raster, *window, &bands, mask.as_deref(), &mut sides);
    }
    raster.pixels_readable = Some(readable);
    if !readable {
        return;
    }
    for (band, gathered) in raster.bands.iter_mut().zip(gathered) {
        band.statistics = conclude(gathered, band.kind == "Byte", all);
    }
    let share = |of: fn(&Side) -> u64| {
        #[expect(clippy::cast_precision_loss, reason = "a share")]
        let shares = sides.iter().filter(|s| s.pixels >= 16).map(|s| of(s) as f64 / s.pixels as f64);
        shares.fold(0.0, f64::max)
    };
    raster.borders =
        colours(raster).map(|_| Borders { black: share(|side| side.black), white: share(|side| side.white) });
}

fn gather(raster: &Raster, bands: &[Vec<f64>], mask: Option<&[f64]>, gathered: &mut [Gathered]) {
    for ((values, band), into) in bands.iter().zip(&raster.bands).zip(gathered) {
        let alpha = band.color == "Alpha";
        let byte = band.kind == "Byte";
        // an eighth of a million values are enough for a histogram
        let every = values.len().div_ceil(1 << 13).max(1);
        for (at, value) in values.iter().enumerate() {
            let hidden = !alpha && mask.is_some_and(|m| m.get(at).is_some_and(|m| *m == 0.0));
            if hidden || !value.is_finite() || band.nodata == Some(*value) {
                into.empty += 1;
                continue;
            }
            into.pixels += 1;
            into.sum += value;
            into.min = into.min.min(*value);
            into.max = into.max.max(*value);
            if byte {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a byte")]
                let slot = value.clamp(0.0, 255.0) as usize;
                if let Some(n) = into.bytes.get_mut(slot) {
                    *n += 1;
                }
            } else if at % every == 0 {
                into.some.push(*value);
            }
        }
    }
}

fn conclude(gathered: Gathered, byte: bool, exact: bool) -> Option<BandStatistics> {
    if gathered.pixels == 0 {
        return None;
    }
    let histogram = if byte {
        Histogram { low: 0.0, high: 256.0, counts: gathered.bytes }
    } else {
        let mut histogram = Histogram { low: gathered.min, high: gathered.max, counts: vec![0; STEPS] };
        for value in gathered.some {
            count(&mut histogram, value, 1);
        }
        histogram
    };
    #[expect(clippy::cast_precision_loss, reason = "a mean")]
    let mean = gathered.sum / gathered.pixels as f64;
    let (min, max) = (gathered.min, gathered.max);
    Some(BandStatistics { min, max, mean, pixels: gathered.pixels, empty: gathered.empty, exact, histogram })
}

fn count(histogram: &mut Histogram, value: f64, times: u64) {
    let span = histogram.high - histogram.low;
    #[expect(clippy::cast_precision_loss, reason = "a few hundred steps")]
    let steps = histogram.counts.len() as f64;
    let share = if span > 0.0 { (value - histogram.low) / span } else { 0.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the steps")]
    let slot = (share * steps).clamp(0.0, steps - 1.0) as usize;
    if let Some(n) = histogram.counts.get_mut(slot) {
        *n += times;
    }
}

/// Adds the values of one image's band to those of the others of its set.
pub fn merge_statistics(into: &mut Option<BandStatistics>, other: &BandStatistics) {
    let Some(ours) = into else {
        *into = Some(other.clone());
        return;
    };
    #[expect(clippy::cast_precision_loss, reason = "a mean")]
    let (a, b) = (ours.pixels as f64, other.pixels as f64);
    ours.mean = (ours.mean * a + other.mean * b) / (a + b).max(1.0);
    ours.min = ours.min.min(other.min);
    ours.max = ours.max.max(other.max);
    ours.pixels += other.pixels;
    ours.empty += other.empty;
    ours.exact &= other.exact;
    let (left, right) = (&ours.histogram, &other.histogram);
    #[expect(clippy::float_cmp, reason = "bytes have the same bounds everywhere")]
    let same = left.low == right.low && left.high == right.high && left.counts.len() == right.counts.len();
    if same {
        for (n, more) in ours.histogram.counts.iter_mut().zip(&right.counts) {
            *n += more;
        }
        return;
    }
    let mut made = Histogram { low: left.low.min(right.low), high: left.high.max(right.high), counts: vec![0; STEPS] };
    for histogram in [left, right] {
        #[expect(clippy::cast_precision_loss, reason = "a few hundred steps")]
        let step = (histogram.high - histogram.low) / histogram.counts.len().max(1) as f64;
        for (at, n) in histogram.counts.iter().enumerate().filter(|(_, n)| **n > 0) {
            #[expect(clippy::cast_precision_loss, reason = "a few hundred steps")]
            let middle = histogram.low + step * (at as f64 + 0.5);
            count(&mut made, middle, *n);
        }
    }
    ours.histogram = made;
}

/// The bands that are seen and the values of black and white; nothing for an image of measures.
fn colours(raster: &Raster) -> Option<(usize, f64, f64)> {
    let seen = raster.bands.iter().filter(|b| b.color != "Alpha").count().min(3);
    let first = raster.bands.first()?;
    let grey_values = seen < 3 && first.kind != "Byte";
    let white = match (first.kind.as_str(), first.bits) {
        ("Byte", _) => 255.0,
        ("UInt16", Some(bits)) if bits < 16 => f64::from((1_u32 << bits) - 1),
        ("UInt16", _) => 65_535.0,
        _ => return None,
    };
    (!grey_values && seen > 0 && first.color != "Palette").then_some((seen, 0.0, white))
}

/// Counts the black and the white along the image's sides that a window touches.
fn look_at_sides(raster: &Raster, window: Window, bands: &[Vec<f64>], mask: Option<&[f64]>, sides: &mut [Side; 4]) {
    let Some((seen, black, white)) = colours(raster) else { return };
    // what was compressed with loss is only nearly black
    let lossy = raster.compression.as_deref().is_some_and(|c| !["DEFLATE", "LZW", "ZSTD", "PACKBITS"].contains(&c));
    let near = if lossy { 8.0 } else { 0.0 } * white / 255.0;
    let mut look = |side: usize, at: u64| {
        let Ok(at) = usize::try_from(at) else { return };
        let nodata = raster.bands[0].nodata.is_some_and(|n| bands[0].get(at) == Some(&n));
        let hidden = nodata || mask.is_some_and(|m| m.get(at).is_some_and(|m| *m == 0.0));
        let all =
            |test: &dyn Fn(f64) -> bool| bands.iter().take(seen).all(|band| band.get(at).is_some_and(|v| test(*v)));
        let side = &mut sides[side];
        side.pixels += 1;
        if !hidden {
            side.black += u64::from(all(&|v| v <= black + near));
            side.white += u64::from(all(&|v| v >= white - near));
        }
    };
    let (right, bottom) = (window.x + window.w == raster.width, window.y + window.h == raster.height);
    for x in 0..window.w {
        if window.y == 0 {
            look(0, x);
        }
        if bottom {
            look(1, (window.h - 1) * window.w + x);
        }
    }
    for y in 0..window.h {
        if window.x == 0 {
            look(2, y * window.w);
        }
        if right {
            look(3, y * window.w + window.w - 1);
        }
    }
}
